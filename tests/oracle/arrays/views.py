"""Views: what is written through them is seen in the array, and what shows nothing of it is a copy."""

from ask import write

SETUP = """\
def f():
    return np.arange(24.0).reshape(4, 6)
def t():
    return np.arange(24.0).reshape(2, 3, 4)
def s():
    return np.arange(48).reshape(4, 12)[::2, ::-3]
def o():
    return np.arange(6, dtype="i2")
def u():
    return np.arange(6.0).reshape(1, 6, 1)
def c():
    return np.arange(12).reshape(3, 4) * (1 - 2j)
def p():
    return np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)
def through(q, look):
    w = look(q)
    writeable = w.flags.writeable
    try:
        w[...] = -7
    except ValueError as error:
        writeable = writeable or str(error) != "assignment destination is read-only"
    return q, w, writeable
def numbered(q, look):
    w = look(q)
    w[...] = np.arange(100, 100 + w.size).reshape(w.shape)
    q[-1] = 55
    return q, w, w.sum(), w.T, w.ravel(), w[..., ::-1]
def changed(q, change):
    change(q)
    return q
def setting(x, name, value):
    setattr(x, name, value)
    return x
def put(x, index, value):
    x[index] = value
    return x
def fixed(x):
    x.flags.writeable = False
    return x
"""
LOOKS = """\
np.transpose(q)
q.transpose()
q.T
q.swapaxes(0, -1)
np.swapaxes(q, 0, -1)
np.moveaxis(q, 0, -1)
np.rollaxis(q, -1)
np.squeeze(q)
q.squeeze()
np.expand_dims(q, 0)
np.expand_dims(q, (0, -1))
np.atleast_1d(q)
np.atleast_2d(q)
np.atleast_3d(q)
np.ravel(q)
q.ravel()
np.reshape(q, -1)
q.reshape(-1)
np.reshape(q, (2, -1))
np.reshape(q, (-1, 2))
q.reshape(-1, 2)
np.array_split(q, 3)[0]
np.array_split(q, 4)[1]
np.array_split(q, [1, -1], axis=-1)[1]
np.split(q, [1, 3], axis=-1)[1]
np.hsplit(q, 1)[0]
np.hsplit(q, [1, 2])[1]
np.vsplit(q, 1)[0]
np.vsplit(q, [1, 2])[1]
np.dsplit(q, [1, 2])[0]
np.flip(q)
np.flip(q, 0)
np.flip(q, -1)
np.fliplr(q)
np.flipud(q)
np.rot90(q)
np.rot90(q, 2)
np.rot90(q, 3)
np.rot90(q, 0)
np.permute_dims(q)
np.matrix_transpose(q)
q.mT
q.real
q.imag
np.real(q)
np.imag(q)
np.asarray(q)
np.asanyarray(q)
np.asarray(q, dtype=q.dtype)
np.ascontiguousarray(q)
np.array(q, copy=False)
np.array(q, copy=None)
np.array(q)
np.array(q, copy=False, ndmin=4)
q.astype(q.dtype, copy=False)
q.astype(q.dtype)
q.conj()
np.conj(q)
np.nan_to_num(q, copy=False)
np.ma.masked_array(q).data
np.ma.array(q, copy=True).data
np.ma.getdata(q)
np.ma.asarray(q).data
np.diagonal(q)
np.diagonal(q, 1)
q.diagonal(-1)
np.diag(q)
np.linalg.diagonal(q)
np.broadcast_to(q, (2,) + q.shape)
np.lib.stride_tricks.sliding_window_view(q, 2, axis=-1)
np.lib.stride_tricks.sliding_window_view(q, 2, axis=-1, writeable=True)
np.meshgrid(q.ravel()[:3], q.ravel()[3:5], copy=False)[0]
q.view()
q[-1:]
q[..., 0]
q[..., ::-1]
q[..., None]
q[::-2]
q.T[::-1].T
np.flip(q).T
np.moveaxis(q, 0, -1)[..., 0]
np.squeeze(q[0:1])
np.squeeze(q[0:1], axis=0)
np.expand_dims(q, 1).T.squeeze()
np.array_split(q.T, 2)[0]
np.hsplit(q[::-1], 1)[0]
q.reshape(-1)[1:][::2]
q.flatten()
q.copy()
np.roll(q, 1)
np.repeat(q, 1)
np.tile(q, 1)
np.take(q, [0], axis=0)
np.sort(q)
+q
q + 0
np.where(True, q, 0)
np.concatenate([q])
q[[0]]
np.resize(q, q.shape)
np.real(q.T)
q.T.imag
q.real.T""".split("\n")
ALONE = """\
np.split(q, 2)[1]
np.unstack(q)[0]
np.unstack(q, axis=-1)[-1]
q.T[0]
np.swapaxes(q, 0, -1)[0]
np.flip(q)[0]
q.real[0]
np.reshape(q, (3, -1), order='F')
np.lib.stride_tricks.as_strided(q)
np.lib.stride_tricks.as_strided(q, (3,), (16,))""".split("\n")
looks = [f"through({base}(), lambda q: {look})" for base in "ftsoucp" for look in LOOKS]
looks += [f"through({base}(), lambda q: {look})" for base in "ft" for look in ALONE]
numbered = ["q.T", "np.flip(q)", "np.moveaxis(q, 0, -1)", "q[::-1].T", "q.real", "q.T[1:]", "q.reshape(-1)[::2]", "np.rot90(q)"]
looks += [f"numbered({base}(), lambda q: {look})" for base in "ftcs" for look in numbered]
looks += [
    "changed(f(), lambda q: [put(piece, ..., 0) for piece in np.split(q, 2)])",
    "changed(f(), lambda q: put(np.swapaxes(q, 0, 1), 0, -1))",
    "changed(f(), lambda q: np.swapaxes(q, 0, 1).sort())",
    "changed(f(), lambda q: np.flip(q).fill(3))",
    "changed(f(), lambda q: np.copyto(q.T, np.arange(24.0).reshape(6, 4)))",
    "changed(f(), lambda q: np.add(q.T, 1, out=q.T))",
    "changed(f(), lambda q: np.put(np.fliplr(q), [0, 7], 77))",
    "changed(f(), lambda q: put(q.T, q.T > 10, 0))",
    "changed(f(), lambda q: put(q.T, ([1, 2], [3, 0]), [-1, -2]))",
    "changed(f(), lambda q: put(q, ..., q[::-1]))",
    "changed(f(), lambda q: put(q, slice(1, None), q[:-1]))",
    "changed(np.arange(9).reshape(3, 3), lambda q: put(q.T, ..., q))",
    "changed(np.arange(9).reshape(3, 3), lambda q: np.fill_diagonal(q[::-1], 5))",
    "changed(f(), lambda q: put(q[1:3].flat, 7, 99))",
    "changed(np.array(5), lambda q: put(q.reshape(1, 1), ..., 6))",
    "[w[1] for w in [np.lib.stride_tricks.sliding_window_view(changed(o(), lambda q: put(q, 2, 50)), 3)]]",
    "np.lib.stride_tricks.sliding_window_view(t(), (2, 2), axis=(1, 2))",
    "np.lib.stride_tricks.sliding_window_view(t(), (2, 2), axis=(1, 1))[..., ::-1, 0]",
    "np.lib.stride_tricks.sliding_window_view(o(), 3).strides",
    "np.lib.stride_tricks.as_strided(o(), (2, 3), (4, 2))",
    "np.broadcast_to(f()[0], (3, 6)).T[1:3]",
    "np.broadcast_to(2, (2, 3)).strides",
    "[a + 1 for a in np.broadcast_arrays(np.arange(3), np.zeros((2, 1)))]",
    "[s().strides, s().T.strides, c().real.strides, t()[:, ::-1].strides, np.diagonal(f()).strides]",
    "[t()[:, 1].flags.c_contiguous, t().T.flags.f_contiguous, c().real.flags.c_contiguous, t()[0].flags.owndata]",
    "[f()[0].flags.writeable, fixed(f())[0].flags.writeable, fixed(f()).copy().flags.writeable]",
    "setting(c(), 'real', 0)",
    "setting(c(), 'imag', [1, 2, 3, 4])",
    "setting(c(), 'imag', c().real)",
    "setting(c(), 'real', 1j)",
    "setting(f(), 'real', 5)",
    "changed(c(), lambda q: put(q.imag, slice(1, None), 1))",
    "changed(c(), lambda q: put(q.real, q.imag < -5, 100))",
    "changed(c().astype('c8'), lambda q: put(q.T.imag, 0, 2.5))",
    "changed(c(), lambda q: np.sqrt(q.real, out=q.imag))",
    "changed(c(), lambda q: q.real.sort(axis=0))",
    "[c().real, c().astype('c8').imag]",
]
refused = [
    "put(fixed(f()), 0, 1)",
    "put(fixed(f()).T, 0, 1)",
    "put(fixed(f())[1:], 0, 1)",
    "changed(fixed(f()), lambda q: q.sort())",
    "changed(fixed(f()), lambda q: q.fill(1))",
    "changed(fixed(f()), lambda q: np.put(q, 0, 1))",
    "np.add(1, f(), out=fixed(f()))",
    "put(np.diagonal(f()), 0, 1)",
    "put(np.broadcast_to(1.0, (2, 3)), 0, 1)",
    "put(np.broadcast_to([1, 2], (2, 2)), 0, 1)",
    "put(np.lib.stride_tricks.sliding_window_view(o(), 2), 0, 1)",
    "put(f().imag, 0, 1)",
    "setting(f(), 'imag', 1)",
    "setting(c(), 'imag', [1, 2])",
    "np.array([1, 2], copy=False)",
    "np.array(f(), dtype='i4', copy=False)",
]
fits = []
for dtype, value in [
    ("u1", "[300, -5, 7]"),
    ("u1", "[200, 5, 7]"),
    ("u1", "(-1, 0, 0)"),
    ("u1", "np.array([300, -5, 7])"),
    ("u1", "np.array([300, -5, 7]).tolist()"),
    ("i1", "range(126, 129)"),
    ("i4", "[1.0, float('nan'), 2]"),
    ("i4", "[1.7, -2.7, 2]"),
    ("i4", "[1.0, float('inf'), 2]"),
    ("i4", "[1.0, 2, np.float64(3)]"),
    ("f4", "[1j, 2, 3]"),
    ("c8", "[1j, 2, 3]"),
    ("b1", "[0, 5, 0]"),
    ("u8", "[2**64 - 1, 0, 1]"),
    ("u8", "[2**64, 0, 1]"),
    ("i8", "[2**63, 0, 1]"),
]:
    fits += [
        f"put(np.zeros(3, '{dtype}'), slice(None), {value})",
        f"put(np.zeros(3, '{dtype}'), [2, 0, 1], {value})",
        f"put(np.zeros(3, '{dtype}'), np.array([True, True, True]), {value})",
        f"changed(np.zeros(3, '{dtype}'), lambda q: np.put(q, [0, 1, 2], {value}))",
        f"np.insert(np.zeros(3, '{dtype}'), 1, {value})",
    ]
