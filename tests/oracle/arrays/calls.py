"""Functions of the user's with chunks, masked or not, and what they are told; things of the user's as arrays."""

from ask import write

SETUP = """\
a = np.arange(12.0).reshape(3, 4)
la = da.from_array(a, chunks=2)
lm = da.ma.masked_where(la % 3 == 0, la)
lb = da.from_array(np.arange(60).reshape(3, 4, 5), chunks=(2, 2, 5))
lv = da.arange(10, chunks=3)
def parts(m):
    if not isinstance(m, np.ma.MaskedArray):
        return [False, m]
    return [True, np.ma.filled(m, 77), np.ma.getmaskarray(m)]
def computed(m):
    return parts(m.compute(scheduler="synchronous"))
def put(x, index, value):
    x = x * 1
    x[index] = value
    return x
calls = []
def counted(x):
    calls.append(1)
    return x.min(axis=-1), x.max(axis=-1)
def n_calls(*outputs):
    results = da.apply_gufunc(counted, "(i)->(),()", lb, output_dtypes=(int, int))
    calls.clear()
    dask.compute(*[results[at] for at in outputs], scheduler="synchronous")
    return len(calls)
def place(x, y, block_info=None):
    return x + y + 100 * block_info[1]["chunk-location"][0] + block_info[0]["num-chunks"][1]
class Mine:
    shape = (3, 4)
    dtype = np.dtype("f8")
    ndim = 2
    def __getitem__(self, key):
        return a[key]
def stored(later):
    target = np.zeros((3, 4))
    call = da.store(la, target, compute=False)
    if later:
        call.compute()
    return target.sum()
def weighed(x, weights, axis, keepdims):
    return (x * weights).sum(axis=axis, keepdims=keepdims)
def total(x, axis, keepdims):
    return x.sum(axis=axis, keepdims=keepdims)
def of_lists(x, axis, keepdims):
    if isinstance(x, list):
        x = np.concatenate(x, axis=axis[0])
        return x.sum(axis=axis, keepdims=keepdims)
    return x.sum(axis=axis, keepdims=keepdims)
"""

masked = """\
lm.map_blocks(lambda x: x * 2)
lm.map_blocks(lambda x: x.filled(-1))
lm.map_blocks(lambda x: np.ma.filled(x, 0))
lm.map_blocks(np.ma.getmaskarray)
lm.map_blocks(lambda x: np.ma.masked_greater(x, 5))
la.map_blocks(lambda x: np.ma.masked_greater(x, 5))
lm.map_blocks(lambda x: x.astype("f4"), dtype="f4")
lm.map_blocks(lambda x, y: x + y, la)
da.map_blocks(lambda x, y: x + y, la, lm)
da.map_blocks(lambda x, y: x + y, lm, lm * 2)
da.map_blocks(place, lm, la, dtype=float)
da.map_blocks(place, la, lm, dtype=float)
lm.map_blocks(lambda x: x.sum(axis=0, keepdims=True), chunks=(1, 2))
lm.map_blocks(lambda x: x[:, :, None], new_axis=2)
lm.map_blocks(lambda x: x + 1).sum(axis=0)
lm.map_blocks(lambda x: x + 1).T[1:]
la.map_blocks(lambda x: np.ma.masked_less(x, 4)).mean(axis=1)
put(lm, 0, 5)
put(lm, (0, 0), 5)
put(lm, (0, 1), np.ma.masked)
put(lm, (slice(None), slice(1, 3)), np.ma.masked)
put(lm, [0, 2], -1)
put(lm, (slice(None), 1), np.ma.array([1, 2, 3], mask=[0, 1, 0]))
put(lm, (Ellipsis, 3), [7, 8, 9])
put(lm, 0, 5).sum(axis=0)
put(da.ma.masked_array(la), (1, 1), np.ma.masked)
lm.map_overlap(lambda x: x * 1, depth=1, boundary="none")
lm.map_overlap(lambda x: x * 1, depth=1, boundary="none", trim=False)
lm.map_overlap(lambda x: x * 1, depth=1, boundary="reflect", trim=False)
"""
write("calls", SETUP, [f"computed({line})" for line in masked.splitlines()])

