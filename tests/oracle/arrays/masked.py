"""Masked arrays: `np.ma` and `da.ma`. Each answer is shown as its elements (`--` where masked), its mask and its fill value."""

from ask import write

SETUP = """\
def parts(m):
    if m is np.ma.masked:
        return [-7777]
    if not isinstance(m, np.ma.MaskedArray):
        return [m]
    return [m.data, np.ma.getmaskarray(m), m.mask is np.ma.nomask, m.fill_value]
def shown(m):
    return [np.ma.filled(m, 77), np.ma.getmaskarray(m)]
x = np.ma.array([1, 2, 3, 4], mask=[0, 1, 0, 0])
y = np.ma.array([[1.5, -2.0, 0.0], [4.0, 5.5, np.nan]], mask=[[0, 1, 0], [0, 0, 1]])
z = np.ma.array([1.0, -4.0, 9.0])
w = np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 1]])
n = np.ma.array([[1, 2], [3, 4]], mask=[[1, 1], [0, 1]], dtype="i4", fill_value=-1)
u = np.ma.array([1, 2, 250], mask=[0, 0, 1], dtype="u1")
b = np.ma.array([True, False, True], mask=[0, 0, 1])
c = np.ma.array([1 + 2j, 3 - 4j], mask=[0, 1])
p = np.array([10, 20, 30, 40])
lx = da.ma.masked_array(da.arange(6, chunks=2), mask=[0, 1, 0, 0, 1, 0])
ly = da.ma.masked_greater(da.from_array(np.arange(12.0).reshape(3, 4), chunks=2), 7)
lz = da.ma.masked_equal(da.arange(4, chunks=2), 9)
"""

made = """\
np.ma.array([1, 2, 3])
np.ma.array([1, 2, 3], mask=[0, 0, 0])
np.ma.array([1, 2, 3], mask=True)
np.ma.array([1, 2, 3], mask=False)
np.ma.array([1, 2, 3], mask=[True])
np.ma.array([1, 2, 3], mask=np.ma.nomask)
np.ma.array([1, 2, 3], mask=[0, 1, 0], dtype=float)
np.ma.array([1.5, 2.5], fill_value=7)
np.ma.array([1, 2], fill_value=3.7)
np.ma.array(x, mask=[1, 0, 0, 0])
np.ma.array(x, mask=[1, 0, 0, 0], keep_mask=False)
np.ma.array([1, np.ma.masked, 3])
np.ma.array([1, 2], ndmin=2)
np.ma.masked_array([1, 2, 3], [0, 1, 0])
np.ma.MaskedArray([1, 2, 3], mask=[0, 1, 0])
np.ma.array([[1, 2], [3, 4]], mask=[0, 1, 1, 0])
np.ma.array([1, 2, 3], mask=[0, 1])
np.ma.array([1, 2], fill_value="a")
np.ma.asarray([1, 2])
np.ma.masked_where([0, 1, 0], [1, 2, 3])
np.ma.masked_where([0, 0, 0], [1, 2, 3])
np.ma.masked_where(x > 2, x)
np.ma.masked_where([1, 0], [1, 2, 3])
np.ma.masked_equal([1, 2, 1], 1)
np.ma.masked_equal([1, 2, 1], 5)
np.ma.masked_equal(x, 3)
np.ma.masked_not_equal([1, 2, 1], 1)
np.ma.masked_greater([1, 2, 3], 1)
np.ma.masked_greater_equal([1, 2, 3], 2)
np.ma.masked_less([1, 2, 3], 3)
np.ma.masked_less_equal([1, 2, 3], 2)
np.ma.masked_less([1.5, np.nan], 2)
np.ma.masked_inside([1, 2, 3, 4, 5], 4, 2)
np.ma.masked_outside([1, 2, 3, 4, 5], 2, 4)
np.ma.masked_invalid([1.0, np.nan, np.inf])
np.ma.masked_invalid([1.0, 2.0])
np.ma.masked_values([1.0, 1.1, 2.0], 1.1)
np.ma.masked_values([1.0, 1.1, 2.0], 3.0)
np.ma.masked_values([1, 2, 3], 2)
np.ma.fix_invalid([1.0, np.nan, np.inf])
np.ma.fix_invalid([1.0, np.nan, np.inf], fill_value=0)
np.ma.fix_invalid([1.0, 2.0], mask=[0, 1])
np.ma.masked_all((2, 2), dtype=int).mask
np.ma.zeros_like(x)
np.ma.ones_like(x)
"""

