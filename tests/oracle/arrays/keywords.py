"""Keyword arguments that functions take beside the usual ones."""

from ask import write

SETUP = """\
i = np.arange(12).reshape(3, 4)
x = np.array([[1.5, np.nan, 0.25], [4.0, 5.5, -6.0]])
c = np.array([[True, True, False], [True, False, True]])
w = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 4.0]])
f = np.array([0.5, 2.0, 4.0], dtype="float32")
li = da.from_array(i, chunks=(2, 3))
lx = da.from_array(x, chunks=(1, 2))
def into(function, *args, shape=(), dtype=float, **keywords):
    out = np.full(shape, 7, dtype=dtype)
    function(*args, out=out, **keywords)
    return out
"""
entries = [f"np.nan{name}(x, axis={axis}, where=c{more})" for name, more in (("sum", ""), ("prod", ""), ("mean", ""), ("std", ""), ("var", ""), ("max", ", initial=-9.0"), ("min", ", initial=9.0")) for axis in (None, 0, 1)]
entries += [f"np.nan{name}(x, initial=2.0)" for name in ("sum", "prod", "max", "min")]
entries += [f"into(np.nan{name}, x, axis=0, shape=(3,))" for name in ("sum", "prod", "mean", "std", "var", "max", "min")]
entries += ["into(np.nanargmax, x, axis=0, shape=(3,), dtype='i8')", "np.nanargmax(x, axis=1, keepdims=True)", "np.nanargmin(x, axis=1, keepdims=True)", "np.nanargmin(x, keepdims=True)"]
entries += [f"np.a{name}(i, axis=0, initial={n}, where=i > 2)" for name, n in (("min", 99), ("max", -1))] + ["np.amin(i, initial=-5)", "into(np.amax, i, axis=1, shape=(3,), dtype='i8')"]
entries += [f"np.{name}(i, axis={axis}, {more})" for name in ("std", "var") for axis, more in ((None, "correction=1"), (0, "correction=1"), (1, "mean=i.mean(axis=1, keepdims=True)"), (0, "mean=i.mean(axis=0, keepdims=True), ddof=1"), (0, "mean=i.mean(axis=0, keepdims=True), where=i > 2"), (0, "ddof=1, correction=1"))]
entries += [f"da.{name}(lx, split_every=2)" for name in ("nanmin", "nanmax", "nansum", "nanargmax")] + ["da.moment(li, 3, split_every=2)", "li.moment(2, axis=0, split_every=2)"]
entries += [f"np.{name}({args}, axis={axis}, weights={weights}, method='inverted_cdf')" for name, args in (("quantile", "w, [0.2, 0.5]"), ("percentile", "w, 50"), ("nanquantile", "x, 0.5"), ("nanpercentile", "x, [0, 30, 100]")) for axis, weights in ((None, "w + 1"), (0, "w + 1"), (1, "w + 1"), (1, "[1, 2, 3]"), (None, "w"))]
entries += ["np.quantile(w, 0.5, weights=w)", "np.quantile(w, 0.5, axis=1, weights=[1, 2], method='inverted_cdf')", "np.quantile(x, 0.5, axis=1, weights=w, method='inverted_cdf')", "np.quantile(w, 0.5, axis=0, keepdims=True, weights=w + 1, method='inverted_cdf')"]
entries += """\
np.concatenate([[1, 2], [3]], dtype=float)
np.concatenate([[1.5, 2], [3]], dtype=int)
np.concatenate([[1.5, 2], [3]], dtype=int, casting="unsafe")
into(np.concatenate, [[1, 2], [3]], shape=(3,))
np.stack([[1, 2], [3, 4]], dtype="f4")
into(np.stack, [[1, 2], [3, 4]], shape=(2, 2))
np.hstack([[1, 2], [3]], dtype="f4")
np.vstack([[1, 2], [3, 4]], dtype="c16", casting="safe")
np.vstack([[1.5, 2], [3, 4]], dtype="i4", casting="safe")
da.concatenate([li, li], allow_unknown_chunksizes=True)
da.stack([li, li], allow_unknown_chunksizes=True)
da.concatenate([li[li[:, 0] > 0], li[li[:, 0] > 3]], allow_unknown_chunksizes=True)
into(np.matmul, i, i.T, shape=(3, 3), dtype="i8")
np.matmul(i, i.T, dtype=float)
into(np.outer, [1, 2], [3, 4], shape=(2, 2), dtype="i8")
into(np.trace, i, dtype="i8")
into(np.compress, [True, False, True], i, axis=0, shape=(2, 4), dtype="i8")
into(np.ptp, i, axis=0, shape=(4,), dtype="i8")
np.trim_zeros(np.array([[0, 0, 0], [0, 3, 0], [0, 0, 0]]), axis=0)
np.trim_zeros(np.array([[0, 0, 0], [0, 3, 0], [0, 0, 0]]), axis=(0, 1))
np.unique([2, 1, 2], sorted=True)
np.reshape(i, (4, 3), copy=True)
i.reshape(4, 3, copy=True)
np.shares_memory(i, i.reshape(4, 3, copy=True))
i.T.reshape(12, copy=False)
i.copy(order="F").flags.f_contiguous
i.astype("f4", subok=False)
np.asarray(i, copy=True, order="C")
np.shares_memory(np.asarray(i, copy=True), i)
np.shares_memory(np.asarray(i), i)
np.asarray(i, device="cpu")
np.asarray(i, device="gpu")
np.zeros(3, device="cpu")
np.ones_like(i, device="cpu")
np.arange(3, device="cpu")
np.eye(2, order="C", device="cpu")
np.linspace(0, 1, 3, device="cpu")
np.astype(i, "f4", copy=False)
da.ones_like(li, order="C", name="x")
da.asarray(i, order="C")
da.from_array(i, chunks=2, asarray=True, fancy=False, getitem=None, meta=None, inline_array=True)
da.broadcast_to(da.arange(4, chunks=2), (3, 4), chunks=((1, 2), (2, 2))).chunks
da.broadcast_to(da.arange(4, chunks=2), (3, 4), chunks=((1, 2), (2, 2)))
da.reshape(li, (12,), merge_chunks=False)
li.reshape((12,), merge_chunks=False)
da.rechunk(li, 2, method="tasks").chunks
li.rechunk(2, method="tasks").chunks
""".splitlines()
# NumPy itself fails at these.
entries = [entry for entry in entries if not ("np.nan" in entry and "[1, 2, 3]" in entry and "weights" in entry)]
write("keywords", SETUP, entries)
