"""Names that NumPy and Dask have beside the usual ones: bits, types, walks, memory, angles, chunks put together anew, assertions."""

from ask import write

SETUP = """\
i = np.arange(12).reshape(3, 4)
x = np.array([[1.5, -2.0, 0.25], [4.0, 5.5, -6.0]])
u = np.array([[1, 200, 7], [255, 0, 18]], dtype="uint8")
f = np.array([0.5, 2.0, 4.0], dtype="float32")
z = np.array([3 + 1j, 1 - 2j, 3 - 1j])
b = np.array([True, False, True, True, False])
angles = np.array([0.0, 1.5, 3.0, -2.0, -0.5, 0.5, 2.5, -2.6, -3.0])
turns = np.array([[0, 90, 180, 270, 350, 20], [10, 350, 170, 180, 181, 359]])
li = da.from_array(i, chunks=(2, 3))
lx = da.from_array(x, chunks=(1, 2))
la = da.from_array(angles, chunks=4)
l3 = da.from_array(np.arange(24).reshape(2, 3, 4), chunks=(1, 2, 3))
def raised(function, *args, **keywords):
    try:
        function(*args, **keywords)
    except AssertionError:
        return True
    return False
def walk(*args, **keywords):
    return [int(v) for v in np.nditer(*args, **keywords)]
def doubled(a, order="K"):
    a = np.array(a)
    with np.nditer(a, op_flags=["readwrite"], order=order) as it:
        for v in it:
            v[...] = 2 * v
    return a
def places(a, flag):
    it = np.nditer(a, flags=[flag])
    found = []
    while not it.finished:
        found.append((it.multi_index if flag == "multi_index" else it.index, int(it[0])))
        it.iternext()
    return found
def sums(a, b):
    it = np.nditer([a, b, None])
    for p, q, r in it:
        r[...] = p + q
    return it.operands[2]
def pairs(*args):
    return [(int(a), int(b)) for a, b in np.broadcast(*args)]
"""

