#!/usr/bin/env python3
"""Array work in rdk beside NumPy, numexpr and Dask, each line in fresh processes, in turns, in one run.

    python3 benches/arrays.py [--rdk target/release/rdk] [--python .venv/bin/python] [--runs 3] [--small] [names...]

Prints wall time of the work (imports and data that is already in memory not counted), peak resident memory, and for every rival how
many times faster rdk is. Data is random. A rival that is not installed, or has no such function, is left out. `--small` takes a tenth
of the elements. Needs nothing but Python's standard library; `pip install numpy "dask[array]" numexpr h5py scipy dask-image` gives it
the rivals.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

CLOCK = "import time as _time\n_started = _time.perf_counter()\n{work}\nprint('seconds', _time.perf_counter() - _started)\n"
HEAD = "import numpy as np, dask, dask.array as da\n"
NUMEXPR = "import numpy as np, numexpr as ne\n"

# name; what it is; set-up and work of rdk and Dask; for each other rival its set-up and work. `{...}` are sizes: whole, small.
LINES = [
    (
        "chain", "((a*b+c)/(a+1)).sum(), {n:,} floats in memory", {"n": (50_000_000, 5_000_000)},
        "a = np.random.random({n}); b = np.random.random({n}); c = np.random.random({n})\n"
        "x, y, z = (da.from_array(v, chunks={n} // 16) for v in (a, b, c))\n",
        "((x * y + z) / (x + 1)).sum().compute()",
        {
            "numpy": ("import numpy as np\na = np.random.random({n}); b = np.random.random({n}); c = np.random.random({n})\n", "((a * b + c) / (a + 1)).sum()"),
            "numexpr": (NUMEXPR + "a = np.random.random({n}); b = np.random.random({n}); c = np.random.random({n})\n", "ne.evaluate('sum((a * b + c) / (a + 1))')"),
        },
    ),
    (
        "cos", "(np.cos(x)**2).mean(axis=1), {rows:,} x 4,000 drawn", {"rows": (50_000, 5_000)},
        "x = da.random.random(({rows}, 4000), chunks=(1000, 1000))\n", "(np.cos(x) ** 2).mean(axis=1).compute()",
        {"numpy": ("import numpy as np\n", "x = np.random.default_rng().random(({rows}, 4000)); (np.cos(x) ** 2).mean(axis=1)")},
    ),
    (
        "symmetric", "(x + x.T).sum(axis=0).std(), {n:,} squared", {"n": (20_000, 6_000)},
        "x = da.random.random(({n}, {n}), chunks=(1000, 1000))\n", "(x + x.T).sum(axis=0).std().compute()",
        {"numpy": ("import numpy as np\n", "x = np.random.default_rng().random(({n}, {n})); (x + x.T).sum(axis=0).std()")},
    ),
    (
        "uniform", "random(...).mean(), {n:,}", {"n": (400_000_000, 40_000_000)},
        "", "da.random.random({n}).mean().compute()",
        {"numpy": ("import numpy as np\n", "np.random.default_rng().random({n}).mean()")},
    ),
    (
        "integers", "randint(0, 100, ...).mean(), {n:,}", {"n": (400_000_000, 40_000_000)},
        "", "da.random.randint(0, 100, {n}).mean().compute()",
        {"numpy": ("import numpy as np\n", "np.random.default_rng().integers(0, 100, {n}).mean()")},
    ),
    (
        "normal", "normal(...).std(), {n:,}", {"n": (200_000_000, 20_000_000)},
        "", "da.random.normal(0, 1, {n}).std().compute()",
        {"numpy": ("import numpy as np\n", "np.random.default_rng().standard_normal({n}).std()")},
    ),
    (
        "rechunk-sum", "drawn {n:,} x 100, rechunk to rows, sum (rdk cuts nothing anew)", {"n": (20_000, 6_000)},
        "x = da.random.random(({n}, {n}), chunks=({n}, 100))\n", "x.rechunk((100, {n})).sum(axis=1).max().compute()",
        {"numpy": ("import numpy as np\n", "np.random.default_rng().random(({n}, {n})).sum(axis=1).max()")},
    ),
    (
        "dot5", "x @ y, {n:,} squared", {"n": (5_000, 2_000)},
        "a = np.random.random(({n}, {n})); b = np.random.random(({n}, {n}))\nx, y = da.from_array(a), da.from_array(b)\n", "(x @ y).compute()",
        {"numpy": ("import numpy as np\na = np.random.random(({n}, {n})); b = np.random.random(({n}, {n}))\n", "a @ b")},
    ),
    (
        "dot10", "x @ y, {n:,} squared", {"n": (10_000, 3_000)},
        "a = np.random.random(({n}, {n})); b = np.random.random(({n}, {n}))\nx, y = da.from_array(a), da.from_array(b)\n", "(x @ y).compute()",
        {"numpy": ("import numpy as np\na = np.random.random(({n}, {n})); b = np.random.random(({n}, {n}))\n", "a @ b")},
    ),
    (
        "mask", "normal, mask, histogram, {n:,}", {"n": (25_000_000, 2_500_000)},
        "x = da.random.normal(9, 1, {n}) + 1\n", "h, edges = da.histogram(x[x < 10], bins=50, range=(4, 10)); h.compute()",
        {"numpy": ("import numpy as np\n", "x = np.random.default_rng().normal(9, 1, {n}) + 1; np.histogram(x[x < 10], bins=50, range=(4, 10))")},
    ),
    (
        "centred", "(x - x.mean(0)).std(), {rows:,} x 1,000 drawn", {"rows": (400_000, 40_000)},
        "x = da.random.random(({rows}, 1000), chunks=(4000, 1000))\n", "(x - x.mean(0)).std().compute()",
        {"numpy": ("import numpy as np\n", "x = np.random.default_rng().random(({rows}, 1000)); (x - x.mean(0)).std()")},
    ),
    (
        "sort", "sort of {n:,} floats in memory", {"n": (20_000_000, 2_000_000)},
        "a = np.random.random({n})\n", "np.sort(a)",
        {"numpy": ("import numpy as np\na = np.random.random({n})\n", "np.sort(a)")},
    ),
    (
        "cumsum", "cumsum of {n:,} floats, its maximum", {"n": (100_000_000, 10_000_000)},
        "x = da.random.random({n})\n", "da.cumsum(x, axis=0).max().compute()",
        {"numpy": ("import numpy as np\n", "np.random.default_rng().random({n}).cumsum().max()")},
    ),
    (
        "svd", "singular values, {rows:,} x 100", {"rows": (1_000_000, 100_000)},
        "x = da.random.random(({rows}, 100), chunks=(50000, 100))\n", "u, s, v = da.linalg.svd(x); s.compute()",
        {"numpy": ("import numpy as np\n", "x = np.random.default_rng().random(({rows}, 100)); np.linalg.svd(x, compute_uv=False)")},
    ),
    (
        "tiny", "{n:,} chunks of one element, summed", {"n": (1_000_000, 100_000)},
        "x = da.arange({n}, chunks=1)\n", "x.sum().compute()", {},
    ),
    (
        "regrid", "Zarr, {n:,} x 100 to 100 x {n:,}, {n:,} squared", {"n": (10_000, 4_000)},
        "import shutil\nx = da.random.random(({n}, {n}), chunks=({n}, 100))\nx.to_zarr('{folder}/in.zarr', compressors=None, overwrite=True)\n"
        "shutil.rmtree('{folder}/out.zarr', ignore_errors=True)\n",
        "da.from_zarr('{folder}/in.zarr').rechunk((100, {n})).to_zarr('{folder}/out.zarr', compressors=None)", {},
    ),
    (
        "mapped", "memory-mapped .npy of {n:,} squared, summed", {"n": (14_000, 4_000)},
        "np.save('{folder}/x.npy', np.random.random(({n}, {n})))\nx = da.from_array(np.load('{folder}/x.npy', mmap_mode='r'), chunks=(1000, 1000))\n",
        "x.sum().compute()",
        {"numpy": ("import numpy as np\nx = np.load('{folder}/x.npy', mmap_mode='r')\n", "x.sum()")},
    ),
    (
        "hdf5", "{files:,} HDF5 files of 257 x 257 stacked and summed", {"files": (1_000, 100)},
        "import h5py\nfiles = [h5py.File('{folder}/%d.h5' % i, 'r')['x'] for i in range({files})]\n",
        "da.stack([da.from_array(f, chunks=(257, 257)) for f in files]).sum(axis=0).compute()", {},
    ),
    (
        "gaussian", "gaussian_filter(sigma=2), {n:,} squared", {"n": (4_000, 1_500)},
        "from dask_image.ndfilters import gaussian_filter\nx = da.random.random(({n}, {n}), chunks=(1000, 1000))\n",
        "gaussian_filter(x, sigma=(2, 2)).mean().compute()",
        {"scipy": ("import numpy as np\nfrom scipy.ndimage import gaussian_filter\n", "x = np.random.default_rng().random(({n}, {n})); gaussian_filter(x, 2).mean()")},
    ),
]


def measure(command, code):
    """Seconds that the work says it took, and peak resident memory in MB."""
    with tempfile.NamedTemporaryFile("w", suffix=".rdk") as script:
        script.write(code)
        script.flush()
        process = subprocess.Popen([*command, script.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(err.strip().splitlines()[-1] if err.strip() else f"exit code {process.returncode}")
    seconds = [line.split()[1] for line in out.splitlines() if line.startswith("seconds ")]
    peak = [line.split()[1] for line in out.splitlines() if line.startswith("peak ")]
    return float(seconds[-1]), float(peak[-1]) if peak else float("nan")


# Linux tells the most that a process had in memory; rdk reads it from the same file.
PEAK = "for _line in open('/proc/self/status'):\n    if _line.startswith('VmHWM'):\n        print('peak', int(_line.split()[1]) / 1024)\n"


def in_turns(runs, works):
    """For each work the median of several runs, one work after the other so that all meet the same noise."""
    rows = {name: [] for name in works}
    errors = {}
    for _ in range(runs):
        for name, work in works.items():
            if name not in errors:
                try:
                    rows[name].append(work())
                except Exception as error:
                    errors[name] = str(error)
    middle = lambda rows: (statistics.median(row[0] for row in rows), max(row[1] for row in rows))
    return {name: middle(found) for name, found in rows.items() if found}, errors


def make_files(folder, count, python):
    code = f"import h5py, numpy as np\nfor i in range({count}):\n    with h5py.File(r'{folder}/%d.h5' % i, 'w') as f: f['x'] = np.random.random((257, 257))\n"
    return subprocess.run([python, "-c", code], capture_output=True).returncode == 0


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=os.path.join(root, "target/release/rdk"))
    venv = os.path.join(root, ".venv/bin/python")
    parser.add_argument("--python", default=venv if os.path.exists(venv) else sys.executable)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    modules = {"dask": "dask.array", "numpy": "numpy", "numexpr": "numexpr", "scipy": "scipy"}
    installed = {name for name, module in modules.items() if subprocess.run([options.python, "-c", f"import {module}"], capture_output=True).returncode == 0}
    rivals = [name for name in modules if name in installed]
    folder = tempfile.mkdtemp(prefix="rdk-bench-")

    print(f"{'':62} {'rdk':>9} {'MB':>6}" + "".join(f"   {name:>8} {'MB':>6} {'ratio':>6}" for name in rivals))
    for name, what, sizes, setup, work, others in LINES:
        if options.names and name not in options.names:
            continue
        chosen = {key: value[options.small] for key, value in sizes.items()} | {"folder": folder}
        if name == "hdf5" and not make_files(folder, chosen["files"], options.python):
            continue
        code = lambda head, setup, work: head + setup.format(**chosen) + CLOCK.format(work=work.format(**chosen)) + PEAK
        works = {"rdk": lambda: measure([options.rdk], code(HEAD, setup, work))}
        if "dask" in installed and name not in ("sort",):
            works["dask"] = lambda: measure([options.python], code(HEAD, setup, work))
        for rival, (head, own) in others.items():
            if rival in installed:
                works[rival] = lambda head=head, own=own: measure([options.python], code("", head, own))
        rows, errors = in_turns(options.runs, works)
        ours = rows.get("rdk")
        text = f"{name + ': ' + what.format(**chosen):62.62} " + (f"{ours[0]:8.3f}s {ours[1]:6.0f}" if ours else f"{'failed':>9} {'':6}")
        for rival in rivals:
            theirs = rows.get(rival)
            ratio = f"{theirs[0] / ours[0]:5.1f}x" if ours and theirs else ""
            text += f"   {theirs[0]:7.3f}s {theirs[1]:6.0f} {ratio:>6}" if theirs else f"   {'-':>8} {'':6} {'':6}"
        print(text, flush=True)
        for who, error in errors.items():
            print(f"    {who}: {error}", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
