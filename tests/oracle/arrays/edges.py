"""Where types end: numbers of Python that an array's type does not hold, complex numbers very near and very far, and indices that take nothing."""

from ask import write

SETUP = """\
u8 = np.array([0, 1, 128, 255], dtype=np.uint8)
i8 = np.array([-128, -1, 0, 127], dtype=np.int8)
u64 = np.array([0, 1, 2**63, 2**64 - 1], dtype=np.uint64)
i64 = np.array([-2**63, -1, 0, 2**63 - 1])
f4 = np.array([1.5, 2.5, 3.5, 4.5], dtype=np.float32)
lu = da.from_array(u8, chunks=2)
li = da.from_array(i8, chunks=3)
"""
entries = "u8 / 300; u8 / -1; i8 / 200; 300 / u8; u8 / 2**70; u64 / -1; i64 / 2**63; np.uint8(3) / 300; lu / 300; da.divide(li, 200); -1 / lu".split("; ")
entries += [f"np.{g}({x})" for g in ("logical_and", "logical_or", "logical_xor") for x in ("u8, -1", "u8, 300", "300, u8", "lu, -1")]
entries += ["np.float_power(u8, -1)", "np.float_power(u8, 300)", "np.float_power(lu, -1)"]
entries += [f"np.{g}({x})" for g in ("arctan2", "hypot", "copysign", "logaddexp", "logaddexp2", "heaviside") for x in ("u64, -1", "-1, u64", "i64, 2**63")]
entries += [f"np.{g}(u8, 300)" for g in ("add", "maximum", "floor_divide", "remainder", "bitwise_and", "power")] + ["u8 + 300", "u8 - -1", "300 - u8", "lu + 300", "u8 ** 300"]
entries += [f"{a} {op} {b}" for op in ("<", "<=", ">", ">=", "==", "!=") for a, b in (("u8", "300"), ("u8", "-1"), ("i64", "2**63"), ("i64", "2**70"), ("i64", "-2**70"), ("u64", "2**64"), ("u64", "-1"), ("300", "u8"), ("lu", "2**70"))]
entries += [f"np.where({x})" for x in ("u8 > 2, u8, -1", "u8 > 2, 300, u8", "u8 > 2, u8, 2.5", "f4 > 2, f4, 2.5", "u8 > 2, u8, i8")] + ["da.where(lu > 2, lu, -1)", "da.where(lu > 2, lu, 300)"]
entries += ["np.select([u8 > 2], [u8], -1)", "np.choose([0, 1, 0, 1], [u8, -1])", "np.choose([0, 1, 0, 1], [f4, 2.5])", "np.choose([0, 1], [u8[:2], 2.5])"]
write("edges", SETUP, entries)

# Complex numbers. Signs of zeros are part of the answer: `1 / x` of each part shows them.
PLANE = """\
inf, nan = np.inf, np.nan
near = np.array([complex(a, b) for a in (0.0, -0.0, 1e-300, 1e-20, -1e-10, 1e-5, 0.1) for b in (0.0, -0.0, 1e-300, -1e-20, 1e-10, 0.2)])
middle = np.array([complex(a, b) for a in (0.5, -0.9, 1.0, -1.0, 1 + 1e-9, 2.0, -3.0, 10.0) for b in (0.0, -0.0, 1e-12, 0.5, -1.0, 1.5, 3.0)])
far = np.array([complex(a, b) for a in (0.0, 22.5, -50.0, 700.0, 1e5, 1e20, -1e200, 1e308) for b in (0.0, -0.0, 1.0, -710.0, 1e5, 1e20, 1e300)])
infinite = np.array([complex(a, b) for a in (0.0, 1.0, -2.0, inf, -inf) for b in (0.0, -0.0, 1.0, -2.0, inf, -inf) if a in (inf, -inf) or b in (inf, -inf)])
def parts(z):
    return [z.real, z.imag, np.signbit(z.real) & ~np.isnan(z.real), np.signbit(z.imag) & ~np.isnan(z.imag)]
def sizes(z):
    return [z.real, z.imag]
"""
FUNCTIONS = "exp sinh cosh tanh sin cos tan log sqrt arcsin arccos arctan arcsinh arccosh arctanh".split()
entries = [f"parts(np.{g}({x}))" for g in FUNCTIONS for x in ("near", "middle", "far")]
entries += [f"sizes(np.{g}(infinite))" for g in FUNCTIONS if g not in ("sinh", "sin")]
entries += [f"parts(np.{g}(middle.astype('complex64')))" for g in ("arccos", "arctanh", "tanh", "sqrt")]
entries += [f"da.{g}(da.from_array(far, chunks=9))" for g in ("tanh", "exp", "arcsinh")]
entries += ["np.sign(np.array([complex(inf, 1), complex(1, inf), complex(-inf, -1), complex(0, -inf), complex(inf, inf), 3 + 4j, 0]))"]
entries += ["np.array([1e-200j]) ** (-1 + 0j)", "np.array([1e154 + 1e154j]) ** (-1 + 0j)", "np.array([1e200 + 0j]) ** (-1 + 0j)", "np.array([2 + 1j]) ** 7", "np.array([2 + 1j]) ** -5", "np.array([-5 + 0j]) ** 99", "np.array([1.5 - 2j]) ** (0.5 + 1j)", "np.array([2j, 0]) ** 0", "np.array([1e-300 + 0j]) ** 0.5"]
entries += ["np.array([complex(1, -0.0), complex(-0.0, -0.0)]).imag < 1", "np.signbit(np.array([complex(1, -0.0), complex(-0.0, -0.0)]).imag)", "np.signbit(np.array([complex(1, -0.0), complex(-0.0, -0.0)]).real)"]
write("edges", PLANE, entries)

