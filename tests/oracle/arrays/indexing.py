"""What an index takes, eager and in chunks: positions, slices, lists, masks, mixed; and what assignment to it writes."""

import numpy as np
from ask import write

SETUP = """\
v = np.arange(12) * 3 % 7
m = np.arange(20).reshape(4, 5)
t = np.arange(24.0).reshape(2, 3, 4)
lv = da.from_array(v, chunks=5)
lm = da.from_array(m, chunks=(2, 3))
lt = da.from_array(t, chunks=(1, 2, 2))
rows = np.array([True, False, True, True])
columns = np.array([False, True, False, True, True])
def put(x, key, value):
    x = x.copy()
    x[key] = value
    return x
def add(x, key, value):
    x = x.copy()
    x[key] += value
    return x
def times(x, key, value):
    x = x.copy()
    x[key] *= value
    return x
"""


class Whole:
    """Asks NumPy what arrays in chunks come to."""

    take = np.take

    def from_array(x, chunks):
        return x


V = ["3", "-1", "2:9", "::-1", "-3:", "9:2:-2", "::3", "[]", "[2]", "[4, 1, 1, -1]", "[0, 3, 6, 9]", "v > 3", "[True] * 6 + [False] * 6", "np.array([[1, 2], [3, 0]])", "None", "...", "..., None", "np.newaxis, 2:4", "12", "[12]", "[-13]", "1.5", "20:30", "np.array([2, 5])", "0, 0"]
M = ["1", "1, 2", "-1, -1", "1:3", ":, 2", ":, -1:0:-2", "::-1, ::2", "..., 1", "None, 1", "1, None, 2", ":, None", "[2, 0]", ":, [3, 1, 1]", "[0, 2], 1", "1, [0, 2]", "[0, 2], [1, 3]", "[[0], [2]], [1, 3]", "[3, 1], 1:4", "1:3, [4, 0]", "rows", ":, columns", "rows, 2", "rows, 1:3", "m > 7", "m % 3 == 0", "rows[:3]", "np.ix_([0, 2], [1, 4])", "np.ix_(rows, columns)", "rows, [0, 1, 2]", "[0, 9]", "[0, 1], [0, 1, 2]", "4", ":, 5", "0, 0, 0", "..., ...", "[], 1", "np.array(2)", "np.int64(1)", "True", "np.array([[0, 1], [2, 3]])", ":, np.array([[0, 1], [2, 3]])"]
T = ["1", "1, 2, 3", "..., 0", "0, ..., -1", ":, 1", ":, [0, 2]", ":, :, [3, 1]", "0, [1, 2]", "[0, 1], :, [1, 2]", "0, :, [1, 2]", "[1, 0], [2, 1]", ":, [0, 2], [1, 3]", ":, [[0], [2]], [1, 3]", "t > 5", "t[0] > 5", "[True, False]", ":, [True, False, True]", ":, :, ::-2", "None, ..., None", "1, None, [0, 1]", "[1], 0:2, None, [3]", ":, t[0] % 2 == 0", "[0, 1], 1, [0, 3]"]

entries = []
for x, keys in (("v", V), ("m", M), ("t", T)):
    for key in keys:
        entries.append(f"{x}[{key}]")
write("indexing", SETUP, entries)

# Dask leaves some of these out; what NumPy says holds for arrays in chunks as well.
write("indexing", SETUP, [f"l{x}[{key}]" for x, keys in (("v", V), ("m", M), ("t", T)) for key in keys if "True" != key], da=Whole)

functions = []
for x in ("v", "lv"):
    functions += [f"np.take({x}, {i})" for i in ("3", "[1, -1]", "[]")] + [f"da.take(lv, [1, 2], axis=0)"]
