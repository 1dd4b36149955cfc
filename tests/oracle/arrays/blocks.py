"""Functions called for each chunk, with and without surroundings."""

from ask import write

SETUP = """\
a = np.arange(24.0).reshape(4, 6)
v = np.arange(10)
c = np.arange(60).reshape(3, 4, 5)
la = da.from_array(a, chunks=(2, 3))
lv = da.from_array(v, chunks=3)
lw = da.from_array(v * 2.5, chunks=(3, 3, 3, 1))
lc = da.from_array(c, chunks=(2, 2, 5))
def add_place(block, block_id=None):
    return block + sum(block_id)
def describe(block, block_info=None):
    start = block_info[0]["array-location"][0][0]
    return block * 0 + start + block_info[None]["chunk-location"][0] * 100 + block_info[0]["num-chunks"][0] * 1000
def before(x):
    return np.concatenate([x[-1:], x[:-1]])
def smooth(x):
    return (x + before(x) + np.concatenate([x[1:], x[:1]])) / 3
def smooth2(x):
    return x + before(x) + np.concatenate([x[:, 1:], x[:, :1]], axis=1)
def spread(row):
    return row.max() - row.min()
def stretch(x, by, plus=0):
    return x * by + plus
"""
entries = ["da.map_blocks(lambda x: x * 2, la)", "la.map_blocks(lambda x: x + 1)", "lv.map_blocks(lambda x: x.astype('float32'))", "lv.map_blocks(lambda x: x > 3)", "da.map_blocks(lambda x, y: x + y, lv, lw)"]
entries += ["la.map_blocks(add_place, dtype=float)", "lv.map_blocks(describe, dtype=int)", "lv.map_blocks(stretch, 3)", "lv.map_blocks(stretch, 3, plus=1)", "lv.map_blocks(stretch, by=2.5, dtype='float64')", "da.map_blocks(stretch, lv, lw, plus=0.5)"]
entries += ["la.map_blocks(lambda x: x.sum(axis=1), drop_axis=1)", "la.map_blocks(lambda x: x.sum(axis=0), drop_axis=0)", "la.map_blocks(lambda x: x.sum(axis=(0, 1)), drop_axis=[0, 1])", "lc.map_blocks(lambda x: x.max(axis=2), drop_axis=2)", "lc.map_blocks(lambda x: x.max(axis=2), drop_axis=-1)"]
entries += ["lv.map_blocks(lambda x: x[:, None], new_axis=1)", "lv.map_blocks(lambda x: x[None, :], new_axis=0)", "lv.map_blocks(lambda x: np.stack([x, x * 2]), new_axis=0, chunks=((2,), (3, 3, 3, 1)))", "la.map_blocks(lambda x: x[:, :1], chunks=(2, 1))", "la.map_blocks(lambda x: x.sum(axis=1, keepdims=True), chunks=((2, 2), (1, 1)))", "la.map_blocks(lambda x: x.sum(keepdims=True), chunks=(1, 1))"]
entries += ["da.map_blocks(lambda x, y: x + y, la, la[:1])", "da.map_blocks(lambda x, y: x + y, la, la[:, :1])", "da.map_blocks(lambda x, y: x * y, la, da.from_array(a[0], chunks=3))", "la.map_blocks(lambda x: x, chunks=(2,))", "da.map_blocks(lambda x, y: x, la, lv)", "da.map_blocks(lambda block_id: np.full((2,), sum(block_id)), chunks=((2, 2, 2),), dtype=int)"]
entries += ["la.map_blocks(lambda x: x * 2).sum(axis=0)", "(la + 1).map_blocks(lambda x: x * 2)[1:3]", "la.T.map_blocks(lambda x: x - 1)", "lv.map_blocks(np.sqrt)", "lv.map_blocks(np.cumsum)"]
entries += ["da.blockwise(lambda x: x + 1, 'ij', la, 'ij', dtype=float)", "da.blockwise(lambda x: x.T, 'ji', la, 'ij', dtype=float)", "da.blockwise(lambda x, y: x[:, None] * y[None, :], 'ij', lv, 'i', lw, 'j', dtype=float)", "da.blockwise(lambda x, y: x + y, 'ij', la, 'ij', da.from_array(a[0], chunks=3), 'j', dtype=float)"]
entries += ["da.blockwise(lambda x: x.sum(axis=1), 'i', la, 'ij', concatenate=True, dtype=float)", "da.blockwise(lambda xs: sum(x.sum(axis=1) for x in xs), 'i', la, 'ij', dtype=float)", "da.blockwise(lambda x: np.concatenate([x, x]), 'i', lv, 'i', adjust_chunks={'i': lambda n: 2 * n}, dtype=int)", "da.blockwise(lambda x: x[:, None] + np.arange(3), 'iz', lv, 'i', new_axes={'z': 3}, dtype=int)", "da.blockwise(stretch, 'i', lv, 'i', by=3, dtype=int)", "da.blockwise(stretch, 'i', lv, 'i', 4, None, dtype=int)", "da.blockwise(lambda x: x, 'iq', lv, 'i', dtype=int)"]
entries += [f"lv.map_overlap(smooth, depth=1, boundary={b})" for b in ("'reflect'", "'periodic'", "'nearest'", "'none'", "0", "100", "None")]
entries += [f"la.map_overlap(smooth2, depth={d}, boundary={b})" for d in ("1", "(1, 2)", "{0: 1, 1: 1}", "{0: 2}", "{1: 1}") for b in ("'reflect'", "'periodic'", "0.0", "{0: 'reflect', 1: 'none'}")]
entries += ["da.map_overlap(smooth, lw, depth=2, boundary='reflect')", "da.map_overlap(lambda x, y: x + before(y), lv, lw, depth=1, boundary='periodic')", "lv.map_overlap(lambda x: x.copy(), depth=1, boundary='reflect', trim=False)", "lv.map_overlap(lambda x: x.copy(), depth=0)", "lc.map_overlap(lambda x: x * 2, depth={0: (0, 1), 2: (2, 1)}, boundary='none')"]
for b in ("'reflect'", "'periodic'", "'nearest'", "'none'", "7", "{0: 'reflect', 1: 'periodic'}"):
    entries += [f"da.overlap.overlap(la, depth={d}, boundary={b})" for d in ("1", "{0: 1, 1: 2}", "{0: 2, 1: 0}")]
    entries.append(f"da.overlap.trim_internal(da.overlap.overlap(la, depth={{0: 1, 1: 2}}, boundary={b}), {{0: 1, 1: 2}}, boundary={b})")
