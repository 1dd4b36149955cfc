"""The lines of `bounded.py`: work on `x`, a square of `n` float64 between 0 and 1, and on `df`, rows of a time series.

`held` makes an array come about chunk by chunk in its own grid: a function of the user's stands in the way of all that a reduction
could look through.
"""

HELD = "held = lambda a: a.map_blocks(lambda block: block, dtype=a.dtype)\n"
# Chunks that cannot be drawn in another grid: a product of thin matrices.
THIN = "x = da.dot(da.random.random((n, 8), chunks=(n, 8)), da.random.random((8, n), chunks=(8, 100)))\n"
# As many numbers, of which there are a hundred for each column.
TALL = "t = x.rechunk((100, -1)).reshape((n * n // 100, 100)).rechunk((40000, 100))\n"
WHOLE = "k = (x * 1000).astype(int)\n"
LINE = "v = x.ravel()\n"
BLOCKED = "m = 8000\na = x[:m, :m] + m * da.eye(m, chunks=1000)\n"


def both(name, work):
    """A line along each axis."""
    return {f"{name}, axis 0": work.replace("AXIS", "0"), f"{name}, axis 1": work.replace("AXIS", "1")}


ARRAYS = {
    # Sums and what passes through them.
    "sum": "print(x.sum().compute())",
    "axis": "print((x * 2 + 1).sum(axis=0).std().compute())",
    "transposed": "print((x + x.T).sum(axis=0).std().compute())",
    "flipped": "print((x * x[::-1, ::-1]).mean().compute())",
    "centred": "print((x - x.mean()).std().compute())",
    "centred, held": HELD + "print(held(x - x.mean()).max().compute())",
    "centred by column": "print((x - x.mean(axis=0)).std().compute())",
    "normalised": "y = (x - x.mean(axis=0)) / x.std(axis=0)\nprint(y.max().compute(), y.min().compute())",
    "many reductions": "print(dask.compute(x.min(), x.max(), x.var(), x.prod(), (x > 0).all(), (x > 1).any(), x.argmin()))",
    "nan-reductions": (
        "y = da.where(x > 0.9, np.nan, x)\n"
        "print(dask.compute(da.nansum(y), da.nanmean(y), da.nanstd(y), da.nanmin(y), da.nanmax(y), da.nanprod(y), da.nanvar(y, axis=0).sum()))"
    ),
    "nanargmax": "print(da.nanargmax(da.where(x > 0.9, np.nan, x), axis=0).max().compute())",
    "argmax": "print(x.argmax(axis=1).max().compute())",
    "moment": "print(da.moment(x, 4).compute())",
    "average": "print(da.average(x, axis=1, weights=x[0]).max().compute())",
    "covariance": "print(da.cov(x[:500]).sum().compute())",
    "where": "print(da.where(x > 0.5, x, -x).sum(axis=1).max().compute())",
    "mask": "print(x[x > 0.5].mean().compute())",
    "mask, length": "print(len(x[x > 0.5]))",
    "persisted sum": "print((x.sum(axis=0).persist() + 1).sum().compute())",
    # Order.
    **both("median", "print(da.median(x, axis=AXIS).max().compute())"),
    **both("percentile", "print(np.percentile(x, [5, 50, 95], axis=AXIS).max().compute())"),
    **both("nanmedian", "print(da.nanmedian(da.where(x > 0.9, np.nan, x), axis=AXIS).max().compute())"),
    "percentile of a line": LINE + "print(da.percentile(v, [5, 50, 95]).compute())",
    "median of all": "print(np.median(x).compute())",
    **both("quantile", "print(da.quantile(x, 0.3, axis=AXIS).max().compute())"),
    **both("topk", "print(da.topk(x, 5, axis=AXIS).sum().compute())"),
    **both("argtopk", "print(da.argtopk(x, 5, axis=AXIS).max().compute())"),
    "topk, thousands": LINE + "print(da.topk(v, 100000).sum().compute())",
    **both("sort", "print(da.sort(x, axis=AXIS)[::3, ::3].max().compute())"),
    **both("sort, held", HELD + "print(held(np.sort(x, axis=AXIS)).max().compute())"),
    **both("argsort", HELD + "print(held(np.argsort(x, axis=AXIS)).max().compute())"),
    "sort of a line": LINE + HELD + "print(held(np.sort(v)).max().compute())",
    "argsort of a line": LINE + HELD + "print(held(np.argsort(v)).max().compute())",
    "sort of a mask": "print(np.sort(x[x > 0.5])[::1000].max().compute())",
    "argtopk, thousands": LINE + "print(da.argtopk(v, 100000).max().compute())",
    "argtopk, a million": LINE + "print(da.argtopk(v, -1000000).max().compute())",
    "nanmedian of a line": LINE + "print(da.nanmedian(da.where(v > 0.9, np.nan, v), axis=0).compute())",
    "quantile of a line": LINE + "print(da.quantile(v, [0.1, 0.5], axis=0).compute())",
    "searchsorted, long": LINE + "print(da.searchsorted(da.arange(n * n, chunks=1000000) / (n * n), v).max().compute())",
    "searchsorted": "print(da.searchsorted(da.arange(1000, chunks=100) / 1000, x).max().compute())",
    "unique": WHOLE + "print(da.unique(k).compute().shape)",
    "unique, counts": WHOLE + "u, c = da.unique(k, return_counts=True)\nprint(c.compute().sum())",
    "unique, many": "print(len(da.unique((x * 1e6).astype(int))))",
    "unique, many, all of it": (
        LINE + "u, i, b, c = da.unique((v * 1e6).astype(int), return_index=True, return_inverse=True, return_counts=True)\n"
        "print(dask.compute(i.max(), b.max(), c.sum()))"
    ),
    "unique, all different": LINE + "print(da.unique(v[: n * n // 8]).max().compute())",
    "isin, long": LINE + "k = (v * 1e9).astype(int)\nprint(da.isin(k, k[: n * n // 8] + 1).sum().compute())",
    "isin": WHOLE + "print(da.isin(k, [1, 5, 7]).sum().compute())",
    "union1d": WHOLE + "print(da.union1d(k[:100], k[100:]).shape)",
    # Along an axis.
    **both("cumsum", "print(da.cumsum(x, axis=AXIS).max().compute())"),
    **both("cumsum, held", HELD + "print(held(da.cumsum(x, axis=AXIS)).max().compute())"),
    **both("cumprod", "print(da.cumprod(x + 0.5, axis=AXIS).max().compute())"),
    "cumsum of a line": LINE + "print(da.cumsum(v).max().compute())",
    **both("diff", "print(da.diff(x, axis=AXIS).max().compute())"),
    **both("gradient", "print(da.gradient(x, axis=AXIS).max().compute())"),
    "gradients": "a, b = da.gradient(x)\nprint((a * b).sum().compute())",
    **both("apply_along_axis", "print(da.apply_along_axis(lambda row: row.max() - row.min(), AXIS, x).max().compute())"),
    **both("fft", "print(abs(da.fft.fft(x.rechunk({AXIS: -1, 1 - AXIS: 100}), axis=AXIS)).max().compute())"),
    "rfft": "print(abs(da.fft.rfft(x.rechunk((100, -1)))).sum(axis=0).max().compute())",
    "fft2": "print(abs(da.fft.fft2(x[:1000, :1000].rechunk(-1))).max().compute())",
    # Counts.
    "histogram": "h, e = da.histogram(x, bins=20, range=(0, 1))\nprint(h.compute())",
    "histogram, line": LINE + "h, e = da.histogram(v, bins=1000, range=(0, 1), weights=v)\nprint(h.sum().compute())",
    "histogram, lazy edges": LINE + "h, e = da.histogram(v, bins=da.linspace(0, 1, 1001), weights=v)\nprint(h.sum().compute())",
    "histogram2d": LINE + "h, a, b = da.histogram2d(v, v ** 2, bins=50, range=((0, 1), (0, 1)))\nprint(h.sum().compute())",
    "histogramdd": TALL + "h, e = da.histogramdd(t[:, :3].rechunk((40000, 3)), bins=10, range=((0, 1),) * 3)\nprint(h.sum().compute())",
    "bincount": LINE + "print(da.bincount((v * 1000).astype(int), minlength=1000).compute().max())",
    "bincount, weights": LINE + "print(da.bincount((v * 1000).astype(int), weights=v, minlength=1000).compute().max())",
    "digitize": "print(da.digitize(x, np.linspace(0, 1, 20)).max().compute())",
    "count_nonzero": "print(da.count_nonzero(x > 0.5, axis=0).max().compute())",
    # Layout.
    "rechunk, sum": THIN + "print(x.rechunk((100, n)).sum(axis=1).max().compute())",
    # A sum of everything would look through both; of rows that are two rows each it cannot.
    "rechunk, held": THIN + "print(x.rechunk((100, n)).reshape((n // 2, 2 * n)).sum(axis=1).max().compute())",
    "rechunk to rows": HELD + "print(held(x.rechunk((100, -1))).max().compute())",
    "rechunk to columns": HELD + "print(held(x.rechunk((-1, 100))).max().compute())",
    "rechunk to rows and back": HELD + "print(held(held(x.rechunk((100, -1))).rechunk((-1, 100))).max().compute())",
    "transposition, held": HELD + "print(held(held(x).T.rechunk((100, -1))).max().compute())",
    "stack": "print(da.stack([x[: n // 4], x[n // 4 : n // 2], x[n // 2 : 3 * n // 4]]).mean(axis=0).max().compute())",
    "joined": "print(da.concatenate([x, x + 1], axis=1).std(axis=1).mean().compute())",
    "joined, held": HELD + "print(held(da.concatenate([x, x.T], axis=0)).max().compute())",
    "block": HELD + "print(held(da.block([[x, x.T], [x[::-1], x + 1]])).max().compute())",
    "reshape": "print(x.reshape(-1).max().compute())",
    "reshape, held": HELD + "print(held(x.reshape((n // 2, 2 * n))).max().compute())",
    "reshape, three axes": HELD + "print(held(x.reshape((n, n // 100, 100)).transpose((2, 0, 1))).max().compute())",
    "ravel, held": HELD + "print(held(x.ravel()).max().compute())",
    "roll": HELD + "print(held(da.roll(x, 777, axis=0)).max().compute())",
    "roll of all": HELD + "print(held(da.roll(x, 777)).max().compute())",
    "flip": HELD + "print(held(da.flip(x)).max().compute())",
    "rot90": HELD + "print(held(da.rot90(x)).max().compute())",
    "moveaxis": HELD + "print(held(da.moveaxis(x.reshape((n, 100, n // 100)), 2, 0)).max().compute())",
    "swapaxes": HELD + "print(held(da.swapaxes(x, 0, 1)).max().compute())",
    "pad": HELD + "print(held(da.pad(x, 100, mode='reflect')).max().compute())",
    "pad, constant": "print(da.pad(x, 100, mode='constant').max().compute())",
    "tile": "print(da.tile(x, (2, 2)).max().compute())",
    "repeat": "print(da.repeat(x, 2, axis=0).max().compute())",
    "coarsen": "print(da.coarsen(np.mean, x, {0: 10, 1: 10}).max().compute())",
    "tril": "print(da.tril(x).sum().compute())",
    "broadcast": "print((x[:, :100][:, :, None] * x[0, :1000]).max().compute())",
    # Picking and putting.
    **{f"fancy, axis {axis}": f"i = np.random.default_rng(3).integers(0, n, n)\n{HELD}print(held(x[{'i' if axis == 0 else ':, i'}]).max().compute())" for axis in (0, 1)},
    "fancy, reversed": HELD + "print(held(x[np.arange(n)[::-1]]).max().compute())",
    "fancy, lazy": "i = da.random.default_rng(3).integers(0, n, n, chunks=1000)\nprint(x[i].max().compute())",
    "fancy, lazy, columns": "i = da.random.default_rng(3).integers(0, n, n, chunks=1000)\nprint(x[:, i].max().compute())",
    "fancy, lazy, of a line": LINE + "i = da.random.default_rng(3).integers(-n * n, n * n, n * n // 4, chunks=1000000)\nprint(da.take(v, i).max().compute())",
    "fancy, lazy, of a square": "i = da.random.default_rng(3).integers(0, n, (100, 100), chunks=50)\nprint(x[:, i].max().compute())",
    "fancy, lazy, points": "i = da.random.default_rng(3).integers(0, n, n * n // 10, chunks=1000000)\nprint(x[i, i[::-1]].max().compute())",
    **both("take_along_axis", "i = da.random.default_rng(3).integers(0, n, (n, n), chunks=(1000, 1000))\nprint(da.take_along_axis(x, i, axis=AXIS).max().compute())"),
    "take_along_axis of a line": LINE + "i = da.random.default_rng(3).integers(0, n * n, n * n // 4, chunks=1000000)\nprint(da.take_along_axis(v, i, axis=0).max().compute())",
    "fancy, long": LINE + "i = np.random.default_rng(3).integers(0, n * n, n * n // 100)\nprint(v[i].max().compute())",
    "take": "print(da.take(x, np.arange(0, n, 3), axis=1).max().compute())",
    "compress": "print(da.compress(np.arange(n) % 3 == 0, x, axis=0).max().compute())",
    "rows by a mask": "print(x[x[:, 0] > 0.5].sum().compute())",
    "rows by a mask, held": HELD + "print(held(x[x[:, 0] > 0.5]).max().compute())",
    "vindex": "i = np.random.default_rng(3).integers(0, n, 100000)\nprint(x.vindex[i, i[::-1]].max().compute())",
    "vindex, many": "i = np.random.default_rng(3).integers(0, n, n * n // 100)\nprint(x.vindex[i, i[::-1]].max().compute())",
    "compress, lazy": "print(da.compress(x[:, 0] > 0.5, x, axis=1).max().compute())",
    "nonzero, three axes": "a, b, c = da.nonzero(x.reshape((n, n // 100, 100)) > 0.5)\nprint(a.max().compute(), b.max().compute(), c.max().compute())",
    "nonzero": "a, b = da.nonzero(x > 0.5)\nprint(a.max().compute(), b.max().compute())",
    "argwhere": "print(da.argwhere(x > 0.5).max().compute())",
    "flatnonzero": "print(da.flatnonzero(x > 0.5).max().compute())",
    "assign, slice": "y = x + 1\ny[::2, 100:] = 0\nprint(y.sum().compute())",
    "assign, mask": "y = x + 1\ny[y > 1.5] = 0\nprint(y.sum().compute())",
    "assign, mask, held": HELD + "y = held(x)\ny[y > 0.5] = 0\nprint(held(y).sum().compute())",
    "assign, array": "y = x + 1\ny[100:200] = x[:100]\nprint(y.sum().compute())",
    "assign, mask, values": "y = x + 1\ny[y > 1.5] = y[y > 1.5] * 2\nprint(y.sum().compute())",
    "extract": "print(da.extract(x > 0.5, x).max().compute())",
    "choose": "print(da.choose((x * 3).astype(int), [x, -x, x * 2]).max().compute())",
    "choose, lazy": "print(np.choose((x * 3).astype(int), [x, x.T, x[::-1]]).max().compute())",
    "select": "print(np.select([x > 0.7, x.T > 0.5], [x, x[::-1]], x.T * 2).max().compute())",
    "permutation, held": HELD + "print(held(da.random.default_rng(1).permutation(x)).max().compute())",
    "permutation of a lazy line": LINE + HELD + "print(held(da.random.default_rng(1).permutation(v)).max().compute())",
    "permutation": "print(da.random.default_rng(1).permutation(x).max().compute())",
    "permutation of a line": HELD + "print(held(da.random.default_rng(1).permutation(n * n // 4).rechunk(1000000)).max().compute())",
    "choice": "print(da.random.default_rng(1).choice(1000, n * n, chunks=1000000).max().compute())",
    "choice, once": "print(da.random.default_rng(1).choice(n * n, 1000, replace=False).max().compute())",
    "choice, once, many": "print(da.random.default_rng(1).choice(n * n, n * n // 4, replace=False, chunks=1000000).max().compute())",
    "choice, once, lazy": LINE + "print(da.random.default_rng(1).choice(v, 100000, replace=False).max().compute())",
    "choice, weights": "print(da.random.default_rng(1).choice(n, n * n // 4, p=np.full(n, 1 / n), chunks=1000000).max().compute())",
    "choice, lazy": LINE + "print(da.random.default_rng(1).choice(v[:1000000], n * n // 2, chunks=1000000).max().compute())",
    # Functions of the user's.
    "map_blocks": "print(x.map_blocks(lambda b: b - b.mean()).max().compute())",
    "map_blocks, columns": "print(x.rechunk((-1, 100)).map_blocks(lambda b: b - b.mean(axis=0)).max().compute())",
    "map_blocks of a mask": "print(x[x > 0.5].map_blocks(lambda b: b + 1).max().compute())",
    "map_overlap": "print(x.map_overlap(lambda b: b * 2, depth=3, boundary='reflect').max().compute())",
    "sliding windows": "print(da.lib.stride_tricks.sliding_window_view(x, 5, axis=1).mean(axis=2).max().compute())",
    "sliding windows, squares": "print(da.lib.stride_tricks.sliding_window_view(x, (3, 3)).max(axis=(2, 3)).sum().compute())",
    "neighbours by slices": "print((x[2:, 1:-1] + x[:-2, 1:-1] + x[1:-1, 2:] + x[1:-1, :-2] - 4 * x[1:-1, 1:-1]).max().compute())",
    "gaussian_filter": "from dask_image.ndfilters import gaussian_filter\nprint(gaussian_filter(x, sigma=2).max().compute())",
    "blockwise": "print(da.blockwise(lambda a, b: a + b, 'ij', x, 'ij', x.T, 'ij', dtype='f8').max().compute())",
    "reduction": "print(da.reduction(x, chunk=lambda b, axis, keepdims: b.max(axis=axis, keepdims=keepdims), aggregate=lambda b, axis, keepdims: b.max(axis=axis, keepdims=keepdims), dtype='f8').compute())",
    "delayed blocks": "print(dask.delayed(max)([dask.delayed(lambda b: b.max())(b) for b in x.to_delayed().ravel()]).compute())",
    # Products and matrices.
    "product": "print(da.dot(x[:2000], x[:, :2000]).sum().compute())",
    "product, tall": "print(da.dot(x.T, x[:, :500]).sum().compute())",
    "product, held": HELD + "print(held(da.dot(x[:4000], x[:, :8000])).max().compute())",
    "product, thin": "print((x @ x[:, :10]).sum().compute())",
    "vector": "print(da.dot(x, x[0]).sum().compute())",
    "einsum": "print(da.einsum('ij,kj->ik', x[:2000], x[2000:4000]).sum().compute())",
    "einsum, diagonal": "print(da.einsum('ij,ij->i', x, x).sum().compute())",
    "tensordot": "print(da.tensordot(x[:1000], x[:1000], axes=((0,), (0,)))[::7, ::7].sum().compute())",
    "tensordot, both": "print(da.tensordot(x, x, axes=2).compute())",
    "outer": "print(da.outer(x[0], x[1]).max().compute())",
    "qr": TALL + "q, r = da.linalg.qr(t)\nprint(abs(q).max().compute(), r.shape)",
    "svd": TALL + "u, s, v = da.linalg.svd(t)\nprint(s.compute()[:3])",
    "svd, held": TALL + "u, s, v = da.linalg.svd(t)\nprint(abs(u).max().compute())",
    "svd_compressed": "u, s, v = da.linalg.svd_compressed(x, 10)\nprint(s.compute()[:3])",
    "solve": BLOCKED + "print(da.linalg.solve(a, da.ones(m, chunks=1000)).sum().compute())",
    "cholesky": BLOCKED + "c = da.linalg.cholesky(a + a.T)\nprint(c.max().compute())",
    "lu": BLOCKED + "p, l, u = da.linalg.lu(a)\nprint(u.max().compute())",
    "inv": "m = 4000\nprint(da.linalg.inv(x[:m, :m] + m * da.eye(m, chunks=1000)).max().compute())",
    "lstsq": TALL + "c, r, rank, s = da.linalg.lstsq(t, t.sum(axis=1))\nprint(c.max().compute())",
    "norm": "print(da.linalg.norm(x).compute())",
    # To files.
    "to_zarr": "(x + 1).to_zarr(folder + '/a.zarr')",
    "to_zarr, transposed": "x.T.rechunk((100, -1)).to_zarr(folder + '/a.zarr')",
    "to_hdf5": "(x + 1).to_hdf5(folder + '/a.h5', '/x')",
    "np.save": "np.save(folder + '/a.npy', x + 1)",
    "to_npy_stack": "da.to_npy_stack(folder + '/a', x)",
    "store": "to = np.memmap(folder + '/a.dat', dtype='f8', mode='w+', shape=(n, n))\nda.store(x + 1, to)",
    "store, two": (
        "f = h5py.File(folder + '/a.h5', 'w')\na = f.create_dataset('a', shape=(n // 2, n), dtype='f8')\n"
        "to = np.memmap(folder + '/b.dat', dtype='f8', mode='w+', shape=(n // 2, n))\nda.store([x[: n // 2] + 1, x[n // 2 :]], [a, to])"
    ),
    "store, two of one file": (
        "f = h5py.File(folder + '/a.h5', 'w')\na, b = (f.create_dataset(name, shape=(n // 2, n), dtype='f8') for name in 'ab')\n"
        "da.store([x[: n // 2] + 1, x[n // 2 :]], [a, b])"
    ),
    "store, twice the same": (
        "a, b = (h5py.File(folder + f'/{name}.h5', 'w').create_dataset('x', shape=(n // 2, n), dtype='f8') for name in 'ab')\n"
        "da.store([x[: n // 2], x[: n // 2] + 1], [a, b])"
    ),
}