entries = """\
np.copy(i)
np.copy([[1, 2], [3, 4]])
np.copy(3.5)
np.copy(x.T, order="F").flags.f_contiguous
np.copy(i.T, order="C").flags.c_contiguous
np.copy(i, order="X")
np.require(i, dtype="f4")
np.require(i.T, requirements="C").flags.c_contiguous
np.require(i, requirements=["F"]).flags.f_contiguous
np.require(i, requirements="CF")
np.shares_memory(i, i[::2])
np.shares_memory(i[::2], i[1::2])
np.shares_memory(i, i.copy())
np.shares_memory(i[:, 0], i.T)
np.may_share_memory(i[::2], i[1::2])
np.may_share_memory(i[:1], i[1:])
np.may_share_memory(i, x)
np.isfortran(i)
np.isfortran(np.ones((2, 3)).T)
np.asarray_chkfinite([1, 2], dtype=float)
np.asarray_chkfinite([1, np.nan])
i[1:].base is None
np.arange(3).base is None
np.arange(6).reshape(2, 3).base
i.device == "cpu"
np.packbits(b)
np.packbits(b, bitorder="little")
np.packbits([[1, 0, 1], [0, 1, 1]], axis=1)
np.packbits([[1, 0, 1], [0, 1, 1]], axis=0)
np.packbits([[1, 0, 1], [0, 1, 1]], axis=-1, bitorder="little")
np.packbits([1.0])
np.packbits(b, bitorder="x")
np.unpackbits(u)
np.unpackbits(u, axis=1)
np.unpackbits(u, axis=0)
np.unpackbits(u, axis=1, count=10)
np.unpackbits(u, axis=1, count=-3)
np.unpackbits(u, axis=1, count=30)
np.unpackbits(u, bitorder="little")
np.unpackbits(i)
np.unpackbits(np.packbits(b), count=5).astype(bool)
np.unwrap(angles)
np.unwrap(angles, discont=4.0)
np.unwrap(angles.astype("f4"))
np.unwrap(turns, period=360)
np.unwrap(turns, period=360, axis=0)
np.unwrap([0, 1, 2, -1, 0], period=4)
np.unwrap([2, 3, 4, 5, 2, 3, 4, 5], period=4)
np.unwrap([0, 3, 0, 3, 6], period=7)
np.unwrap(np.array([0.0]))
np.unwrap(turns * 1.0, period=360)
np.cumulative_sum([1, 2, 3])
np.cumulative_sum([1, 2, 3], include_initial=True)
np.cumulative_sum(i, axis=1, include_initial=True)
np.cumulative_sum(i, axis=0, dtype=float)
np.cumulative_sum(i)
np.cumulative_prod(f, include_initial=True)
np.cumulative_prod(i + 1, axis=0)
np.sort_complex(z)
np.sort_complex([3, 1, 2])
np.sort_complex(f)
np.sort_complex(u)
np.unique_all([3, 1, 3, 2])
np.unique_counts([3, 1, 3, 2])
np.unique_inverse(i % 3)
np.unique_values([2, 2, 1])
np.matvec([[1, 2], [3, 4]], [[1, 0], [0, 1]])
np.matvec(i, [1, 2, 3, 4])
np.matvec(i, 3)
np.vecmat([1, 2, 3], i)
np.vecmat(z, np.ones((3, 2)))
np.kaiser(5, 14)
np.kaiser(1, 3)
np.kaiser(0, 3)
np.kaiser(12, 0.5)
np.mask_indices(3, np.triu)
np.mask_indices(3, np.tril, 1)
np.diag_indices_from(np.eye(3))
np.diag_indices_from(i)
np.diag_indices_from(np.array([1, 2]))
np.row_stack([[1, 2], [3, 4]])
np.iterable([1])
np.iterable(3)
np.iterable(i)
np.can_cast("f8", "f4", casting="same_kind")
np.can_cast("f8", "i4", casting="same_kind")
np.can_cast("i4", "i4", casting="no")
np.can_cast("f8", "i1", casting="unsafe")
np.can_cast("f8", "i1", casting="x")
np.isdtype(np.float32, "real floating")
np.isdtype(np.dtype("i4"), "integral")
np.isdtype(np.dtype("u4"), ("bool", "signed integer"))
np.isdtype(np.dtype("c8"), ("numeric", "bool"))
np.isdtype(np.dtype("f8"), np.float64)
np.isdtype(np.dtype("f8"), "x")
np.min_scalar_type(300) == np.uint16
np.min_scalar_type(-1) == np.int8
np.min_scalar_type(-300) == np.int16
np.min_scalar_type(2**40) == np.uint64
np.min_scalar_type(True) == np.bool_
np.min_scalar_type(1e50) == np.float64
np.min_scalar_type(x) == np.float64
np.common_type(f, f) == np.float32
np.common_type(f, i) == np.float64
np.common_type(f, z) == np.complex128
np.common_type(b)
[np.typename(c) == n for c, n in (("d", "double precision"), ("?", "bool"), ("l", "long integer"))]
np.mintypecode("if") == "d"
np.mintypecode("Fd") == "D"
np.mintypecode("f") == "f"
[np.format_float_positional(1e-7) == "0.0000001", np.format_float_positional(np.pi, precision=3) == "3.142", np.format_float_positional(16.0) == "16.", np.format_float_positional(16.0, trim="-") == "16", np.format_float_positional(16.0, trim="0") == "16.0"]
[np.format_float_positional(2.5, precision=4, unique=False) == "2.5000", np.format_float_positional(-1.25, sign=True) == "-1.25", np.format_float_positional(1.25, sign=True) == "+1.25", np.format_float_positional(1.5, pad_left=4, pad_right=3) == "   1.5  ", np.format_float_positional(0.1, min_digits=4) == "0.1000"]
[np.format_float_scientific(1234.5) == "1.2345e+03", np.format_float_scientific(1e-7, precision=2, unique=False) == "1.00e-07", np.format_float_scientific(0.0) == "0.e+00", np.format_float_scientific(1.5e100, exp_digits=4) == "1.5e+0100", np.format_float_scientific(np.pi, precision=3) == "3.142e+00"]
np.format_float_positional(1.5, unique=False)
np.emath.sqrt([-1, 4])
np.emath.sqrt([1.0, 4.0])
np.emath.sqrt(-4)
np.emath.log(-1)
np.emath.log2([-2, 4])
np.emath.log10([-10.0, 100.0])
np.emath.logn(2, [4, 8])
np.emath.logn(2, [-4, 8])
np.emath.power([2, 4], -1)
np.emath.power([-2, 4], 0.5)
np.emath.power([2, 4], 3)
np.emath.arccos([1, 2])
np.emath.arcsin([0.5, 1.0])
np.emath.arctanh([0.5, 2.0])
walk(i)
walk(i.T)
walk(i.T, order="C")
walk(i, order="F")
walk(i[:, ::2])
walk(3)
doubled(i)
doubled(x)
doubled(i, order="F")
places(i[:2, :2], "multi_index")
places(i[:2, :2], "c_index")
places(i[:2, :2], "f_index")
sums(i, [10, 20, 30, 40])
sums([[1], [2]], np.array([3, 4]))
[v.tolist() for v in np.nditer(i, flags=["external_loop"])]
[v.tolist() for v in np.nditer(i, flags=["external_loop"], order="F")]
[(int(a), int(c)) for a, c in np.nditer([i[:, :1], np.array([[5, 6]])])]
np.nditer(i, flags=["x"])
np.nditer(i, op_flags=["x"])
np.nditer(i).multi_index
np.nditer(np.ones((0, 2)))
len(list(np.nditer(np.ones((0, 2)), flags=["zerosize_ok"])))
np.nditer(i).itersize
np.nditer([None])
np.broadcast([[1], [2]], [3, 4, 5]).shape
np.broadcast(i, 3).size
np.broadcast(i, [1, 2])
np.broadcast([[1], [2]], [3, 4]).nd
np.broadcast([[1], [2]], [3, 4]).numiter
pairs([[1], [2]], [3, 4])
"""
write("names", SETUP, entries.splitlines())

