"""Functions of `numpy` and `dask.array` of masked arrays, which know nothing of masks: what class comes of them, which elements and which mask.

Left out is what NumPy leaves undefined (elements that `where=` does not compute), and what it makes of masks by accident alone.
"""

from ask import write

SETUP = """\
def parts(m):
    if m is np.ma.masked:
        return [-7777]
    if isinstance(m, (tuple, list)):
        return [parts(x) for x in m]
    if not isinstance(m, np.ma.MaskedArray):
        return [False, m]
    return [True, np.ma.filled(m, 77), np.ma.getmaskarray(m), m.mask is np.ma.nomask]
a = np.ma.array([3.0, -1.5, 2.0, 7.25, 0.5], mask=[0, 1, 0, 0, 1])
A = np.ma.array([[1.5, -2.0, 0.0], [4.0, 5.5, 2.0]], mask=[[0, 1, 0], [0, 0, 1]])
i = np.ma.array([4, 1, 3, 1, 2], mask=[0, 1, 0, 0, 0])
I = np.ma.array([[3, 1, 2], [6, 4, 5], [9, 8, 7]], mask=[[0, 1, 0], [0, 0, 1], [0, 0, 0]])
n = np.ma.array([5.0, 1.0, 3.0])
b = np.ma.array([True, False, True], mask=[0, 0, 1])
p = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
o = np.ma.array([[5, 6, 7]], mask=[[0, 1, 0]])
m5 = np.ma.array([1.0, np.nan, 3.0, 2.0, np.nan], mask=[0, 0, 0, 1, 1])
M5 = np.ma.array([[1.0, np.nan, 3.0], [np.nan, np.nan, 4.0]], mask=[[0, 0, 1], [1, 0, 1]])
n5 = np.ma.zeros(5)
"""

LAZY = SETUP + """\
def lazily(m, chunks):
    d = da.from_array(np.asarray(m), chunks=chunks)
    return da.ma.masked_array(d) if m.mask is np.ma.nomask else da.ma.masked_array(d, mask=np.ma.getmaskarray(m))
a, A, i, I, n, b, o = [lazily(m, 2) for m in (a, A, i, I, n, b, o)]
p = da.from_array(p, chunks=2)
"""