FRAMES = {
    "frame: mean": "print(df.x.mean().compute())",
    "frame: groups": "print(df.groupby('name').x.agg(['mean', 'std', 'count']).compute().shape)",
    "frame: many groups": "print(df.assign(k=(df.x * 1e6).astype(int)).groupby('k').y.mean().max().compute())",
    "frame: many groups, several": "print(df.assign(k=(df.x * 1e6).astype(int)).groupby('k').y.agg(['sum', 'std', 'count']).max().compute())",
    "frame: many groups, of two": "print(len(df.assign(k=(df.x * 1e5).astype(int)).groupby(['name', 'k']).y.sum()))",
    "frame: distinct values": "print(df.assign(k=(df.x * 1e6).astype(int)).k.nunique().compute())",
    "frame: many value_counts": "print((df.x * 1e6).astype(int).value_counts().head(2))",
    "frame: drop_duplicates": "print(len(df.assign(k=(df.x * 1e6).astype(int)).drop_duplicates('k')))",
    "frame: value_counts": "print(df.id.value_counts().head(2))",
    "frame: to_parquet": "df.to_parquet(folder + '/a')\nprint(len(dd.read_parquet(folder + '/a')))",
    "frame: to_csv": "df.to_csv(folder + '/a-*.csv')",
    "frame: sort_values": "s = df.sort_values('x')\nprint(s.x.head(1), len(s))",
    "frame: set_index": "s = df.set_index('y')\nprint(s.divisions[0], len(s))",
    "frame: merge": "names = df.groupby('name').y.mean().reset_index().rename(columns={'y': 'm'})\nm = df.merge(names, on='name')\nprint((m.x - m.m).mean().compute())",
    "frame: merge, both long": "m = df[['id', 'x']].merge(df[['id', 'y']].sample(frac=0.00001, random_state=1), on='id')\nprint(m.x.mean().compute())",
    "frame: shuffle": "print(df.groupby('id').x.median().max().compute())",
    "frame: quantile": "print(df.x.quantile(0.3).compute())",
    "frame: rolling": "print(df.x.rolling(10).mean().max().compute())",
    "frame: cumsum": "print(df.x.cumsum().max().compute())",
    "frame: resample": "print(df.x.resample('1h').mean().max().compute())",
    "frame: to array": "print(df[['x', 'y']].to_dask_array(lengths=True).sum(axis=0).compute())",
}