functions += [f"np.take(m, [0, 2, 2], axis={a})" for a in (0, 1, -1, 2)] + ["np.take(v, [13, -14], mode='wrap')", "np.take(v, [13, -14], mode='clip')", "np.take(v, [13])", "da.take(lm, [3, 0], axis=1)", "da.take(lm, [3, 0], axis=0)", "m.take([1, 7])", "m.take([1, 0], axis=1)"]
functions += ["np.take_along_axis(m, np.argsort(-m, axis=1), axis=1)", "np.take_along_axis(m, np.array([[0, 1, 2, 3, 0]]), axis=0)", "np.take_along_axis(v, np.array([1, 0]), axis=None)", "np.take_along_axis(m, np.array([0, 1]), axis=0)", "np.take_along_axis(m, np.array([[-1], [0], [1], [2]]), axis=1)"]
functions += [f"np.compress({c}, {x}, axis={a})" for c in ("[True, False, True]", "[0, 1]") for x in ("m",) for a in (0, 1, None)] + ["np.compress([True] * 6, m, axis=0)", "np.compress(v > 2, v)", "da.compress([True, False, True, False], lm, axis=0)", "da.compress(lv > 2, lv)", "m.compress([True, False, True], axis=1)"]
functions += ["np.extract(m % 3 == 0, m)", "da.extract(lm % 3 == 0, lm)", "np.extract([True, False], [1, 2])"]
functions += [f"np.choose({a}, {c})" for a, c in (("[0, 1, 2, 1]", "[m[:, 0], m[:, 1], m[:, 2]]"), ("v % 2", "[v, -v]"), ("v % 2", "[0, 10]"), ("[3, 0]", "[1, 2]"))] + ["np.choose([3, 0, -1], [1, 2], mode='wrap')", "np.choose([3, 0, -1], [1, 2], mode='clip')", "da.choose(lv % 2, [lv, -lv])", "(v % 2).choose([v, -v])"]
functions += ["np.select([v > 4, v > 2], [v, v * 10], -1)", "np.select([v > 4], [v * 0.5])", "da.select([lv > 4, lv > 2], [lv, lv * 10], -1)", "np.select([v > 1], [v, v])", "np.select([], [])", "np.select([v], [v])"]
functions += [f"np.{f}({x})" for f in ("nonzero", "flatnonzero", "argwhere") for x in ("v", "m % 3", "t > 7", "np.zeros(3)", "[0, 1, 0, 2]")] + [f"da.{f}({x})" for f in ("nonzero", "flatnonzero", "argwhere") for x in ("lv", "lm % 3", "lt > 7")] + ["np.nonzero(5)", "np.argwhere(5)", "np.argwhere(0)", "v.nonzero()", "lv.nonzero()", "np.where(m > 15)", "da.where(lm > 15)", "np.where(v)"]
functions += ["np.where(m > 5, m, -m)", "da.where(lm > 5, lm, 0)", "da.where(lm[0] > 2, lm, 0.5)", "np.where(True, 1, 2)", "np.where([1, 0, 2], [1, 2, 3], 0)", "np.where(m > 5, m)"]
functions += ["np.piecewise(v, [v < 3, v >= 3], [-1, 1])", "np.piecewise(v * 1.0, [v < 3], [lambda x: x * 2, lambda x: -x])", "da.piecewise(lv, [lv < 3, lv >= 3], [lambda x: -x, lambda x: x * 10])", "np.piecewise(v, [v < 3], [1, 2, 3])", "np.piecewise(2.5, [True], [lambda x: x * 2])"]
functions += ["np.unravel_index(7, (3, 4))", "np.unravel_index([7, 11, 0], (3, 4))", "np.unravel_index([12], (3, 4))", "np.unravel_index([[1, 2]], (2, 3))", "da.unravel_index(da.from_array([7, 11, 0], chunks=2), (3, 4))", "np.ravel_multi_index(([1, 2], [3, 0]), (3, 4))", "np.ravel_multi_index((1, 3), (3, 4))", "np.ravel_multi_index(([5], [3]), (3, 4), mode='clip')", "np.ravel_multi_index(([5], [5]), (3, 4), mode='wrap')", "np.ravel_multi_index(([5], [3]), (3, 4))", "np.ravel_multi_index((1, 1, 1), (3, 4))"]
functions += ["lm.vindex[[0, 1, 3], [4, 2, 0]]", "lt.vindex[[0, 1], :, [3, 1]]", "lt.vindex[[0, 1], [2, 1], [3, 1]]", "lm.vindex[[[0, 1], [2, 3]], [1, 0]]", "lm.blocks[0]", "lm.blocks[1, 1]", "lm.blocks[:, 0]", "lm.blocks[-1]", "lm.blocks[[1, 0]]", "lm.blocks[5]", "lm.partitions[0, 1]", "lm.blocks.shape", "lv.blocks.size", "lm.blocks.ravel()[1]"]
functions += ["bool(lv[1] > 0)", "int(lv[3])", "float(lm.sum())", "complex(lv[1])", "len(lm)", "[x for x in lm][1]", "bool(lv > 3)", "int(lv)", "len(lv.sum())"]
write("indexing", SETUP, functions)

