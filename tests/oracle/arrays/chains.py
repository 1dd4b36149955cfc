"""Arithmetic of several operators on arrays large enough to be worked on in one loop, and quotients of whole numbers by one number."""

from ask import write

SETUP = """\
n = 40000
r = np.arange(n) * 48271 % 2147483647
a, b = (r % 10007) / 7.0 + 0.1, (r % 997) - 498.5
f, g = a.astype("f4"), b.astype("f4")
k, s = r % 1000 - 500, (r % 200 - 100).astype("i1")
u = (r % 250).astype("u1")
z = a + 1j * b
m, o = a > 700, b > 0
t = a.reshape(200, 200)
row, column = np.arange(200.0), np.arange(200.0).reshape(200, 1)
def digest(x):
    x = np.asarray(x)
    w = np.arange(x.size) % 1009 + 1
    return [ord(x.dtype.kind), x.dtype.itemsize, x.shape, (x.ravel().astype(complex) * w).sum()]
"""

CODES = [
    "(a * b + a) / (a + 1)", "a * b - a * 2 + 1", "1 / (a * a + 1)", "2 - (b * a)", "(a + b) * (a - b) / (b * b + a)", "(f * g + f) / (f + 1)",
    "(f * a + g) / (k * 2 + 1001)", "(k * k - 3) // 7", "(k * 3 + s) % 11", "(s * s + s) - 5", "(u * u + 7) * 2", "(s + u) * k", "(k + 1) / (s + 200)",
    "(z * z + a) / (z + 1)", "(m & o) | (a > 3)", "(m ^ o) & m | o", "m * a + o * b", "(m + o) * 2", "(a * 2) * (b * 2) + (a * 2) * 3",
    "(t * 2 + row) * t", "(t + column) * row - t", "(row * 2) * t + 1", "(column * 2 + row) * t", "(row + t * 2) / (column + 1)",
    "(t.T * 2 + t) / (t.T + 1)", "(t.T * t.T + t.T) - 1", "(t[::-1] * 2 + t[:, ::-1]) * t", "(t[50:] * 2 + t[:150]) / 3", "t[::2] * 2 + t[1::2] * 3 - 1",
    "a * np.float64(2) + np.float32(1)", "f * np.float64(2) + 1", "f * 2.5 + 1", "k * 2.5 + 1", "k * True + 1", "np.array(3) * a + np.array(2)", "a * np.array([2.0]) + 1",
    "a * 2 ** 3 + b", "(a * 2) ** 2 + 1", "(a + 1) ** 0.5 * 2", "-(a * b) + a", "(a * b) @ (a + b)", "(t * 2 + 1) @ (t - 1)", "(a * b + 1 > a) & (a * 2 < b * 3)",
    "(a * b + a)[:7]", "(a * b + a).sum()", "np.sqrt(a * a + 1) * 2 + a", "(lambda x: x * x + 1)(a * 2 + 1)", "sum([a * 2 + 1, b * 2 + 1, a * b + 3])",
    "a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a + a", "((((a * 2 + 1) * 2 + 1) * 2 + 1) * 2 + 1) * 2 + 1",
    "(a + b) * (a + b) * (a + b) + (a - b) * (a - b) * (a - b) + (a * 2 + b * 3) / (a + 5)", "k // 0 + 1", "k % 0 + 1", "(a - a) / (a - a) + 1", "1 / (m * 0.0) + 1",
]
raises = ["a * b + row", "(a * 2 + [1, 2]) * 3", "(a * b + 'x') * 2", "(m - o) * 2 + 1", "(u * 1 + 300) * 2", "(a & m) | m", "(k * 2 + None) * 3"]
write("chains", SETUP, [f"digest({code})" for code in CODES] + raises, rtol=1e-11)

WHOLE = """\
def near(dtype):
    info = np.iinfo(dtype)
    ends = [info.min, info.min + 1, info.max, info.max - 1, 0, 1, 2, 3, 6, 7, 8, 13, 14, 20, 21, 99, 100, 101, 127]
    ends += [x for p in range(63) for x in (2 ** p - 1, 2 ** p, 2 ** p + 1, 2 ** p * 7 - 1, 2 ** p * 7) if x <= info.max]
    ends += [-x for x in ends if info.min < 0 and -x >= info.min and x > 0]
    return np.array(ends * 9, dtype=dtype)
def digest(x):
    x = np.asarray(x)
    y = x.astype("u8" if x.dtype.kind == "u" else "i8")
    w = (np.arange(x.size) % 1009 + 1).astype(y.dtype)
    return [ord(x.dtype.kind), x.dtype.itemsize, int((y % 1000003 * w).sum()), int((y // 65537 % 65537 * w).sum())]
"""
CODES = []
for dtype in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    signed = dtype[0] == "i"
    by = [1, 2, 3, 7, 10, 64, 100, 127] + ([-1, -2, -3, -7, -128] if signed else [255])
    by += [] if dtype[1] == "1" else [1000, 32767] + ([-1000] if signed else [65535])
    by += [] if dtype[1] in "12" else [65536, 1000003, 2 ** 31 - 1]
    by += [2 ** 40 + 1, 2 ** 50 - 1, 2 ** 50, 2 ** 52 + 1, 2 ** 53 + 1, 2 ** 62 + 1, 2 ** 63 - 1] if dtype[1] == "8" else []
    by += [-(2 ** 50) + 1, -(2 ** 63), -(2 ** 53) - 1] if dtype == "i8" else []
    CODES += [f"digest(near('{dtype}') // {d})" for d in by] + [f"digest(near('{dtype}') % {d})" for d in by]
    CODES += [f"digest(near('{dtype}') // near('{dtype}')[::-1])", f"digest(near('{dtype}') // 0)", f"digest(near('{dtype}') % 0)", f"digest(100 // near('{dtype}'))"]
    CODES += [f"digest(np.divmod(near('{dtype}'), 7)[0])", f"digest(np.divmod(near('{dtype}'), 7)[1])"]
write("chains", WHOLE, CODES)
