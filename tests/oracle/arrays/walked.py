"""What users write with chunked arrays: functions of chunks, surroundings, indexes and assignments of all kinds, unknown lengths, moved axes."""

from ask import write

CALLS = """\
a = np.arange(24.0).reshape(4, 6)
v = np.arange(10)
c = np.arange(60).reshape(3, 4, 5)
la = da.from_array(a, chunks=(2, 3))
lv = da.from_array(v, chunks=3)
lw = da.from_array(v * 2.5, chunks=(3, 3, 3, 1))
lc = da.from_array(c, chunks=(2, 2, 5))
lu = lv[lv > 4]
seen = []
def keep(x, block_info=None):
    if block_info:
        seen.append(block_info)
    return x
def both(x, block_id=None, block_info=None):
    return x + 10 * block_id[0] + block_info[None]["array-location"][0][0]
def infos(b):
    if not b:
        return None
    return [(k, sorted((str(q), str(w)) for q, w in d.items())) for k, d in sorted(b.items(), key=str)]
def counted(x):
    calls.append(1)
    return x.min(axis=-1), x.max(axis=-1)
calls = []
"""
entries = """\
la.map_blocks(both, dtype=float)
da.map_blocks(lambda x, y, block_info=None: x + y + block_info[1]['chunk-location'][0], lv, lw, dtype=float)
da.map_blocks(lambda x, n: x * n, la, 3)
da.map_blocks(lambda x, y: x + y.sum(), la, np.arange(3))
la.map_blocks(lambda x: x.sum(axis=0, keepdims=True), chunks=(1, 3))
la.map_blocks(lambda x: x.sum(axis=1), drop_axis=1, chunks=((2, 2),))
la.map_blocks(lambda x: x[:, :, None], new_axis=2, chunks=((2, 2), (3, 3), (1,)))
la.map_blocks(lambda x: x[None, :, :, None], new_axis=[0, 3])
la.map_blocks(lambda x: x.sum(axis=1)[:, None, None], drop_axis=1, new_axis=[1, 2])
lv.map_blocks(lambda x: np.outer(x, [1, 2]), new_axis=1, chunks=((3, 3, 3, 1), (2,)))
lv.map_blocks(lambda x: x[x > 3], chunks=(np.nan,))
lv.map_blocks(lambda x: x[:1], chunks=((1, 1, 1, 1),))
lv.map_blocks(lambda x: x[:1], chunks=(1,))
lv.map_blocks(lambda x: x, chunks=((1, 1),))
lv.map_blocks(lambda x: x / 0)
lv.map_blocks(3)
lv.map_blocks(lambda x, k=1: x + k, k=5)
lv.map_blocks(lambda x: x, enforce_ndim=True)
da.map_blocks(lambda block_info=None: np.full(block_info[None]['chunk-shape'], block_info[None]['chunk-location'][0]), chunks=((2, 3),), dtype=int)
da.map_blocks(lambda block_id=None: np.ones((2, 2)) * block_id[1], chunks=((2, 2), (2, 2)), meta=np.empty((0, 0)))
lu.map_blocks(lambda x: x * 2)
lu.map_blocks(lambda x: x * 2).compute_chunk_sizes()
la.map_blocks(np.linalg.norm, axis=1, drop_axis=1)
la.map_blocks(lambda x: x.astype('i4'))
lv.map_blocks(lambda x: x.sum(), drop_axis=0)
lv.map_blocks(lambda x: np.array([x.sum()]), chunks=(1,))
lv.map_blocks(lambda x, **k: x + len(k), z=1)
la.blocks[0].map_blocks(lambda x: x + 1)
la.T.map_blocks(lambda x: x.T, chunks=((2, 2), (3, 3)))
da.blockwise(lambda x, y: x + y, 'ij', la, 'ij', 5, None, dtype=float)
da.blockwise(np.add, 'i', lv, 'i', lw, 'i', dtype=float)
da.blockwise(np.dot, 'ik', la, 'ij', la.T, 'jk', concatenate=True, dtype=float)
da.blockwise(lambda x, y: sum(p @ q for p, q in zip(x, y)), 'ik', la, 'ij', la.T, 'jk', dtype=float)
da.blockwise(lambda x: x[..., None].repeat(2, -1), 'ijz', la, 'ij', new_axes={'z': 2}, dtype=float)
da.blockwise(lambda x: x[..., None].repeat(3, -1), 'ijz', la, 'ij', new_axes={'z': (3, 3)}, dtype=float)
da.blockwise(lambda x: x[::2], 'i', lv, 'i', adjust_chunks={'i': lambda n: (n + 1) // 2}, dtype=int)
da.blockwise(lambda x: x[:1], 'i', lv, 'i', adjust_chunks={'i': 1}, dtype=int)
da.blockwise(lambda x: x[:1], 'i', lv, 'i', adjust_chunks={'i': (1, 1, 1, 1)}, dtype=int)
da.blockwise(lambda x: x[:1], 'i', lv, 'i', adjust_chunks={'i': (1, 1)}, dtype=int)
da.blockwise(lambda x, y: x + y, 'i', lv, 'i', lw, 'i', align_arrays=False, dtype=float)
da.blockwise(lambda x, y: x + y, 'i', lv, 'i', da.ones(4, chunks=2), 'i', dtype=float)
da.blockwise(lambda x: x, (0, 1), la, (0, 1), dtype=float)
da.blockwise(lambda x: x.T, (1, 0), la, (0, 1), dtype=float)
da.blockwise(lambda x: x, 'i', la, 'i', dtype=float)
da.blockwise(lambda x, k: x * k, 'ij', la, 'ij', k=3, dtype=float)
da.blockwise(lambda x: x.sum(), '', la, 'ij', dtype=float, concatenate=True)
da.blockwise(lambda x: x.sum(axis=0), 'j', la, 'ij', concatenate=True)
da.apply_gufunc(lambda x: (x.mean(axis=-1), x.std(axis=-1)), '(i)->(),()', lc, output_dtypes=2 * (float,))
da.apply_gufunc(lambda x, y: np.einsum('...i,...j->...ij', x, y), '(i),(j)->(i,j)', lv.rechunk(-1), lw.rechunk(-1), output_dtypes=float)
da.apply_gufunc(lambda x: x.sum(axis=-1), '(i)->()', lc.rechunk((3, 2, 5)), axis=0, output_dtypes=int)
da.apply_gufunc(lambda x: x.sum(axis=-1), '(i)->()', lc.rechunk((3, 2, 5)), axes=[(0,), ()], output_dtypes=int)
da.apply_gufunc(lambda x: x.sum(axis=-1), '(i)->()', lc, keepdims=True, output_dtypes=int)
da.apply_gufunc(lambda x: x.cumsum(axis=-1), '(i)->(i)', lc, output_dtypes=int)
da.apply_gufunc(lambda x: x[..., :3], '(i)->(j)', lc, output_sizes={'j': 3}, output_dtypes=int)
da.apply_gufunc(lambda x, y: x + y, '(i)->(i)', lc, output_dtypes=int)
da.apply_gufunc(lambda x: x.sum(), '(i,j)->()', lc.rechunk((2, 4, 5)), vectorize=True, output_dtypes=int)
da.apply_gufunc(lambda x: float(x), '()->()', lv, vectorize=True)
da.apply_gufunc(lambda x, y: x * y, '(),()->()', lv, 2, output_dtypes=int)
da.apply_gufunc(lambda x, y: x * y[..., 0], '(),(k)->()', lv, np.array([7, 8]), output_dtypes=int)
da.apply_gufunc(lambda: np.random.default_rng(0).random(3), '->(c)', output_dtypes=float, output_sizes={'c': 3}).shape
da.apply_gufunc(lambda x: x.mean(axis=-1), '(i)->()', lc, output_dtypes=[float])
da.apply_gufunc(lambda x: x.mean(axis=-1), '(i)->()', lc, output_dtypes=(float, float))
da.apply_gufunc(lambda x: x.mean(axis=-1), 'i->', lc, output_dtypes=float)
da.apply_gufunc(lambda x: x.mean(axis=-1), '(i)->()', lc, lc, output_dtypes=float)
da.gufunc(lambda x: x.mean(axis=-1), signature='(i)->()', output_dtypes=float, vectorize=False)(lc)
da.as_gufunc('(i)->()', output_dtypes=float)(lambda x: x.mean(axis=-1))(la.rechunk((2, -1)))
da.reduction(la, lambda x, axis, keepdims: x.sum(axis=axis, keepdims=keepdims), lambda x, axis, keepdims: x.sum(axis=axis, keepdims=keepdims), axis=1, keepdims=True, dtype=float)
da.reduction(la, np.sum, np.sum, axis=-1, dtype='f4')
da.reduction(la, np.sum, np.sum, axis=3, dtype=float)
da.apply_over_axes(da.sum, la, 0)
da.apply_over_axes(da.sum, la, [0, 1])
da.coarsen(np.mean, la, {0: 2, 1: 3})
da.coarsen(np.max, la, {1: 3})
da.coarsen(np.max, la, {1: 3}).chunks
da.coarsen(np.max, la, {1: 4})
da.coarsen(da.sum, la, {0: 2})
da.coarsen(np.std, da.arange(12, chunks=6), {0: 3}, ddof=1)
"""
write("walked", CALLS, entries.splitlines())