INDEX = """\
d = np.arange(60).reshape(3, 4, 5)
x = da.from_array(d, chunks=2)
def put(x, key, value):
    x = x.copy()
    x[key] = value
    return x
"""


class Whole:
    """Asks NumPy what arrays in chunks come to."""

    def __getattr__(self, name):
        import dask.array as da

        return getattr(da, name)

    @staticmethod
    def from_array(x, chunks=None):
        return x


keys = ["[0, 1], [0, 1], 3:3", "[0, 1], 3:1, [0, 1]", "0, :, [1, 2]", "..., [0, 1], 2", ":, [0, 1], ..., -1", "[0, 1], ..., 2, 3", "0, ..., [1, 2], 3", ":, 1, [2, 3]", "0, None, [1, 2]", ":, :, [0, 1], ...", "0, 1, ..., [2, 3]"]
entries = [f"{x}[{key}]" for x in ("d", "x") for key in keys] + ["d[:0][:, [0, 1], [0, 1]]", "x[:0][:, [0, 1], [0, 1]]"]
entries += [f"put({x}, {key}, {value})" for x in ("d", "x") for key in ("True", "False", "(0, True)") for value in ("5", "d[0]", "np.arange(5)")]
entries += ["np.zeros((2**40, 0, 2**40))", "np.ones((2**40, 0, 2**30))", "np.zeros((2**40, 0)).reshape(0, 2**40, 2**40)", "np.zeros((2**20, 0, 2**20)).shape"]
write("edges", INDEX, entries, da=Whole())

# The type that a function is to work in, and what it may do to get there; reductions in whole types and over no axis.
TYPES = """\
u8 = np.array([0, 1, 128, 255], dtype=np.uint8)
i8 = np.array([-128, -1, 0, 127], dtype=np.int8)
f = np.array([1.5, 2.0, 4.0])
b = np.array([True, False, True])
x = np.arange(12).reshape(3, 4)
n = np.array([[1.0, np.nan], [np.inf, 2.0]])
lx = da.from_array(x, chunks=2)
lb = da.from_array(b, chunks=2)
"""
entries = """\
np.add(x, 1, dtype="f4")
np.add(x, 1, dtype="u1")
np.add(x, 1.5, dtype=int)
np.add(1, 2, dtype=float, casting="no")
np.add([1.5], [2.5], dtype=int, casting="unsafe")
np.add([True], [True], dtype=int)
np.add([1.5], 2, out=np.zeros(1, int), casting="unsafe")
np.add([1.5], 2, out=np.zeros(1, int))
np.add(x, x, np.zeros((3, 4)))
np.sqrt(f, np.zeros(3))
np.exp([1], casting="no")
np.sqrt([1.0, 4], dtype="i8")
np.sqrt([1, 4], dtype="f4")
np.less([1], [2.5], dtype=bool)
np.less([1], [2.5], dtype=float)
np.isnan([1.0], dtype=bool)
np.divide([1], [2], dtype=int)
np.floor_divide([1.5], [2.0], dtype=int)
np.add(1, 2, casting="often")
np.mean(u8, dtype="u1")
np.mean(i8, dtype=int)
np.mean(x, axis=0, dtype="i1")
np.mean(b, dtype=bool)
np.mean(f, dtype="f4")
np.std([1, 2, 4], dtype=int)
np.var([1.5, 2, 4], dtype=int)
np.var(x, axis=1, dtype=int)
np.std([1, 2], dtype="u1")
np.nanmean([1.5, 2.7], dtype=int)
np.nanmean([1, 2], dtype="u1")
np.sum([1.5, 2.5], dtype=int)
np.sum(x, axis=True)
np.argmax(x, axis=True)
np.clip(x, 1, 5, min=2)
np.clip(x, min=1, max=3)
np.clip(b, 0, 1)
np.clip(b, False, True)
np.ldexp(np.array([1j]), 2)
np.ravel_multi_index((2**40, 1), (2**41, 2**41))
b ** 2
lb ** 2
b ** 3
np.power(b, 2)
np.angle(np.array([1, -2], "i2"))
np.angle(np.array([1, -2], "i4"))
np.i0(np.array([1.5, 2.5], "f4"))
np.round(b, 1)
np.arange(5)[: 2**70]
np.arange(5)[-(2**70) :]
np.arange(5)[:: 2**70]
da.arange(5)[: 2**70]
np.arange(5)[2**70]
np.ones(2**64)
da.repeat(da.arange(6, chunks=4), 3)
da.repeat(lx, 2, axis=1)
da.repeat(lx, 0, axis=0)
np.repeat(x, 2)
da.repeat(da.ones(3), 10**8)[:3]
np.dtype("f4").char
np.dtype("f4").num
np.dtype("u8").byteorder == "="
np.int64(5)[()]
np.int64(5)[None]
np.float64(5)[0]
np.copyto(np.arange(3), 2.5)
np.copyto(np.arange(3), [1.5, 2, 3])
""".splitlines()
entries = [entry for entry in entries if ".char" not in entry]
entries += [f"np.{g}({x}, axis=())" for g in "sum prod min max mean var std nansum nanprod nanmin nanmax nanmean nanvar nanstd".split() for x in ("x", "n", "b") if not (g in ("min", "max") and x == "b")]
entries += ["np.var(x, axis=(), ddof=1)", "np.var(np.array([1j, 2]), axis=())", "x.std(axis=())"]
write("edges", TYPES, entries)