plain = """\
n_calls(0)
n_calls(1)
n_calls(0, 1)
da.apply_gufunc(counted, "(i)->(),()", lb, output_dtypes=(int, int))
da.apply_gufunc(counted, "(i)->(),()", lb, output_dtypes=(int, int), vectorize=True)
da.apply_gufunc(lambda x: (x.mean(axis=-1), x - 1), "(i)->(),(i)", lb, output_dtypes=(float, int))
da.apply_gufunc(lambda x: (x.mean(axis=-1), x[..., :2]), "(i)->(),(j)", lb, output_dtypes=(float, int), output_sizes={"j": 2})
da.apply_gufunc(lambda x: (x.sum(), x[:2]), "(i)->(),(j)", lb, output_dtypes=(int, int), output_sizes={"j": 2}, vectorize=True)
da.apply_gufunc(counted, "(i)->(),()", lb, output_dtypes=(int, int), axis=-1, keepdims=True)
np.vectorize(counted, signature="(i)->(),()")(a)
np.vectorize(lambda x: (x, x * 2))(a)
np.vectorize(lambda x, p: sum(p) * x, excluded=["p"])([1, 2, 3], p=[1, 2])
np.vectorize(lambda x, p: sum(p) * x, excluded={1})([1, 2, 3], [1, 2])
np.vectorize(lambda p, x: sum(p) * x, excluded={0})([1, 2], [1, 2, 3])
np.vectorize(lambda x, y: x * y)([1, 2, 3], y=[4, 5, 6])
np.vectorize(lambda x, y: x * y)(x=[1, 2, 3], y=2)
np.vectorize(lambda x, y, z=1: x * y + z)([1, 2, 3], 2, z=[10, 20, 30])
np.vectorize(lambda x, p: x + p["n"], excluded={"p"}, otypes=[float])([1, 2], p={"n": 0.5})
da.reduction(la, weighed, total, axis=0, dtype=float, weights=np.arange(3)[:, None])
da.reduction(la, weighed, total, axis=1, dtype=float, weights=da.arange(4, chunks=2))
da.reduction(la, weighed, total, dtype=float, weights=2)
da.reduction(la, weighed, total, axis=0, dtype=float, weights=np.arange(7))
da.reduction(la, total, total, axis=0, dtype=float, split_every={0: 2})
da.reduction(lv, total, of_lists, axis=0, dtype=int, concatenate=False)
da.reduction(lv, total, of_lists, axis=0, dtype=int, concatenate=False, split_every=2)
da.reduction(lv, total, of_lists, combine=of_lists, dtype=int, concatenate=False, keepdims=True)
da.overlap.nearest(lv, 0, 5)
da.overlap.nearest(da.arange(3, chunks=3), 0, 5)
da.overlap.constant(da.arange(3, chunks=3), 0, 5, 7)
da.overlap.overlap(da.arange(3, chunks=3), depth=5, boundary="nearest")
da.tril_indices(3, k=1)
da.triu_indices(3, m=5, k=-1)
da.tril_indices(6, chunks=2)
da.tril_indices(6, chunks=2)[0].chunks
da.triu_indices_from(la, k=1)
da.tril_indices_from(la)[1].shape
da.tril_indices_from(lv)
da.from_array(Mine(), chunks=2, getitem=lambda x, index, **rest: np.asarray(x[index]) * 2)
da.from_array(Mine(), chunks=2, lock=True).sum(axis=0)
da.from_array(a, chunks=2, getitem=lambda x, index, **rest: np.asarray(x[index]) * 2)
stored(True)
stored(False)
da.from_array(a, name="mine").name == "mine"
da.from_array(Mine(), chunks=2, name="mine").name == "mine"
[x.name == "n" for x in (da.ones(3, name="n"), da.full(3, 2, name="n"), da.zeros_like(la, name="n"), da.full_like(la, 5, name="n"), da.from_delayed(dask.delayed(np.ones)(3), (3,), float, name="n"))]
np.ma.array([[1, 2], [3, 4]], order="F").flags.f_contiguous
np.ma.array(np.array([[1, 2], [3, 4]]).T, order="C").flags.c_contiguous
np.ma.array(np.array([[1, 2], [3, 4]]).T, order="A", copy=True).flags.f_contiguous
np.ma.array([[1, 2], [3, 4]], order="X")
np.ma.MaskedArray([[1, 2], [3, 4]], order="F").flags.f_contiguous
np.ma.asarray([[1, 2], [3, 4]], order="F").flags.f_contiguous
np.ma.asanyarray(np.array([[1, 2], [3, 4]]).T).flags.f_contiguous
np.ma.asanyarray(np.array([[1, 2], [3, 4]]).T, order="C").flags.c_contiguous
"""
write("calls", SETUP, plain.splitlines())

