"""Functions of elements that are made of others, and what ufuncs can do beside being called."""

from ask import write

SETUP = """\
v = np.arange(-3, 4)
u = np.arange(5, dtype="uint8")
f = np.array([0.0, -0.0, 1.5, -2.25, np.inf, -np.inf, np.nan, 1e-310, 1e300])
m = np.arange(12).reshape(3, 4)
z = np.array([1 + 2j, 3, complex(np.nan, 1), 0])
b = np.array([True, False, True])
lv = da.from_array(v, chunks=3)
lf = da.from_array(f, chunks=4)
lm = da.from_array(m, chunks=(2, 3))
def changed(ufunc, *args):
    x = np.zeros(4, dtype=int)
    ufunc.at(x, *args)
    return x
"""
entries = [f"np.{g}({x})" for g in "sinc nan_to_num modf frexp isneginf isposinf iscomplex isreal fix isfinite i0".split() for x in ("v", "f", "u", "2.5") if not (g == "i0" and x == "f")]
entries += [f"np.{g}(z)" for g in "nan_to_num iscomplex isreal sinc modf isposinf real_if_close iscomplexobj isrealobj conj angle".split()]
entries += [f"da.{g}(lf)" for g in "sinc nan_to_num modf frexp isneginf isposinf iscomplex isreal fix".split()]
entries += ["np.nan_to_num(f, nan=5)", "np.nan_to_num(f, posinf=1, neginf=-1)", "np.nan_to_num(f.astype('float32'))", "np.ldexp([0.5, 1.5], [3, -2])", "np.ldexp(1.0, 1023)", "np.ldexp(f[:4], 2)", "np.ldexp(1, 2.5)", "np.divmod(v, 2)", "np.divmod(v, -2.5)", "da.divmod(lv, 2)", "divmod(v, 2)", "np.real_if_close([1 + 1e-15j])", "np.real_if_close([1 + 1e-5j])", "np.real_if_close(v)", "np.isrealobj(v)"]
entries += [f"np.{g}(12, v)" for g in ("gcd", "lcm", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "logical_and", "logical_or", "logical_xor")] + ["np.invert(v)", "np.invert(b)", "np.logical_not(v)", "np.bitwise_not(u)", "np.heaviside(f, 0.5)", "np.signbit(f)", "np.copysign(v, -1)", "np.nextafter(1.0, 2)", "np.spacing(1.0)", "np.bitwise_count(v)", "np.float_power(v, 2)", "np.left_shift(f, 1)", "np.lcm.reduce([3, 4, 6])"]
entries += [f"np.isclose({x})" for x in ("1, 1 + 1e-9", "f, f", "f, f, equal_nan=True", "v, v + 0.1, atol=0.2", "[1e10], [1.00001e10]", "[np.inf], [np.inf]", "u, u + 1")] + ["np.allclose(f, f)", "np.allclose(f, f, equal_nan=True)", "da.allclose(lv, lv)", "da.isclose(lf, lf)", "np.array_equal(v, v)", "np.array_equal(v, v[:2])", "np.array_equal(f, f)", "np.array_equal(f, f, equal_nan=True)", "np.array_equiv([1, 1], [1])", "np.array_equiv(m, m[0])"]
entries += [f"np.round({x})" for x in ("[0.5, 1.5, 2.5, -0.5]", "1.2345, 2", "[123, 155], -1", "f, 1", "[1.005, 2.675], 2")] + ["np.around([1.25, 1.35], 1)", "da.round(lf, 1)", "np.fix([1.5, -1.5])"]
REDUCERS = "add multiply maximum minimum logical_and logical_or bitwise_or fmax".split()
entries += [f"np.{g}.reduce({x})" for g in REDUCERS for x in ("m", "m, axis=1", "m, axis=None", "v")]
entries += [f"np.{g}.accumulate({x})" for g in ("add", "multiply", "maximum", "minimum", "subtract") for x in ("v", "m", "m, axis=1")]
entries += [f"np.{g}.outer({x})" for g in ("add", "multiply", "subtract", "maximum", "power", "less") for x in ("[1, 2, 3], [1, 10]", "2, [1, 2]", "m, [1, 2]")]
entries += ["np.subtract.reduce([10, 2, 3])", "np.divide.reduce([100.0, 5, 2])", "np.add.reduce([])", "np.maximum.reduce([])", "np.add.reduce(m, keepdims=True)", "np.add.reduce(m, axis=(0, 1))", "np.add.reduce([1, 2], initial=10)", "np.add.reduce(m, dtype=float)", "np.bitwise_xor.reduce([1, 3, 7])", "np.logical_xor.reduce([True, True, True])", "np.hypot.reduce([3, 4, 12])", "np.power.reduce([2, 3, 2])", "np.arctan2.outer([1, 2], [3])", "np.add.reduceat(v, [0, 2, 5])", "np.add.reduceat(m, [0, 2], axis=1)", "np.sqrt.reduce([1])", "np.add.nin", "np.add.nout", "np.sqrt.nin", "np.add.identity", "np.multiply.identity", "np.maximum.identity is None"]
entries += ["changed(np.add, [0, 1, 1], 5)", "changed(np.add, [0, 1, 1], [1, 2, 3])", "changed(np.maximum, [2, 3], 7)", "changed(np.subtract, [1, 1], 2)", "changed(np.negative, [1])", "changed(np.add, [9], 1)"]
write("ufuncs", SETUP, entries)

