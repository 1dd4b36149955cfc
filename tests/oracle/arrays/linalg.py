"""Linear algebra: what does not depend on the signs of vectors is compared as it is, the rest by putting it together again."""

import numpy as np
import scipy.linalg
from ask import write

SETUP = """\
def pattern(*shape):
    n = int(np.prod(shape))
    return (np.arange(n) * 7919 % 101 - 50).reshape(shape) / 10.0
a = pattern(4, 4)
s = a @ a.T + 4 * np.eye(4)
z = pattern(4, 4) + 1j * pattern(5, 4)[1:]
h = z @ z.conj().T + 2 * np.eye(4)
t = pattern(7, 3)
w = pattern(3, 7)
st = pattern(2, 3, 4, 4)
sw = pattern(2, 5, 3)
i = np.array([[2, 1], [1, 3]])
f = pattern(4, 4).astype("float32")
b = pattern(4)
B = pattern(4, 2)
e0 = np.zeros((0, 0))
e3 = np.zeros((0, 3))
la = da.from_array(a, chunks=(2, 3))
ls = da.from_array(s, chunks=2)
lt = da.from_array(pattern(40, 3), chunks=(7, 3))
lt2 = da.from_array(pattern(40, 6), chunks=(3, 6))
lw = da.from_array(pattern(3, 40), chunks=(3, 9))
lb = da.from_array(b, chunks=2)
v = pattern(6)
l3 = da.from_array(pattern(4, 3, 5), chunks=(2, 3, 2))
def flat(q, r):
    return (np.abs(np.diagonal(r)), q @ r, np.abs(q.conj().T @ q))
def back(u, s, v):
    return (s, (u[..., : s.shape[-1]] * s[..., None, :]) @ v[..., : s.shape[-1], :])
def own(w, v, m):
    return (*parts(w), np.abs(m @ v - v * w) < 1e-9, np.linalg.norm(v, axis=0))
def parts(w):
    return (np.sort(w.real), np.sort(w.imag))
"""
ORDERS = "None 'fro' 'nuc' 1 -1 2 -2 np.inf -np.inf".split()
entries = []
# norms
entries += [f"np.linalg.norm({x}, {o})" for x in ("a", "t", "w", "z", "f", "i") for o in ORDERS]
entries += [f"np.linalg.norm({x}, {o})" for x in ("v", "b.astype('float32')", "v + 1j", "np.arange(4)") for o in ("None", "0", "1", "2", "3", "-1", "2.5", "np.inf", "-np.inf")]
entries += [f"np.linalg.norm(st, {o}, axis={x})" for o in ("None", "1", "2", "np.inf") for x in ("0", "-1", "(0, 1)", "(-1, 1)", "(2, -1)")]
entries += [f"np.linalg.norm(st, {o}, axis={x}, keepdims=True)" for o in ("None", "1", "2") for x in ("0", "(1, -1)")]
entries += ["np.linalg.norm(st)", "np.linalg.norm(st, keepdims=True)", "np.linalg.norm(3.0)", "np.linalg.norm([3, 4])", "np.linalg.norm(st, 'fro')", "np.linalg.norm(a, 3)", "np.linalg.norm(v, 'nuc')", "np.linalg.norm(st, 2)", "np.linalg.norm(a, axis=(0, 0))", "np.linalg.norm(a, axis=2)", "np.linalg.norm(a, 'x')", "np.linalg.norm(np.zeros(0))"]
entries += [f"da.linalg.norm({x}, {o})" for x in ("la", "lt", "lw") for o in ("None", "'fro'", "1", "-1", "np.inf", "2", "'nuc'") if x != "la" or o not in ("2", "'nuc'")]
entries += [f"da.linalg.norm(l3, {o}, axis={x}, keepdims={k})" for o in ("None", "1", "np.inf") for x in ("0", "-1", "(0, 2)") for k in (True, False)]
entries += ["np.linalg.vector_norm(st, axis=1)", "np.linalg.vector_norm(a, ord=1)", "np.linalg.matrix_norm(st)", "np.linalg.matrix_norm(st, ord=1, keepdims=True)"]
# decompositions
entries += [f"flat(*np.linalg.qr({x}))" for x in ("a", "t", "z", "s")]
entries += [f"np.linalg.qr({x}, mode='complete')[0].shape" for x in ("t", "w", "st", "sw", "e3")]
entries += [f"np.linalg.qr({x}, mode='complete')[1].shape" for x in ("t", "w", "st", "sw", "e3")]
entries += [f"[x.shape for x in np.linalg.qr({x})]" for x in ("t", "w", "st", "sw", "e3", "e0")]
entries += [f"np.abs(np.linalg.qr({x}, mode='r'))" for x in ("t", "w", "a", "st", "f", "i")]
entries += ["np.linalg.qr(a).Q @ np.linalg.qr(a).R", "np.linalg.qr(st)[0] @ np.linalg.qr(st)[1]", "np.linalg.qr(b)", "np.linalg.qr(a, mode='x')"]
entries += [f"back(*np.linalg.svd({x}))" for x in ("a", "t", "w", "z", "st", "sw", "i")]
entries += [f"back(*np.linalg.svd({x}, full_matrices=False))" for x in ("a", "t", "w", "z", "st", "sw")]
entries += [f"[x.shape for x in np.linalg.svd({x})]" for x in ("t", "w", "sw", "e3")]
entries += [f"[x.shape for x in np.linalg.svd({x}, full_matrices=False)]" for x in ("t", "w", "sw", "e3")]
entries += [f"np.linalg.svd({x}, compute_uv=False)" for x in ("a", "t", "w", "z", "st", "f")]
entries += ["np.linalg.svdvals(t)", "np.linalg.svd(a).S", "np.linalg.svd(v)", "np.linalg.svd(np.full((2, 2), np.nan))"]
entries += [f"np.linalg.cholesky({x})" for x in ("s", "h", "np.eye(3)", "np.stack([s, 2 * s])", "i", "s.astype('float32')")]
entries += ["np.linalg.cholesky(s, upper=True)", "np.linalg.cholesky(h, upper=True)", "np.linalg.cholesky(-s)", "np.linalg.cholesky(t)"]
entries += [f"own(*np.linalg.eig({x}), {x})" for x in ("a", "s", "z", "i", "np.array([[3.0, 0.0], [0.0, 2.0]])", "np.array([[0.0, 1.0], [-1.0, 0.0]])")]
entries += [f"parts(np.linalg.eigvals({x}))" for x in ("a", "s", "z", "i")]
entries += [f"np.linalg.eigvalsh({x})" for x in ("s", "h", "i", "np.stack([s, -s])", "s.astype('float32')")]
entries += [f"np.linalg.eigvalsh(a, UPLO='{x}')" for x in "LU"]
entries += [f"np.abs(np.linalg.eigh({x})[1])" for x in ("s", "h", "i")] + ["np.linalg.eigh(s).eigenvalues", "np.linalg.eigvals(t)", "np.linalg.eigvals(np.full((2, 2), np.inf))", "np.linalg.eigh(s, UPLO='X')"]
# equations
entries += ["np.linalg.solve(a, b)", "np.linalg.solve(a, B)", "np.linalg.solve(z, b)", "np.linalg.solve(st, B)", "np.linalg.solve(st, st)", "np.linalg.solve(i, [1, 2])", "np.linalg.solve(f, b.astype('float32'))", "np.linalg.solve(a, v)", "np.linalg.solve(t, b)", "np.linalg.solve(np.ones((2, 2)), [1, 2])", "np.linalg.solve(e0, np.zeros(0))"]
entries += [f"np.linalg.inv({x})" for x in ("a", "s", "z", "st", "i", "f", "np.zeros((2, 2))", "t", "e0", "b")]
entries += [f"np.linalg.det({x})" for x in ("a", "s", "z", "st", "i", "f", "np.ones((3, 3))", "t", "e0", "np.eye(3)[[1, 0, 2]]", "np.array([[5.0]])")]
entries += [f"np.linalg.slogdet({x})" for x in ("a", "s", "z", "st", "np.ones((3, 3))", "np.eye(3)[[1, 0, 2]]")] + ["np.linalg.slogdet(a).sign", "np.linalg.slogdet(a).logabsdet"]
entries += [f"np.linalg.pinv({x})" for x in ("a", "t", "w", "z", "sw", "np.ones((3, 2))", "i")] + ["np.linalg.pinv(t, rcond=0.9)", "np.linalg.pinv(s, hermitian=True)"]
entries += [f"np.linalg.matrix_rank({x})" for x in ("a", "t", "np.ones((3, 3))", "np.zeros((2, 2))", "st", "v", "np.zeros(3)", "np.array([[1, 0], [0, 1e-20]])")] + ["np.linalg.matrix_rank(a, tol=5.0)", "np.linalg.matrix_rank(s, hermitian=True)"]
entries += [f"np.linalg.matrix_power({x}, {n})" for x in ("a", "i", "z", "st") for n in (0, 1, 2, 3, 5, -1, -2) if not (x == "i" and n == 0)] + ["np.linalg.matrix_power(t, 2)", "np.linalg.matrix_power(i, 0)"]
entries += [f"np.linalg.cond({x}, {p})" for x in ("a", "s", "i") for p in ("None", "1", "2", "-2", "np.inf", "'fro'")] + ["np.linalg.cond(t)", "np.linalg.cond(st)"]
entries += ["np.linalg.multi_dot([t, w, t])", "np.linalg.multi_dot([b, a, B])", "np.linalg.multi_dot([b, a, b])", "np.linalg.multi_dot([a])", "np.linalg.multi_dot([a, a, a, B])"]
entries += [f"np.linalg.lstsq({x}, {y})" for x, y in (("t", "pattern(7)"), ("t", "pattern(7, 2)"), ("w", "pattern(3)"), ("a", "b"), ("np.ones((4, 2))", "b"), ("z", "b"), ("a", "v"))]
entries += ["np.linalg.tensorinv(pattern(2, 2, 4))", "np.linalg.tensorinv(s.reshape(4, 2, 2), ind=1)", "np.linalg.tensorsolve(pattern(2, 3, 6), pattern(2, 3))"]
entries += ["np.linalg.matrix_transpose(st)", "np.linalg.trace(a)", "np.linalg.outer(b, b)", "np.linalg.matmul(a, B)", "np.linalg.vecdot(a, a)", "np.linalg.diagonal(a)"]
# in chunks
entries += [f"flat(*dask.compute(*da.linalg.qr({x})))" for x in ("lt", "lt2")]
entries += [f"[x.shape for x in da.linalg.qr({x})]" for x in ("lt", "lt2", "lw")]
entries += ["(lambda q, r: q @ r)(*da.linalg.qr(lw))", "(lambda q, r: np.abs(np.diagonal(r)))(*dask.compute(*da.linalg.tsqr(lt)))"]
entries += [f"back(*dask.compute(*da.linalg.svd({x})))" for x in ("lt", "lt2", "lw")]
entries += [f"da.linalg.svd({x})[{n}]" for x in ("lt", "lw") for n in (0, 1, 2)]
entries += ["da.linalg.svd_compressed(lt2, 6, seed=1)[1]", "[x.shape for x in da.linalg.svd_compressed(lt2, 2, seed=1)]"]
entries += ["da.linalg.solve(ls, b)", "da.linalg.solve(ls, da.from_array(B, chunks=2))", "da.linalg.inv(ls)", "da.linalg.cholesky(ls)", "da.linalg.cholesky(ls, lower=True)", "da.linalg.solve_triangular(da.linalg.cholesky(ls), lb)", "da.linalg.solve_triangular(da.linalg.cholesky(ls, lower=True), lb, lower=True)", "(lambda p, l, u: p @ l @ u)(*da.linalg.lu(ls))", "[x for x in da.linalg.lu(ls)]"]
entries += ["da.linalg.lstsq(lt, da.from_array(pattern(40), chunks=7))", "da.linalg.lstsq(lt, da.from_array(pattern(40, 2), chunks=(7, 2)))"]
BLOCKS = """\
def pattern(*shape):
    n = int(np.prod(shape))
    return (np.arange(n) * 7919 % 101 - 50).reshape(shape) / 10.0
m = pattern(9, 9) + 12 * np.eye(9)
d = m @ m.T + 4 * np.eye(9)
mz = m + 1j * pattern(10, 9)[1:]
dz = mz @ mz.conj().T + 4 * np.eye(9)
k = np.arange(81).reshape(9, 9) ** 3 % 97
hard = (k[::-1] - 40) / 7.0
f = m.astype("float32")
b1 = pattern(9)
b6 = pattern(9, 6)
def cut(x, *chunks):
    return da.from_array(x, chunks=chunks)
def whole(x, *chunks):
    return da.from_array(x, chunks=chunks)
linear = da.linalg
lu = da.linalg.lu
"""
# in square blocks, as Dask wants them
blocks = []
for x in ("m", "d", "mz", "f"):
    c = f"cut({x}, 3, 3)"
    blocks += [f"da.linalg.solve({c}, cut(b1, 3))", f"da.linalg.solve({c}, cut(b6, 3, 2))", f"da.linalg.inv({c})", f"(lambda p, l, u: p @ l @ u)(*da.linalg.lu({c}))"]
    blocks += [f"[x.chunks for x in da.linalg.lu({c})]", f"da.linalg.inv({c}).chunks", f"da.linalg.solve({c}, cut(b6, 3, 2)).chunks"]