lazy = """\
np.copy(lx)
np.unwrap(la)
np.unwrap(lx, axis=0)
np.cumulative_sum(li, axis=0, include_initial=True)
np.sort_complex(li)
np.emath.sqrt(lx)
lx.A
lx.view("i8")
lx.view("c16")
da.from_array(x, chunks=(1, 3)).view("u1")
da.from_array(np.arange(8, dtype="i4"), chunks=4).view("i8")
da.from_array(np.arange(8, dtype="i4"), chunks=4).view("i8").chunks
da.from_array(np.arange(8, dtype="i4").reshape(4, 2), chunks=2).view("u1").chunks
lx.view(order="X")
da.shuffle(li, [[0, 2], [1]], axis=0)
da.shuffle(li, [[0, 2], [1]], axis=0).chunks
li.shuffle([[3, 0], [1, 2]], axis=1)
li.shuffle([[3, 0], [1, 2]], axis=1).chunks
da.arange(8, chunks=4).shuffle([[6, 5, 2], [4, 1], [3, 0, 7]], axis=0).chunks
da.arange(100, chunks=10).shuffle([[n, n + 50] for n in range(50)], axis=0).chunks
da.arange(100, chunks=10).shuffle([[n, n + 50] for n in range(50)], axis=0)
da.arange(40, chunks=8).shuffle([list(range(30)), [30, 31], [39]], axis=0).chunks
da.ones((20, 30), chunks=(5, 10)).shuffle([list(range(18)), [18, 19]], axis=0).chunks
da.ones((8, 30, 6), chunks=(4, 10, 3)).shuffle([list(range(8))], axis=0).chunks
li.shuffle([[9]], axis=0)
li.shuffle([1, 2], axis=0)
da.reshape_blockwise(li, (12,))
da.reshape_blockwise(li, (12,)).chunks
da.reshape_blockwise(l3, (2, 12))
da.reshape_blockwise(l3, (6, 4))
da.reshape_blockwise(l3, (6, 4)).chunks
da.reshape_blockwise(l3, (24,))
da.reshape_blockwise(da.reshape_blockwise(l3, (6, 4)), (2, 3, 4), chunks=l3.chunks)
da.reshape_blockwise(da.reshape_blockwise(li, (12,)), (3, 4), chunks=li.chunks)
da.reshape_blockwise(li, (2, 2, 3))
da.reshape_blockwise(li, (2, 6))
da.reshape_blockwise(li, (3, 4))
da.reshape_blockwise(li, (12,), chunks=((12,),))
[a.chunks for a in da.core.unify_chunks(da.ones(4, chunks=2), "i", da.ones(4, chunks=3), "i")[1]]
[a.chunks for a in da.core.unify_chunks(da.ones((4, 6), chunks=(2, 6)), "ij", da.ones((6, 1), chunks=(4, 1)), "jk", 3, None)[1][:2]]
da.core.unify_chunks(da.ones(4, chunks=2), "i", da.ones(4, chunks=3), "i")[0]["i"]
da.core.unify_chunks(da.ones(4, chunks=2), "i", da.ones(5, chunks=3), "i")
[(s[0].start, s[0].stop, s[1].start, s[1].stop) for s in da.core.slices_from_chunks(((2, 1), (3, 1)))]
da.core.normalize_chunks(5, (10,))
lx.store(np.zeros((2, 3)), return_stored=True)
da.store([lx], [np.zeros((2, 3))], return_stored=True)
lx.to_backend("numpy")
"""
write("names", SETUP, lazy.splitlines())

