"""What masks take and where they write, of arrays long enough to be cut into pieces: every type, lying in every way, masks that are random, empty,
full, in runs; alone, beside slices, on some axes."""

from ask import write

SETUP = """\
n = 200003
q = np.arange(n) * 48271 % 2147483647
a = (q % 1000003) / 7.0
m = q % 3 == 0
kinds = {"random": m, "none": q < 0, "all": q >= 0, "runs": np.arange(n) // 100 % 3 > 0, "few": q % 50021 == 1, "last": np.arange(n) == n - 1}
g = a[: 400 * 500].reshape(400, 500)
gm = m[: 400 * 500].reshape(400, 500)
c = g[:40, :60].reshape(8, 5, 60)
rows, columns = q[:400] % 2 == 0, q[:500] % 5 < 3
t = np.arange(300000).reshape(100000, 3)
long, short = q[:100000] % 4 == 1, np.array([True, False, True])
def digest(x):
    x = np.asarray(x)
    w = np.arange(x.size) % 1009 + 1
    return [ord(x.dtype.kind), x.dtype.itemsize, x.shape, (x.ravel().astype(complex) * w).sum().real, (x.ravel().astype(complex) * w).sum().imag]
def put(x, key, value):
    x = x.copy()
    x[key] = value
    return digest(x)
def into(x, key, value, look):
    x = x.copy()
    view = look(x)
    view[key] = value
    return digest(x)
"""

CODES = []
for kind in ["random", "none", "all", "runs", "few", "last"]:
    CODES += [f"digest(a[kinds['{kind}']])", f"put(a, kinds['{kind}'], -1.5)", f"put(a, kinds['{kind}'], a[kinds['{kind}']] * 2)"]
    CODES += [f"[digest(x) for x in np.nonzero(kinds['{kind}'])]", f"digest(np.flatnonzero(kinds['{kind}']))"]
    CODES += [f"digest(np.compress(kinds['{kind}'], a))", f"digest(np.extract(kinds['{kind}'], q))"]
for dtype in ["bool", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "c8", "c16"]:
    CODES += [f"digest((q % 120).astype('{dtype}')[m])", f"put((q % 120).astype('{dtype}'), m, 1)"]
    CODES += [f"put((q % 120).astype('{dtype}'), m, q[m] % 100)"]
