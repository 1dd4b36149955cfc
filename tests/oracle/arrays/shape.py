"""Functions that make arrays and put them otherwise, eager and in chunks."""

import re

from ask import write

SETUP = """\
v = np.arange(7)
f = np.array([0.5, -1.5, 2.5, 0.0])
m = np.arange(12).reshape(3, 4)
t = np.arange(24).reshape(2, 3, 4)
z = np.array([1 + 2j, 3 - 1j])
lv = da.from_array(v, chunks=3)
lf = da.from_array(f, chunks=2)
lm = da.from_array(m, chunks=(2, 3))
lt = da.from_array(t, chunks=(1, 2, 3))
"""
entries = []
def both(name, *calls, lazy=True):
    for call in calls:
        entries.append(f"np.{name}({call})")
        if lazy:
            lazily = re.sub(r"(?<![A-Za-z_.])([vfmt])(?![A-Za-z_(=])", r"l\1", call)
            entries.append(f"da.{name}({lazily})")

both("roll", "v, 2", "v, -3", "v, 20", "m, 1", "m, 1, axis=0", "m, -1, axis=1", "m, (1, 2), axis=(0, 1)", "t, 5", "m, 0")
both("roll", "m, 1, axis=(0, 1)", lazy=False)
both("flip", "v", "m", "m, 0", "m, 1", "m, -1", "t, (0, 2)")
both("flip", "m, 2", lazy=False)
both("flipud", "v", "m"); both("fliplr", "m", "t", "v")
both("rot90", "m", "m, 2", "m, -1", "m, 4", "t, 1, (1, 2)", "t, 3, (2, 0)", "v", "m, 1, (0, 0)")
both("moveaxis", "t, 0, -1", "t, [0, 1], [-1, -2]", "t, 0, 3"); both("rollaxis", "t, 2", "t, 0, 2", "t, 1, 3", "t, -1", "t, 3")
both("swapaxes", "t, 0, 2", "t, -1, 0"); both("swapaxes", "m, 0, 2", lazy=False); both("transpose", "t", "t, (1, 2, 0)", "m", "t, (0, 1)")
both("squeeze", "m[:1]", "m[None]", "m[None], 0", "m, 0"); both("expand_dims", "v, 0", "v, 1", "m, (0, 2)", "m, -1", "v, 3")
both("broadcast_to", "v, (2, 7)", "m[:, :1], (3, 5)", "v, (7, 2)", "5, (2, 2)")
entries += ["np.broadcast_arrays(v, v[:, None])", "da.broadcast_arrays(lv, lv[:, None])", "np.broadcast_arrays([1, 2], 3)", "np.broadcast_shapes((2, 1), (3,))", "np.broadcast_shapes((2,), (3,))"]
for n in "123":
    entries += [f"np.atleast_{n}d({x})" for x in ("5", "v", "m", "t", "v, 5")] + [f"da.atleast_{n}d({x})" for x in ("lv", "lm", "lt")]
