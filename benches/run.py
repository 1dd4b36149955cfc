#!/usr/bin/env python3
"""rdk beside its rivals, each line in fresh processes, in turns, in one run.

    python3 benches/run.py [--rdk target/release/rdk] [--python .venv/bin/python] [--runs 3] [names...]

Prints wall time of the work itself (imports and start-up not counted, except where they are the subject), peak resident memory,
and how many times faster rdk is. A rival that is not installed is said to be missing. Needs nothing but Python's standard library;
`pip install numpy "dask[array]" ipython` gives it the rivals.
"""

import argparse
import os
import pty
import select
import statistics
import subprocess
import sys
import tempfile
import time

CLOCK = "import time as _time\n_started = _time.perf_counter()\n{work}\nprint('seconds', _time.perf_counter() - _started)\n"

DASK = "import numpy as np, dask, dask.array as da\nfrom dask import delayed\n"
RDK = "import numpy as np, dask, dask.array as da\nfrom dask import delayed\n"

CALLS = """
def inc(x):
    return x + 1
def add(x, y):
    return x + y
values = [delayed(inc)(i) for i in range(50000)]
while len(values) > 1:
    pairs = [delayed(add)(values[i], values[i + 1]) for i in range(0, len(values) - 1, 2)]
    values = pairs + values[len(values) - len(values) % 2:]
total = values[0].compute()
assert total == 1250025000
"""

BIG = "b = da.ones((200000, 4000), chunks=(1000, 1000))\n"

# name, what it is, set-up, work, the rival's name, the rival's work where it differs
LINES = [
    ("delayed", "100 000 delayed calls in a tree", "", CALLS, "dask", None),
    ("flip", "(b * b[::-1, ::-1]).mean(), 6.4 GB", BIG, "assert (b * b[::-1, ::-1]).mean().compute() == 1.0", "dask", None),
    ("cos", "(np.cos(b) ** 2).mean(axis=1), 6.4 GB", BIG, "(np.cos(b) ** 2).mean(axis=1).compute()", "dask", None),
    ("flip-random", "the same on random numbers, 1.6 GB", "b = da.random.random((50000, 4000), chunks=(1000, 1000))\n", "(b * b[::-1, ::-1]).mean().compute()", "dask", None),
    ("randint", "randint(0, 100, (10000, 1000, 100)).mean(), 8 GB", "", "da.random.randint(0, 100, (10000, 1000, 100)).mean().compute()", "dask", None),
    ("dot", "da.dot(x, x + x.T), 5000 x 5000", "x = da.random.random((5000, 5000))\n", "da.dot(x, x + x.T).compute()", "dask", None),
    ("dot-numpy", "the same eagerly", "x = np.random.random((5000, 5000))\n", "np.dot(x, x + x.T)", "numpy", None),
    ("loop", "sum of 3 000 000 squares in a plain loop", "def f(n):\n    s = 0\n    for i in range(n):\n        s += i * i\n    return s\n", "f(3000000)", "cpython", None),
    ("collatz", "collatz lengths up to 30 000 in plain functions", "def steps(n):\n    k = 0\n    while n != 1:\n        n = 3 * n + 1 if n % 2 else n // 2\n        k += 1\n    return k\n", "max(steps(i) for i in range(1, 30000))", "cpython", None),
    ("collatz-cores", "eight of those as delayed calls", "def longest(a, b):\n    best = 0\n    for i in range(a, b):\n        n = i\n        k = 0\n        while n != 1:\n            n = 3 * n + 1 if n % 2 else n // 2\n            k += 1\n        if k > best:\n            best = k\n    return best\n", "dask.compute(*[delayed(longest)(1 + 4000 * i, 4001 + 4000 * i) for i in range(8)])", "dask", None),
    ("sleeps", "eight sleeps of 1 s", "from time import sleep\n", "dask.compute(*[delayed(sleep)(1) for i in range(8)])", "dask", None),
]


def measure(command, code):
    """Seconds that the work says it took, and peak resident memory in MB."""
    with tempfile.NamedTemporaryFile("w", suffix=".rdk") as script:
        script.write(code)
        script.flush()
        process = subprocess.Popen([*command, script.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(err.strip().splitlines()[-1] if err.strip() else f"exit code {process.returncode}")
    seconds = [line.split()[1] for line in out.splitlines() if line.startswith("seconds ")]
    return float(seconds[-1]), usage.ru_maxrss / 1024


def prompt_ready(command):
    """Seconds from starting the process to its first prompt on a pseudo-terminal."""
    started = time.perf_counter()
    pid, master = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(command[0], command)
    seen = b""
    deadline = started + 30
    while b"In [" not in seen and time.perf_counter() < deadline:
        if select.select([master], [], [], 0.5)[0]:
            try:
                seen += os.read(master, 65536)
            except OSError:
                break
    seconds = time.perf_counter() - started
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(master)
    return seconds, float("nan")


def in_turns(runs, ours, theirs):
    """Best of several runs of both, one after the other so that both meet the same noise."""
    results = {"ours": [], "theirs": []}
    errors = {}
    for _ in range(runs):
        for name, work in (("ours", ours), ("theirs", theirs)):
            if work is None or name in errors:
                continue
            try:
                results[name].append(work())
            except Exception as error:
                errors[name] = str(error)
    def best(rows):
        return (statistics.median(row[0] for row in rows), max(row[1] for row in rows)) if rows else None
    return best(results["ours"]), best(results["theirs"]), errors


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=os.path.join(root, "target/release/rdk"))
    venv = os.path.join(root, ".venv/bin/python")
    parser.add_argument("--python", default=venv if os.path.exists(venv) else sys.executable)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    modules = {"dask": "dask.array", "numpy": "numpy", "cpython": "sys", "ipython": "IPython"}
    installed = {name: subprocess.run([options.python, "-c", f"import {module}"], capture_output=True).returncode == 0 for name, module in modules.items()}

    print(f"{'':52} {'rdk':>9} {'MB':>6}   {'rival':>9} {'MB':>6}   ratio")
    def show(what, rival, row):
        ours, theirs, errors = row
        text = f"{what:52.52} "
        text += f"{ours[0]:8.3f}s {ours[1]:6.0f}" if ours else f"{'failed':>9} {'':6}"
        text += f"   {theirs[0]:8.3f}s {theirs[1]:6.0f}" if theirs else f"   {'-':>9} {'':6}"
        text += f"   {theirs[0] / ours[0]:.1f} x {rival}" if ours and theirs else f"   {rival} is not installed" if not installed[rival] else ""
        print(text, flush=True)
        for name, error in errors.items():
            print(f"    {name}: {error}")

    if not options.names or "start" in options.names:
        ipython = [options.python, "-m", "IPython", "--no-banner"]
        show("start: to the first prompt", "ipython", in_turns(options.runs + 2, lambda: prompt_ready([options.rdk]), (lambda: prompt_ready(ipython)) if installed["ipython"] else None))
    for name, what, setup, work, rival, other in LINES:
        if options.names and name not in options.names:
            continue
        ours = RDK + setup + CLOCK.format(work=work)
        theirs = ("" if rival == "cpython" else DASK) + setup + CLOCK.format(work=other or work)
        row = in_turns(options.runs, lambda: measure([options.rdk], ours), (lambda: measure([options.python], theirs)) if installed[rival] else None)
        show(f"{name}: {what}", rival, row)


if __name__ == "__main__":
    main()