# What is called with what.
CALLS = {
    "a": """
        sort argsort sum prod mean std var median average min ptp argmin abs fabs positive sqrt square exp exp2 expm1 log log10 log1p
        sin tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh cbrt sign floor ceil trunc rint fix reciprocal isnan
        isfinite signbit deg2rad degrees real imag conj angle spacing modf frexp ravel atleast_1d atleast_2d atleast_3d round around
        cumsum cumprod nancumsum diff ediff1d gradient unique nanmean nansum nanmax nanstd nanvar nanmedian nanprod nanargmax nan_to_num
        nonzero flatnonzero argwhere count_nonzero flip trim_zeros diag copy array asarray asanyarray ascontiguousarray zeros_like
        iscomplex isreal isscalar iscomplexobj trapezoid i0 real_if_close add.reduce add.accumulate multiply.reduce maximum.reduce
        maximum.accumulate linalg.norm fft.fft transpose isneginf isposinf fft.rfft
    """,
    "A": """
        sort median absolute negative sqrt log2 cos isinf transpose permute_dims matrix_transpose ravel diff cov corrcoef fliplr flipud
        rot90 ones_like shape ndim size unstack unique gradient trapezoid ediff1d count_nonzero flip ptp linalg.pinv nonzero trace
    """,
    "A, axis=0": "sort sum std median average cumsum gradient nansum nanmin count_nonzero add.reduce trapezoid ptp linalg.norm",
    "A, axis=None": "sort argsort add.reduce",
    "i": "sort median amax argmax invert unique bincount diagflat ix_ nanmean flatnonzero",
    "I, axis=0": "sort argsort prod mean amin diff nanmax median",
    "n": "sort median unique vander gradient trapezoid ediff1d diff average ones_like isreal add.reduce ptp modf round i0",
    "i, 2": "partition argpartition divmod true_divide floor_divide mod power gcd lcm",
    "I, axis=1": "sum median ptp cumprod",
    "A, axis=1": "mean max argmax minimum.reduce median unstack",
    "b": "any all logical_not diff median count_nonzero logical_or.reduce",
    "[a, a]": "concatenate stack dstack block sum array max concat",
    "[a, p]": "concatenate vstack hstack column_stack",
    "a, [1, 2]": "append delete meshgrid outer correlate",
    "a, 1": "add maximum fmax fmin arctan2 nextafter roll delete pad take partition",
    "a, a": "add hypot logaddexp dot inner vdot allclose array_equal array_equiv isclose",
    "p, a": "add searchsorted dot isclose subtract.outer",
    "a, p": "subtract divide minimum greater_equal isclose gradient trapezoid broadcast_arrays allclose",
    "A, 2": "multiply vsplit repeat rot90",
    "a, 0": "divide expand_dims take",
    "i, 0": "floor_divide remainder divmod",
    "a, 2": "fmod ldexp repeat tile array_split gradient dot float_power",
    "a, 3": "equal not_equal less atleast_2d vander",
    "i, 1": "bitwise_and bitwise_or left_shift",
    "A, 1": "rollaxis round delete roll",
    "I": "cumsum trace unique diag diagonal tril triu linalg.det median linalg.inv linalg.norm matrix_transpose",
    "i, i": "outer kron add.outer multiply.outer union1d",
    "n, n": "cross convolve correlate kron",
    "a, subok=True": "copy array",
    "a, dtype=int": "asarray zeros_like array asanyarray",
    "[A, A]": "stack vstack hstack dstack",
    "m5": "nanmean nansum nanprod nanmax nanmin nanstd nanvar nanargmax nanargmin nancumsum nancumprod nan_to_num median sort argsort",
    "M5, axis=0": "nanmean nansum nanmax nanstd",
    "M5, axis=1": "nanprod nanmin nanvar nanargmax",
    "I, 1": "diag diagonal trace",
    "I, I": "dot matmul inner",
}