both("ravel", "m", "t"); both("reshape", "m, (4, 3)", "m, -1", lazy=False); both("reshape", "t, (6, -1)", "m, (5, 2)", "t, (2, 12)", "v, (7, 1)")
entries += ["np.ravel(m, order='F')", "m.reshape((4, 3), order='F')", "np.reshape(t, (4, 6), order='F')", "m.reshape(2, 6)", "m.flatten('F')", "m.ravel('F')", "m.reshape(-1, order='A')", "m.T.ravel()", "lm.flatten()", "lm.ravel()"]
entries += [f"np.resize({x})" for x in ("v, (3, 4)", "m, 5", "v, (2, 2)", "[], (2,)")]
both("concatenate", "[v, v]", "[m, m], axis=1", "[m, m], axis=-1", "[m, v]", "[m, m[:, :2]], axis=0", "[m, m * 0.5]", "[m, m], axis=None", "[]")
both("stack", "[v, v]", "[v, v], axis=1", "[m, m], axis=-1", "[v, m]", "[m, m], axis=1"); both("vstack", "[v, v]", "[m, v[:4]]"); both("hstack", "[v, v]", "[m, m]"); both("dstack", "[m, m]", "[v, v]")
entries += ["np.column_stack([v, v])", "np.column_stack([m, m[:, 0]])", "np.concat([v, v])", "np.append(v, [1, 2])", "np.append(m, m)", "np.append(m, m, axis=0)", "np.append(m, v, axis=0)", "da.append(lv, lv)", "da.append(lm, lm, axis=1)", "np.append(v, 0.5)"]
entries += [f"np.insert({x})" for x in ("v, 2, 9", "v, [1, 3], 9", "v, [1, 3], [8, 9]", "v, -1, 9", "v, 7, 9", "v, 8, 9", "m, 1, 9, axis=0", "m, 1, [1, 2, 3], axis=1", "m, [0, 2], 5, axis=1", "m, 1, 9", "v, 1, [8, 9]", "v, slice(0, 3), 9", "v, [3, 1], [8, 9]", "m, [1], [[1], [2], [3]], axis=1")] + ["da.insert(lv, [1, 3], 9, axis=0)", "da.insert(lm, 1, lm[0], axis=0)"]
entries += [f"np.delete({x})" for x in ("v, 2", "v, [1, -1]", "v, slice(0, 4, 2)", "m, 1, axis=0", "m, [0, 2], axis=1", "m, 1", "v, 9", "v, []", "v, v > 3")] + ["da.delete(lv, [0, 3], axis=0)", "da.delete(lm, 1, axis=1)"]
entries += ["np.block([v, v])", "np.block([[m, m], [m, m]])", "np.block([[m], [m]])", "np.block([[np.ones((2, 2)), np.zeros((2, 1))], [np.full((1, 3), 7.0)]])", "np.block([1, 2])", "np.block(5)", "np.block([[v], v])", "da.block([[lm, lm], [lm, lm]])", "np.block([])"]
entries += [f"np.{g}({x})" for g, x in (("split", "v[:6], 3"), ("split", "v, 3"), ("split", "v, [2, 5]"), ("split", "m, 2, axis=1"), ("split", "v, [3, 10]"), ("array_split", "v, 3"), ("array_split", "m, 2, axis=1"), ("array_split", "v, 9"), ("array_split", "v, 0"), ("hsplit", "m, 2"), ("hsplit", "v[:6], 2"), ("hsplit", "m, [1]"), ("vsplit", "m, 3"), ("vsplit", "v, 2"), ("dsplit", "t, 2"), ("dsplit", "m, 2"), ("unstack", "m"), ("unstack", "m, axis=1"))]
entries += [f"np.trim_zeros({x})" for x in ("np.array([0, 0, 1, 0, 2, 0])", "np.array([0, 1, 0]), 'f'", "np.array([0, 1, 0]), 'b'", "np.zeros(2)")]
entries += [f"np.repeat({x})" for x in ("v, 2", "m, 2", "m, 2, axis=0", "m, [1, 0, 2], axis=0", "m, [1, 2, 3, 4], axis=1", "v, [1, 2]", "5, 3", "v, -1", "v, 0")] + ["da.repeat(lv, 2, axis=0)", "da.repeat(lm, 3, axis=1)", "v.repeat(3)", "lv.repeat(2)", "m.repeat(2, axis=-1)"]
entries += [f"np.tile({x})" for x in ("v, 2", "m, 2", "m, (2, 1)", "v, (2, 2)", "m, (2, 1, 2)", "5, 3", "v, 0", "v, (1, 1, 1)")] + ["da.tile(lv, 2)", "da.tile(lm, (2, 1))"]
PADS = ["2", "(1, 2)", "((1, 2), (0, 3))", "((2,), (1,))", "0"]
for mode in ("constant", "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum", "minimum", "mean", "median"):
    entries += [f"np.pad({x}, {w}, mode='{mode}')" for x, w in (("v", "(2, 3)"), ("m", "2"), ("m", "((1, 2), (0, 3))"), ("f", "1"), ("v", "9"))]
    entries += [f"da.pad(lm, {w}, mode='{mode}')" for w in ("1", "((1, 2), (0, 1))") if mode != "median"]
entries += ["np.pad(m, 1, constant_values=5)", "np.pad(m, 1, constant_values=((1, 2), (3, 4)))", "np.pad(v, (2, 2), 'linear_ramp', end_values=(5, -4))", "np.pad(v, 2, 'mean', stat_length=2)", "np.pad(v, (2, 1), 'maximum', stat_length=(2, 1))", "np.pad(v, 3, 'reflect', reflect_type='odd')", "np.pad(v, 3, 'symmetric', reflect_type='odd')", "np.pad(v, -1)", "np.pad(v, 2, 'nothing')", "np.pad(v, {0: (1, 2)})", "np.pad(m, {-1: 1})", "np.pad(v, 1.5)", "np.pad(f, (3, 2), 'linear_ramp')", "np.pad(np.array([], dtype=int), 1, 'edge')", "np.pad(m, 1, 'edge', constant_values=1)", "np.pad(np.arange(3), 10, 'reflect')", "np.pad(np.arange(3), 10, 'symmetric')", "np.pad(np.arange(3), 10, 'wrap')"]
write("shape", SETUP, entries)