masked = ["lv[lv > 2]", "lv[lv > 2] + 1", "lv[lv > 2].sum()", "lv[lv > 2].mean()", "lv[lv > 2].std(ddof=1)", "lv[lv > 2].min()", "lv[lv > 2].max()", "lv[lv > 2].prod()", "(lv[lv > 2] > 4).any()", "(lv[lv > 2] > 4).all()", "lv[lv > 9].sum()", "lv[lv > 9].min()", "lv[lv > 9].mean()", "lv[lv > 9]", "lm[lm[:, 0] > 3]", "lm[lm[:, 0] > 3].sum(axis=0)", "lm[lm[:, 0] > 3].mean(axis=1)", "lm[lm[:, 0] > 3].max(axis=0)", "lm[lm > 6]", "lm[lm > 6].var()", "np.sqrt(lv[lv > 2])", "da.where(lv[lv > 2] > 4, 1, 0)", "lv[lv > 2] * lv[lv > 2]", "lv[lv > 2][lv[lv > 2] > 4]", "lm[lm[:, 0] > 3][:, 1]", "lm[:, lm[0] > 2]", "lt[lt > 9]", "lt[lt[:, 0, 0] > 3]", "lv[lv > 2].astype(float)", "da.round(lv[lv > 2] / 3, 1)", "lv[lv > 2].compute_chunk_sizes()", "lv[~(lv > 2)]", "lv[(lv > 2) & (lv < 6)]"]
write("indexing", SETUP, masked)
# Dask refuses these; NumPy's answer is the one.
beyond = ["np.take(lv, [[0, 1], [2, 3]])", "len(lv[lv > 2])", "[int(x) for x in lv[lv > 4]]", "add(lv, np.s_[lv > 3], 2)", "times(lv, np.s_[lv > 3], 2)", "lv[lv > 2][1:3]", "lv[lv > 2][::-1]", "lv[lv > 2].reshape(2, 4)", "lv[lv > 3] + lv[lv > 3][::-1]", "np.concatenate([lv[lv > 5], lv[lv < 2]])", "np.stack([lv[lv > 4], lv[lv > 4] * 2])", "lm[lm > 6].reshape(-1, 1)", "lm[rows][:, columns]", "lm[lm[:, 0] > 3, 1]", "lm[lm[:, 0] > 3].T", "lm[lm[:, 0] > 3][0]", "lm[lm[:, 0] > 3] @ np.ones(5)", "lv[lv > 2].argmax()", "lv[lv > 2][[2, 0]]", "lv[lv > 2][:, None] * lv[lv > 2]", "lv[lv > 2] + lv[lv > 3]", "lm[lm[:, 0] > 3][lm[lm[:, 0] > 3] > 12]", "lt[:, lt[0] > 5]", "lv[lv > 2].repeat(2)", "np.squeeze(lv[lv == 5][None])"]
write("indexing", SETUP, beyond, da=Whole)

