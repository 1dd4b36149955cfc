#!/usr/bin/env python3
"""The most memory that rdk holds for work on data far larger than its budget, each line in a fresh process.

    python3 benches/bounded.py [--rdk target/release/rdk] [--memory 200MB] [--rows 20000] [--days 1000] [--allow 150] [names...]

A line of arrays works on a square of `rows` float64 (3.2 GB for 20 000), one of frames on `days` partitions of a row for each second (86.4
million rows of 40 bytes, 3.5 GB, for 1000). It prints seconds and peak resident memory, and fails where a peak is above the budget and so many MB more (`--allow`): code, stacks, allocator, and what the kernel has not taken back yet.
"""

import argparse
import datetime
import os
import subprocess
import sys
import tempfile

HEAD = "import numpy as np, dask, dask.array as da, dask.dataframe as dd, time\n"
CLOCK = "started = time.perf_counter()\n"
TAIL = "\nprint('seconds', time.perf_counter() - started)\nfor line in open('/proc/self/status'):\n    if line.startswith('VmHWM'):\n        print('peak', int(line.split()[1]) / 1024)\n"

X = "x = da.random.random(({n}, {n}), chunks=(1000, 1000))\n"
# Chunks that cannot be drawn in another grid: a product of thin matrices.
P = "x = da.dot(da.random.random(({n}, 8), chunks=({n}, 8)), da.random.random((8, {n}), chunks=(8, 100)))\n"

LINES = {
    "sum": X + "print(x.sum().compute())",
    "axis": X + "print((x * 2 + 1).sum(axis=0).std().compute())",
    "transposed": X + "print((x + x.T).sum(axis=0).std().compute())",
    "flipped": X + "print((x * x[::-1, ::-1]).mean().compute())",
    "centred": X + "print((x - x.mean()).std().compute())",
    "centred by column": X + "print((x - x.mean(axis=0)).std().compute())",
    "normalised": X + "y = (x - x.mean(axis=0)) / x.std(axis=0)\nprint(y.max().compute(), y.min().compute())",
    "rechunk, sum": P + "print(x.rechunk((100, {n})).sum(axis=1).max().compute())",
    # A sum of everything would look through both; of rows that are two rows each it cannot.
    "rechunk, held": P + "print(x.rechunk((100, {n})).reshape(({n} // 2, 2 * {n})).sum(axis=1).max().compute())",
    "stack": X + "print(da.stack([x[:1000], x[1000:2000], x[2000:3000]]).mean(axis=0).max().compute())",
    "joined": X + "print(da.concatenate([x, x + 1], axis=1).std(axis=1).mean().compute())",
    "reshape": X + "print(x.reshape(-1).max().compute())",
    "mask": X + "print(x[x > 0.5].mean().compute())",
    "argmax": X + "print(x.argmax(axis=1).max().compute())",
    "histogram": X + "h, e = da.histogram(x, bins=20, range=(0, 1))\nprint(h.compute())",
    "cumsum": X + "print(da.cumsum(x, axis=0).max().compute())",
    "sort": X + "print(da.sort(x, axis=1)[:, 0].max().compute())",
    "where": X + "print(da.where(x > 0.5, x, -x).sum(axis=1).max().compute())",
    "product": X + "print(da.dot(x[:2000], x[:, :2000]).sum().compute())",
}

T = "df = dask.datasets.timeseries('2000-01-01', {days!r}, freq='1s', partition_freq='1d')\n"

FRAMES = {
    "frame: mean": T + "print(df.x.mean().compute())",
    "frame: groups": T + "print(df.groupby('name').x.agg(['mean', 'std', 'count']).compute().shape)",
    "frame: many groups": T + "print(df.assign(k=(df.x * 1e6).astype(int)).groupby('k').y.mean().max().compute())",
    "frame: value_counts": T + "print(df.id.value_counts().head(2))",
    "frame: to_parquet": T + "df.to_parquet(folder + '/a')\nprint(len(dd.read_parquet(folder + '/a')))",
    "frame: sort_values": T + "s = df.sort_values('x')\nprint(s.x.head(1), len(s))",
    "frame: set_index": T + "s = df.set_index('y')\nprint(s.divisions[0], len(s))",
    "frame: merge": T + "names = df.groupby('name').y.mean().reset_index().rename(columns={{'y': 'm'}})\nm = df.merge(names, on='name')\nprint((m.x - m.m).mean().compute())",
    "frame: shuffle": T + "print(df.groupby('id').x.median().max().compute())",
    "frame: rolling": T + "print(df.x.rolling(10).mean().max().compute())",
}


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=os.path.join(root, "target/release/rdk"))
    parser.add_argument("--memory", default="200MB")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--allow", type=int, default=150)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    budget = int(options.memory.removesuffix("MB"))
    bad = []
    last = str(datetime.date(2000, 1, 1) + datetime.timedelta(options.days))
    for name, work in {**LINES, **FRAMES}.items():
        if options.names and name not in options.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "work.rdk")
            with open(script, "w") as file:
                file.write(f"{HEAD}folder = {folder!r}\n{CLOCK}{work.format(n=options.rows, days=last)}{TAIL}")
            run = subprocess.run([options.rdk, "--memory", options.memory, script], capture_output=True, text=True)
        found = dict(line.split()[:2] for line in run.stdout.splitlines() if line.startswith(("seconds ", "peak ")))
        if run.returncode != 0 or "peak" not in found:
            lines = [line for line in (run.stderr or run.stdout).strip().splitlines() if line.strip()]
            print(f"{name:20} failed: {lines[0] if lines else run.returncode}", flush=True)
            continue
        peak = float(found["peak"])
        over = peak > budget + options.allow
        bad += [name] * over
        print(f"{name:20} {float(found['seconds']):8.2f} s {peak:7.0f} MB{'   above the budget and what is allowed' if over else ''}", flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