creation = []
creation += [f"np.{g}({x})" for g, x in (("diag", "[1, 2, 3]"), ("diag", "[1, 2], 1"), ("diag", "[1, 2], -2"), ("diag", "m"), ("diag", "m, 1"), ("diag", "m, -2"), ("diag", "m, 9"), ("diag", "t"), ("diagflat", "[[1, 2], [3, 4]]"), ("diagflat", "[1, 2], 1"), ("diagonal", "m"), ("diagonal", "t"), ("diagonal", "t, 1, 1, 2"), ("diagonal", "m, -1"), ("diagonal", "v"), ("diagonal", "t, 0, 0, 0"), ("trace", "m"), ("trace", "t"), ("trace", "m, 1"), ("trace", "t, 0, 1, 2"), ("trace", "m * 0.5"))]
creation += [f"da.{g}({x})" for g, x in (("diag", "lv"), ("diag", "lv, 2"), ("diag", "lm"), ("diag", "lm, -1"), ("diagonal", "lm"), ("diagonal", "lt, 1, 1, 2"), ("diagonal", "lt"), ("tril", "lm"), ("triu", "lm, 1"), ("tril", "lt, -1"))]
creation += ["m.trace()", "m.diagonal()", "t.diagonal(1)", "lm.trace()"]
creation += [f"np.{g}({x})" for g in ("tril", "triu") for x in ("m", "m, 1", "m, -1", "t", "v", "m, 9", "f")]
creation += [f"np.tri({x})" for x in ("3", "3, 4", "3, 4, 1", "3, k=-1", "2, dtype=int", "0")] + ["da.tri(3, 4, 1, chunks=2)", "da.tri(3, dtype=int)"]
creation += [f"np.{g}_indices({x})" for g in ("tril", "triu") for x in ("3", "3, 1", "3, -1", "3, 0, 4", "3, 1, 2")] + ["da.tril_indices(3)", "da.triu_indices(3, 1)", "np.tril_indices_from(m)", "np.triu_indices_from(m, 1)", "np.tril_indices_from(v)", "np.diag_indices(3)", "np.diag_indices(2, 3)"]
creation += [f"np.indices({x})" for x in ("(2, 3)", "(2,)", "(2, 3), dtype=float", "(2, 2), sparse=True", "()")] + ["da.indices((3, 4), chunks=(2, 2))"]
creation += [f"np.meshgrid({x})" for x in ("v[:2], f", "v[:2], f, indexing='ij'", "v[:2], f, sparse=True", "v[:2], v[:3], v[:2]", "v[:2]", "1, f", "v, f, indexing='no'", "v[:2], f, v[:3], sparse=True, indexing='ij'")] + ["da.meshgrid(lv, lf)", "da.meshgrid(lv, lf, indexing='ij')", "da.meshgrid(lv, lf, sparse=True)"]
creation += ["np.fromfunction(lambda i, j: i + j, (2, 3))", "np.fromfunction(lambda i, j: i == j, (3, 3), dtype=int)", "np.fromfunction(lambda i: i * 2, (3,))", "da.fromfunction(lambda i, j: i * 10 + j, shape=(4, 3), chunks=2, dtype='int64')"]
creation += [f"np.vander({x})" for x in ("[1, 2, 3]", "[1, 2, 3], 2", "[1, 2, 3], increasing=True", "f, 3", "m")]
creation += [f"np.eye({x})" for x in ("3", "2, 3", "3, k=1", "3, 4, -1", "2, dtype=int", "3, dtype=bool")] + ["np.identity(2)", "np.identity(3, dtype=int)", "da.eye(4, chunks=2)", "da.eye(3, chunks=2, M=5, k=1)"]
creation += [f"np.linspace({x})" for x in ("0, 1, 5", "0, 1, 4, endpoint=False", "0, 1, 3, retstep=True", "1, 10, 4, dtype=int", "0, 1, 1", "0, 1, 0", "5, 1, 3", "0, 1, -1", "[0, 10], [1, 20], 3", "0, [1, 2], 3, axis=1", "1j, 2, 3")]
creation += [f"np.logspace({x})" for x in ("0, 2, 3", "0, 2, 4, endpoint=False", "0, 3, 4, base=2", "1, 2, 2, dtype=int")] + [f"np.geomspace({x})" for x in ("1, 1000, 4", "1, 256, 9", "-1, -100, 3", "1000, 1, 4", "1, 8, 3, endpoint=False", "0, 1, 3")]
creation += [f"np.{g}((2, 2){x})" for g in ("ones", "zeros") for x in ("", ", dtype=int", ", dtype='complex64'", ", order='F'")] + ["np.full((2, 2), 7)", "np.full(3, 1.5, dtype=int)", "np.full((2, 2), [1, 2])", "np.full_like(m, 2.5)", "np.full_like(f, 2, dtype=int)", "np.zeros_like(f, shape=(2,))", "np.ones_like(m, dtype=bool)", "np.empty((2, 3)).shape", "da.full((3, 3), 7, chunks=2)", "da.ones_like(lm)", "da.zeros_like(lm, dtype=float)", "da.full_like(lm, 9)", "np.zeros((2, -1))", "np.ones(3, like=v)"]
creation += ["np.fromiter([1, 2, 3], dtype=int)", "np.fromiter((x * x for x in range(4)), float)", "np.fromiter(range(10), int, count=3)", "np.frombuffer(b'\\x01\\x02\\x03\\x04', dtype='uint8')", "np.frombuffer(b'\\x01\\x00\\x02\\x00', dtype='int16')", "np.frombuffer(b'\\x01\\x02\\x03\\x04', 'uint8', 2, 1)", "np.frombuffer(b'abc', dtype='int16')", "np.fromstring('1 2 3', sep=' ')", "np.fromstring('1,2,3', dtype=int, sep=',')", "np.fromstring('1, 2, 3', sep=',', count=2)"]
creation += ["np.asanyarray([1, 2])", "np.ascontiguousarray(m.T)", "np.asfortranarray(m)", "np.mgrid[0:3]", "np.mgrid[0:2, 0:3]", "np.mgrid[0:1:3j]", "np.ogrid[0:2, 0:3]", "np.r_[1:4, 0, 4]", "np.r_[v, v]", "np.r_[0:1:3j]", "np.c_[v, v]", "np.c_[m, m[:, 0]]", "m[np.s_[1:, ::2]]"]
write("shape", SETUP, creation)

