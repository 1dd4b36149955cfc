#!/usr/bin/env python3
"""NumPy's own functions on arrays in memory, in rdk and in NumPy, the same script in turns in one run.

    python3 benches/eager.py [--rdk target/release/rdk] [--python .venv/bin/python] [--runs 3] [--most 50000000]

Prints microseconds of one call in rdk (the best of several, the median of the runs) and how many times faster that is than NumPy.
Data is random. Needs a release build, and NumPy for the second interpreter.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

WORK = """
import numpy as np, time
rng = np.random.default_rng(0)
a, b = rng.random({shape}), rng.random({shape})
k, m = (a * 100).astype(int), a > 0.5
v = a.ravel()[: min(a.size, 1000)]
works = [
    ("a + b", lambda: a + b), ("a * 2", lambda: a * 2), ("(a*b+a)/(a+1)", lambda: (a * b + a) / (a + 1)), ("a > 0.5", lambda: a > 0.5),
    ("exp", lambda: np.exp(a)), ("sqrt", lambda: np.sqrt(a)), ("where", lambda: np.where(m, a, b)), ("k // 7", lambda: k // 7),
    ("sum", lambda: a.sum()), ("mean(0)", lambda: a.mean(axis=0)), ("max(-1)", lambda: a.max(axis=-1)), ("std", lambda: a.std()),
    ("a[m]", lambda: a[m]), ("a.T + b.T", lambda: a.T + b.T), ("astype", lambda: a.astype("f4")), ("copy", lambda: a.copy()),
    ("concatenate", lambda: np.concatenate([a, b])), ("zeros", lambda: np.zeros(a.shape)), ("random", lambda: rng.random(a.shape)),
]
for name, work in works:
    best, total, calls = 1e9, 0.0, 0
    while total < {patience} or calls < 5:
        started = time.perf_counter()
        work()
        took = time.perf_counter() - started
        best, total, calls = min(best, took), total + took, calls + 1
    print(name + "\\t" + str(best * 1e6))
"""

SHAPES = [(10,), (1000,), (300, 300), (1000, 1000), (2000, 5000), (50, 1000, 1000)]


def measure(command, shape):
    """Microseconds of each piece of work."""
    with tempfile.NamedTemporaryFile("w", suffix=".rdk") as script:
        script.write(WORK.format(shape=shape, patience=0.2))
        script.flush()
        done = subprocess.run([*command, script.name], capture_output=True, text=True, check=True)
    return {name: float(took) for name, took in (line.split("\t") for line in done.stdout.splitlines())}


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=os.path.join(root, "target/release/rdk"))
    venv = os.path.join(root, ".venv/bin/python")
    parser.add_argument("--python", default=venv if os.path.exists(venv) else sys.executable)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--most", type=int, default=50_000_000)
    options = parser.parse_args()
    table = {}
    size = lambda shape: eval("*".join(map(str, shape)))
    shapes = [shape for shape in SHAPES if size(shape) <= options.most]
    for shape in shapes:
        runs = {"rdk": [], "numpy": []}
        for _ in range(options.runs):
            runs["rdk"].append(measure([options.rdk], shape))
            runs["numpy"].append(measure([options.python], shape))
        for name in runs["rdk"][0]:
            ours, theirs = (statistics.median(run[name] for run in runs[who]) for who in ("rdk", "numpy"))
            table.setdefault(name, []).append(f"{ours:10.1f} {theirs / ours:6.2f}x")
    print(f"{'':14}" + "".join(f"{str(shape):>19}" for shape in shapes))
    for name, cells in table.items():
        print(f"{name:14}" + "".join(f"{cell:>19}" for cell in cells))


if __name__ == "__main__":
    main()
