"""Arrays as sets."""

from ask import write

SETUP = """\
i = np.array([[3, 1, 3], [2, 0, 1], [7, 3, -4]])
a = np.array([1.5, np.nan, 0.0, -0.5, 1.5, np.nan, 2.0])
u = np.array([200, 3, 255, 3, 200, 0], dtype="uint8")
z = np.array([1 + 2j, 3 - 1j, 1 + 2j, 0.5])
b = np.array([True, False, True])
f = np.array([0.5, 0.25, 0.5], dtype="float32")
k = np.array([0, 1, 1, 3, 2, 1, 7])
w = np.array([0.5, 1.0, 0.25, 2.0, 4.0, 1.0, 3.0])
rows = np.array([[1, 0], [2, 3], [1, 0], [0, 9]])
big = np.arange(30000) * 17 % 9001
e = np.array([], dtype="int64")
li = da.from_array(i, chunks=2)
la = da.from_array(a, chunks=3)
lk = da.from_array(k, chunks=3)
lw = da.from_array(w, chunks=3)
lbig = da.from_array(big, chunks=1000)
"""
entries = []
for name in ("i", "a", "u", "z", "b", "f", "k", "e", "big", "[3, 1, 1]"):
    entries += [f"np.unique({name})", f"np.unique({name}, return_counts=True)"]
    if name != "a":
        entries += [f"np.unique({name}, return_index=True)", f"np.unique({name}, return_inverse=True)", f"np.unique({name}, return_index=True, return_inverse=True, return_counts=True)"]
entries += ["np.unique(rows, axis=0)", "np.unique(rows, axis=1)", "np.unique(rows, axis=0, return_counts=True)", "np.unique(i, axis=-1)", "np.unique(rows, axis=0, return_index=True)", "np.unique(rows, axis=5)"]
entries += ["da.unique(li)", "da.unique(li, return_counts=True)", "da.unique(la)", "da.unique(lbig)", "da.unique(lbig, return_index=True)", "da.unique(lk, return_index=True, return_inverse=True, return_counts=True)"]
for x, y in (("i", "[1, 3]"), ("i", "i"), ("u", "[3, 255]"), ("u", "k"), ("a", "[1.5, np.nan]"), ("k", "w"), ("z", "[0.5, 1j]"), ("e", "k"), ("k", "e"), ("f", "[0.25]"), ("2", "k")):
    entries += [f"np.isin({x}, {y})", f"np.isin({x}, {y}, invert=True)", f"np.union1d({x}, {y})", f"np.intersect1d({x}, {y})", f"np.setdiff1d({x}, {y})", f"np.setxor1d({x}, {y})"]
entries = [entry for entry in entries if not ("setxor1d(a" in entry or "union1d(a" in entry)]
entries += ["da.isin(li, [1, 3])", "da.isin(li, lk)", "da.isin(la, [1.5], invert=True)", "da.union1d(lk, li)", "np.intersect1d(k, i, return_indices=True)", "np.intersect1d([1, 2, 2, 5], [5, 2], return_indices=True)"]
entries += [f"np.bincount({x})" for x in ("k", "u", "e", "b", "[2, 2]", "w", "i", "[-1, 2]")]
entries += ["np.bincount(k, weights=w)", "np.bincount(k, minlength=12)", "np.bincount(k, w, 12)", "np.bincount(k, weights=[1, 2])", "np.bincount(k, minlength=3)", "np.bincount(e, minlength=4)"]
entries += ["da.bincount(lk, minlength=8)", "da.bincount(lk, weights=lw, minlength=8)", "da.bincount(lk, minlength=10)", "da.bincount(lk)"]
write("sets", SETUP, entries)

more = """\
np.isin(np.array([1, 2**63 - 1, -1]), np.array([1, 2**64 - 1], dtype="u8"))
np.isin(np.array([1, 2**64 - 1], dtype="u8"), np.array([1, -1]))
np.isin(np.array([1, 2**64 - 1], dtype="u8"), np.array([1, -1]), invert=True)
np.isin(np.array([1, -1], dtype="i2"), np.array([1, 2**64 - 1], dtype="u8"))
da.unique(li).compute()
da.unique(lbig).compute()[:3]
da.unique(lbig).sum()
(da.unique(lbig) + 1).max()
da.unique(da.arange(600000, chunks=100000) % 400003).sum()
(da.unique(da.arange(600000, chunks=100000)) * 2).compute()[-3:]
len(da.unique(lk).compute_chunk_sizes())
da.unique(da.from_array(np.array([4]), chunks=1))
da.unique(lk, return_inverse=True)
da.union1d(lk, li)
da.union1d(lk, lw)
da.bincount(lk).compute()
da.bincount(lk, weights=lw)
da.bincount(da.from_array(np.array([3, 2]), chunks=1)).sum()
da.bincount(da.from_array(np.array([70000, 2]), chunks=1)).sum()
da.bincount(da.from_array(np.array([70000, 2]), chunks=1)).compute()[-1]
"""
write("sets", SETUP, more.splitlines())
