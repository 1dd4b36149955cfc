"""What every array can do: element functions, reductions and comparisons, eager and in chunks."""

from ask import write

SETUP = """\
a = np.array([[1.5, -2.0, 0.0], [4.0, np.nan, -0.25]])
i = np.arange(-6, 6).reshape(3, 4)
u = np.arange(12, dtype="uint8").reshape(4, 3) * 20
z = np.array([1 + 2j, -1j, 0.5])
b = np.array([[True, False], [False, False]])
la = da.from_array(a, chunks=(1, 2))
li = da.from_array(i, chunks=2)
lu = da.from_array(u, chunks=(3, 2))
"""
UNARY = "negative positive abs sign sqrt square exp expm1 sin cos tan arctan sinh cosh tanh floor ceil trunc rint isnan isinf isfinite signbit deg2rad rad2deg cbrt conj real imag angle"
BINARY = "add subtract multiply divide floor_divide remainder power maximum minimum fmax fmin hypot arctan2 copysign greater less_equal equal not_equal logical_and logical_xor"
REDUCE = "sum prod mean std var min max argmin argmax any all"

entries = [f"np.{f}({x})" for f in UNARY.split() for x in ("a", "i")]
entries += [f"da.{f}({x})" for f in UNARY.split() for x in ("la",)]
entries += [f"np.{f}({x}, {y})" for f in BINARY.split() for x, y in (("a", "2"), ("i", "i + 1"), ("u", "u[0]"), ("i", "2.5"))]
entries += [f"da.{f}({x}, {y})" for f in BINARY.split() for x, y in (("la", "la"), ("li", "2"))]
for f in REDUCE.split():
    entries += [f"{x}.{f}({axis})" for x in ("i", "u", "la", "li") for axis in ("", "axis=0", "axis=-1")]
entries += [f"{x}.{f}(axis=0, keepdims=True)" for f in "sum mean max".split() for x in ("i", "li", "u", "lu")]
entries += [f"{x} {op} {y}" for op in "+ - * / // % **".split() for x, y in (("u", "u"), ("u", "3"), ("i", "1.5"), ("li", "li + 7"), ("z", "z"), ("z", "2")) if not (x == "z" and op in ("//", "%"))]
entries += [f"{x} {op} {y}" for op in "& | ^ << >>".split() for x, y in (("u", "u"), ("u", "3"), ("li", "3"))]
entries += [f"np.{f}({n})" for f in ("hanning", "hamming", "blackman", "bartlett") for n in (-1, 0, 1, 2, 5, 12)]
write("basics", SETUP, entries)
