"""How many elements lie in which bin."""

from ask import write

SETUP = """\
g = np.arange(200) * 389 % 1009 / 100.9
m = ((np.arange(600) * 389 % 1009 / 168.0) - 3).reshape(20, 30)
i = np.arange(100) * 11 % 25 - 5
u = (np.arange(64) * 37 % 256).astype("uint8")
f = g[:50].astype("float32")
n = np.array([1.0, np.nan, 2.0, 7.5])
w = np.arange(200) * 17 % 53 / 53
p = (np.arange(300) * 389 % 1009 / 252.3).reshape(100, 3)
e = np.array([])
one = np.array([3.0, 3.0])
lg = da.from_array(g, chunks=33)
lm = da.from_array(m, chunks=(7, 8))
li = da.from_array(i, chunks=30)
lw = da.from_array(w, chunks=33)
lp = da.from_array(p, chunks=(30, 3))
lx = da.from_array(p[:, 0], chunks=30)
ly = da.from_array(p[:, 1], chunks=30)
"""
entries = []
for name in ("g", "m", "i", "u", "f", "e", "one", "[1, 2, 1]"):
    entries += [f"np.histogram({name}{rest})" for rest in ("", ", bins=5", ", bins=7, range=(0, 6)", ", bins=[0, 1, 2.5, 9]", ", bins=4, density=True", ", bins=[0, 1, 5, 9], density=True")]
    entries += [f"np.histogram({name}, bins='{rule}')" for rule in ("auto", "fd", "sturges", "sqrt", "rice", "scott", "doane")]
    entries.append(f"np.histogram_bin_edges({name}, bins=6)")
entries += ["np.histogram(g, bins=5, weights=w)", "np.histogram(g, bins=5, weights=w, density=True)", "np.histogram(g, bins=[0, 2, 7], weights=w)", "np.histogram(i, bins=5, weights=i)", "np.histogram(g, bins=3, weights=w.astype('float32'))", "np.histogram(g, bins=3, weights=w * 1j)"]
entries += ["np.histogram(n, bins=3)", "np.histogram(n, bins=3, range=(0, 5))", "np.histogram(g, bins=0)", "np.histogram(g, bins=[3, 1])", "np.histogram(g, range=(3, 1))", "np.histogram(g, bins=3, weights=w[:5])", "np.histogram(g, bins='none')", "np.histogram(g, range=(0, np.inf))", "np.histogram(g, bins='auto', range=(2, 5))", "np.histogram(g, bins=3.5)"]
for name in ("lg", "lm", "li"):
    entries += [f"da.histogram({name}{rest})" for rest in (", bins=5, range=(0, 10)", ", bins=[0, 1, 2.5, 9]", ", bins=np.linspace(-3, 3, 21)", ", bins=10, range=[-3, 3], density=True", ", bins=20, range=(0, 1)")]
entries += ["da.histogram(lg, bins=5, range=(0, 10), weights=lw)", "da.histogram(lg, bins=[0, 2, 7], weights=lw, density=True)"]
entries += ["da.histogram(lg * 2 + 1, bins=5, range=(0, 20))[0]", "da.histogram(lg[::2], bins=5, range=(0, 20))[0]"]
for rest in ("", ", bins=4", ", bins=(3, 5)", ", bins=[[0, 1, 2], [0, 2, 3, 4]]", ", bins=4, range=[[0, 2], [1, 3]]", ", bins=[0, 1, 3]", ", bins=3, density=True", ", bins=3, weights=w[:100]"):
    entries += [f"np.histogram2d(p[:, 0], p[:, 1]{rest})"]
    entries += [f"np.histogramdd(p{rest})" if "bins=(3" not in rest and "[[" not in rest and "[0, 1" not in rest else f"np.histogramdd(p[:, :2]{rest})" if "[0, 1, 3]" not in rest else "np.histogramdd((p[:, 0], p[:, 1]), bins=3)"]
for rest in (", bins=4, range=[[0, 4], [0, 4]]", ", bins=(3, 5), range=((0, 2), (1, 3))", ", bins=[[0, 1, 2], [0, 2, 3, 4]]", ", bins=4, range=[[0, 4], [0, 4]], density=True"):
    entries.append(f"da.histogram2d(lx, ly{rest})")
entries += ["da.histogramdd(lp, bins=(2, 3, 4), range=((0, 4), (0, 4), (0, 4)))", "da.histogramdd((lx, ly), bins=3, range=((0, 4), (0, 4)))", "da.histogramdd(lp, bins=[[0, 1, 4], [0, 4], [0, 2, 4]], density=True)"]
write("histograms", SETUP, entries)