methods = [f"{x}.{a}" for x in ("m", "lm", "z", "f") for a in ("T", "ndim", "size", "shape", "itemsize", "nbytes", "real", "imag", "conj()")]
methods += ["m.mT", "t.mT", "v.mT", "m.flat[3]", "[x for x in m.flat][2]", "m.item(3)", "m.item(1, 2)", "m.item()", "np.array([5]).item()", "m.tolist()", "len(m.tobytes())", "v.astype(float)", "v.astype('int8', copy=False)", "f.astype(int)", "f.astype(int, casting='safe')", "v.astype(float, casting='safe')", "lf.astype(int)", "lm.astype('float32')", "v.view('uint8')[:3]", "f.view(np.int64)", "m.view()", "v.astype('int32').view('float32')", "m.conjugate()", "z.conjugate()", "m.swapaxes(0, 1)", "lm.swapaxes(0, 1)", "m.squeeze()", "m[None].squeeze(0)", "m.strides", "m.T.strides", "m.flags.c_contiguous", "m.copy()", "m.clip(2, 5)", "m.clip(None, 5)", "np.clip(m, None, 5)", "np.clip(m, 3, None)", "lm.clip(2, 5)", "m.round(1)", "m.dot(v[:4])", "lm.dot(lm.T)", "lm.rechunk((3, 2)).chunks", "lm.rechunk({0: 1}).chunks", "lm.rechunk(-1).chunks", "lm.rechunk('auto').chunks", "lm.rechunk((-1, 1)).chunks", "lm.rechunk(((1, 2), (4,))).chunks", "lv.rechunk(3, balance=True).chunks", "lm.map_blocks(lambda b: b * 2)", "lm.persist().sum()", "da.coarsen(np.sum, lm, {1: 2})", "da.coarsen(np.max, lv, {0: 2}, trim_excess=True)", "da.coarsen(np.mean, lm, {0: 3, 1: 2})", "da.coarsen(np.sum, lv, {0: 2})", "np.shape(m)", "np.ndim(m)", "np.size(m)", "np.size(m, 0)", "np.size(m, 1)", "np.shape(5)"]
write("shape", SETUP, methods)

