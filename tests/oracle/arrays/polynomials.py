"""Polynomials, convolution and the limits of types."""

from ask import write

SETUP = """\
p = [1, -6, 11, -6]
q = [2.0, 0.5]
z = np.array([1, 2j, -1])
x = np.linspace(-2, 2, 9)
y = x ** 3 - 2 * x + np.array([0.1, -0.2, 0.05, 0.1, -0.1, 0.2, 0.0, -0.15, 0.1])
i = np.array([3, -1, 4, 1, -5])
f = np.array([1, 2, 3], dtype="float32")
b = np.array([True, False, True])
lx = da.from_array(x, chunks=4)
def parts(x):
    return (np.sort(x.real), np.sort(x.imag))
def limits(i):
    return [getattr(i, n) for n in ("bits", "max", "min")]
"""
entries = [f"np.polyval({c}, {v})" for c in ("p", "q", "z", "i", "[]", "[7]") for v in ("3", "2.5", "x", "i", "1j", "f")] + ["np.polyval(p, lx)", "np.polyval(p, [[1, 2], [3, 4]])"]
entries += [f"np.{o}({a}, {c})" for o in ("polyadd", "polysub", "polymul") for a, c in (("p", "q"), ("q", "p"), ("p", "z"), ("i", "i"), ("[0, 0, 1]", "[0, 2]"), ("p", "3"))]
entries += [f"np.polydiv({a}, {c})" for a, c in (("p", "[1, -1]"), ("p", "q"), ("q", "p"), ("[1, 0, -1]", "[1, 1]"), ("z", "[1, 1j]"))]
entries += [f"np.polyder({a}, {n})" for a in ("p", "q", "z") for n in (0, 1, 2, 3)] + ["np.polyder(p, -1)"]
entries += [f"np.polyint({a}, {n})" for a in ("p", "q", "z") for n in (0, 1, 2)] + ["np.polyint(p, 2, [1, 2])", "np.polyint(p, k=3)", "np.polyint(p, -1)", "np.polyint(p, 3, [1, 2])"]
entries += [f"parts(np.roots({a}))" for a in ("p", "q", "[1, 0, 1]", "[0, 0, 1, -1, 0]", "[5]", "[]", "[1, 2, 3, 4]", "[0, 0]")] + ["np.roots([[1, 2]])"]
entries += ["np.poly([1, 2, 3])", "np.poly([0.5])", "np.poly([1j, -1j])", "np.poly([1j, 2])", "np.poly(np.array([[2.0, 1.0], [1.0, 3.0]]))", "np.poly([])", "np.poly([1, 2, 2, 5])"]
entries += [f"np.polyfit(x, y, {n})" for n in (1, 2, 3, 5)] + ["np.polyfit(x, np.stack([y, 2 * y], axis=1), 2)", "np.polyfit(x, y, 2, full=True)", "np.polyfit(x, y, 2, cov=True)", "np.polyfit(x, y, 2, cov='unscaled')", "np.polyfit(x, y, 1, w=np.arange(1, 10))", "np.polyfit(x, y[:3], 1)", "np.polyfit(x, y, -1)", "np.polyfit([], [], 1)", "np.polyfit(i, i ** 2, 2)", "np.polyfit(x, y, 1, full=True)"]
entries += [f"np.{o}({a}, {c}, {m!r})" for o in ("convolve", "correlate") for a, c in (("x", "q"), ("q", "x"), ("i", "i"), ("i", "[1, 2]"), ("[1, 2]", "i"), ("f", "f"), ("z", "z"), ("z", "q"), ("b", "b"), ("f", "i"), ("[1, 2, 3, 4]", "i"), ("i", "[1, 2, 3, 4]"), ("3", "i")) for m in ("full", "same", "valid")]
entries += ["np.convolve([], [1])", "np.convolve([1], [])", "np.convolve([[1]], [1])", "np.convolve(i, i, 'x')", "np.convolve(i, f)", "np.correlate(i, f)"]
entries += [f"limits(np.finfo({t}))" for t in ("float", "np.float32", "np.float64", "'f4'", "np.complex64", "complex", "f", "1.5")] + [f"getattr(np.finfo({t}), {n!r})" for t in ("np.float32", "np.float64") for n in ("eps", "epsneg", "tiny", "smallest_normal", "smallest_subnormal", "resolution", "precision", "nmant", "machep", "maxexp", "minexp", "nexp", "negep", "iexp")]
entries += [f"limits(np.iinfo({t!r}))" for t in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")] + ["limits(np.iinfo(int))", "limits(np.iinfo(i))", "np.finfo(int)", "np.iinfo(float)", "np.finfo(float).dtype == np.float64", "np.iinfo('u2').kind == 'u'"]
entries += ["np.poly1d(p)(3)", "np.poly1d(p)(x)", "np.poly1d(p).coeffs", "np.poly1d([0, 0, 1, 2]).c", "np.poly1d(p).order", "parts(np.poly1d(p).roots)", "np.poly1d(p)[0]", "np.poly1d(p)[3]", "np.poly1d(p)[9]", "np.poly1d([1, 2], True).coeffs"]
entries += [f"(np.poly1d(p) {o} np.poly1d(q)).coeffs" for o in ("+", "-", "*")] + ["(np.poly1d(p) / 2).coeffs", "(np.poly1d(p) / np.poly1d(q))[0].coeffs", "(np.poly1d(p) / np.poly1d(q))[1].coeffs", "(2 * np.poly1d(p)).coeffs", "(1 - np.poly1d(p)).coeffs", "(-np.poly1d(p)).coeffs", "(np.poly1d(q) ** 3).coeffs", "np.poly1d(p).deriv().coeffs", "np.poly1d(p).deriv(2).coeffs", "np.poly1d(p).integ().coeffs", "np.poly1d(p).integ(1, 3).coeffs", "np.poly1d(p)(np.poly1d(q)).coeffs", "np.poly1d(p) == np.poly1d(p)", "np.poly1d(p) == np.poly1d(q)", "len(np.poly1d(p))", "np.poly1d([[1]])", "np.polyadd(np.poly1d(p), q).coeffs"]
write("polynomials", SETUP, entries, rtol=1e-9)

# The class whose lowest power comes first.
SERIES = """\
P = np.polynomial.Polynomial
p = P([1, 2, 3])
q = P([6, -5, 1])
g = P([1.0, 2.0, 0.5], domain=[0, 4])
x = np.linspace(0, 3, 7)
f = P.fit(x, 2 + 3 * x - x**2, 2)
def parts(p):
    return [p.coef, p.domain, p.window, p.degree()]
"""
series = """\
p(2)
p(x)
g(x)
p([1, 2])
p.coef
p.domain
p.window
p.degree()
len(p)
list(p)
q.roots()
p.roots()
g.roots()
P([1, 2]).roots()
parts(p.deriv())
parts(p.deriv(2))
parts(p.deriv(3))
parts(g.deriv())
parts(p.integ())
parts(p.integ(2))
parts(p.integ(1, 5))
parts(p.integ(2, [1, 2]))
parts(g.integ())
parts(p + q)
parts(p - q)
parts(p * q)
parts(p + 1)
parts(1 + p)
parts(2 - p)
parts(p * 2)
parts(p / 2)
parts(p // q)
parts(q // P([1, 1]))
parts(q % P([1, 1]))
parts(p ** 2)
parts(p ** 0)
parts(-p)
parts(p + [1, 2, 3, 4])
p == P([1, 2, 3])
p == q
p != q
p + g
p ** -1
P([])
f(x)
f.domain
parts(f.convert())
parts(g.convert())
P.fit(x, 2 + 3 * x, 1)(10)
parts(P.fit(x, 2 + 3 * x, 1, domain=[0, 10]))
parts(P.fit([0, 1, 2], [1, 3, 5], 1, w=[1, 2, 1]))
parts(P.fromroots([2, 3]))
parts(P.basis(3))
parts(P.identity())
parts(P([1, 2, 0, 0]).trim())
P([1, 2], domain=[1, 2, 3])
repr(p) == "Polynomial([1., 2., 3.], domain=[-1.,  1.], window=[-1.,  1.], symbol='x')"
str(p) == "1.0 + 2.0·x + 3.0·x²"
str(P([1, -2, 0.5])) == "1.0 - 2.0·x + 0.5·x²"
str(P.fit([0, 1, 2, 3], [1, 3, 5, 7], 1).domain)  == "[0. 3.]"
np.polynomial.polynomial.polyval(2, [1, 0, 3])
np.polynomial.polynomial.polyroots([6, -5, 1])
"""
write("polynomials", SERIES, series.splitlines(), rtol=1e-9)