CODES += [
    "digest(a[::2][m[::2]])", "digest(a[::-1][m])", "digest(a[m[::-1]])", "digest(a[1:][m[1:]])", "digest(a[5::3][m[5::3]])",
    "digest(g[gm])", "digest(g.T[gm.T])", "digest(g.T[gm[:, :400].T[:500]])", "digest(g[gm[::-1]])", "digest(g[:, ::2][gm[:, ::2]])",
    "digest(g[rows])", "digest(g[:, columns])", "digest(g[..., columns])", "digest(g.T[columns])", "digest(g.T[:, rows])", "digest(g[rows, 3])",
    "digest(g[rows, 2:9])", "digest(g[5:9, columns])", "digest(g[::-2, columns])", "digest(g[None, rows])", "digest(g[rows, None])",
    "digest(g[:, None, columns])", "digest(g[rows][:, columns])", "digest(g[np.ix_(rows, columns)])", "digest(t[long])", "digest(t[:, short])",
    "digest(t.T[short])", "digest(t.T[:, long])", "digest(t[long, 1])", "digest(c[:, [True, False, True, True, False]])",
    "digest(c[c[:, :, 0] > 50000])", "digest(c[:, c[0] > 50000])", "digest(c[1:5, c[0] > 50000])", "digest(c[..., c[0, 0] > 50000])",
    "digest(c[c > 70000])", "digest(c.transpose(2, 0, 1)[c.transpose(2, 0, 1) > 70000])",
    "put(g, gm, 7)", "put(g, gm, g[gm] + 1)", "put(g, rows, 7)", "put(g, rows, np.arange(500))", "put(g, rows, g[rows][::-1])",
    "put(g, (slice(None), columns), 7)", "put(g, (slice(None), columns), np.arange(400)[:, None])", "put(g, (slice(2, 9), columns), -1)",
    "put(g, (Ellipsis, columns), g[:, columns] * 2)", "put(t, long, [1, 2, 3])", "put(t, (slice(None), short), 0)", "put(t, long, t[long] * 2)",
    "put(t, (slice(None), short), t[:, short] + 1)", "put(c, c > 70000, 0)", "put(c, (slice(None), c[0] > 50000), 1)",
    "into(g, gm.T, 5, lambda x: x.T)", "into(a, m[::2], 5, lambda x: x[::2])", "into(a, m[::2], np.arange(n)[: (m[::2]).sum()], lambda x: x[::2])",
    "into(a, m[100:], -1, lambda x: x[100:])", "into(g, gm[:, 3:], 2, lambda x: x[:, 3:])", "into(g, rows, 2, lambda x: x[:, 3:])",
    "into((a + 1j * a), m, 2, lambda x: x.imag)", "into((a + 1j * a), m, 2, lambda x: x.real)",
    "put(a.astype('i4'), m, 2.75)", "put(q, m, -a[m])", "put(a > 5, m, 1)", "put(a, m, [3.5])", "put(a, m, np.array(3))",
    "put(a, m, [1, 2])", "put(a, m[:-1], 1)", "a[m[:-1]]", "g[columns]", "g[:, rows]", "g[gm.T]", "put(g, rows, np.arange(400))",
    "a[np.array([True])]", "g[gm, 0]", "put(a, kinds['none'], [])", "put(a, kinds['none'], [1])", "put(a, kinds['none'], [1, 2])",
    "[digest(x) for x in np.nonzero(gm)]", "[digest(x) for x in gm.T.nonzero()]", "[digest(x) for x in np.nonzero(c > 70000)]", "[digest(x) for x in np.where(g > 70000)]",
    "[digest(x) for x in np.nonzero(t % 7)]", "[digest(x) for x in np.nonzero(t[:, :0])]", "digest(np.argwhere(gm))", "digest(np.argwhere(m))",
    "digest(np.argwhere(t % 5 == 0))", "digest(np.flatnonzero(t.T % 5 == 0))", "np.nonzero([[0, 2, np.nan], [-0.0, 1, 0]])",
    "digest(np.compress(rows, g, axis=0))", "digest(np.compress(columns, g, axis=1))", "digest(np.compress(columns[:300], g, axis=1))",
    "digest(g.compress(rows, axis=0))", "digest(np.compress([1, 0, 2], g))", "np.compress(m, a[:100])", "np.compress([True, False], [[1, 2], [3, 4]], axis=1)",
    "np.compress([False, False, False], [1, 2])", "np.compress([False, False, True], [1, 2])", "np.compress([[True]], [1, 2])", "np.compress([True], 5)",
    "digest(np.extract(gm, g))", "digest(np.extract(gm, g.T))", "np.extract([1, 0], [[4, 5], [6, 7]])", "np.extract([0, 0, 0, 0, 1], [4, 5])",
    "digest(a[m.tolist()])", "a[:3][[True, False, True]]", "np.zeros((0, 3))[np.zeros((0, 3), bool)]",
    "np.zeros((3, 0))[[True, False, True]]", "np.zeros((2, 3))[[False, False]]",
]
write("masks", SETUP, CODES, rtol=1e-11)

LAZY = """\
n = 200003
q = np.arange(n) * 48271 % 2147483647
a = (q % 1000003) / 7.0
g = a[: 400 * 500].reshape(400, 500)
la = da.from_array(a, chunks=30011)
lg = da.from_array(g, chunks=(150, 170))
"""
CODES = [
    "la[la > 50000].sum()", "la[la < 0]", "lg[lg > 70000].size", "lg[lg[:, 0] > 70000][:, 3]", "lg[:, lg[0] > 70000][7]",
    "lg[lg > 140000]", "da.nonzero(lg > 142000)", "da.flatnonzero(la > 142000)", "da.compress(lg[:, 0] > 140000, lg, axis=0)[:, 1]", "da.extract(la > 142000, la)",
]
write("masks", LAZY, CODES, rtol=1e-11)
