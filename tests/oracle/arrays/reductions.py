"""Reductions of arrays in memory: whichever way their axes lie there, of all types, over any axes."""

from ask import write

# Quarters of small whole numbers: sums of them are exact in every type and in every order.
SETUP = """\
x = (np.arange(6 * 40 * 7) * 37 % 101 - 50).reshape(6, 40, 7) / 4
wide = (np.arange(5 * 9000) * 37 % 101 - 50).reshape(5, 9000) / 4
tall = (np.arange(9000 * 3) * 37 % 101 - 50).reshape(9000, 3) / 4
row = (np.arange(5000) * 37 % 101 - 50) / 4
gaps = np.where(x > 12, np.nan, x)
none = np.where(np.arange(7) == 3, np.nan, x)
ends = np.array([[np.inf, 1.0, -np.inf], [2.0, -np.inf, 3.0], [np.nan, 0.0, -1.0]])
signs = [np.array([-0.0, 0.0]), np.array([0.0, -0.0])]
views = [x, x.T, x[::-1], x[:, ::-1], x[:, :, ::-1], x[::2], x[:, 1::3], x[:, :, ::2], x[1:4, 5:38, 2:6], np.asfortranarray(x), x.transpose(1, 0, 2), x.transpose(2, 0, 1)[::-1], x[:, :1], x[2:3], np.broadcast_to(x[:, :1], (6, 5, 7)), np.broadcast_to(x[0], (3, 40, 7)), x[:, 3, None]]
def seen(r):
    numbers = r.ravel().tolist()
    return [r.shape, r.ravel()[:2], sum((n + 1) * (7.5 if v != v else float(abs(v))) for n, v in enumerate(numbers))]
def of(name, views, **how):
    return [seen(np.asarray(getattr(np, name)(v, **how))) for v in views]
def typed(name, v, **how):
    return [seen(np.asarray(getattr(np, name)(v.astype(t), **how))) for t in ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"]]
"""
NAMES = "sum prod min max any all argmin argmax mean var std count_nonzero ptp".split()
NAN = [f"nan{name}" for name in "sum prod min max argmin argmax mean var std".split()]
ONE = {"argmin", "argmax", "nanargmin", "nanargmax"}


def axes(name):
    return [None, 0, 1, 2, -1] + ([] if name in ONE else [(0, 1), (0, 2), (1, 2), (0, 1, 2), (2, 0)])


entries = []
for name in NAMES + NAN:
    of = "x[:4, :2, :3] + 12.5" if "prod" in name else None
    for axis in axes(name):
        if of:
            entries += [f"np.{name}({of}, axis={axis})", f"np.{name}(({of}).T[::-1], axis={axis})"]
        else:
            entries.append(f"of('{name}', views, axis={axis})")
    entries += [f"of('{name}', [v[::7, :1, ::3] for v in views], axis=1, keepdims=True)" if not of else f"np.{name}({of}, axis=1, keepdims=True)"]
    if not of:
        entries += [f"of('{name}', views, keepdims=True)", f"of('{name}', [wide, wide.T, wide[:, ::-1], wide[:, ::2], wide[:, 17:8900]], axis={0})", f"of('{name}', [wide, wide.T, wide[:, ::-1], wide[:, ::2]], axis=1)"]
        entries += [f"of('{name}', [tall, tall.T, tall[::-1], tall[:, :2], tall[::3]], axis={axis})" for axis in (0, 1, None)]
        entries += [f"of('{name}', [row[:n] for n in (1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 1000, 1023, 1024, 1025, 4096, 4097)])"]
        entries += [f"typed('{name}', x[:, :, :5] * 4, axis={axis})" for axis in (None, 0, 2)] + [f"typed('{name}', wide[:, ::2] * 4, axis=0)"]
    if name.startswith("nan"):
        entries += [f"of('{name}', [gaps, gaps.T, gaps[:, ::2], gaps[::-1]], axis={axis})" for axis in (None, 0, 1, -1)] + ([] if "arg" in name else [f"of('{name}', [none, none.T], axis={axis})" for axis in (0, 1)])
        entries += [f"np.{name}(none, axis=(0, 1))" if name not in ONE else f"np.{name}(none, axis=0)"]
    elif not of:
        entries += [f"of('{name}', [gaps, gaps.T, gaps[:, ::2], gaps[::-1]], axis={axis})" for axis in (None, 0, 1, -1)]
        entries += [f"of('{name}', [ends, ends[:2], ends.T, ends[:2].T, ends[1:2]], axis={axis})" for axis in (None, 0, 1)]
