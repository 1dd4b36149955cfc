"""Files of every flavour (tests/oracle/files.py writes them), read as their own libraries read them.

    python tests/oracle/arrays/files.py        from the project's folder
"""

import dask_image.imread  # noqa: F401
import imageio  # noqa: F401
import skimage.io  # noqa: F401
from ask import write

SETUP = """\
import h5py, zarr, netCDF4, skimage.io, imageio
import numpy as np
import dask.array as da
from dask_image import imread
import dask.array.image
p = "tests/oracle/files/"
h = h5py.File(p + "many.h5", "r")
n = h5py.File(p + "new.h5", "r")
nc = netCDF4.Dataset(p + "climate.nc")
from PIL import Image

def filled(x):
    # netCDF4 gives masked arrays.
    return x.filled(np.nan) if hasattr(x, "filled") else x
"""
entries = []
numbers = "contiguous gzip lzf chunked offset big bigint flags filled growing".split()
for name in numbers:
    entries += [f"h['{name}'][{i}]" for i in ("()", "0", "-1", "1:3", ":, 2:5", "::2, ::3", "1, 3", "2, :4", "[0, 2]", "-2:, -3:")]
    entries += [f"h['{name}'].shape", f"h['{name}'].ndim", f"h['{name}'].size", f"len(h['{name}'])"]
    entries += [f"da.from_array(h['{name}'], chunks={c}){o}" for c in ("5", "(3, 13)") for o in ("", ".sum(axis=0)", "[1:4, ::2]")]
    entries += [f"da.from_array(h['{name}']).max()"]
entries += [f"h['{name}'][{i}]" for name in ("half", "complex", "uint64") for i in (":", "1:3" if name != "uint64" else "1:", "0")]
entries += ["h['scalar'][()]", "h['scalar'][...]", "h['empty'][:]", "h['empty'].shape", "h['records']['n']", "h['records']['x']", "h['group/inner/u8'][:, 1:]", "h['group']['inner']['u8'][()]"]
entries += ["np.asarray(h['lzf'])", f"h['gzip'][np.array(h['gzip'][:]) > 50]", "h['gzip'][5:5]", "h['gzip'][-100:2]", "h['filled'][...].sum()", "h['nothing']", "h['gzip'][40]", "h['gzip'][0, 0, 0]", "h['gzip'][::-1]", "h['scalar'][0]"]
entries += [f"n['{name}'][{i}]" for name in "gzip single growing values".split() for i in (":", "3:9, 5:22", "-1")]
entries += [f"da.from_array(n['{name}'], chunks=(8, 9)).mean(axis=1)" for name in "gzip single growing".split()]
entries += ["h.attrs['version']", "h.attrs['scale']", "h.attrs['range']", "len(h.attrs)"]
entries += ["da.stack([da.from_array(h5py.File(p + f'field{i}.h5', 'r')['values'], chunks=4) for i in range(4)]).sum(axis=0)"]
npy = "plain fortran big half flags complex scalar v2 v3".split()
for name in npy:
    entries += [f"np.load(p + '{name}.npy')", f"np.load(p + '{name}.npy', mmap_mode='r') + 0"]
    if name not in ("scalar", "half"):
        entries += [f"np.load(p + '{name}.npy', mmap_mode='r')[1:3, ::2]", f"da.from_array(np.load(p + '{name}.npy', mmap_mode='r'), chunks=(2, 7)).sum(axis=1)", f"np.load(p + '{name}.npy', mmap_mode='r')[-1]", f"np.load(p + '{name}.npy', mmap_mode='r').T"]