plain = """\
x.filled()
x.filled(0)
x.filled([9, 8, 7, 6])
np.ma.filled(x, -1)
np.ma.filled([1, 2], -1)
n.filled()
u.filled()
b.filled()
c.filled()
x.compressed()
y.compressed()
np.ma.compressed([[1, 2]])
x.count()
y.count(0)
y.count(axis=1)
y.count(axis=1, keepdims=True)
np.ma.count([1, 2, 3])
np.ma.count_masked(y)
np.ma.count_masked(y, axis=0)
np.ma.getdata(x)
np.ma.getmask(x)
np.ma.getmask([1, 2])
np.ma.getmaskarray([1, 2])
np.ma.getmaskarray(y)
np.ma.is_masked(x)
np.ma.is_masked(z)
np.ma.isMaskedArray(x)
np.ma.isMaskedArray(p)
x.tolist() == [1, None, 3, 4]
y.shape
y.dtype.name == "float64"
y.T.shape
y.ndim
y.size
len(y)
x.fill_value
n.fill_value
u.fill_value
b.fill_value
np.ma.default_fill_value(3)
np.ma.default_fill_value(1.5)
np.ma.minimum_fill_value(u)
np.ma.maximum_fill_value(n)
x.argmin()
x.argmax()
y.argmax(axis=0)
y.argmin(axis=1)
y.argsort(axis=1)
x.argsort()
x.nonzero()
w.trace()
np.asarray(x)
isinstance(x, np.ndarray)
type(x).__name__ == "MaskedArray"
2 in x
3 in x
bool(np.ma.masked)
str(np.ma.masked) == "--"
x.mask is np.ma.nomask
z.mask is np.ma.nomask
np.ma.masked is np.ma.masked
x[1] is np.ma.masked
np.ma.make_mask([0, 1])
np.ma.mask_or(np.array([False, True]), np.array([False, False]))
int(np.ma.masked)
list(x[:1])
x.item(0)
"""

