"""Polynomials as sums of Chebyshev's, Legendre's, Hermite's and Laguerre's, and of powers."""

from ask import write

SETUP = """\
P = np.polynomial
c = [1, 2, 3]
d = [0.5, -1.0, 0.0, 2.0, 0.25]
z = [1, 2j, -1.5]
x = np.array([[-1.0, -0.25, 0.5], [0.75, 1.0, 2.0]])
t = np.linspace(-1, 2, 12)
y = t ** 3 - 2 * t + np.cos(9 * t) / 10
lx = da.from_array(x, chunks=2)
def parts(x):
    return (np.sort(x.real), np.sort(x.imag))
def known(p):
    return (p.coef, p.domain, p.window)
"""
modules = {"chebyshev": ("cheb", "Chebyshev"), "legendre": ("leg", "Legendre"), "hermite": ("herm", "Hermite"), "hermite_e": ("herme", "HermiteE"), "laguerre": ("lag", "Laguerre"), "polynomial": ("poly", "Polynomial")}
entries = []
for module, (prefix, name) in modules.items():
    f = f"P.{module}.{prefix}"
    entries += [f"{f}val({v}, {k})" for v in ("0.5", "x", "lx", "2", "1j") for k in ("c", "d", "z", "[7]")]
    entries += [f"{f}{o}({a}, {b})" for o in ("add", "sub", "mul", "div") for a, b in (("c", "d"), ("d", "c"), ("c", "z"), ("d", "[2]"), ("[2]", "d"), ("c", "[1, 2, 3]"))] + [f"{f}div(c, [0])"]
    entries += [f"{f}pow({a}, {n})" for a in ("c", "[2]", "z") for n in (0, 1, 2, 3)] + [f"{f}pow(c, -1)", f"{f}pow(c, 3, maxpower=2)"]
    entries += [f"{f}der({a}{more})" for a in ("c", "d", "z", "[7]") for more in ("", ", 2", ", 0", ", 9")] + [f"{f}der(d, 2, scl=3)", f"{f}der(d, -1)"]
    entries += [f"{f}int({a}{more})" for a in ("c", "d", "z", "[7]") for more in ("", ", 2", ", 2, [1, 2]", ", 1, 3", ", 1, lbnd=0.5", ", 1, scl=2")] + [f"{f}int(d, -1)", f"{f}int(d, 1, [1, 2])"]
    entries += [f"parts({f}roots({a}))" for a in ("c", "d", "[1, 2]", "[5]", "[-1, 0, 1]")]
    entries += [f"{f}fromroots({a})" for a in ("[1, 2, 3]", "[0.5]", "[]", "[1j, -1j]")]
    entries += [f"{f}fit(t, y, {n})" for n in ("1", "3", "[0, 2]", "5")] + [f"{f}fit(t, y, 2, w=np.arange(1, 13))", f"{f}fit(t, np.stack([y, 2 * y], axis=1), 2)", f"{f}fit(t, y[:3], 1)", f"{f}fit(t, y, -1)"]
    entries += [f"{f}vander({v}, {n})" for v, n in (("x", 3), ("[0.5]", 0), ("2", 2))] + [f"{f}vander(x, -1)"]
    entries += [f"{f}line({a}, {b})" for a, b in ((1, 0), (1, 4), (-2, 3))] + [f"{f}trim([1, 0, 1e-9, 0], 1e-6)", f"{f}trim([1, 2, 0])", f"{f}trim([0, 0])", f"{f}trim([1], -1)", f"{f}mulx(d)", f"{f}mulx([0])"]
    entries += [f"P.{module}.{prefix}{constant}" for constant in ("domain", "zero", "one", "x")]
    k = f"P.{name}"
    entries += [f"known({k}({a}))" for a in ("c", "d", "c, [0, 4]", "c, [0, 4], [0, 1]")] + [f"{k}({a})({v})" for a in ("c", "d", "d, [0, 4]") for v in ("0.5", "x", "lx")]
    entries += [f"known({k}(c) {o} {k}(d))" for o in ("+", "-", "*", "//", "%")] + [f"known({k}(c) {o} 2)" for o in ("+", "-", "*", "/", "//", "**")] + [f"known(-{k}(c))", f"known(1 - {k}(c))", f"known({k}(c) + [1, 2, 3, 4])", f"{k}(c) + {k}(c, [0, 1.5])", f"{k}(c) == {k}(c)", f"{k}(c) == {k}(d)"]
    entries += [f"known({k}({a}).{m})" for a in ("d", "d, [0, 4]") for m in ("deriv()", "deriv(2)", "integ()", "integ(2, [1, 2])", "integ(lbnd=0.5)", "convert()", "convert(domain=[0, 1])", "trim(0.3)", "cutdeg(2)", "truncate(2)", "copy()")]
    entries += [f"known({k}(d, [0, 4]).convert(kind=P.{other}))" for _, other in modules.values()]
    entries += [f"parts({k}({a}).roots())" for a in ("d", "c, [0, 4]")] + [f"{k}(d).degree()", f"{k}(c, [0, 4]).mapparms()", f"{k}(c, [0, 4]).linspace(4)", f"len({k}(d))", f"list({k}(c))", f"{k}(d).truncate(0)"]
    entries += [f"known({k}.fit(t, y, 3))", f"known({k}.fit(t, y, [0, 2], domain=[]))", f"known({k}.fit(t, y, 2, w=np.arange(1, 13), window=[0, 1]))", f"known({k}.basis(3))", f"known({k}.identity())", f"known({k}.identity(domain=[0, 4]))", f"known({k}.cast(P.Polynomial(d)))", f"known({k}.fromroots([1, 2], domain=[0, 3]))", f"known({k}.fromroots([1, 2]))"]
    if name != "Polynomial":
        entries += [f"{f}gauss({n})" for n in (1, 2, 5, 10)] + [f"{f}gauss(0)", f"{f}weight(np.array([-0.5, 0.25]))", f"{f}2poly(d)", f"P.{module}.poly2{prefix}(d)"]
entries += ["P.chebyshev.chebpts1(5)", "P.chebyshev.chebpts2(5)", "P.chebyshev.chebpts2(1)", "P.chebyshev.chebinterpolate(np.cos, 5)", "P.chebyshev.chebinterpolate(lambda x, a: x * a + 1, 2, (3,))", "known(P.Chebyshev.interpolate(np.cos, 4, [0, 2]))"]
entries = [entry for entry in entries if "fromroots([1, 2])" not in entry or "known" not in entry]
# The sign of a nothing.
entries.remove("P.hermite_e.hermepow(z, 2)")
write("series", SETUP, entries, rtol=1e-8)