eager = """\
np.reshape(a, (5, 1))
np.reshape(A, (3, 2))
np.reshape(A, -1)
np.reshape(n, (3, 1))
np.clip(a, 0, 3)
np.clip(A, 0, None)
np.clip(i, 2, 3)
np.clip(n, 2, 3)
np.where(a > 1, a, 0)
np.where(a > 1)
np.where(p > 1, a, p)
np.where(a > 1, p, -p)
np.where(A > 0)
np.sum(A, axis=1, keepdims=True)
np.var(I, axis=1, ddof=1)
np.average(a, weights=p)
np.any(A > 3, axis=0)
np.all(A > 0, axis=1)
np.concatenate([p, a])
np.concatenate([A, A], axis=1)
np.concatenate([n, n])
np.stack([a, p], axis=1)
np.append(A, A, axis=0)
np.power(a, 0.5)
np.copysign(a, -1)
np.heaviside(a, 0.5)
np.logical_and(b, True)
np.logical_or(b, b)
np.logical_xor(b, True)
np.transpose(I, (1, 0))
np.swapaxes(A, 0, 1)
np.moveaxis(A, 0, 1)
np.squeeze(o)
np.squeeze(o, axis=0)
np.diff(i, n=2)
np.diff(a, prepend=0)
np.dot(A, I)
np.dot(A, [1, 2, 3])
np.matmul(A, I)
np.tensordot(A, I, axes=1)
np.einsum("i,i->", a, a)
np.einsum("ij->ji", A)
np.unique(i, return_counts=True)
np.unique(i, return_index=True)
np.histogram(a, bins=3)
np.digitize(a, [0, 1, 5])
np.searchsorted(n, 2)
np.isin(a, [3, 2])
np.union1d(i, [9])
np.setdiff1d(i, [1])
np.setxor1d(i, [1, 9])
np.percentile(a, 50)
np.percentile(A, 50, axis=0)
np.quantile(a, [0.25, 0.5])
np.nanpercentile(a, 50)
np.take(a, [0, 1])
np.take(A, [0, 1], axis=1)
np.take_along_axis(A, np.array([[0, 1, 2], [2, 1, 0]]), axis=1)
np.compress([True, False, True, True, True], a)
np.extract(a > 1, a)
np.choose(np.array([0, 1, 0, 1, 0]), [a, p])
np.select([a > 1], [a], 0)
np.piecewise(a, [a > 1], [5])
np.repeat(A, 2, axis=0)
np.tile(A, (2, 1))
np.flip(A, 0)
np.roll(A, 1, axis=0)
np.split(a, [2])
np.hsplit(A, 3)
np.delete(A, 0, axis=1)
np.insert(a, 1, 9)
np.resize(a, (2, 4))
np.broadcast_to(a, (2, 5))
np.broadcast_arrays(a, A[:, :1])
np.full_like(a, 7)
np.astype(a, np.int64)
np.interp(2.5, p, a)
np.interp(a, p, p)
np.polyval([1, 2], a)
np.polyfit(p, a, 1)
np.meshgrid(a, n)
np.apply_along_axis(np.sum, 0, A)
np.apply_over_axes(np.sum, A, [0])
np.r_[a, a]
np.c_[a, a]
np.linalg.inv(I.astype(float))
np.lexsort((a, i))
np.histogram_bin_edges(a, bins=2)
np.histogram2d(a, p, bins=2)
np.cumsum(a, dtype=float)
np.sum(a, where=p > 2)
np.sum(a, initial=5)
np.mean(a, keepdims=True)
np.add(a, 1, out=a.copy())
np.reshape(i, (5, 1))
np.mean([a, a], axis=0)
np.float64(3) + a
p + a
p * a
p == a
np.where(np.ma.array([1, 2, 3], mask=[0, 1, 0]))
np.delete(a, slice(0, 2))
np.delete(a, np.array([True, False, False, False, False]))
np.delete(A, [0, 1], axis=1)
np.insert(A, 1, 9, axis=1)
np.insert(a, [1, 2], [8, 9])
np.resize(a, (5,))
np.resize(a, 7)
np.unique(i, return_inverse=True)
np.unique(I, return_inverse=True)
np.unique(I, return_counts=True)
np.unique(I, return_index=True)
np.unique(np.ma.array([1, 2], mask=[0, 0]))
np.unique(np.ma.array([1, 2], mask=True))
np.unique(np.ma.array([3, 1, 3, 1], mask=[0, 0, 1, 1]), return_counts=True, return_inverse=True, return_index=True)
np.gradient(a, edge_order=2)
np.gradient(a, np.array([0.0, 1.0, 3.0, 4.0, 6.0]))
np.trapezoid(a, dx=2)
np.diff(a, append=0)
np.diff(a, n=0)
np.average(a, returned=True)
np.average(A, axis=0, returned=True)
np.average(a, weights=p, returned=True)
np.average(A, axis=1, weights=[1, 2, 3])
np.average(A, axis=1, weights=[1, 2, 3], returned=True)
np.average(A, weights=A)
np.average(A, axis=0, keepdims=True)
np.percentile(a, [10, 90])
np.percentile(i, 50)
np.percentile(I, 50, axis=1)
np.percentile(A, [25, 75], axis=1)
np.quantile(a, 0.5, method="lower")
np.quantile(A, 0.5)
np.quantile(A, 0.5, axis=0, keepdims=True)
np.median(A, axis=1, keepdims=True)
np.count_nonzero(i, axis=0)
np.split(n, 3)
np.meshgrid(p, i)
np.append(A, [1])
np.take(p, i)
np.add.outer(i, p)
np.clip(a, None, 2)
np.clip(p, a, 3)
np.full_like(a, 7, dtype=int)
np.zeros_like(a, shape=(2, 2))
np.empty_like(A).shape
np.array(a, subok=True, dtype=int)
np.asanyarray(p)
np.concatenate([[1, 2], a])
np.concatenate((A, A), axis=None)
np.stack([p, a], axis=-1)
np.block([[A, A], [A, A]])
np.r_[a, 1, 2]
np.r_[1:3, a]
np.c_[p, a]
np.kron(A, [[1, 1]])
np.kron([1, 2], i)
np.dot(2, a)
np.dot(A.T, A)
np.correlate(a, [1, 2, 1], "same")
np.correlate([1, 2, 3], n)
np.convolve(a, [1, 2], "same")
np.tile(a, (2, 2))
np.repeat(a, [1, 2, 0, 1, 1])
np.ravel(A, order="F")
np.reshape(A, (3, 2), order="F")
np.expand_dims(A, (0, 2))
np.moveaxis(np.expand_dims(A, 0), 0, -1)
np.trim_zeros(np.ma.array([0, 0, 3, 0, 5, 0], mask=[0, 0, 1, 0, 0, 0]))
np.trim_zeros(np.ma.array([0, 7, 3, 0, 5, 0], mask=[0, 1, 0, 0, 0, 0]))
np.isclose(n, 5)
np.array_equal(i, [4, 1, 3, 1, 2])
np.setdiff1d(I, [1, 2])
np.setdiff1d([1, 2, 3], i)
np.setdiff1d(np.ma.array([1, 2, 3], mask=[0, 1, 0]), [3])
np.setxor1d(n, [1, 2])
np.isin(i, [1])
np.extract(np.ma.array([True, True, False], mask=[0, 1, 0]), n)
np.extract([True, True, False, True, False], a)
np.extract(np.ma.array([1, 1, 0], mask=[0, 1, 0]), [1, 2, 3])
np.compress([True, False], A, axis=0)
np.choose(i - 1, [a, a, a, a])
np.select([a > 1, a > 0], [a, p])
np.piecewise(a, [a > 1, a <= 1], [5, lambda v: v * 2])
np.polyval(a, 2.0)
np.polyval([1, 2], A)
np.sort(a, kind="stable")
np.sort(np.ma.array([3, 1], mask=[0, 0]))
np.partition(A, 1, axis=0)
np.add.reduce(A, axis=0, keepdims=True)
np.add.reduceat(a, [0, 2])
np.linalg.solve(I, [1, 2, 3])
np.linalg.cholesky(np.ma.array([[4.0, 1.0], [1.0, 3.0]], mask=[[0, 1], [0, 0]]))
np.linalg.eigvalsh(np.ma.array([[4.0, 1.0], [1.0, 3.0]], mask=[[0, 1], [0, 0]]))
np.apply_along_axis(np.sum, 1, A)
np.apply_along_axis(np.sort, 1, A)
np.apply_along_axis(lambda v: v * 2, 0, A)
np.argwhere(A > 1)
np.var(a, ddof=1)
np.sum(np.ma.array([1, 2], mask=True))
np.average(np.ma.array([1.0, 2], mask=True))
np.median(np.ma.array([1.0, 2], mask=True))
np.sort(np.ma.array([], dtype=float))
np.astype(i, float)
np.angle(a, deg=True)
np.divmod(5, i)
np.ldexp(n, [1, 2, 3])
np.around(i, -1)
np.real_if_close(np.ma.array([1 + 0j, 2], mask=[0, 1]))
np.interp([1.5, 2.5], p, a)
np.take_along_axis(a, np.array([0, 4]), 0)
np.take_along_axis(A, np.argsort(A, axis=1), 1)
np.add(a, 1, out=n5)
np.swapaxes(n.reshape(1, 3), 0, 1)
np.array_split(I, 2, axis=1)
np.ix_(i, [0, 1])
np.cross(I[:1], [[1, 2, 3]])
np.sum(a, axis=(0,))
np.sum(A, axis=(0, 1))
np.max(A, axis=(0, 1))
np.min(I, axis=1, keepdims=True)
np.hypot(3, a)
np.histogram(i, bins=[0, 2, 5])
np.concatenate([np.ma.array([1, 2], mask=[0, 1], fill_value=-7), [3]]).fill_value
np.sort(np.ma.array([2, 1], mask=[0, 1], fill_value=-7)).fill_value
np.ravel(np.ma.array([2, 1], mask=[0, 1], fill_value=-7)).fill_value
np.unique(np.ma.array([2, 1], mask=[0, 1], fill_value=-7)).fill_value
np.clip(np.ma.array([2, 1], mask=[0, 1], fill_value=-7), 0, 1).fill_value
np.diff(np.ma.array([2, 1, 4], mask=[0, 1, 0], fill_value=-7)).fill_value
np.zeros_like(np.ma.array([2, 1], mask=[0, 1], fill_value=-7)).fill_value
np.round(np.ma.array([2, 1], mask=[0, 1], fill_value=-7)).fill_value
np.take(np.ma.array([2, 1], mask=[0, 1], fill_value=-7), [0]).fill_value
np.flip(np.ma.array([2, 1], mask=[0, 1], fill_value=-7)).fill_value
np.tile(np.ma.array([2, 1], mask=[0, 1], fill_value=-7), 2).fill_value
np.unique(I, return_inverse=True, return_counts=True)
np.allclose(a, np.ma.array([3.0, 9, 2, 7.25, 0], mask=[0, 1, 0, 0, 0]))
np.ma.median(np.ma.array([1.0, np.nan, 3.0], mask=[0, 0, 1]))
np.ma.median(np.ma.array([1.0, np.nan, 3.0], mask=[0, 1, 0]))
np.ma.median(np.ma.array([1.0, np.nan, 3.0]))
np.ma.median(np.ma.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]], mask=[[0, 0, 1], [1, 0, 0]]), axis=1)
np.ma.median(np.ma.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]], mask=[[0, 0, 1], [1, 0, 0]]), axis=0)
np.ma.median(np.ma.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]], mask=[[0, 0, 1], [1, 0, 0]]))
np.ma.median(np.ma.array([[1.0, np.nan], [1.0, 2.0]], mask=[[1, 1], [0, 0]]), axis=1)
np.ma.median(np.ma.array([1, 2, 3, 4], mask=[0, 0, 0, 0]))
np.ma.median(np.ma.array([1, 2], mask=True))
np.ma.median(np.ma.array([], dtype=float))
np.ma.median(np.ma.array([[1.0, np.nan]], mask=[[0, 0]]), axis=0)
"""