entries += ["np.load(p + 'two.npz')['x']", "np.load(p + 'two.npz')['a']", "np.load(p + 'packed.npz')['arr_0']", "np.load(p + 'packed.npz')['flags']", "np.load(p + 'packed.npz')['f']", "len(np.load(p + 'two.npz').files)", "np.load(p + 'two.npz')['y']"]
entries += ["np.load(p + 'cut.npy')", "np.load(p + 'object.npy')", "np.load(p + 'nothing.npy')", "np.load(p + 'table.txt')"]
entries += ["np.fromfile(p + 'raw.dat', dtype='<i2')", "np.fromfile(p + 'raw.dat', dtype='int16', count=5)", "np.fromfile(p + 'raw.dat', dtype='>i2', offset=10, count=4)", "np.memmap(p + 'raw.dat', dtype='int16', mode='r', shape=(30, 40))[3:5, ::7]", "np.memmap(p + 'raw.dat', dtype='int16', mode='r').shape", "np.memmap(p + 'raw.dat', dtype='int16', mode='r', shape=(30, 41))", "np.memmap(p + 'raw.dat', dtype='int16', mode='r', offset=80, shape=(5, 4), order='F') + 0", "da.from_array(np.memmap(p + 'raw.dat', dtype='int16', mode='r', shape=(30, 40)), chunks=11).sum(axis=0)", "np.frombuffer(b'abcd', dtype='u1')", "np.frombuffer(b'abcde', dtype='<u2')"]
entries += ["np.loadtxt(p + 'table.txt')", "np.loadtxt(p + 'table.txt', usecols=(0, 2))", "np.loadtxt(p + 'table.txt', usecols=1)", "np.loadtxt(p + 'table.txt', skiprows=2, unpack=True)", "np.loadtxt(p + 'table.txt', max_rows=1)", "np.loadtxt(p + 'table.txt', max_rows=1, ndmin=2)", "np.loadtxt(p + 'holes.csv', delimiter=',', skiprows=1)", "np.loadtxt(p + 'holes.csv', delimiter=',', skiprows=1, max_rows=1, dtype=int)", "np.genfromtxt(p + 'holes.csv', delimiter=',', skip_header=1)", "np.genfromtxt(p + 'holes.csv', delimiter=',', skip_header=1, filling_values=0)", "np.genfromtxt(p + 'holes.csv', delimiter=',', skip_header=1, skip_footer=1, usecols=(0, 2), dtype=int)", "np.genfromtxt(p + 'table.txt')"]
for name in "three gzip3 blosc3 sharded blosc2 gzip2 zstd2 plain2".split():
    entries += [f"zarr.open(p + '{name}.zarr', mode='r')[{i}]" for i in (":", "3:17, 5:22", "-1", "::4, 1", "0, 0")]
    entries += [f"da.from_zarr(p + '{name}.zarr')", f"da.from_zarr(p + '{name}.zarr', chunks=(9, 40)).sum(axis=1)", f"zarr.open(p + '{name}.zarr', mode='r').shape", f"zarr.open(p + '{name}.zarr', mode='r').ndim"]
entries += ["zarr.load(p + 'three.zarr')[2, 3]", "zarr.open(p + 'group.zarr', mode='r')['one'][:]", "zarr.open(p + 'group.zarr', mode='r')['inner/two'][:]", "zarr.open(p + 'group.zarr', mode='r')['inner']['two'][0]", "da.from_zarr(p + 'group.zarr', component='inner/two')", "zarr.open(p + 'nothing.zarr', mode='r')", "zarr.open(p + 'group.zarr', mode='r')['two']"]
for name in "u8 u16 f32 big one tiled".split():
    entries += [f"skimage.io.imread(p + '{name}.tif')", f"imread.imread(p + '{name}.tif')"]
entries += [f"skimage.io.imread(p + '{name}.png')" for name in "rgb grey rgba u16".split()]
entries += ["skimage.io.imread(p + 'rgb.png', as_gray=True)", "imageio.imread(p + 'rgb.png')[:2]", "da.image.imread(p + '*gb.png').shape", "da.image.imread(p + 'r*b.png')", "imread.imread(p + 'u16.tif', nframes=3)[1:3].sum(axis=0)", "skimage.io.imread(p + 'nothing.png')", "skimage.io.imread(p + 'cut.png')", "skimage.io.imread(p + 'planes.tif').shape", "np.asarray(Image.open(p + 'lzw.tif'))", "np.asarray(Image.open(p + 'u8.tif'))", "np.asarray(Image.open(p + 'f32.tif'))"]
entries += [f"skimage.io.imread(p + '{name}.jpg').shape" for name in ("photo0", "grey")]
entries += [f"nc.variables['{name}'][...]" for name in ("pressure", "count", "time")]
entries += ["filled(nc.variables['temperature'][:])", "filled(nc['temperature'][1, 1:3, ::2])", "nc.variables['temperature'].shape", "nc.dimensions['lat'].size", "len(nc.dimensions['lon'])", "len(nc.variables)", "da.from_array(nc.variables['pressure'], chunks=2).sum(axis=0)", "nc.variables['temperature'].scale_factor", "nc.variables['pressure'].ndim"]
# What has its big end first in the file has it last here.
BIG = ("'big'", "'bigint'", "'big.", "'>i2'", "plain2.zarr")
entries = [f"{code} + 0" if any(name in code for name in BIG) and "shape" not in code and "ndim" not in code else code for code in entries]
write("files", SETUP, entries)
