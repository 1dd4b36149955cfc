"""Zarr arrays and groups that are made, changed and looked at; HDF5 files with links and attributes of all kinds.

    python tests/oracle/arrays/stores.py        from the project's folder
"""

from ask import write

SETUP = """\
import h5py, zarr, netCDF4
from numpy.lib.format import open_memmap
p = "tests/oracle/files/"
h = h5py.File(p + "links.h5", "r")
d = h5py.File(p + "dense.h5", "r")
x = np.arange(24).reshape(4, 6)

def made():
    z = zarr.create((4, 6), chunks=(2, 3), dtype="i4")
    z[:] = x
    return z

def grown(z, *steps):
    for step in steps:
        step(z)
    return z[:]

def put(view, index, value):
    view[index] = value

def group():
    g = zarr.group()
    g["a"] = np.arange(3)
    g.create_group("b").create_array("c", shape=(4,), dtype="f8")[:] = 2.5
    g.attrs["unit"] = "m"
    return g

def seen(file, visit):
    found = []
    visit(file, found)
    return len(found)

nc = netCDF4.Dataset(p + "climate.nc")
"""
entries = [
    "made()[:]",
    "made()[1:3, ::2]",
    "made().shape",
    "made().chunks",
    "made().nchunks",
    "made().cdata_shape",
    "made().size",
    "made().nbytes",
    "made().fill_value",
    "made().ndim",
    "[row.sum() for row in made()]",
    "np.asarray(made())",
    "made().oindex[[0, 2], :]",
    "made().oindex[[0, 2], [1, 3, 5]]",
    "made().oindex[:, [1, 3, 5]]",
    "made().oindex[[3, 0, 3], [-1, 2]]",
    "made().oindex[1, [1, 3, 5]]",
    "made().oindex[[0, 2], 4]",
    "made().oindex[[True, False, True, False], 1:4]",
    "made().oindex[..., [0, 5]]",
    "made().oindex[[0], [0], [0]]",
    "made().vindex[[3, 0, 1], [5, 5, 0]]",
    "made().vindex[[[0, 1], [2, 3]], [[0, 1], [2, 3]]]",
    "made().vindex[x > 11]",
    "made()[[0, 3], [5, 1]]",
    "made()[[0, 3], 1:3]",
    "grown(made(), lambda z: put(z.oindex, ([0, 2], [1, 5]), np.array([[1, 2], [3, 4]])))",
    "grown(made(), lambda z: put(z.oindex, ([3, 1], slice(None)), 7))",
    "grown(made(), lambda z: put(z.vindex, ([3, 1], [0, 5]), np.array([7, 8])))",
    "grown(made(), lambda z: put(z.vindex, ([3, 1], [0, 5]), 9))",
    "made().vindex[[0, 2], [1, 3]]",
    "made().blocks[0, 1]",
    "made().blocks[1]",
    "grown(made(), lambda z: z.resize((6, 3)))",
    "grown(made(), lambda z: z.resize((1, 1)), lambda z: z.resize((4, 4)))",
    "grown(made(), lambda z: z.append(np.ones((2, 6))))",
    "grown(made(), lambda z: z.append(np.ones((4, 1)), axis=1))",
    "made().append(np.ones((2, 6)))",
    "made().append(np.ones((2, 5)))",
    "zarr.array(x, chunks=(1, 6))[:]",
    "zarr.ones((2, 3), chunks=2)[:]",
    "zarr.zeros((2, 3), dtype='i2')[:]",
    "zarr.full((2, 2), 2.5)[:]",
    "zarr.empty((2, 2), dtype='i8').shape",
    "zarr.zeros_like(made())[:]",
    "zarr.ones_like(made())[:]",
    "zarr.full_like(made(), fill_value=3)[0]",
    "zarr.create((3,), chunks=(2,), fill_value=7, dtype='i4')[:]",
    "zarr.create((3,), store=zarr.storage.MemoryStore(), dtype='i4')[:]",
    "da.from_zarr(made())",
    "da.from_array(made(), chunks=2).sum(axis=0)",
    "sorted(group().keys()) == ['a', 'b']",
    "len(group())",
    "'b/c' in group()",
    "'b/x' in group()",
    "group()['b/c'][:]",
    "group()['b']['c'][0]",
    "group()['nothing']",
    "[name for name, _ in group().arrays()] == ['a']",
    "[name for name, _ in group().groups()] == ['b']",
    "group().require_group('b')['c'].shape",
    "group().require_array('a', shape=(3,), dtype='i8')[:]",
    "group().require_array('new', shape=(3,), dtype='i4')[:]",
    "group().attrs['unit'] == 'm'",
    "group().attrs['nothing']",
    "group().attrs.get('nothing', 5)",
    "len(group().attrs)",
    "h['soft'][:]",
    "h['g/up'][:]",
    "h['hard'][:]",
    "h['same/b'][:]",
    "h['other'][:]",
    "h['same/up'][1:]",
    "h['nowhere']",
    "h['gone']",
    "h['nothing']",
    "[name in h for name in ('a', 'soft', 'nowhere', 'gone', 'other', 'g/b', 'nothing')]",
    "list(h) == ['a', 'filled', 'g', 'gone', 'hard', 'nowhere', 'other', 'same', 'soft']",
    "list(h['g']) == ['b', 'up']",
    "len(h)",
    "[value is None for value in h.values()]",
    "h.get('nowhere') is None",
    "[isinstance(h.get(n, getlink=True), h5py.SoftLink) for n in h]",
    "[isinstance(h.get(n, getlink=True), h5py.ExternalLink) for n in h]",
    "h.get('soft', getlink=True).path == '/g/b'",
    "h.get('other', getlink=True).filename == 'linked.h5'",
    "h.get('g', getclass=True) is h5py.Group",
    "h.get('soft', getclass=True) is h5py.Dataset",
    "seen(h, lambda f, found: f.visit(found.append))",
    "seen(h, lambda f, found: f.visititems(lambda n, o: found.append(n)))",
    "seen(h, lambda f, found: f.visit_links(found.append))",
    "h['a'].attrs['matrix']",
    "h['a'].attrs['complex']",
    "h['a'].attrs['flag']",
    "np.asarray(h['a'].attrs['texts']).tolist() == [['a', 'b'], ['c', 'd']]",
    "len(h['a'].attrs)",
    "sorted(h['a'].attrs) == ['complex', 'empty', 'flag', 'matrix', 'texts']",
    "h['filled'].fillvalue",
    "h['filled'][:]",
    "h['filled'].maxshape[1]",
    "h['a'].fillvalue",
    "da.from_array(h['soft'], chunks=2)",
    "da.from_array(h['other'], chunks=2)",
    "len(d)",
    "[d[f'values{i}'][()] for i in range(40)]",
    "d['soft'][()]",
    "d['other'][:]",
    "len(d.attrs)",
    "[d.attrs[f'n{i}'] for i in range(40)]",
    "np.ma.getmaskarray(nc['temperature'][0])",
    "np.ma.getmaskarray(nc['pressure'][:])",
    "nc['temperature'][0].filled(-1)",
    "nc['temperature'][0, 0, 0]",
    "nc['temperature'][0, 1].mean()",
    "nc['temperature'][0, 1, 0] is np.ma.masked",
    "nc['temperature'][:].sum(axis=0)",
    "list(nc.variables) == ['time', 'temperature', 'pressure', 'count']",
    "nc['temperature'].ncattrs() == ['_FillValue', 'scale_factor', 'add_offset', 'units']",
    "nc.variables['nothing']",
]
write("stores", SETUP, entries)