fits += [
    "changed(np.zeros(3, 'u1'), lambda q: np.place(q, [True, False, True], [300]))",
    "changed(np.zeros(3, 'u1'), lambda q: np.putmask(q, [True, False, True], [1, 2, 300]))",
    "changed(np.zeros((2, 2), 'u1'), lambda q: np.fill_diagonal(q, 300))",
    "np.insert(np.zeros(3, 'u1'), 1, 300)",
    "np.full(3, 300, dtype='u1')",
    "np.full(3, [300, 1, 2], dtype='u1')",
]
others = [
    "np.linalg.cond(np.zeros((2, 2)))",
    "np.linalg.cond(np.zeros((3, 2, 2)))",
    "np.linalg.cond(np.zeros((2, 2)), -2)",
    "np.linalg.cond(np.array([[1.0, 2], [3, 4]]))",
    "np.tensordot(np.ones((2, 2)), np.ones((2, 2)))",
    "np.random.randint([1, 10, 100], [2, 11, 101])",
    "np.random.randint([[4], [6]], [[5, 5, 5], [7, 7, 7]], size=(2, 3))",
    "np.random.randint(2**64 - 1, 2**64, size=3, dtype='u8')",
    "np.random.randint(2**63 - 1, 2**63, size=3)",
    "np.random.default_rng(1).integers([5, 7], [5, 7], endpoint=True)",
    "np.random.default_rng(1).integers(np.array([1])).shape",
    "np.random.randint(0, 2**64)",
    "np.random.randint(0, 2**65, dtype='u8')",
    "np.random.randint([0, 5], [3, 4])",
    "np.random.randint(0, [3, 300], dtype='u1')",
    "np.random.RandomState(-1)",
    "np.random.default_rng(-1)",
    "np.random.seed(-1)",
    "np.random.seed(2**33)",
    "np.random.default_rng([1, -2])",
]
write("views", SETUP, looks + refused + fits + others)
