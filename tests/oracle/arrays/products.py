"""Products of arrays: `dot`, `matmul`, `tensordot`, `einsum`, `kron`, `cross`, diagonals."""

from ask import write

SETUP = """\
def pattern(*shape):
    n = int(np.prod(shape))
    return (np.arange(n) * 7919 % 101 - 50).reshape(shape)
v = pattern(3) / 4
w = pattern(4) / 4
a = pattern(3, 4) / 4
b = pattern(4, 5) / 4
q = pattern(3, 3) / 4
c = pattern(2, 3, 4)
d = pattern(2, 4, 3)
z = a + 1j * a[::-1]
u = np.arange(12, dtype="uint8").reshape(3, 4)
f = a.astype("float32")
t = a > 0
e = np.zeros((0, 4))
la = da.from_array(a, chunks=(2, 2))
lb = da.from_array(b, chunks=(3, 2))
lc = da.from_array(c, chunks=(1, 2, 3))
ld = da.from_array(d, chunks=(2, 2, 3))
lq = da.from_array(q, chunks=2)
lv = da.from_array(v, chunks=2)
"""
entries = [f"np.{f}({x}, {y})" for f in ("dot", "matmul", "inner", "outer", "kron", "vdot") for x, y in (("a", "b"), ("a", "a"), ("v", "v"), ("a", "w"), ("v", "a"), ("c", "d"), ("q", "q"), ("z", "z"), ("u", "u"), ("f", "f"), ("t", "t"), ("2", "a"), ("a", "3"), ("v", "w"), ("c", "c"), ("e", "e"), ("v", "lv"))]
entries += [f"da.{f}({x}, {y})" for f in ("dot", "matmul", "outer", "vdot") for x, y in (("la", "lb"), ("lv", "lv"), ("lc", "ld"), ("lq", "lq"), ("lv", "la"), ("la", "la"))]
entries += ["la @ lb", "la @ b", "a @ lb", "lc @ ld", "lv @ la", "np.inner(la, la)", "np.kron(la, lq)", "np.kron(c, a)", "np.kron(v, a)"]
entries += [f"np.tensordot({x}, {y}, {n})" for x, y, n in (("a", "b", 1), ("c", "d", "([1], [2])"), ("c", "d", "([1, 2], [2, 1])"), ("a", "a", 2), ("v", "w", 0), ("c", "d", 1), ("a", "b", 2), ("c", "c", "([0, 1], [0, 1])"), ("c", "c", "(0, 0)"), ("u", "u", 2))]
entries += ["da.tensordot(la, lb, 1)", "da.tensordot(lc, ld, axes=([1, 2], [2, 1]))", "da.tensordot(lc, lc, axes=(0, 0))"]
entries += [f"np.trace({x})" for x in ("q", "a", "c", "u", "z", "f", "t", "np.ones((5, 2))")] + ["np.trace(a, 1)", "np.trace(a, -1)", "np.trace(c, 0, 1, 2)", "np.trace(c, 1, -1, 0)", "np.trace(a, 9)", "np.trace(v)", "np.trace(q, dtype='float32')", "da.trace(lq)", "da.trace(lc, axis1=1, axis2=2)", "np.trace(a, 0, 0, 0)"]
entries += [f"np.diagonal({x})" for x in ("q", "a", "c", "u", "t", "np.ones((5, 2))")] + ["np.diagonal(a, 1)", "np.diagonal(a, -1)", "np.diagonal(c, 0, 1, 2)", "np.diagonal(c, 1, -1, 0)", "np.diagonal(a, 9)", "da.diagonal(lq)", "da.diagonal(lc, 1, 1, 2)"]
entries += [f"np.cross({x}, {y})" for x, y in (("v", "v[::-1]"), ("q", "q[::-1]"), ("v", "q"), ("q[:, :2]", "q[:, 1:]"), ("v[:2]", "v"), ("v", "v[:2]"), ("v[:2]", "v[1:]"), ("w", "w"))] + ["np.cross(q, q[::-1], axis=0)", "np.cross(d, d[::-1], axisc=0)", "np.cross(q, v, axisa=0)"]
EIN = [
    ("ij,jk->ik", "a", "b"), ("ij,jk", "a", "b"), ("ij,kj->ik", "a", "a"), ("ij->ji", "a"), ("ij", "a"), ("ji", "a"), ("ij->", "a"), ("ij->i", "a"), ("ij->j", "a"),
    ("ii", "q"), ("ii->i", "q"), ("ii->", "q"), ("i,i", "v", "v"), ("i,i->", "v", "v"), ("i,i->i", "v", "v"), ("i,j->ij", "v", "w"), ("i,j", "v", "w"), ("i,j->ji", "v", "w"),
    ("ijk,ikl->ijl", "c", "d"), ("ijk,ikl", "c", "d"), ("...jk,...kl->...jl", "c", "d"), ("...ij->...ji", "c"), ("...", "a"), ("i...->...", "c"), ("...i->...", "c"), ("...ij,...jk", "c", "d"),
    ("ijk->kji", "c"), ("ijk->k", "c"), ("ij,ij->", "a", "a"), ("ij,ij->i", "a", "a"), ("ij,ij->ij", "a", "a"), ("ij,j->i", "a", "w"), ("ij,i->j", "a", "v"), ("i,ij,j->", "v", "a", "w"), ("i,ij,j", "v", "a", "w"),
    ("ij,jk,kl->il", "a", "b", "b.T"), ("ij,jk,kl", "a", "b", "b.T"), ("ijk,jil->kl", "c", "c.transpose(1, 0, 2)"), ("ij , jk -> ik", "a", "b"), ("ii,i->i", "q", "v"), ("iij->ij", "np.stack([q, q, q])"), ("iij->j", "np.stack([q, q, q])"), ("iii", "np.stack([q, q, q])"),
    ("ij,jk->ki", "z", "b"), ("ij,ij->", "u", "u"), ("ij,ij->i", "u", "u"), ("ij,ij->i", "t", "t"), ("ij->i", "t"), ("ij,jk->ik", "f", "b"), ("ij,jk->ik", "f", "b.astype('float32')"), ("ij->j", "e"), ("ij,kj->ik", "e", "a"),
    ("ij,jk", "a", "a"), ("ijk", "a"), ("i", "a"), ("ij->ii", "a"), ("ij->k", "a"), ("ij,jk", "a"), ("ij", "a", "b"), ("i1", "a"), ("ij,ij", "a", "np.ones((1, 4))"), ("ij,ij->ij", "a", "np.ones((3, 1))"), ("ii", "a"), ("i-j", "a"), ("...i,...i", "c", "w"), ("...i,i", "c", "w"), ("i...,i...->i...", "c", "d.transpose(0, 2, 1)"),
]
entries += [f"np.einsum({s!r}, {', '.join(x)})" for s, *x in EIN]
entries += [f"np.einsum({s!r}, {', '.join(x)}, optimize=True)" for s, *x in EIN if len(x) > 2]
entries += ["np.einsum(a, [0, 1], b, [1, 2], [0, 2])", "np.einsum(a, [0, 1], [1, 0])", "np.einsum(c, [..., 0], [0, ...])", "np.einsum('ij->i', u, dtype='int64')"]
entries += [f"da.einsum({s!r}, {', '.join(x)})" for s, *x in (("ij,jk->ik", "la", "lb"), ("ij,kj", "la", "la"), ("ijk,ikl->ijl", "lc", "ld"), ("ij->ji", "la"), ("ij->", "la"), ("ii->i", "lq"), ("ii", "lq"), ("...jk,...kl->...jl", "lc", "ld"), ("i,ij->j", "lv", "la"), ("ij,jk,lk->il", "la", "lb", "lb"), ("i,j->ij", "lv", "lv"))]
entries += ["a @ a", "a @ v", "a @ 2", "np.dot(a, v)", "la @ la", "np.vecdot(a, a)", "np.vecdot(z, z)", "np.vecdot(c, c, axis=0)"]
write("products", SETUP, entries)