LAZY_CALLS = {
    "a": """
        sum prod mean std var average min ptp argmin abs fabs positive sqrt square exp exp2 expm1 log log10 log1p sin tan arcsin arccos
        arctan sinh cosh tanh arcsinh arccosh arctanh cbrt sign floor ceil trunc rint fix reciprocal isnan isfinite signbit deg2rad
        degrees real imag conj angle spacing modf frexp ravel atleast_1d atleast_2d atleast_3d round around cumsum cumprod diff ediff1d
        nanmean nansum nanmax nanstd nanvar nanprod nanargmax nan_to_num count_nonzero flip isreal i0 transpose isneginf isposinf
        asarray array asanyarray zeros_like linalg.norm
    """,
    "A, axis=0": "sum std average cumsum gradient nansum nanmin count_nonzero ptp",
    "I, axis=1": "sum ptp cumprod",
    "I, axis=0": "prod mean diff nanmax",
    "A, axis=1": "mean max argmax",
    "b": "any all logical_not count_nonzero",
    "i": "argmax invert nanmean",
    "[a, a]": "concatenate stack dstack block",
    "[a, p]": "concatenate vstack hstack",
    "A": """
        absolute negative sqrt log2 cos isinf transpose ravel diff fliplr flipud rot90 ediff1d count_nonzero flip ptp trace ones_like
        shape ndim
    """,
    "i, 2": "divmod true_divide floor_divide mod power",
    "a, 1": "add maximum fmax fmin arctan2 nextafter roll take",
    "a, a": "add hypot logaddexp dot vdot isclose allclose",
    "p, a": "add dot isclose subtract.outer",
    "a, p": "subtract divide minimum greater_equal isclose allclose",
    "a, 0": "divide expand_dims take",
    "a, 2": "fmod ldexp repeat tile float_power",
    "a, 3": "equal not_equal less atleast_2d",
    "i, 1": "bitwise_and bitwise_or left_shift",
    "A, 1": "rollaxis round roll",
    "I": "cumsum trace diag diagonal linalg.norm",
    "[A, A]": "stack vstack hstack dstack",
    "n": "ediff1d diff average isreal ptp modf round i0",
}