masked = """\
x + 1
1 + x
x + x
x - p
p - x
x * 2.5
x / 2
x / 0
z / 0
p / x
x // 2
x // 0
x % 2
x ** 2
z ** 0.5
2 ** x
-x
-z
abs(y)
~b
u + 1
u & 1
u % 2
x + np.ma.masked
np.ma.masked + 1
x + [1, 2, 3, 4]
x + y
w + np.array([10, 20])
w + np.ma.array([1, 2], mask=[1, 0])
x == 1
x == x
x != p
x < 3
x >= np.ma.array([0, 0, 9, 9], mask=[0, 0, 0, 1])
z == 1
3 > x
np.ma.masked == 1
n + 1
n * 2.0
np.sqrt(z)
np.log(y)
np.exp(x)
np.add(x, p)
np.maximum(x, 3)
np.isnan(y)
np.isfinite(y)
np.floor(z)
x.sum()
y.sum()
y.sum(axis=0)
y.sum(axis=1)
y.sum(axis=1, keepdims=True)
w.sum(0)
w.prod(0)
x.prod()
x.mean()
y.mean(axis=0)
w.mean(0)
w.var(0)
y.var()
y.var(axis=1)
y.std(axis=1)
x.std()
x.var(ddof=1)
w.var(1, ddof=1)
x.min()
x.max()
y.min(axis=0)
y.max(axis=1)
w.max(0)
w.min(0)
n.max(0)
b.any()
b.all()
w.any(0)
w.all(1)
x.ptp()
w.ptp(1)
x.cumsum()
w.cumsum(0)
w.cumsum()
x.cumprod()
z.sum()
z.mean()
z.max()
np.ma.array([1, 2], mask=True).sum()
np.ma.array([1.0, 2.0], mask=True).mean()
np.ma.array([1, 2], mask=True).min()
np.ma.array([1.0, 2.0], mask=True).var()
np.sum(x)
np.mean(y, axis=0)
np.max(w, 0)
np.std(x)
np.ma.sum(x)
np.ma.mean([1, 2])
np.ma.max(y, axis=0)
np.ma.average(x)
np.ma.average(x, weights=[1, 2, 3, 4])
np.ma.average(y, axis=1)
np.ma.average(w, axis=0, weights=[1, 3])
np.ma.median(x)
np.ma.median(np.ma.array([[1.0, 2, 9], [4, 5, 6]], mask=[[0, 0, 1], [0, 0, 0]]), axis=1)
x.anom()
u.sum()
c.sum()
c.mean()
x[0]
x[1]
x[1:3]
x[[0, 1]]
x[x > 1]
x[np.array([True, True, False, False])]
y[0]
y[:, 1]
y[1, 2]
y[None].reshape(3, 2)
x.reshape(2, 2)
y.T
y.ravel()
y.flatten()
y.transpose()
y.swapaxes(0, 1)
x.copy()
x.astype(float)
n.astype("i8")
x.repeat(2)
x.take([1, 2])
w.diagonal()
y.round(0)
x.clip(2, 3)
w.dot(np.array([1, 1]))
np.ma.concatenate([x, [9]])
np.ma.concatenate([z, z])
np.ma.stack([x, x])
np.ma.vstack([x, p])
np.ma.hstack([x, p])
np.ma.append(x, [5, 6])
np.ma.sort(np.ma.array([3, 1, 2], mask=[0, 1, 0]))
np.ma.sort(np.ma.array([3, 1, 2], mask=[0, 1, 0]), endwith=False)
np.ma.where([True, False, True, False], x, -1)
np.ma.where(x > 2, x, np.ma.masked)
np.ma.reshape(x, (2, 2))
np.ma.transpose(y)
np.ma.expand_dims(x, 0)
np.ma.squeeze(x[None])
np.ma.ravel(y)
np.ma.dot(w, w)
np.ma.clip(x, 2, 3)
np.ma.arange(3)
np.ma.zeros(2)
c.real
c.imag
c.conj()
"""

shown = """\
np.ma.sqrt([-1.0, 4.0])
np.ma.sqrt(-1.0)
np.ma.log([0.0, 1.0, -1.0])
np.ma.arcsin([0.0, 2.0])
np.ma.sqrt(z)
np.ma.exp(x)
np.ma.add(x, 1)
np.ma.add([1, 2], [3, 4])
np.ma.divide([1, 2], [0, 1])
np.ma.power(z, 0.5)
np.ma.logical_and(b, True)
np.ma.logical_not(b)
np.ma.tan([0.0, 1.0])
np.ma.arctanh([0.0, 1.0])
np.ma.multiply(x, [1, 2, 3, 4])
np.ma.maximum(x, p)
np.ma.subtract(p, x)
np.ma.greater(x, 2)
"""

