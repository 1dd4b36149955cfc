#!/usr/bin/env python3
"""The most memory that rdk holds for work on data far larger than its budget, each line in a fresh process.

    python3 benches/bounded.py [--rdk target/release/rdk] [--memory 200MB] [--rows 20000] [--days 1000] [--allow 150]
                               [--source drawn|zarr|memmap|hdf5|all] [--random 20 --seed 1] [--folder DIR] [names...]

A line of arrays works on a square of `rows` float64 (3.2 GB for 20 000): drawn by the work itself, or in a file that rdk writes once
(`--source`). A line of frames works on `days` partitions of a row for each second (86.4 million rows of 40 bytes, 3.5 GB, for 1000).
`--random` adds so many random expressions over such a square (`bounded_random.py`). A name may end with `*`.

It prints seconds and peak resident memory, and fails where a peak is above the budget and so many MB more (`--allow`): code, stacks,
allocator, and what the kernel has not taken back yet.
"""

import argparse
import datetime
import fnmatch
import os
import subprocess
import sys
import tempfile

from bounded_lines import ARRAYS, FRAMES
from bounded_random import expressions

HEAD = "import numpy as np, dask, dask.array as da, dask.dataframe as dd, h5py, time\n"
CLOCK = "started = time.perf_counter()\n"
TAIL = (
    "\nprint('seconds', time.perf_counter() - started)\n"
    "for line in open('/proc/self/status'):\n    if line.startswith('VmHWM'):\n        print('peak', int(line.split()[1]) / 1024)\n"
)

DRAWN = "x = da.random.default_rng(1).random((n, n), chunks=(1000, 1000))\n"

# How `x` lies, and what writes it there.
SOURCES = {
    "drawn": (DRAWN, None),
    "zarr": ("x = da.from_zarr(data + '/x.zarr')\n", "x.to_zarr(data + '/x.zarr')"),
    "memmap": (
        "x = da.from_array(np.memmap(data + '/x.dat', dtype='f8', mode='r', shape=(n, n)), chunks=(1000, 1000))\n",
        "da.store(x, np.memmap(data + '/x.dat', dtype='f8', mode='w+', shape=(n, n)))",
    ),
    "hdf5": (
        "x = da.from_array(h5py.File(data + '/x.h5', 'r')['/x'], chunks=(1000, 1000))\n",
        "x.to_hdf5(data + '/x.h5', '/x')",
    ),
}

TIMESERIES = "df = dask.datasets.timeseries('2000-01-01', {days!r}, freq='1s', partition_freq='1d')\n"


def run(options, folder, text):
    """Seconds and MB of a script, or what it said instead."""
    script = os.path.join(folder, "work.rdk")
    with open(script, "w") as file:
        file.write(text)
    scratch = os.path.join(folder, "tmp")
    os.makedirs(scratch, exist_ok=True)
    environment = {**os.environ, "TMPDIR": scratch}
    command = [options.rdk, "--memory", options.memory, script]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return f"not done after {options.timeout} s"
    found = dict(line.split()[:2] for line in done.stdout.splitlines() if line.startswith(("seconds ", "peak ")))
    if done.returncode != 0 or "peak" not in found:
        lines = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        if options.verbose:
            print("\n".join(lines))
        return f"failed: {lines[0] if lines else done.returncode}"
    return float(found["seconds"]), float(found["peak"])


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=os.path.join(root, "target/release/rdk"))
    parser.add_argument("--memory", default="200MB")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--allow", type=int, default=150)
    parser.add_argument("--source", choices=[*SOURCES, "all"], default="drawn")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where data and spill files lie")
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    budget = int(options.memory.removesuffix("MB"))
    last = str(datetime.date(2000, 1, 1) + datetime.timedelta(options.days))
    bad = []

    def line(name, label, text):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            found = run(options, folder, f"{HEAD}folder, n = {folder!r}, {options.rows}\n{CLOCK}{text}{TAIL}")
        if isinstance(found, str):
            print(f"{label:34} {found}", flush=True)
            bad.append(name)
            return
        seconds, peak = found
        over = peak > budget + options.allow
        bad.extend([name] * over)
        print(f"{label:34} {seconds:8.2f} s {peak:7.0f} MB{'   above the budget and what is allowed' if over else ''}", flush=True)

    def wanted(name):
        return not options.names or any(fnmatch.fnmatch(name, pattern) for pattern in options.names)

    arrays = {**ARRAYS, **expressions(options.random, options.seed)}
    arrays = {name: work for name, work in arrays.items() if wanted(name)}
    for source in SOURCES if options.source == "all" and arrays else [options.source] if arrays else []:
        head, write = SOURCES[source]
        with tempfile.TemporaryDirectory(dir=options.folder) as data:
            if write:
                line(source, f"{source}: written", f"data = {data!r}\n{DRAWN}{write}")
            for name, work in arrays.items():
                line(name, name if source == "drawn" else f"{source}: {name}", f"data = {data!r}\n{head}{work}")
    for name, work in FRAMES.items():
        if wanted(name):
            line(name, name, TIMESERIES.format(days=last) + work)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