entries += [f"np.{name}(x + 1j * x[::-1], axis={axis})[::5]" for name in ("sum", "mean", "max", "min", "var", "nansum", "nanmax") for axis in (0, (0, 2))]
entries += [f"np.{name}(x + 1j * x[::-1])" for name in ("sum", "mean", "max", "min", "var", "std", "argmax", "any", "prod")]
# Types that are asked for.
entries += [f"typed('{name}', x[:, :, :5] * 4, axis=1, dtype='{dtype}')" for name, dtypes in (("sum", "i4 u1 f4 f8 c16 ?"), ("mean", "i4 f4 f8 c8"), ("var", "f4 f8 i8"), ("std", "f4 f8")) for dtype in dtypes.split()]
entries += ["np.sum(x, dtype='f4')", "np.prod((x[0, 0] + 13).astype('i2'), dtype='u1')", "np.mean(x.astype('f4'), dtype='f8')", "np.nansum(gaps.astype('f4'), axis=1, dtype='f8')[::3]"]
# Degrees of freedom.
entries += [f"np.{name}({v}, axis={axis}, ddof={ddof})" for name in ("var", "std", "nanvar", "nanstd") for v in ("x[:2, :3, :2]", "x[:1, :3, :2]") for axis in (0, 1, None) for ddof in (1, 2, 3)]
# Whether the first of several is found.
entries += [f"np.{name}(np.floor(x[:, :7] / 20), axis={axis})" for name in ("argmin", "argmax") for axis in (0, 1, 2, None)]
entries += [f"np.{name}({v})" for name in ("argmin", "argmax") for v in ("np.zeros(5000)", "np.zeros(5000)[::-1]", "np.r_[np.ones(3000), 2, 2, np.nan, 3, np.nan]", "np.tile(row, 3)", "np.tile(row, 3)[::-1]", "np.arange(4000) % 1500 == 1400", "ends.T", "x[::-1, ::-1, ::-1]")]
entries += [f"[np.signbit(np.{name}(v)) for v in signs]" for name in ("sum", "mean")]
# What is not there, and what has no axes.
entries += [f"np.{name}(np.zeros({shape}), axis={axis})" for name in NAMES for shape, axis in (((0,), None), ((0, 3), 0), ((0, 3), 1), ((3, 0), 0), ((0, 3), -1))]
entries += [f"np.{name}(np.array(5.0){more})" for name in NAMES + NAN for more in ("", ", keepdims=True", ", axis=1")]
entries += [f"np.{name}(x, axis={axis})" for name in ("sum", "max", "mean", "any", "nanmax") for axis in (3, -4, "(0, 0)", "(0, -3)", "1.5", "'0'", "True")]
entries += [f"np.{name}(x[:2, :2, :2], axis=())" for name in ("sum", "mean", "min", "any", "var")]
write("reductions", SETUP, entries)

# What is large is shared out: sums of whole numbers, which do not depend on how.
LARGE = """\
x = (np.arange(3_000_000) * 37 % 1009 - 500).reshape(30, 100, 1000)
f = x / 4
def seen(r):
    numbers = r.ravel()[::max(1, r.size // 500)].tolist()
    return [r.shape, r.ravel()[-2:], sum((n + 1) * (7.5 if v != v else float(abs(v))) for n, v in enumerate(numbers))]
"""
entries = [f"seen(np.asarray({v}.{name}(axis={axis})))" for v in ("x", "f", "x.T", "f[:, ::-1]", "f[:, :, ::2]", "f.transpose(1, 0, 2)", "f.astype('f4')", "(f > 3)", "x.astype('i4')", "f.reshape(-1, 2)", "f.reshape(2, -1)", "f.reshape(3, -1).T") for name in ("sum", "max", "mean", "std", "argmin", "any") for axis in (None, 0, 1, -1)]
entries += [f"seen({v}.{name}(axis={axis}))" for v in ("x", "f", "f.T", "f[::-1]") for name in ("sum", "min", "mean", "var", "all") for axis in ((0, 1), (0, 2), (1, 2))]
entries += [f"seen(np.asarray(np.{name}(np.where(f > 100, np.nan, f), axis={axis})))" for name in NAN if name != "nanprod" for axis in (None, 0, 1, 2)]
write("reductions", LARGE, entries)