# Results that are written into arrays that are there, or only in some places.
OUT = """\
a = np.array([1.0, 4.0, 9.0, 16.0])
d = np.array([0.0, 2.0, 0.0, 4.0])
i = np.array([3, 1, 2, 5])
m = np.arange(6.0).reshape(2, 3)
la = da.from_array(a, chunks=2)
ld = da.from_array(d, chunks=2)
def into(function, like, *args, **options):
    out = np.full_like(like, 7)
    answer = function(*args, out=out, **options)
    return [answer, out, answer is out]
def lazily(function, like, *args, **options):
    out = da.zeros_like(like)
    answer = function(*args, out=out, **options)
    return [answer, out]
"""
out = """\
into(np.add, a, a, d)
into(np.add, a, 1, 2)
into(np.add, i, i, 1)
into(np.add, i, a, 1)
into(np.add, a, i, 1)
into(np.add, m, m, np.array([1, 2, 3]))
into(np.add, a[:2], a, d)
into(np.add, m, 1.0, [1.0, 2.0, 3.0])
into(np.sqrt, a, a)
into(np.sqrt, i, a)
into(np.negative, i, i)
into(np.less, np.array([True] * 4), a, d)
into(np.less, i, a, d)
into(np.divide, a, a, d, where=d != 0)
into(np.sqrt, a, a, where=[True, False, True, False])
into(np.log, a, d, where=d > 0)
into(np.multiply, i, i, 2, where=i > 2)
into(np.add, a, a, d, where=i)
into(np.add, m, m, 1, where=[True, False, True])
np.add(a, d, out=(np.zeros(4),))
np.add(a, d, out=None)
np.add(a, d, where=True)
np.add(a, d, out=[1, 2, 3, 4])
np.add(a, d, out=a[::-1].copy())
into(np.sum, np.float64(0) + a[:3], m, axis=0)
into(np.sum, a[:2], m, axis=1)
into(np.mean, a[:2], m, axis=1)
into(np.max, a[:3], m, axis=0)
into(np.prod, i[:3], m, axis=0)
into(np.std, a[:3], m, axis=0)
into(np.any, np.array([True, True]), m, axis=1)
into(np.argmax, i[:2], m, axis=1)
into(np.cumsum, a, a)
into(np.cumsum, i, i)
into(np.cumprod, m, m, axis=1)
into(np.clip, a, a, 2, 10)
into(np.clip, i, i, 2, 4)
into(np.round, a, a / 7, 2)
into(np.dot, a[:2], m, [1.0, 2.0, 3.0])
into(np.add.reduce, a[:3], m)
into(a.sum, np.array(0.0))
into(m.sum, a[:3], axis=0)
lazily(da.add, la, la, ld)
lazily(np.add, la, la, ld)
lazily(da.sqrt, la, la)
lazily(da.sum, da.zeros(()), la)
lazily(da.add, la[:2], la, ld)
lazily(da.add, la, la, ld, where=ld > 0)
np.add(la, ld, out=np.zeros(4))
"""
write("ufuncs", OUT, out.splitlines())