PUT = [("v", k, x) for k, x in (("3", "9"), ("-1", "9"), ("2:5", "0"), ("2:5", "[7, 8, 9]"), ("::-2", "np.arange(6)"), ("[1, 3]", "7"), ("[1, 3, 1]", "[7, 8, 9]"), ("v > 3", "0"), ("v > 3", "np.arange(5) * 10"), ("v > 3", "[1, 2]"), ("...", "1.9"), ("[]", "5"), ("20", "1"), ("2:5", "[1, 2]"), ("np.array([[0, 1], [2, 3]])", "np.array([[5, 6], [7, 8]])"), ("3", "np.nan"))]
PUT += [("m", k, x) for k, x in (("0", "9"), ("0, 1", "9"), (":, 1", "[1, 2, 3, 4]"), ("1:3, ::2", "-1"), ("1:3, ::-2", "[[1, 2, 3]]"), ("[0, 2]", "[[1], [2]]"), (":, [4, 0]", "[10, 20]"), ("[0, 2], [1, 3]", "[5, 6]"), ("np.ix_([0, 2], [1, 3])", "[[1, 2], [3, 4]]"), ("rows", "0"), (":, columns", "7"), ("rows, 1", "[7, 8, 9]"), ("m > 7", "0"), ("m > 16", "[1, 2, 3]"), ("None", "1"), ("-1, ::-1", "np.arange(5)"), ("rows", "np.arange(5)"), ("m % 2 == 0", "m[m % 2 == 0] * 10"), ("[1, 1]", "[[1] * 5, [2] * 5]"), ("0", "[1, 2]"), ("[0, 9]", "1"))]
PUT += [("t", k, x) for k, x in (("..., 0", "1"), ("0, :, [1, 3]", "[[1, 2, 3], [4, 5, 6]]"), (":, 1, [0, 2]", "[[1, 2], [3, 4]]"), ("t > 9", "-1"), ("t[0] > 5", "0") , (":, t[0] > 9", "0"), ("1, ..., ::2", "[[1], [2], [3]]"), ("[0, 1], :, [1, 2]", "5"))]
write("indexing", SETUP, [f"put({x}, np.s_[{k}], {y})" for x, k, y in PUT])
write("indexing", SETUP, [f"put(l{x}, np.s_[{k}], {y})" for x, k, y in PUT], da=Whole)
write("indexing", SETUP, [f"{f}({x}, np.s_[{k}], {y})" for f in ("add", "times") for x, k, y in (("v", "1:3", "1"), ("v", "[1, 1]", "2"), ("v", "v > 3", "2"), ("m", ":, 1", "3"), ("m", "m > 9", "2"), ("m", "rows", "np.arange(5)"), ("m", "::2, ::2", "-1"), ("lm", "0", "2"), ("lv", "2:4", "5"))])

# Positions and masks that are lazy themselves; Dask refuses most of them.
LAZY = SETUP + """\
lp = da.from_array(np.array([3, -1, 0, 3, 2, -4]), chunks=4)
lo = da.from_array(np.array([[1, -2], [0, 1]]), chunks=1)
le = da.from_array(np.array([], dtype="int64"), chunks=1)
lfar = da.from_array(np.array([0, 1, 12]), chunks=2)
"""
lazy = [f"lv[{i}]" for i in ("lp", "lo", "le", "lfar", "-lfar", "lp % 3", "lp[::-1]", "lv[lv > 2]", "lp[lp > 0]")]
lazy += [f"lm[{i}]" for i in ("lp", "lo", "le", ":, lp", ":, lo", ":, le", "lfar", ":, lfar", "1, lp", "lp, 1:3", "::-1, lp", "None, lp", "1:3, lp")]
lazy += [f"lt[{i}]" for i in ("lo", ":, lp % 3", ":, :, lp", "..., lo", "0, lp % 3", "lo, :, 1")]
lazy += ["da.take(lv, lp)", "da.take(lm, lp, axis=1)", "da.take(lm, lo, axis=0)", "da.take(lv, lfar)", "da.take(lm, lo, axis=None)", "da.take(m, lp, axis=0)"]
lazy += [f"put(lm, np.s_[{k}], {x})" for k, x in (("lm > 16", "[1, 2, 3]"), ("lm > 16", "[1, 2]"), ("lm > 7", "lm[lm > 7] * 2"), ("lm[:, 0] > 4", "lm[lm[:, 0] > 4] * 2"), ("lm[:, 0] > 4", "[[1], [2], [3]]"), (":, lm[0] > 2", "[[7, 8]]"), ("lm > 99", "[]"), ("lm > 99", "5"), ("lm[:, 1] > 99, 1:3", "4"))]
lazy += [f"put(lt, np.s_[{k}], {x})" for k, x in (("lt > 9", "lt[lt > 9] * 2"), (":, lt[0] > 5", "np.arange(12).reshape(2, 6)"), ("lt[:, :, 0] > 7", "np.arange(16).reshape(4, 4)"), ("1, lt[0] > 9", "[5, 6]"))]
lazy += ["put(lv, np.s_[lv > 3], lv[lv > 3] * 10)", "put(lv, np.s_[lv > 3], [9])"]
write("indexing", LAZY, lazy, da=Whole)
