#!/usr/bin/env python3
"""A hundred functions of lazy arrays, in rdk and in Dask, the same script in both in one run.

    python3 benches/many.py [--rdk target/release/rdk] [--python .venv/bin/python]

Prints milliseconds of each (the best of four), and how many times faster rdk is, the slowest first. Data is random, 16 million numbers in
memory. Needs a release build, and Dask for the second interpreter.
"""

import argparse
import os
import subprocess
import sys
import tempfile

WORK = """
import numpy as np, dask, dask.array as da, time
n = 4000
rs = np.random.RandomState(0)
A = rs.random_sample((n, n)); B = rs.random_sample((n, n)) + 0.5
K = (A * 1000).astype('i8')
x = da.from_array(A, chunks=(1000, 1000)); y = da.from_array(B, chunks=(1000, 1000)); k = da.from_array(K, chunks=(1000, 1000))
v = da.from_array(A.ravel(), chunks=1000000); w = da.from_array(K.ravel(), chunks=1000000)
t = da.from_array(A.reshape(-1, 100)[:100000], chunks=(10000, 100))
idx = rs.randint(0, n, 2000)
works = [
 ("median axis0", lambda: da.median(x, axis=0).compute()),
 ("percentile v", lambda: da.percentile(v, [5, 50, 95]).compute()),
 ("quantile ax1", lambda: da.quantile(x.rechunk((1000, -1)), 0.3, axis=1).compute()),
 ("nanmean", lambda: da.nanmean(x, axis=1).compute()),
 ("var axis", lambda: x.var(axis=0).compute()),
 ("argmax ax1", lambda: x.argmax(axis=1).compute()),
 ("topk", lambda: da.topk(v, 10).compute()),
 ("argtopk", lambda: da.argtopk(v, 10).compute()),
 ("cumsum ax0", lambda: da.cumsum(x, axis=0).compute()),
 ("cumprod ax1", lambda: da.cumprod(x, axis=1).compute()),
 ("diff", lambda: da.diff(x, axis=1).compute()),
 ("gradient", lambda: [g.compute() for g in da.gradient(x)]),
 ("histogram", lambda: da.histogram(v, bins=100, range=(0, 1))[0].compute()),
 ("histogram w", lambda: da.histogram(v, bins=100, range=(0, 1), weights=v)[0].compute()),
 ("histogram2d", lambda: da.histogram2d(v, v * 2, bins=50, range=((0, 1), (0, 2)))[0].compute()),
 ("bincount", lambda: da.bincount(w, minlength=1000).compute()),
 ("digitize", lambda: da.digitize(x, np.linspace(0, 1, 20)).compute()),
 ("unique", lambda: da.unique(w).compute()),
 ("isin", lambda: da.isin(k, [1, 5, 7, 900]).compute()),
 ("searchsorted", lambda: da.searchsorted(da.arange(1000, chunks=1000) / 1000, v).compute()),
 ("where", lambda: da.where(x > 0.5, x, y).compute()),
 ("select np", lambda: da.select([x > 0.7, x > 0.3], [x, y], 0).compute()),
 ("clip", lambda: da.clip(x, 0.2, 0.8).compute()),
 ("round", lambda: da.round(x, 2).compute()),
 ("mask x[x>.5]", lambda: v[v > 0.5].compute()),
 ("mask sum", lambda: v[v > 0.5].sum().compute()),
 ("take", lambda: x[:, idx].compute()),
 ("fancy rows", lambda: x[idx].compute()),
 ("vindex", lambda: x.vindex[idx, idx[::-1]].compute()),
 ("assign mask", lambda: assign(x)),
 ("nonzero", lambda: [i.compute() for i in da.nonzero(x > 0.9)]),
 ("argwhere", lambda: da.argwhere(x > 0.9).compute()),
 ("ravel", lambda: x.ravel().compute()),
 ("transpose", lambda: x.T.compute()),
 ("transpose+", lambda: (x + x.T).compute()),
 ("rechunk", lambda: x.rechunk((100, n)).compute()),
 ("roll", lambda: da.roll(x, 777, axis=0).compute()),
 ("flip", lambda: da.flip(x).compute()),
 ("rot90", lambda: da.rot90(x).compute()),
 ("pad", lambda: da.pad(x, 10, mode='reflect').compute()),
 ("tile", lambda: da.tile(x, (2, 1)).compute()),
 ("repeat", lambda: da.repeat(x, 2, axis=0).compute()),
 ("concatenate", lambda: da.concatenate([x, y]).compute()),
 ("stack", lambda: da.stack([x, y]).compute()),
 ("block", lambda: da.block([[x, y], [y, x]]).compute()),
 ("coarsen", lambda: da.coarsen(np.mean, x, {0: 10, 1: 10}).compute()),
 ("tril", lambda: da.tril(x).compute()),
 ("diag", lambda: da.diagonal(x).compute()),
 ("outer", lambda: da.outer(v[:4000], v[:4000]).compute()),
 ("map_blocks", lambda: x.map_blocks(lambda b: b * 2 + 1).compute()),
 ("map_blocks red", lambda: x.map_blocks(lambda b: b - b.mean()).sum().compute()),
 ("map_overlap", lambda: x.map_overlap(lambda b: b * 2, depth=3, boundary='reflect').compute()),
 ("apply_along", lambda: da.apply_along_axis(np.sort, 1, x.rechunk((500, -1))).compute()),
 ("sliding", lambda: da.lib.stride_tricks.sliding_window_view(x, 5, axis=1).mean(axis=2).compute()),
 ("blockwise", lambda: da.blockwise(lambda a, b: a + b, 'ij', x, 'ij', y.T, 'ij', dtype='f8').compute()),
 ("einsum", lambda: da.einsum('ij,ij->i', x, y).compute()),
 ("tensordot", lambda: da.tensordot(x, y, axes=((0,), (0,))).compute()),
 ("dot vec", lambda: da.dot(x, v[:n]).compute()),
 ("norm", lambda: da.linalg.norm(x).compute()),
 ("qr", lambda: da.linalg.qr(t)[1].compute()),
 ("svd", lambda: da.linalg.svd(t)[1].compute()),
 ("solve", lambda: da.linalg.solve(x[:2000, :2000] + 2000 * da.eye(2000, chunks=1000), v[:2000].rechunk(1000)).compute()),
 ("inv", lambda: da.linalg.inv(x[:2000, :2000] + 2000 * da.eye(2000, chunks=1000)).compute()),
 ("cholesky", lambda: da.linalg.cholesky((x[:2000, :2000] + x[:2000, :2000].T) + 4000 * da.eye(2000, chunks=1000)).compute()),
 ("lu", lambda: da.linalg.lu(x[:2000, :2000])[2].compute()),
 ("lstsq", lambda: da.linalg.lstsq(t, t[:, 0])[0].compute()),
 ("fft", lambda: da.fft.fft(x.rechunk((500, -1))).compute()),
 ("rfft abs", lambda: abs(da.fft.rfft(x.rechunk((500, -1)))).sum().compute()),
 ("fft2", lambda: da.fft.fft2(x[:1000, :1000].rechunk(-1)).compute()),
 ("exp sin", lambda: (da.exp(x) * da.sin(x)).compute()),
 ("tan arctan2", lambda: da.arctan2(da.tan(x), y).compute()),
 ("log power", lambda: (da.log(x + 1) ** 1.5).sum().compute()),
 ("floor_divide", lambda: (k // 7).compute()),
 ("mod", lambda: (k % 7).compute()),
 ("bit ops", lambda: ((k & 255) ^ (k >> 2)).sum().compute()),
 ("astype", lambda: x.astype('f4').compute()),
 ("complex", lambda: abs((x + 1j * y) * (y - 1j * x)).compute()),
 ("normal draw", lambda: da.random.default_rng(1).normal(size=(n, n), chunks=1000).compute()),
 ("poisson draw", lambda: da.random.default_rng(1).poisson(5, size=(n, n), chunks=1000).compute()),
 ("gamma draw", lambda: da.random.default_rng(1).gamma(2.0, 1.0, size=(n, n), chunks=1000).compute()),
 ("binomial draw", lambda: da.random.default_rng(1).binomial(10, 0.3, size=(n, n), chunks=1000).compute()),
 ("choice draw", lambda: da.random.default_rng(1).choice(1000, n * n, chunks=1000000).compute()),
 ("permutation", lambda: da.random.default_rng(1).permutation(v[:2000000]).compute()),
 ("ma masked", lambda: da.ma.masked_greater(x, 0.5).mean().compute()),
 ("average", lambda: da.average(x, axis=1, weights=y).compute()),
 ("cov", lambda: da.cov(x[:200]).compute()),
 ("corrcoef", lambda: da.corrcoef(x[:200]).compute()),
 ("gufunc", lambda: da.apply_gufunc(lambda a: a.mean(axis=-1), "(i)->()", x.rechunk((500, -1))).compute()),
 ("reduction", lambda: da.reduction(x, chunk=lambda b, axis, keepdims: b.max(axis=axis, keepdims=keepdims), aggregate=lambda b, axis, keepdims: b.max(axis=axis, keepdims=keepdims), dtype='f8').compute()),
 ("compute many", lambda: dask.compute(x.min(), x.max(), x.mean(), x.std(), x.sum(axis=0))),
 ("slice stencil", lambda: (x[2:, 1:-1] + x[:-2, 1:-1] + x[1:-1, 2:] + x[1:-1, :-2] - 4 * x[1:-1, 1:-1]).compute()),
 ("allclose", lambda: da.allclose(x, x + 1e-9).compute()),
 ("any all", lambda: dask.compute((x > 2).any(), (x < 2).all())),
 ("count_nonzero", lambda: da.count_nonzero(x > 0.5, axis=0).compute()),
 ("ptp", lambda: da.ptp(x, axis=0).compute()),
 ("delayed blocks", lambda: dask.compute([dask.delayed(np.sum)(b) for b in x.to_delayed().ravel()])),
]
def assign(x):
    z = x.copy()
    z[z > 0.5] = 0
    return z.compute()
import warnings
warnings.simplefilter("ignore")
for name, work in works:
    try:
        best = 1e9
        for i in range(4):
            s = time.perf_counter(); work(); best = min(best, time.perf_counter() - s)
            if best > 2: break
        print(name + "\\t" + str(best))
    except Exception as error:
        print(name + "\\tfailed: " + str(error)[:80])
"""


def measure(command):
    """Seconds of each piece of work, or what was wrong with it."""
    with tempfile.NamedTemporaryFile("w", suffix=".rdk") as script:
        script.write(WORK)
        script.flush()
        done = subprocess.run([*command, script.name], capture_output=True, text=True, check=True)
    return dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=os.path.join(root, "target/release/rdk"))
    venv = os.path.join(root, ".venv/bin/python")
    parser.add_argument("--python", default=venv if os.path.exists(venv) else sys.executable)
    options = parser.parse_args()
    ours, theirs = measure([options.rdk]), measure([options.python])
    rows = []
    for name, took in ours.items():
        try:
            rows.append((float(theirs[name]) / float(took), name, float(took), float(theirs[name])))
        except (KeyError, ValueError):
            print(f"{name:16} {took} beside {theirs.get(name)}")
    for ratio, name, took, other in sorted(rows):
        print(f"{name:16} {took * 1e3:9.1f} ms {other * 1e3:9.1f} ms {ratio:7.2f}x")


if __name__ == "__main__":
    main()