OVERLAP = """\
a = np.arange(24.0).reshape(4, 6)
v = np.arange(10)
la = da.from_array(a, chunks=(2, 3))
lv = da.from_array(v, chunks=(3, 3, 4))
lw = da.from_array(v * 2.5, chunks=(5, 5))
lz = da.from_array(np.arange(27).reshape(3, 3, 3), chunks=(3, 2, 3))
from dask.array.overlap import overlap, trim_internal, trim_overlap
ident = lambda x: x
"""
entries = """\
lv.map_overlap(ident, 1)
lv.map_overlap(ident, 1, 'reflect')
lv.map_overlap(ident, depth=1, boundary='nearest')
da.ones(3, chunks=3).map_overlap(ident, depth=4, boundary='nearest', trim=False)
lv.map_overlap(ident, depth=11, boundary='none', trim=False)
lv.map_overlap(ident, depth={0: (0, 1)}, boundary='none')
la.map_overlap(lambda x: x.astype('f4'), depth=1, boundary='none')
la.map_overlap(lambda x: x.astype('f4'), depth=1, boundary='none', dtype='f4')
la.map_overlap(lambda x: x.sum(axis=1), depth={0: 1, 1: 0}, boundary='none', drop_axis=1)
la.map_overlap(lambda x: x[1:-1, 1:-1], depth=1, boundary='reflect', trim=False, chunks=la.chunks)
da.map_overlap(lambda x, y: x + y, lv, lw, depth=1, boundary='reflect')
da.map_overlap(lambda x, y: x + y, lv, lw, depth=[1, 1], boundary=['none', 'reflect'])
da.map_overlap(lambda x, y: x + y[0], lv, lw, depth=[1, 0], boundary='none')
da.map_overlap(lambda x, y: x + y.sum(axis=0), lv, la, depth=0)
da.map_overlap(lambda x, y: x + y, la, da.arange(6, chunks=3), depth=1, boundary='none')
da.map_overlap(lambda x, k: x * k, lv, k=3, depth=1, boundary='none')
da.map_overlap(lv, ident, depth=1)
da.map_overlap(ident, v, depth=1)
overlap(lv, depth=1, boundary='reflect')
overlap(lv, depth={0: 1}, boundary={0: 'reflect'})
overlap(lv, depth={0: (1, 2)}, boundary={0: 'none'})
overlap(la, depth=1, boundary={0: 'none', 1: 'nearest'})
overlap(la, depth=(1, 2), boundary=None)
trim_internal(overlap(la, depth={0: 1, 1: 1}, boundary='reflect'), {0: 1, 1: 1})
trim_internal(overlap(la, depth={0: 1, 1: 1}, boundary='none'), {0: 1, 1: 1}, boundary='none')
trim_internal(la, {0: 1})
trim_overlap(overlap(la, depth={0: 1, 1: 1}, boundary='reflect'), {0: 1, 1: 1}, boundary='reflect')
da.overlap.trim_overlap(overlap(la, depth=1, boundary='none'), 1, boundary='none')
da.lib.stride_tricks.sliding_window_view(la, 2, axis=1)
da.lib.stride_tricks.sliding_window_view(la, (2, 2))
da.lib.stride_tricks.sliding_window_view(la, (2, 2), axis=(0, 1)).chunks
da.lib.stride_tricks.sliding_window_view(la, 9, axis=1)
da.lib.stride_tricks.sliding_window_view(la, 2)
da.lib.stride_tricks.sliding_window_view(la, (2, 3), axis=(1, 1))
da.overlap.reflect(lv, 0, 2)
da.overlap.nearest(lv, 0, 2)
da.overlap.nearest(lv, 0, 5)
da.overlap.periodic(lv, 0, 2)
da.overlap.constant(lv, 0, 2, 7)
da.overlap.boundaries(la, {0: 1}, {0: 'reflect'})
da.overlap.boundaries(la, {0: 1, 1: 2}, {0: 'reflect', 1: 5})
"""
write("walked", OVERLAP, entries.splitlines())