entries += ["da.overlap.overlap(lv, depth=1, boundary='reflect')", "da.overlap.overlap(lv, depth=99, boundary='reflect')", "da.overlap.overlap(lv, depth=1, boundary='strange')"]
for axis in (0, 1, -1):
    entries += [f"np.apply_along_axis(spread, {axis}, a)", f"da.apply_along_axis(spread, {axis}, la)", f"np.apply_along_axis(lambda r: r[::-1], {axis}, a)", f"da.apply_along_axis(np.cumsum, {axis}, la)", f"np.apply_along_axis(lambda r: np.outer(r[:2], r[:2]), {axis}, a)", f"np.apply_along_axis(np.sum, {axis}, c)", f"da.apply_along_axis(lambda r: r.sum(), {axis}, lc, dtype=int, shape=())"]
entries += ["np.apply_along_axis(lambda r, k: r[0] * k, 0, a, 3)", "np.apply_along_axis(spread, 2, a)", "np.apply_over_axes(np.sum, c, [0, 2])", "np.apply_over_axes(np.max, c, 1)", "da.apply_over_axes(da.sum, lc, [0, 2])", "np.apply_over_axes(np.sum, c, -1)"]
entries += ["da.apply_gufunc(lambda x: x.mean(axis=-1), '(i)->()', la.rechunk((1, 6)), output_dtypes=float)", "da.apply_gufunc(lambda x: (x.mean(axis=-1), x.max(axis=-1)), '(i)->(),()', la.rechunk((2, 6)), output_dtypes=(float, float))", "da.apply_gufunc(lambda x, y: (x * y).sum(axis=-1), '(i),(i)->()', lc, lc, output_dtypes=int)", "da.apply_gufunc(lambda x: x.sum(axis=-1), '(i)->()', lc, axis=1, output_dtypes=int, allow_rechunk=True)", "da.apply_gufunc(lambda x: x.sum(axis=-1), '(i)->()', lc, axis=2, keepdims=True, output_dtypes=int)", "da.apply_gufunc(lambda x, y: x[..., :, None] * y[..., None, :], '(i),(j)->(i,j)', lc, lc, output_dtypes=int)"]
entries += ["da.apply_gufunc(lambda x: x[0] * 2, '(i)->()', lc, vectorize=True, output_dtypes=int)", "da.apply_gufunc(lambda x, y: x + y, '(),()->()', lv, lv, output_dtypes=int)", "da.apply_gufunc(lambda x: x[..., :2], '(i)->(k)', lc, output_sizes={'k': 2}, output_dtypes=int)", "da.apply_gufunc(lambda x: x, '(i)->(', lc)", "da.apply_gufunc(lambda x, y: x, '(i),(i)->()', lv, la, output_dtypes=int)", "da.gufunc(lambda x: x.mean(axis=-1), signature='(i)->()', output_dtypes=float)(lc)", "da.as_gufunc(signature='(i)->()', output_dtypes=float)(lambda x: x.mean(axis=-1))(lc)"]
entries += ["da.reduction(la, lambda x, axis, keepdims: x.sum(axis=axis, keepdims=keepdims), lambda x, axis, keepdims: x.sum(axis=axis, keepdims=keepdims), dtype=float)", "da.reduction(la, lambda x, axis, keepdims: x.max(axis=axis, keepdims=keepdims), lambda x, axis, keepdims: x.max(axis=axis, keepdims=keepdims), axis=0, dtype=float)", "da.reduction(lv, chunk=np.sum, aggregate=np.sum, dtype=int, keepdims=True)", "da.reduction(lc, np.min, np.min, axis=(0, 1), dtype=int, split_every=2)", "da.reduction(da.arange(100, chunks=3), np.sum, np.sum, combine=np.sum, dtype=int)"]
entries += ["np.vectorize(lambda x: x * 2 if x > 3 else -x)(v)", "np.vectorize(lambda x, y: x + y)(a, 1)", "np.vectorize(lambda x: x / 2, otypes=[float])(v)", "np.vectorize(lambda x: (x, x * 1.5))(v)", "np.vectorize(lambda x: x + 1)(3)", "np.vectorize(lambda r: r.sum(), signature='(n)->()')(a)", "np.vectorize(lambda x: x)([])", "np.vectorize(abs)([-1, 2])"]
write("blocks", SETUP, entries)
