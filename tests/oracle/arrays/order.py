"""Arrays in order, and elements looked up in them."""

from ask import write

SETUP = """\
a = np.array([[1.5, -2.0, 0.0, 3.25], [4.0, np.nan, -0.25, 8.0], [0.5, 1.0, np.inf, -np.inf]])
i = ((np.arange(24) * 7 + 5) % 24).reshape(2, 3, 4) - 12
u = np.array([[200, 3, 255], [0, 17, 4], [9, 8, 7], [1, 254, 2]], dtype="uint8")
z = np.array([1 + 2j, -1j, 0.5, 3 - 1j, 1 - 2j])
b = np.array([True, False, True, True, False])
f = ((np.arange(11) * 5 + 3) % 11 / 11).astype("float32")
g = (np.arange(57) * 37 + 11) % 101 / 101
w = np.array([2**63, 1, 2**64 - 1, 7], dtype="uint64")
k = np.array([5, -7, 5, 0, 2, 2, -7, 9], dtype="int32")
e = np.zeros((0, 3))
s = np.array([1.0, 2.0, 2.0, 5.0, 7.5])
la = da.from_array(a, chunks=(2, 3))
li = da.from_array(i, chunks=(1, 2, 3))
lu = da.from_array(u, chunks=(3, 2))
lb = da.from_array(b, chunks=2)
lf = da.from_array(f, chunks=2)
lg = da.from_array(g, chunks=10)
lk = da.from_array(k, chunks=3)
ls = da.from_array(s, chunks=2)
"""

entries = []
for name, axes in (("a", (0, 1, -1, None)), ("i", (0, 1, 2, -3, None)), ("u", (0, 1, None)), ("z", (0,)), ("b", (0,)), ("f", (0,)), ("g", (-1,)), ("w", (0,)), ("k", (0,))):
    for axis in axes:
        entries.append(f"np.sort({name}, axis={axis})")
        if name not in ("b", "k"):
            entries.append(f"np.argsort({name}, axis={axis})")
    entries += [f"np.sort({name})", f"np.argsort({name}, kind='stable')"]
entries += ["np.sort(e, axis=0)", "np.argsort(e)", "np.sort(e)", "np.sort(a, axis=3)", "np.argsort(k, kind='stable')", "np.sort(k, kind='mergesort')", "np.sort([3, 1, 2])", "np.sort(k)[::-1]", "np.sort(-k)", "k[np.argsort(k, kind='stable')]"]
entries += ["i.argsort()", "i.argsort(axis=0)", "np.sort([2, 1], axis=5)"]
for name in ("f", "g", "i", "k", "u"):
    entries += [f"np.partition({name}, 1)[..., 1]", f"np.sort(np.partition({name}, 2)[..., :2])", f"np.take_along_axis({name}, np.argpartition({name}, 1), -1)[..., 1]" if False else f"np.partition({name}, -1)[..., -1]"]
entries += ["np.partition(g, [3, 10])[[3, 10]]", "g[np.argpartition(g, 5)[5]]", "np.partition(g, 99)", "np.partition(i, 1, axis=0)[1]", "np.partition(i, 5, axis=None)[5]"]
for name in ("lf", "lg", "li", "lu", "lk", "la[0]", "la[2]"):
    for n in (1, 2, -1, -3, 100):
        entries.append(f"da.topk({name}, {n})")
for n in (2, -2):
    entries += [f"da.topk(li, {n}, axis=0)", f"da.topk(li, {n}, axis=1)", f"lu.topk({n}, axis=0)", f"da.argtopk(li, {n}, axis=1)", f"da.argtopk(lg, {n})", f"da.argtopk(lu, {n}, axis=0)", f"lf.argtopk({n})"]
entries += ["np.lexsort((k, k[::-1]))", "np.lexsort((k[::-1], k))", "np.lexsort([k])", "np.lexsort(np.array([k, -k]))", "np.lexsort((f[:8], k))", "np.lexsort((i, -i))", "np.lexsort((i, i % 3), axis=0)", "np.lexsort((k, k[:3]))"]
for side in ("left", "right"):
    entries += [f"np.searchsorted(s, {v}, side='{side}')" for v in ("2", "2.0", "[0, 1, 2, 9]", "[[1.5, 2.0], [7.5, np.nan]]", "i", "k", "u")]
    entries += [f"da.searchsorted(ls, {v}, side='{side}')" for v in ("lg * 9", "lk", "li")]
entries += ["np.searchsorted([1, 2, 3], 2.5)", "np.searchsorted([3, 1, 2], [1.5, 3], sorter=[1, 2, 0])", "np.searchsorted([1, 2], 1, side='middle')", "np.searchsorted(a, 1)", "np.searchsorted([], [1, 2])", "s.searchsorted([2, 3])", "s.searchsorted(2, side='right')"]
for right in (True, False):
    entries += [f"np.digitize({x}, {bins}, right={right})" for x in ("s", "k", "i", "[0.2, 6.4, 3.0, 1.6]") for bins in ("[0.0, 1.0, 2.5, 4.0, 10.0]", "[10, 5, 2, 0]", "[1, 2, 2, 5]")]
    entries += [f"da.digitize({x}, {bins}, right={right})" for x in ("ls", "li") for bins in ("np.array([0.0, 1.0, 2.5, 4.0, 10.0])", "np.array([10, 5, 2, 0])")]
entries += ["np.digitize(s, [1, 3, 2])", "np.digitize(z, [1, 2])"]
write("order", SETUP, entries)

LARGE = """\
n = 2_300_000
i = (np.arange(n) * 7919 + 13) % n
t = np.arange(n) * 31 % 97
q = (np.arange(n) * 7919 % 1000003) / 7.0
q[::100_000] = np.nan
"""
# Dask sorts no array of several chunks; the merging of runs has a test beside it, in lang/array/src/order/spread.rs.
large = ["np.sort(i)[::500_000]", "(np.sort(i) == np.arange(n)).all()", "np.sort(t)[::250_000]", "np.argsort(t, kind='stable')[::250_000]", "np.argsort(i)[::250_000]", "np.sort(q)[::250_000]", "np.sort(q)[-60:]"]
write("order_large", LARGE, large)