ASSIGN = """\
a = np.arange(24).reshape(4, 6)
v = np.arange(10)
la = da.from_array(a, chunks=(2, 3))
lv = da.from_array(v, chunks=3)
lf = da.from_array(a * 1.5, chunks=(2, 3))
l3 = da.from_array(np.arange(60).reshape(3, 4, 5), chunks=(2, 2, 3))
def put(x, key, value):
    x = x.copy()
    x[key] = value
    return x
def unknown(x):
    return x[x > 3]
"""
entries = """\
put(la, 1, 99)
put(la, (1, 2), 99)
put(la, (slice(None), 2), 99)
put(la, (slice(None), 2), np.arange(4))
put(la, (slice(None, None, 2), slice(1, 5, 3)), [[1, 2], [3, 4]])
put(la, slice(None, None, -1), np.arange(24).reshape(4, 6))
put(la, (Ellipsis, 0), -1)
put(la, [0, 2], -1)
put(la, [0, -1], np.arange(12).reshape(2, 6))
put(la, (slice(1, 3), [1, 3]), -1)
put(la, (slice(1, 3), [3, 1]), [[1, 2], [3, 4]])
put(la, (slice(1, 3), np.array([3, 1])), [[1, 2], [3, 4]])
put(la, ([True, False, True, False], slice(None)), -1)
put(la, (slice(None), [True, False, True, False, False, True]), np.arange(3))
put(la, la > 7, -1)
put(la, la > 7, la * 2)
put(la, (la[0] > 2)[:3], -1)
put(la, la > 7, [1, 2])
put(lv, v > 7, [1, 2])
put(lv, slice(2, 5), lv[:3])
put(lv, slice(2, 5), lv[:2])
put(lv, slice(2, 5), [1.9, 2.9, 3.9])
put(lv, 3, 2.9)
put(lv, 30, 2)
put(lv, [1, 1], [5, 6])
put(lv, [], 5)
put(lv, slice(0, 0), 5)
put(lv, 2.5, 5)
put(lv, 3, 'x')
put(lv, 3, np.nan)
put(lf, lf > 20, np.nan)
put(lf, 0, np.nan)
put(la, (slice(None), slice(None), 0), 1)
put(la, (0, 0, 0), 1)
put(la, da.from_array(np.array([0, 2]), chunks=1), 1)
put(lv, da.from_array(np.array([0, 2]), chunks=1), [7, 8])
put(l3, (0, [0, 1], slice(None)), 5)
put(l3, (slice(None), slice(None), l3[0, 0] > 2), 5)
put(l3, (l3 % 2 == 0), l3 + 100)
put(l3, (l3[:, 0, 0] > 2), 5)
put(l3, (1, slice(0, 2), slice(None, None, 2)), np.arange(6).reshape(2, 3))
put(l3, (1,), np.arange(5))
put(l3, (1,), np.arange(4))
put(l3, 1, np.arange(4)[:, None])
put(l3, 1, l3[0])
put(l3, slice(0, 2), l3[0])
put(unknown(lv), unknown(lv) > 5, 5)
put(da.zeros((), dtype=int), (), 5)
put(da.zeros((), dtype=int), Ellipsis, 5)
put(la.T, (slice(None), 1), 5)
put(la.rechunk((4, 1)), (1, slice(None)), lv[:6])
la[1]
la[1, 2]
la[-1]
la[4]
la[1:3, ::-2]
la[::-1, ::-1].chunks
la[None, 1, None]
la[None, 1, None].chunks
la[..., None].chunks
la[[2, 0, 3]]
la[[2, 0, 3]].chunks
la[:, [5, 0, 0, 3]].chunks
la[[0, 1], 2]
la[la > 5]
la[la > 5].chunks
la[la[:, 0] > 5]
la[la[:, 0] > 5].shape
la[:, la[0] > 2]
la[la[:, 0] > 5, 1]
la[la[:, 0] > 5, :][:, la[0] > 2]
la[[True, False, True]]
lv[da.from_array(np.array([3, 1]), chunks=1)]
lv[da.from_array(np.array([3, 1]), chunks=1)].chunks
lv[da.from_array(np.array([3, 100]), chunks=1)]
la[da.from_array(np.array([3, 1]), chunks=1), 0]
lv[lv[3]]
lv[lv.sum()]
la[1.5]
la[1, 2, 3]
la[:, :, None, None].shape
la.vindex[[0, 1, 2], [3, 4, 5]]
la.vindex[[0, 1, 2], [3, 4, 5]].chunks
la.vindex[[[0, 1], [2, 3]], 0]
la.vindex[:, [0, 1]]
la.vindex[[0, 1]]
la.vindex[[0, 9], [1, 1]]
l3.vindex[[0, 1], :, [2, 3]]
l3.vindex[[0, 1], :, [2, 3]].chunks
l3.vindex[[0, -1], [0, -1], [0, -1]]
la.blocks[0]
la.blocks[0, 1]
la.blocks[-1].chunks
la.blocks[:, [1, 0]]
la.blocks[[0, 1], [0, 1]]
la.blocks[2]
la.blocks[None]
la.blocks[1.5]
la.blocks[::-1].chunks
la.blocks.shape
la.blocks.size
la.blocks.ravel()
[b.shape for b in la.blocks.ravel()]
la.partitions[1]
la.partitions[:, 0].chunks
len(la)
len(da.ones(()))
[x.compute().sum() for x in la]
bool(la)
int(lv.sum())
float(lv.mean())
complex(lv.sum())
int(lv)
la.to_delayed().shape
la.to_delayed()[1, 1].compute()
la.to_delayed(optimize_graph=False)[0, 0].compute()
da.from_delayed(dask.delayed(np.ones)((2, 3)), shape=(2, 3), dtype=float)
da.concatenate([da.from_delayed(d, (2, 3), dtype=int) for d in la.to_delayed().ravel()])
unknown(lv).chunks
unknown(lv).shape
unknown(lv) + 1
unknown(lv) + unknown(lv)
unknown(lv) + lv
unknown(lv).sum()
unknown(lv).reshape(-1)
unknown(lv)[:, None]
da.concatenate([unknown(lv), unknown(lv)])
da.concatenate([unknown(lv), lv]).compute_chunk_sizes().chunks
unknown(lv).compute_chunk_sizes().chunks
unknown(lv).astype(float).map_blocks(np.sqrt)
da.dot(unknown(lv), unknown(lv))
unknown(la).ravel()
unknown(lv).nbytes
unknown(lv).size
da.histogram(unknown(lv), bins=3, range=(0, 10))
da.unique(unknown(lv))
unknown(lv).topk(2)
unknown(lv).mean()
unknown(lv)[unknown(lv) > 5]
unknown(lv) > 5
da.where(unknown(lv) > 5, 1, 0)
da.where(la > 5)
da.nonzero(la > 5)
da.flatnonzero(la > 5)
da.compress([True, False, True], la, axis=0)
da.extract(la > 5, la)
da.take(la, [1, 0], axis=1)
da.take(la, da.from_array(np.array([1, 0]), chunks=1), axis=0)
da.delete(la, 1, axis=0)
da.insert(la, 1, 7, axis=1)
da.append(lv, [1, 2])
da.append(la, [[1, 2]], axis=0)
da.ravel_multi_index(da.from_array(np.array([[0, 1], [2, 3]]), chunks=(2, 1)), (4, 6))
da.unravel_index(da.from_array(np.array([3, 22]), chunks=1), (4, 6))
da.unravel_index(da.from_array(np.array([3, 22]), chunks=1), (4, 6), order='F')
da.choose(lv % 3, [lv, -lv, lv * 10])
da.select([lv > 5, lv > 2], [lv, lv * 10], default=-1)
da.piecewise(lv, [lv < 3, lv > 6], [-1, lambda x: x * 2])
da.piecewise(lv, [lv < 3], [-1, lambda x: x * 2])
da.piecewise(lv, [lv < 3, lv > 6, lv > 8], [-1, 2])
da.diagonal(l3, offset=1, axis1=0, axis2=2)
da.diagonal(la).chunks
da.diagonal(lv)
da.diag(la, k=-1)
da.tril(la, k=1)
da.tril_indices(3, k=1)
da.triu_indices(3, m=4)
da.tril_indices_from(lv)
da.eye(4, chunks=2, M=5, k=1)
da.tri(3, 4, k=1, chunks=2)
da.indices((2, 3), chunks=(1, 3))
da.meshgrid(lv[:3], lv[:2], indexing='ij')
da.meshgrid(lv[:3], lv[:2], sparse=True)
da.fromfunction(lambda i, j: i + j, shape=(3, 4), chunks=(2, 2), dtype=int)
da.fromfunction(lambda i, j, k: i + j + k, shape=(3, 4), chunks=(2, 2), dtype=int, k=5)
da.linspace(0, 1, 7, chunks=3, endpoint=False, retstep=True)
da.arange(0, 1, 0.1, chunks=4, dtype='f4')
da.arange(10, like=la)
da.full((2, 3), 5, dtype='f4', chunks=(2, 1))
da.full_like(la, 3.5)
da.full_like(la, 3.5, dtype=float, chunks=2, shape=(3, 3))
da.empty_like(la, shape=3).shape
da.pad(la, 1)
da.pad(la, ((1, 0), (0, 2)), mode='constant', constant_values=7)
da.pad(la, 1, mode='constant', constant_values=((1, 2), (3, 4)))
da.pad(la, 2, mode='edge')
da.pad(la, 2, mode='reflect')
da.pad(la, 2, mode='symmetric')
da.pad(la, 2, mode='wrap')
da.pad(la, 2, mode='linear_ramp', end_values=9)
da.pad(la, 2, mode='mean', stat_length=2)
da.pad(la, 2, mode='maximum')
da.pad(la, 2, mode='empty').shape
da.pad(la, 2, mode='x')
da.pad(la, -1)
da.pad(la, ((1, 2),)).chunks
da.roll(la, 2)
da.roll(la, (1, 2), axis=(0, 1))
da.roll(la, 1, axis=1).chunks
da.rot90(la, k=3, axes=(1, 0))
da.repeat(lv, 2)
da.repeat(la, 2, axis=1).chunks
da.tile(lv, (2, 2)).chunks
da.block([[la, la], [la, la]]).chunks
da.block([1, lv])
da.vstack([lv, lv]).chunks
da.hstack([lv, lv]).chunks
da.dstack([la, la]).chunks
da.concatenate([la, lv])
da.concatenate([la, la], axis=2)
da.concatenate([])
da.stack([la, la], axis=-1).chunks
da.stack([la, lv])
da.array([la, la]).shape
da.asarray([lv, lv]).chunks
da.asarray([1, 2, 3], dtype='f4')
da.swapaxes(l3, 0, 2).chunks
da.moveaxis(l3, 0, -1).chunks
da.rollaxis(l3, 2).chunks
da.squeeze(la[None], axis=0).chunks
da.squeeze(la, axis=0)
da.expand_dims(la, (0, 3)).chunks
da.broadcast_to(lv, (3, 10)).chunks
da.broadcast_to(lv, (3, 11))
da.atleast_2d(lv, 5)
da.atleast_3d(la).chunks
la.reshape(24).chunks
la.reshape((2, 2, 6)).chunks
la.reshape((4, 2, 3)).chunks
la.reshape(5, 5)
la.reshape(-1, -1)
l3.reshape(12, 5).chunks
l3.reshape(3, 20).chunks
l3.reshape((3, 20), limit='10B').chunks
la.ravel().chunks
la.flatten().chunks
la.T.ravel()
la.transpose(1, 0).chunks
la.transpose((0, 0))
la.rechunk({0: 1}).chunks
la.rechunk({0: -1, 1: 'auto'}).chunks
la.rechunk((None, 2)).chunks
la.rechunk(((1, 3), (6,))).chunks
la.rechunk(((1, 2), (6,)))
la.rechunk('16B').chunks
la.rechunk(('auto', 3), block_size_limit=40).chunks
la.rechunk(balance=True, chunks=5).chunks
la.rechunk(7).chunks
la.rechunk({3: 1})
la.rechunk(threshold=4, chunks=2).chunks
la.astype('f4', casting='no')
la.astype('zzz')
la.view('f8')
la.clip(3, 7)
la.round(-1)
la.itemsize
la.nbytes
la.npartitions
la.numblocks
la.chunksize
la.real.chunks
la.imag
la.conj()
lv.dot(lv)
lv.swapaxes(0, 0)
lv.nonzero()
lv.std(ddof=1)
lv.min(axis=0, keepdims=True)
lv.prod(dtype='f4')
lv.all()
lv.trace()
la.trace(offset=1)
la.sum(axis=None, keepdims=True).chunks
la.sum(axis=()).chunks
la.sum(axis=(0, 0))
la.sum(axis='x')
la.any(axis=1).chunks
da.isclose(lf, lf + 1e-9, rtol=1e-5)
da.allclose(lf, lf + 1)
da.allclose(lf, lf, equal_nan=True)
da.around(lf, 0)
da.fix(lf - 10)
da.frexp(lf)
da.modf(lf)
da.divmod(la, 4)
da.float_power(la, 0.5)
da.angle(lf + 1j, deg=True)
da.i0(lf)
da.sinc(lf)
da.isreal(lf)
da.shape(la)
da.ndim(la)
da.notnull(lf)
da.isnull(lf)
da.ldexp(lf, la)
da.apply_over_axes(da.max, la, (0, 1))
da.maximum(la, 5)
da.add(la, la, where=la > 5, out=da.zeros_like(la))
da.add(la, la, dtype='f4')
da.exp(la, dtype='f4')
da.add.outer(lv[:3], lv[:2])
da.frompyfunc(lambda x, y: x + y, 2, 1)(lv, lv).compute().tolist()
da.clip(lv, 2, da.full(10, 5, chunks=3))
da.map_blocks(np.flip, lv)
da.flip(la, (0, 1))
da.fliplr(lv)
da.shuffle(la, [[0, 2], [1, 3]], axis=0).chunks
"""
write("walked", ASSIGN, entries.splitlines())