# Orders, windows, and bounds that do not fit.
more = """\
np.unravel_index(7, (3, 4), order="F")
np.unravel_index([0, 5, 11], (3, 4), order="F")
np.unravel_index([0, 5, 11], (3, 4), "C")
np.unravel_index(1, (3, 4), order="K")
np.ravel_multi_index((1, 3), (3, 4), order="F")
np.ravel_multi_index(([0, 1, 2], [3, 2, 1]), (3, 4), order="F")
np.ravel_multi_index(([0, 5], [3, 2]), (3, 4), mode="clip", order="F")
np.reshape(m, (4, 3), order="F")
m.reshape(4, 3, order="F")
m.reshape((2, 6), order="F")
np.ravel(m, order="F")
m.ravel(order="F")
m.flatten(order="F")
m.flatten("F")
m.T.ravel(order="F")
m.reshape(2, 2, order="X")
np.arange(stop=4)
np.arange(1, stop=4)
np.arange()
np.arange(start=2, stop=6, step=2)
da.arange(stop=4)
np.full_like(m, [1, 2, 3, 4])
np.full_like(m, [[1.5], [2], [3]])
np.full_like(m, [1, 2])
np.full_like(m, 2.5)
da.full_like(lm, 3)
np.clip(np.array([1, 200], dtype="u1"), -5, 300)
np.clip(np.array([1, 200], dtype="u1"), 0, 300)
np.clip(np.array([1, 200], dtype="u1"), 5, 100)
np.clip(np.array([1, 200], dtype="u1"), -5, None)
np.array([1, 200], dtype="u1").clip(0, 256)
np.clip(np.array([1, 100], dtype="i1"), -200, 5)
np.clip(np.array([1, 200], dtype="u1"), 1.5, 100)
np.clip(m, [1, 2, 3, 4], 8)
np.clip(np.array([1, 200], dtype="u1"), 300, None)
np.clip(np.array([1, 200], dtype="u1"), None, -1)
np.clip(np.array([1, 200], dtype="u8"), -1, 2**70)
np.argsort(np.array(3))
np.argsort(5)
np.argsort(np.array(3), axis=0)
np.argsort(np.array(3), axis=None)
np.lib.stride_tricks.sliding_window_view(np.arange(6), 3)
np.lib.stride_tricks.sliding_window_view(np.arange(6), (3,))
np.lib.stride_tricks.sliding_window_view(m, (2, 2))
np.lib.stride_tricks.sliding_window_view(m, 2, axis=1)
np.lib.stride_tricks.sliding_window_view(m, 2, axis=0)
np.lib.stride_tricks.sliding_window_view(m, (2, 3), axis=(1, 0))
np.lib.stride_tricks.sliding_window_view(m, (2, 2), axis=(1, 1))
np.lib.stride_tricks.sliding_window_view(m, 2)
np.lib.stride_tricks.sliding_window_view(np.arange(3), 4)
np.lib.stride_tricks.sliding_window_view(np.arange(3), -1)
np.lib.stride_tricks.sliding_window_view(np.arange(3), 3)
np.lib.stride_tricks.sliding_window_view(np.arange(6), 3).mean(axis=-1)
da.lib.stride_tricks.sliding_window_view(da.arange(10, chunks=4), 3)
da.lib.stride_tricks.sliding_window_view(lm, (2, 2))
da.lib.stride_tricks.sliding_window_view(da.arange(10, chunks=4), 3).mean(axis=-1)
da.lib.stride_tricks.sliding_window_view(lm, 2, axis=1).chunks
da.lib.stride_tricks.sliding_window_view(lm, 2, axis=1)
da.lib.stride_tricks.sliding_window_view(lm, 2, axis=0, automatic_rechunk=False).chunks
da.lib.stride_tricks.sliding_window_view(da.arange(41, chunks=(20, 20, 1)), 10).chunks
da.lib.stride_tricks.sliding_window_view(da.arange(33, chunks=(20, 12, 1)), 10).sum(axis=1)
da.lib.stride_tricks.sliding_window_view(da.ones((9, 40, 3), chunks=(3, 10, 3)), (3, 2), axis=(1, 1)).chunks
"""
write("shape", SETUP, more.splitlines())