axes = """\
lv.map_blocks(lambda x: np.stack([x, -x]), chunks=((2,), (3, 3, 3, 1)))
lv.map_blocks(lambda x: np.stack([x, -x]), chunks=((2,), (3, 3, 3, 1)), dtype=int).chunks
lv.map_blocks(lambda x, block_id=None: np.full((1, len(x)), block_id[0]), new_axis=0, chunks=((1, 1), (3, 3, 3, 1)), dtype=int)
lv.map_blocks(lambda x: x[:, None], new_axis=1, chunks=((3, 3, 3, 1), (1, 1)), dtype=int)
la.map_blocks(lambda x: x[None], chunks=((1,), (2, 1), (2, 2)))
da.map_blocks(3, la)
"""
write("calls", SETUP, axes.splitlines())

# What follows was looked at beside Dask and differed.
looked = """\
da.take(la, [1, 0])
da.take(la, 1)
da.take(la, da.from_array(np.array([1, 0]), chunks=1))
da.take(la, [1, 0], axis=1)
la.vindex[0, 0]
la.vindex[0, :]
la.vindex[:, :]
da.fft.fftshift(la).chunks
da.fft.ifftshift(la, axes=1).chunks
da.fft.fftshift(la.rechunk((2, 4))).chunks
da.fft.fft_wrap(np.fft.fft)(la.rechunk(-1))
da.fft.fft_wrap(np.fft.rfft)(la.rechunk(-1))
da.fft.fft_wrap(np.fft.ifft, kind="ifft")(la.rechunk(-1))
da.fft.fft_wrap(np.fft.fftshift)
da.coarsen(np.sum, lv, {0: 2})
da.coarsen(np.mean, da.arange(13, chunks=5), {0: 3}, trim_excess=True)
da.coarsen(np.median, da.from_array(np.arange(24.0).reshape(4, 6), chunks=(2, 3)), {0: 2, 1: 2}).chunks
da.overlap.overlap(lv, depth=4, boundary="reflect")
da.overlap.overlap(lv, depth=4, boundary="reflect").chunks
da.overlap.overlap(lv, depth=5, boundary="none").chunks
da.overlap.overlap(lv, depth=5, boundary="none", allow_rechunk=False)
da.overlap.overlap(la, depth={1: 3}, boundary="nearest").chunks
da.overlap.sliding_window_view(lv, 3)
lv.map_overlap(lambda x: x, depth=4, boundary="reflect").chunks
lv.map_overlap(lambda x: x, depth=4, boundary="reflect", trim=False)
lv.map_overlap(lambda x: x, depth=4, boundary="reflect", allow_rechunk=False)
lv.map_overlap(lambda x: x, depth=None)
da.apply_gufunc(lambda x: x.sum(axis=-1, keepdims=True), "(i)->(i)", lb.rechunk((3, 2, 5)), axes=[0, 0], output_sizes={"i": 1}, output_dtypes=int)
da.apply_gufunc(lambda x: x.mean(axis=-1), "(i)->()", lb, axis=0, axes=[(0,)], output_dtypes=float)
da.reduction(la, total, total, axis=(0, 1), dtype=float, split_every={0: 2, 1: 2})
da.histogram(lv, bins=4, range=(lv.min(), lv.max()))
da.histogram(lv, bins=4, range=(0, lv.max() * 2))
da.histogram(lv, bins=4, range=da.stack([lv.min(), lv.max()]))
da.reduction(lv, lambda x, axis, keepdims: np.sort(x)[-2:], lambda x, axis, keepdims: np.sort(x)[-2:], dtype=int, output_size=2, keepdims=True)
"""
write("calls", SETUP, looked.splitlines())
write("calls", SETUP, [f"computed({line})" for line in ("da.asanyarray(np.ma.array([1, 2], mask=[0, 1]))", "da.asanyarray(lm)", "da.asanyarray(lm, dtype=int)", "da.asarray(np.ma.array([1, 2], mask=[0, 1]))")])
write("calls", SETUP, [f"parts({line})" for line in ("np.ma.ravel(lm.compute(), order='F')", "np.ma.reshape(lm.compute(), (2, 6), order='F')", "lm.compute().compress([True, False, True], axis=0)", "lm.compute().compress([True, False, True])", "lm.compute().mT", "lm.compute().product(axis=0)", "np.ma.apply_over_axes(np.sum, lm.compute(), [0])", "np.ma.apply_over_axes(np.ma.sum, lm.compute(), [0, 1])")])
write("calls", SETUP, [f"np.ma.{name}((2, 3), order='F').flags.f_contiguous" for name in ("zeros", "ones", "empty")])