lazy = """\
lx
ly
lz
lx + 1
lx * lx
lx / 2
lx ** 2
-lx
lx == 2
lx < 3
lx[1:4]
lx[1]
lx[::2]
ly[:, 1]
ly.T
ly.reshape(12)
lx.sum()
ly.sum(axis=0)
ly.mean(axis=1)
ly.mean()
ly.std()
ly.var(axis=0)
ly.min(axis=1)
ly.max()
ly.prod(axis=1)
ly.sum(axis=1, keepdims=True)
(ly > 3).any(axis=1)
da.ma.masked_array(da.arange(3, chunks=2), mask=True)
da.ma.masked_array([1, 2, 3], mask=[0, 0, 0])
da.ma.masked_array(da.arange(3, chunks=2), mask=[0, 1])
da.ma.masked_array(da.arange(3, chunks=2), mask=[0, 1, 0], fill_value=7)
da.ma.masked_array(lx, mask=[1, 0, 0, 0, 0, 0])
da.ma.masked_where(da.arange(4, chunks=2) > 1, da.arange(4, chunks=2))
da.ma.masked_where(da.ones(2), da.arange(4, chunks=2))
da.ma.masked_less(da.arange(4, chunks=2), 2)
da.ma.masked_less_equal(da.arange(4, chunks=2), 2)
da.ma.masked_greater_equal(da.arange(4, chunks=2), 2)
da.ma.masked_not_equal(da.arange(4, chunks=2), 2)
da.ma.masked_inside(da.arange(4, chunks=2), 1, 2)
da.ma.masked_outside(da.arange(4, chunks=2), 1, 2)
da.ma.masked_invalid(da.from_array(np.array([1.0, np.nan, 2.0]), chunks=2))
da.ma.masked_values(da.from_array(np.array([1.0, 1.1, 2.0]), chunks=2), 1.1)
da.ma.fix_invalid(da.from_array(np.array([1.0, np.nan, 2.0]), chunks=3))
da.ma.masked_equal(da.arange(4, chunks=2), da.arange(4, chunks=2))
da.sqrt(lx)
np.sqrt(lx)
da.exp(ly)
da.ma.average(lx)
da.ma.average(ly, axis=1)
da.ma.average(lx, weights=da.arange(6, chunks=2))
da.ma.where(lx > 2, lx, 0)
da.ma.zeros_like(lx)
da.ma.ones_like(lx)
lx.astype(float)
lx.rechunk(3)
lx.persist()
lx.ravel()
lx + np.ma.array([1] * 6, mask=[1, 0, 0, 0, 0, 0])
lx + da.ones(6, chunks=3)
"""

lazy_plain = """\
da.ma.filled(lx)
da.ma.filled(lx, 0)
da.ma.filled(lz)
da.ma.getdata(lx)
da.ma.getmaskarray(lx)
da.ma.getmaskarray(da.arange(3, chunks=2))
da.ma.count(lx)
da.ma.count(ly, axis=0)
da.ma.count(ly, axis=1, keepdims=True)
da.ma.nonzero(lx)
lx.shape
lx.dtype.name == "int64"
lx.chunks
lx.ndim
len(lx)
da.ma.filled(ly.mean(axis=0), 0)
lx.compute().mask
repr(lx) == "dask.array<masked_array, shape=(6,), dtype=int64, chunksize=(2,), chunktype=numpy.MaskedArray>"
"""

write("masked", SETUP, plain.splitlines())
write("masked", SETUP, [f"parts({line})" for line in (made + masked).splitlines()])
write("masked", SETUP, [f"shown({line})" for line in shown.splitlines()])
write("masked", SETUP, [f"parts(dask.compute({line})[0])" for line in lazy.splitlines()])
write("masked", SETUP, lazy_plain.splitlines())
write("masked", SETUP, [f"parts(dask.compute({line})[0])" for line in ("da.from_array(x, chunks=3)", "da.from_array(y, chunks=2).sum(axis=0)", "da.sum(da.from_array(x, chunks=3))", "da.from_array(z, chunks=2)")])