lazy = """\
da.reshape(a, (5, 1))
da.reshape(n, (3, 1))
da.clip(a, 0, 3)
da.clip(A, 0, None)
da.clip(i, 2, 3)
da.clip(n, 2, 3)
da.sum(A, axis=1, keepdims=True)
da.var(I, axis=1, ddof=1)
da.average(a, weights=p)
da.any(A > 3, axis=0)
da.all(A > 0, axis=1)
da.concatenate([p, a])
da.concatenate([A, A], axis=1)
da.concatenate([n, n])
da.stack([a, p], axis=1)
da.append(a, [1, 2])
da.append(A, A, axis=0)
da.multiply(A, 2)
da.floor_divide(i, 0)
da.remainder(i, 0)
da.power(a, 0.5)
da.copysign(a, -1)
da.logical_and(b, True)
da.logical_or(b, b)
da.logical_xor(b, True)
da.transpose(I, (1, 0))
da.swapaxes(A, 0, 1)
da.moveaxis(A, 0, 1)
da.squeeze(o)
da.squeeze(o, axis=0)
da.diff(i, n=2)
da.diff(a, prepend=0)
da.dot(A, I)
da.take(a, [0, 1])
da.take(A, [0, 1], axis=1)
da.compress([True, False, True, True, True], a)
da.extract(a > 1, a)
da.repeat(A, 2, axis=0)
da.tile(A, (2, 1))
da.flip(A, 0)
da.roll(A, 1, axis=0)
da.delete(A, 0, axis=1)
da.empty_like(a).shape
da.add.outer(i, i)
da.multiply.outer(i, i)
da.cumsum(a, dtype=float)
da.mean(a, keepdims=True)
da.reshape(i, (5, 1))
da.float64(3) + a
da.delete(A, [0, 1], axis=1)
da.insert(A, 1, 9, axis=1)
da.ediff1d(a, to_end=9)
da.ediff1d(a, to_begin=9)
da.diff(a, append=0)
da.diff(a, n=0)
da.average(a, returned=True)
da.average(A, axis=0, returned=True)
da.average(a, weights=p, returned=True)
da.average(A, weights=A)
da.average(A, axis=0, keepdims=True)
da.count_nonzero(i, axis=0)
da.append(A, [1])
da.diag(I, 1)
da.diagonal(I, 1)
da.take(p, i)
da.add.outer(i, p)
da.clip(a, None, 2)
da.clip(p, a, 3)
da.empty_like(A).shape
da.asanyarray(p)
da.concatenate([[1, 2], a])
da.concatenate((A, A), axis=None)
da.stack([p, a], axis=-1)
da.block([[A, A], [A, A]])
da.dot(I, I)
da.dot(A.T, A)
da.tile(a, (2, 2))
da.rot90(A, 2)
da.expand_dims(A, (0, 2))
da.moveaxis(np.expand_dims(A, 0), 0, -1)
da.isclose(n, 5)
da.extract([True, True, False, True, False], a)
da.compress([True, False], A, axis=0)
da.var(a, ddof=1)
da.angle(a, deg=True)
da.divmod(5, i)
da.ldexp(n, [1, 2, 3])
da.around(i, -1)
da.swapaxes(n.reshape(1, 3), 0, 1)
da.sum(a, axis=(0,))
da.sum(A, axis=(0, 1))
da.max(A, axis=(0, 1))
da.min(I, axis=1, keepdims=True)
da.hypot(3, a)
da.where(a > 1, a, 0)
da.where(a > 1)
da.where(p > 1, a, p)
da.full_like(a, 7)
da.average(A, axis=1, weights=[1, 2, 3])
"""


def called(module, calls):
    return [f"{module}.{name}({arguments})" for arguments, names in calls.items() for name in names.split()]


write("masked_numpy", SETUP, [f"parts({line})" for line in called("np", CALLS) + eager.splitlines()])
write("masked_numpy", LAZY, [f"parts(dask.compute({line})[0])" for line in called("da", LAZY_CALLS) + lazy.splitlines()])