for x in ("d", "dz"):
    c = f"cut({x}, 3, 3)"
    blocks += [f"da.linalg.cholesky({c})", f"da.linalg.cholesky({c}, lower=True)", f"da.linalg.solve({c}, cut(b1, 3), assume_a='pos')", f"da.linalg.solve({c}, cut(b6, 3, 2), assume_a='pos')", f"da.linalg.cholesky({c}).chunks", f"da.linalg.solve({c}, cut(b1, 3), sym_pos=True)"]
    blocks += [f"da.linalg.solve_triangular(da.linalg.cholesky({c}, lower={w}), cut({b}), lower={w})" for w in (True, False) for b in ("b1, 3", "b6, 3, 2")]
for x in ("m", "hard"):
    blocks += [f"da.linalg.solve_triangular({t}(cut({x}, 3, 3)), cut(b6, 3, 3), lower={w})" for t, w in (("da.tril", True), ("da.triu", False))]
blocks += ["da.linalg.solve(cut(m, 3, 3), cut(b1, 3), assume_a='sym')", "da.linalg.cholesky(cut(-d, 3, 3))", "da.linalg.inv(cut(np.zeros((9, 9)), 3, 3))", "da.linalg.solve_triangular(cut(np.zeros((9, 9)), 3, 3), cut(b1, 3))", "da.linalg.solve(cut(m, 3, 3), cut(b1[:6], 3))"]
# in chunks that Dask refuses: what NumPy and SciPy give for the whole
for n, x in enumerate(("m", "mz", "hard", "k", "f")):
    c = f"whole({x}, {(4, 2, 9, 5, 3)[n]}, {(2, 7, 2, 5, 9)[n]})"
    blocks += [f"linear.solve({c}, whole(b1, 4))", f"linear.solve({c}, whole(b6, 2, 4))", f"linear.inv({c})"] + [f"lu({c})[{part}]" for part in range(3)]
blocks += [f"lu(whole({x}, 2, 3))[{part}]" for x in ("b6", "b6.T", "m[:, :5]", "mz[:4]") for part in range(3)]
# Sums of narrow numbers are kept in wide ones here, and rounded once.
narrow = [code for code in entries if "float32" in code or "(f" in code and "(flat" not in code and "(fl" not in code]
write("linalg", SETUP, [code for code in entries if code not in narrow], rtol=1e-9)
write("linalg", SETUP, narrow, rtol=1e-5)
# Dask's inverse of single precision is of double precision, NumPy's is not.
blocks = [code for code in blocks if code not in ("da.linalg.inv(cut(f, 3, 3))", "da.linalg.lu(cut(f, 3, 3))")]
narrow = [code for code in blocks if "(f" in code]
blocks = [code for code in blocks if code not in narrow]
# NumPy and SciPy have no chunks.
HERE = {"whole": lambda x, *chunks: x, "linear": np.linalg, "lu": scipy.linalg.lu}
write("linalg", BLOCKS, blocks, rtol=1e-9, **HERE)
write("linalg", BLOCKS, narrow, rtol=1e-4, **HERE)