whole = """\
np.ma.unique(x)
np.ma.unique(w)
np.ma.unique(z)
np.ma.union1d(x, [9, 3])
np.ma.intersect1d(x, w)
np.ma.setdiff1d(x, [3, 5])
np.ma.setdiff1d(x, w)
np.ma.setxor1d(x, [3, 5])
np.ma.isin(x, [3, 4])
np.ma.in1d(x, [3, 4], invert=True)
np.ma.mask_rows(w)
np.ma.mask_cols(n)
np.ma.mask_rowcols(y)
np.ma.mask_rowcols(y, 0)
np.ma.diff(x)
np.ma.diff(y, axis=0)
np.ma.diff(z, n=2)
np.ma.outer(x, [1, 2])
np.ma.outer(z, z)
np.ma.outerproduct(x, x)
np.ma.cov(y[:, :2])
np.ma.cov(np.ma.array([1.0, 2, 4, 8], mask=[0, 1, 0, 0]))
np.ma.cov(np.ma.array([[1.0, 2, 4, 8], [3, 1, 5, 2]], mask=[[0, 1, 0, 0], [0, 0, 0, 0]]))
np.ma.cov(np.ma.array([[1.0, 2, 4, 8], [3, 1, 5, 2]]), rowvar=False)
np.ma.cov(z, bias=True)
np.ma.corrcoef(np.ma.array([[1.0, 2, 4, 8], [3, 1, 5, 2]], mask=[[0, 1, 0, 0], [0, 1, 0, 0]]))
np.ma.corrcoef(z, [1.0, 2.0, 4.0])
np.ma.masked_all_like(w)
np.ma.atleast_2d(x)
np.ma.atleast_3d(w)
np.ma.diagflat(x)
np.ma.resize(x, (2, 3))
np.ma.round(y, 0)
np.ma.amax(x)
np.ma.amin(y, axis=0)
np.ma.product(x)
np.ma.anomalies(x)
np.ma.compress([True, False, True, True], x)
np.ma.compress([True, False], w, axis=1)
np.ma.copy(x)
"""
whole_plain = """\
np.ma.allequal(x, [1, 9, 3, 4])
np.ma.allequal(x, [1, 9, 3, 5])
np.ma.allequal(x, [1, 9, 3, 4], fill_value=False)
np.ma.allclose(x, [1.0, 9, 3, 4 + 1e-12])
np.ma.allclose(x, [1, 9, 3, 4], masked_equal=False)
np.ma.shape(w)
np.ma.ndim(w)
np.ma.size(w)
np.ma.size(w, 1)
np.ma.compress_rows(w)
np.ma.compress_cols(w)
np.ma.compress_rows(np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]]))
np.ma.compress_rowcols(np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]]))
np.ma.compress_rowcols(np.ma.array([[1, 2], [3, 4]], mask=[[0, 1], [0, 0]]), 1)
np.ma.compress_rows(x)
[(s.start, s.stop) for s in np.ma.clump_masked(x)]
[(s.start, s.stop) for s in np.ma.clump_unmasked(x)]
[(s.start, s.stop) for s in np.ma.flatnotmasked_contiguous(w)]
np.ma.flatnotmasked_edges(x)
np.ma.flatnotmasked_edges(z)
[(s.start, s.stop) for s in np.ma.notmasked_contiguous(x)]
[[(s.start, s.stop) for s in line] for line in np.ma.notmasked_contiguous(y, axis=1)]
[[(s.start, s.stop) for s in line] for line in np.ma.notmasked_contiguous(y, axis=0)]
np.ma.notmasked_edges(x)
np.ma.notmasked_edges(y, axis=1)
np.ma.notmasked_edges(y, axis=0)
np.ma.common_fill_value(x, w)
np.ma.common_fill_value(x, z) is None
np.ma.harden_mask(x.copy()).hardmask
np.ma.polyfit(np.ma.array([0.0, 1, 2, 3], mask=[0, 0, 1, 0]), [1.0, 3, 9, 7], 1)
[(place, int(v)) for place, v in np.ma.ndenumerate(x)]
len(list(np.ma.ndenumerate(x, compressed=False)))
np.ma.trace(np.ma.array([[1, 2], [3, 4]], mask=[[1, 0], [0, 0]]))
"""
write("masked", SETUP, [f"shown({line})" for line in whole.splitlines()])
write("masked", SETUP, whole_plain.splitlines())
