"""Running sums and differences along an axis."""

from ask import write

SETUP = """\
a = np.array([[1.5, -2.0, 0.0, 3.25], [4.0, np.nan, -0.25, 8.0], [0.5, 1.0, 2.0, -7.5]])
i = np.arange(-12, 12).reshape(2, 3, 4)
u = np.arange(12, dtype="uint8").reshape(4, 3) * 20
z = np.array([1 + 2j, -1j, 0.5, 3 - 1j])
b = np.array([True, False, True, True])
f = np.linspace(0, 3, 11).astype("float32") ** 2
e = np.zeros((0, 3))
x = np.array([0.0, 1.0, 1.5, 3.5, 4.0, 6.0])
y = np.array([1.0, 2.0, 4.0, 7.0, 11.0, 16.0])
m = np.arange(20.0).reshape(4, 5) ** 2
la = da.from_array(a, chunks=(2, 3))
li = da.from_array(i, chunks=(1, 2, 3))
lu = da.from_array(u, chunks=(3, 2))
lz = da.from_array(z, chunks=3)
lb = da.from_array(b, chunks=1)
lf = da.from_array(f, chunks=2)
ly = da.from_array(y, chunks=4)
lx = da.from_array(x, chunks=4)
lm = da.from_array(m, chunks=(2, 5))
"""

entries = []
for scan in ("cumsum", "cumprod", "nancumsum", "nancumprod"):
    for name, axes in (("a", (0, 1, -1)), ("i", (0, 1, 2, -3)), ("u", (0, 1)), ("z", (0,)), ("b", (0,)), ("f", (0,))):
        entries += [f"np.{scan}({name}, axis={axis})" for axis in axes]
        entries += [f"da.{scan}(l{name}, axis={axis})" for axis in axes]
        entries.append(f"np.{scan}({name})")
    entries += [f"np.{scan}(e, axis=0)", f"np.{scan}(e, axis=1)", f"np.{scan}(u, axis=0, dtype='float32')", f"np.{scan}(a, axis=2)"]
for scan in ("cumsum", "cumprod"):
    entries += [f"{x}.{scan}(axis=0)" for x in ("a", "i", "la", "li", "lu", "lf")] + [f"i.{scan}()", f"da.{scan}(li, axis=None)"]
    entries.append(f"da.{scan}(lf, axis=0, dtype='float64')")
entries += ["da.arange(1000, chunks=7).cumsum(axis=0)", "da.ones((40, 30), chunks=(3, 4)).cumsum(axis=0).cumsum(axis=1)"]
for name in ("a", "i", "u", "z", "b", "f", "la", "li", "lu", "lz", "lf"):
    module = "da" if name.startswith("l") else "np"
    entries += [f"{module}.diff({name})", f"{module}.diff({name}, n=2)", f"{module}.diff({name}, axis=0)", f"{module}.diff({name}, n=0)"]
entries += ["np.diff(y, prepend=0)", "np.diff(y, append=[5.0, 6.0])", "np.diff(m, axis=0, prepend=1.5, append=m[:1])", "np.diff(i, axis=1, n=5)"]
entries += ["np.diff(a, axis=7)", "np.diff(3)", "np.diff(y, n=-1)", "da.diff(ly, prepend=0)", "da.diff(lm, axis=0, append=7)"]
entries += ["np.ediff1d(i)", "np.ediff1d(y, to_end=[1, 2])", "np.ediff1d(y, to_begin=9.0, to_end=[1.0])", "da.ediff1d(ly)"]
entries += ["np.gradient(y)", "np.gradient(y, 2.0)", "np.gradient(y, x)", "np.gradient(y, edge_order=2)", "np.gradient(y, x, edge_order=2)", "np.gradient(y, 0.5, edge_order=2)"]
entries += ["np.gradient(m)", "np.gradient(m, axis=0)", "np.gradient(m, axis=-1)", "np.gradient(m, 2.0, 3.0)", "np.gradient(m, axis=(1, 0))", "np.gradient(m, [0, 1, 4, 5], 2)", "np.gradient(m, edge_order=2)"]
entries += ["np.gradient(f)", "np.gradient(i, axis=2)", "np.gradient(u, axis=0)", "np.gradient(z)", "np.gradient([1.0])", "np.gradient(y, x[:3])", "np.gradient(m, 1, 2, 3)", "np.gradient(y, edge_order=3)"]
entries += ["da.gradient(ly)", "da.gradient(ly, 2.0)", "da.gradient(lm)", "da.gradient(lm, axis=0)", "da.gradient(lm, 2.0, 3.0)", "da.gradient(da.from_array(f, chunks=4))", "da.gradient(ly, axis=0)", "da.gradient(da.from_array(i, chunks=4), axis=2)"]
entries += ["np.trapezoid(y)", "np.trapezoid(y, x)", "np.trapezoid(m, dx=0.5)", "np.trapezoid(m, axis=0)", "np.trapezoid(m, x=[0, 1, 4, 5], axis=0)", "np.trapezoid(m, m + 1)", "np.trapezoid(f)", "np.trapezoid(i)"]
entries += ["np.interp(2.5, x, y)", "np.interp([-1, 0.5, 1, 5.9, 6, 7], x, y)", "np.interp([-1, 9], x, y, left=-5, right=99)", "np.interp([[0.2, 3.0], [np.nan, 4.0]], x, y)"]
entries += ["np.interp([-180, -170, 185, 355], [190, -190, 350, -350], [5, 10, 3, 4], period=360)", "np.interp([1, 2], [1, 2, 3], [1, 2])", "np.interp([1], [], [])", "np.interp(i, [0, 5], [10, 20])"]
write("scans", SETUP, entries)