asserted = ["raised(np.testing.assert_allclose, {}, {})", "raised(np.testing.assert_array_equal, {}, {})", "raised(np.testing.assert_equal, {}, {})", "raised(np.testing.assert_array_almost_equal, {}, {})", "raised(np.testing.assert_array_less, {}, {})", "raised(np.testing.assert_almost_equal, {}, {})"]
two = [("[1, 2, 3]", "[1, 2, 4]"), ("[1.0, 2]", "[1.0, 2 + 1e-9]"), ("[1, np.nan]", "[1, np.nan]"), ("[1, np.nan]", "[1, 2]"), ("[1, np.inf]", "[1, np.inf]"), ("[1, np.inf]", "[1, -np.inf]"), ("[1, 1]", "1"), ("[1, 2]", "[1, 2, 3]"), ("1.0", "1.0000001"), ("1.0", "1.1"), ("lx", "x"), ("x", "x + 1"), ("z", "z"), ("u", "u"), ("b", "~b"), ("[]", "[]"), ("i", "i * 1.0"), ("[0.0]", "[1e-9]"), ("np.nan", "np.nan")]
entries = [form.format(*pair) for form in asserted for pair in two]
entries += """\
raised(np.testing.assert_array_equal, [1], [1.0], strict=True)
raised(np.testing.assert_array_equal, [1], [1], strict=True)
raised(np.testing.assert_array_equal, 1, [1], strict=True)
raised(np.testing.assert_allclose, [1.0], [1.1], rtol=0.2)
raised(np.testing.assert_allclose, [1.0], [1.1], atol=0.05, rtol=0)
raised(np.testing.assert_allclose, [np.nan], [np.nan], equal_nan=False)
raised(np.testing.assert_equal, {"a": [1, 2]}, {"a": [1, 2]})
raised(np.testing.assert_equal, {"a": [1, 2]}, {"a": [1, 3]})
raised(np.testing.assert_equal, {"a": 1}, {"b": 1})
raised(np.testing.assert_equal, [1, [2, 3]], [1, [2, 3]])
raised(np.testing.assert_equal, "a", "b")
raised(np.testing.assert_equal, "a", "a")
raised(np.testing.assert_approx_equal, 0.123456, 0.123457)
raised(np.testing.assert_approx_equal, 0.123456, 0.123457, significant=4)
raised(np.testing.assert_almost_equal, 1.0, 1.04, 1)
raised(np.testing.assert_almost_equal, 1.0, 1.3, decimal=1)
raised(np.testing.assert_string_equal, "a", "b")
raised(np.testing.assert_, False)
raised(np.testing.assert_, True)
raised(np.testing.assert_raises, ValueError, int, "1")
raised(np.testing.assert_raises, ValueError, int, "x")
np.testing.assert_raises(ValueError, np.ones, (2, 3), "float65")
raised(np.testing.assert_raises_regex, ValueError, "invalid", int, "x")
raised(np.testing.assert_raises_regex, ValueError, "nothing like it", int, "x")
""".splitlines()
write("names", SETUP, entries)
