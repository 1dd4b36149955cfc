"""Writes small files of every flavour with the libraries that people use, for tests/suite/file and tests/oracle/arrays/files.py.

    python tests/oracle/files.py
"""

import shutil
from pathlib import Path

import h5py
import netCDF4
import numpy as np
import tifffile
import zarr
from PIL import Image

HERE = Path(__file__).parent / "files"
shutil.rmtree(HERE, ignore_errors=True)
HERE.mkdir()

a = (np.arange(30 * 40).reshape(30, 40) * 7919 % 1009 - 500).astype("int32")
x = a / 8.0

with h5py.File(HERE / "many.h5", "w") as f:
    f["contiguous"] = x
    f.create_dataset("gzip", data=x, chunks=(7, 11), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("lzf", data=a, chunks=(8, 40), compression="lzf", shuffle=True)
    f.create_dataset("chunked", data=a.astype("i2"), chunks=(30, 8))
    f.create_dataset("offset", data=a, chunks=(10, 10), scaleoffset=0)
    f.create_dataset("big", data=x.astype(">f4"))
    f.create_dataset("bigint", data=a.astype(">i2"), chunks=(16, 16), compression="gzip")
    f.create_dataset("half", data=x[0].astype("f2"))
    f.create_dataset("flags", data=a[:3] > 0)
    f.create_dataset("complex", data=x[0] + 1j * x[1])
    f.create_dataset("scalar", data=42.5)
    f.create_dataset("empty", shape=(0, 3), dtype="f8")
    f.create_dataset("filled", shape=(20, 20), chunks=(8, 8), dtype="i4", fillvalue=7)
    f["filled"][0:3, 0:3] = 1
    f.create_dataset("growing", data=x[:5], maxshape=(None, 40))
    f.create_dataset("text", data=["one", "zwei", "tres ñ"])
    f.create_dataset("fixed", data=np.array([b"ab", b"cde"]))
    f.create_dataset("word", data="hello")
    f.create_dataset("records", data=np.array([(1, 2.5), (3, -4.5)], dtype=[("n", "i4"), ("x", "f8")]))
    f.create_dataset("uint64", data=np.array([2**64 - 1, 5], dtype="u8"))
    group = f.create_group("group/inner")
    group["u8"] = np.arange(6, dtype="u1").reshape(2, 3)
    group.attrs["unit"] = "m"
    f.attrs["title"] = "of many kinds"
    f.attrs["version"] = 3
    f.attrs["scale"] = np.float32(0.5)
    f.attrs["range"] = np.array([1.0, 2.0, 3.0])
    f.attrs["names"] = ["a", "b"]
with h5py.File(HERE / "new.h5", "w", libver=("v110", "v112")) as f:
    f.create_dataset("gzip", data=x, chunks=(7, 11), compression="gzip")
    f.create_dataset("single", data=a, chunks=(30, 40))
    f.create_dataset("growing", data=a, chunks=(4, 10), maxshape=(None, 40))
    f["values"] = x
with h5py.File(HERE / "newest.h5", "w", libver="latest") as f:
    f.create_dataset("both", data=a, chunks=(4, 10), maxshape=(None, None))
    f["values"] = x
for number in range(4):
    with h5py.File(HERE / f"field{number}.h5", "w") as f:
        f["values"] = np.hypot(*np.mgrid[-3:3:9j, -3:3:9j]) * (number + 1)
whole = (HERE / "many.h5").read_bytes()
(HERE / "cut.h5").write_bytes((HERE / "field0.h5").read_bytes()[:1500])
with h5py.File(HERE / "damaged.h5", "w") as f:
    f.create_dataset("values", data=x[:20, :20], chunks=(10, 10), compression="gzip", fletcher32=True)
    place = f["values"].id.get_chunk_info(3)
damaged = bytearray((HERE / "damaged.h5").read_bytes())
damaged[place.byte_offset + 30] ^= 0xFF
(HERE / "damaged.h5").write_bytes(damaged)
(HERE / "text.h5").write_text("this is not HDF5, and never was; it only has the ending\n" * 20)

with h5py.File(HERE / "linked.h5", "w") as f:
    f["x"] = np.arange(3)
with h5py.File(HERE / "links.h5", "w") as f:
    f["a"] = np.arange(6.0).reshape(2, 3)
    f["g/b"] = np.arange(4)
    f["g/up"] = h5py.SoftLink("b")
    f["soft"] = h5py.SoftLink("/g/b")
    f["nowhere"] = h5py.SoftLink("/nothing")
    f["hard"] = f["a"]
    f["same"] = f["g"]
    f["other"] = h5py.ExternalLink("linked.h5", "/x")
    f["gone"] = h5py.ExternalLink("gone.h5", "/x")
    f["a"].attrs["matrix"] = np.arange(6).reshape(2, 3)
    f["a"].attrs["texts"] = np.array([["a", "b"], ["c", "d"]], dtype=h5py.string_dtype())
    f["a"].attrs["complex"] = 1 + 2j
    f["a"].attrs["flag"] = True
    f["a"].attrs["empty"] = h5py.Empty("f4")
    f.create_dataset("filled", shape=(4, 4), fillvalue=7, maxshape=(None, 4), chunks=(2, 2), dtype="i4")
# Types that a file may have and rdk does not make, none of which a change elsewhere in the file may touch.
with h5py.File(HERE / "kinds.h5", "w") as f:
    f["big"] = (np.arange(3) / 2).astype(">f4")
    f["half"] = np.arange(3, dtype="f2") / 4
    f.create_dataset("colour", data=[0, 1, 1], dtype=h5py.enum_dtype({"RED": 0, "GREEN": 1}, basetype="i1"))
    f.create_dataset("flags", shape=(3,), dtype=bool, fillvalue=True)
    f.create_dataset("unwritten", shape=(3,), dtype="f2", fillvalue=2.5)
    f.create_dataset("partly", shape=(4, 4), dtype=">i4", fillvalue=7, chunks=(2, 2))[0, 0] = 1
    f.create_dataset("growing", shape=(0, 3), maxshape=(None, 3), chunks=(2, 3), dtype="i2")
    f["fixed"] = np.array([b"ab", b"cde"])
    f["latin"] = np.array([b"caf\xe9", b"\xff"])
    f.create_dataset("ascii", data=["a", "bc"], dtype=h5py.string_dtype("ascii"))
    f["records"] = np.array([(1, b"ab", [1, 2]), (3, b"c", [3, 4])], dtype=[("n", ">i4"), ("t", "S2"), ("p", "f4", (2,))])
    f["opaque"] = np.void(b"\x00\x01\x02")
    f["latin"].attrs["unit"] = np.bytes_(b"\xb5m")
    f["latin"].attrs["half"] = np.float16(0.5)
    f["latin"].attrs["pair"] = np.array((1, 2.5), dtype=[("n", "i2"), ("x", "f8")])
# What cannot be carried over to another file without following where it leads.
LISTS = h5py.vlen_dtype(np.int32)
for number, (data, dtype) in enumerate([
    (np.array([(1, "a"), (2, "bc")], dtype=[("n", "i4"), ("t", h5py.string_dtype())]), None),
    (np.array([np.arange(2, dtype="i4"), np.arange(3, dtype="i4")], dtype=object), LISTS),
    (None, h5py.ref_dtype),
    ([b"caf\xe9"], h5py.string_dtype()),
]):
    with h5py.File(HERE / f"bound{number}.h5", "w") as f:
        f["x"] = 1
        f.create_dataset("bound", shape=None if data is not None else (1,), data=data, dtype=dtype)
        if data is None:
            f["bound"][0] = f["x"].ref
# What a file made anew would not have: a block before its beginning, the order in which members were made, comments of groups.
with h5py.File(HERE / "userblock.h5", "w", userblock_size=512) as f:
    f["x"] = np.arange(3)
with open(HERE / "userblock.h5", "r+b") as block:
    block.write(b"MATLAB 7.3 MAT-file")
with h5py.File(HERE / "ordered.h5", "w") as f:
    group = f.create_group("group", track_order=True)
    group["b"], group["a"] = 1, 2
with h5py.File(HERE / "comment.h5", "w") as f:
    h5py.h5o.set_comment(f.create_group("group").id, b"made by hand")
# Texts that have the character which stands for bytes that are not UTF-8.
with h5py.File(HERE / "odd.h5", "w") as f:
    f.create_dataset("texts", data=["a\ufffdb", "plain"], dtype=h5py.string_dtype())
    f.attrs["odd"] = "\ufffd"
    f.attrs["padded"] = np.bytes_(b"\xb5m")
    f.create_dataset("rows", data=np.array([b"%d" % number for number in range(6)]).reshape(3, 2))
    f.create_dataset("holes", shape=(6, 6), dtype="i2", chunks=(2, 3), fillvalue=5)[2:4, 3:] = 1
# Many links and attributes: heaps and trees instead of plain messages.
with h5py.File(HERE / "dense.h5", "w", libver="latest") as f:
    for number in range(40):
        f[f"values{number}"] = number
        f.attrs[f"n{number}"] = number
    f["soft"] = h5py.SoftLink("values7")
    f["other"] = h5py.ExternalLink("linked.h5", "/x")

np.save(HERE / "plain.npy", x)
np.save(HERE / "fortran.npy", np.asfortranarray(a))
np.save(HERE / "big.npy", a.astype(">i4"))
np.save(HERE / "half.npy", x[0].astype("f2"))
np.save(HERE / "flags.npy", a > 0)
np.save(HERE / "complex.npy", (x[:2] + 1j).astype("c8"))
np.save(HERE / "scalar.npy", np.float64(2.5))
np.save(HERE / "text.npy", np.array(["a", "b"]))
np.save(HERE / "object.npy", np.array([None, {}]), allow_pickle=True)
with open(HERE / "v2.npy", "wb") as f:
    np.lib.format.write_array(f, x[:4], version=(2, 0))
with open(HERE / "v3.npy", "wb") as f:
    np.lib.format.write_array(f, x[:4].astype("u2"), version=(3, 0))
(HERE / "cut.npy").write_bytes((HERE / "plain.npy").read_bytes()[:5000])
np.savez(HERE / "two.npz", x=x[:3], a=a[:3])
np.savez_compressed(HERE / "packed.npz", x[:3], flags=a[:3] > 0, f=np.asfortranarray(a[:3]))
(HERE / "cut.npz").write_bytes((HERE / "two.npz").read_bytes()[:900])
a.astype("<i2").tofile(HERE / "raw.dat")
np.savetxt(HERE / "table.txt", x[:4, :3], header="three columns", fmt="%.3f")
(HERE / "holes.csv").write_text("a,b,c\n1,2,3\n4,,6\n7,x,9\n")

zarr.save_array(HERE / "three.zarr", x)
z = zarr.create_array(HERE / "gzip3.zarr", shape=a.shape, chunks=(7, 11), dtype="i4", compressors=zarr.codecs.GzipCodec(), attributes={"unit": "m", "n": 3})
z[:] = a
z = zarr.create_array(HERE / "blosc3.zarr", shape=x.shape, chunks=(16, 16), dtype="f8", compressors=zarr.codecs.BloscCodec(cname="lz4", shuffle="shuffle"), fill_value=1.5)
z[:10, :10] = x[:10, :10]
z = zarr.create_array(HERE / "sharded.zarr", shape=x.shape, chunks=(5, 5), shards=(15, 20), dtype="f4")
z[:] = x
import numcodecs

for name, codec in (("blosc2", numcodecs.Blosc("zstd", shuffle=1)), ("gzip2", numcodecs.GZip(5)), ("zstd2", numcodecs.Zstd(1)), ("zlib2", numcodecs.Zlib(6)), ("plain2", None)):
    z = zarr.create_array(HERE / f"{name}.zarr", shape=a.shape, chunks=(16, 16), dtype=">i2" if name == "plain2" else "i4", compressors=codec, zarr_format=2)
    z[:] = a
group = zarr.open_group(HERE / "group.zarr", mode="w")
group.create_array("one", shape=(4,), dtype="i8")[:] = [1, 2, 3, 4]
group.create_group("inner").create_array("two", shape=(2, 2), dtype="u1")[:] = 9
shutil.copytree(HERE / "gzip2.zarr", HERE / "damaged.zarr")
(HERE / "damaged.zarr" / "1.2").write_bytes(b"nothing of use")

with netCDF4.Dataset(HERE / "climate.nc", "w") as n:
    n.createDimension("time", None)
    n.createDimension("lat", 4)
    n.createDimension("lon", 5)
    n.title = "made up"
    t = n.createVariable("time", "f8", ("time",))
    t.units = "days since 2000-01-01"
    t[:] = np.arange(3.0)
    v = n.createVariable("temperature", "i2", ("time", "lat", "lon"), fill_value=-999, zlib=True)
    v.scale_factor = 0.5
    v.add_offset = 10.0
    v.units = "degC"
    values = np.ma.masked_equal(np.arange(60).reshape(3, 4, 5) * 0.5 + 10, 12.5)
    v[:] = values
    p = n.createVariable("pressure", "f4", ("lat", "lon"))
    p[:] = np.arange(20).reshape(4, 5) + 1000
    i = n.createVariable("count", "i4", ("lat",))
    i[:] = [1, 2, 3, 4]

stack = (np.arange(4 * 12 * 10).reshape(4, 12, 10) * 31 % 251)
tifffile.imwrite(HERE / "u8.tif", stack.astype("u1"), photometric="minisblack")
tifffile.imwrite(HERE / "u16.tif", (stack * 200).astype("u2"), photometric="minisblack", compression="zlib")
tifffile.imwrite(HERE / "f32.tif", (stack / 8).astype("f4"), photometric="minisblack", compression="zlib")
tifffile.imwrite(HERE / "big.tif", (stack * 100).astype(">u2"), photometric="minisblack", byteorder=">")
tifffile.imwrite(HERE / "one.tif", stack[0].astype("i2"), photometric="minisblack")
tifffile.imwrite(HERE / "tiled.tif", np.tile(stack[0], (4, 4)).astype("u1"), photometric="minisblack", tile=(16, 16))
tifffile.imwrite(HERE / "planes.tif", stack[:3].astype("u1"), photometric="rgb", planarconfig="separate")
Image.fromarray(np.tile(stack[0], (4, 4)).astype("u1")).save(HERE / "lzw.tif", compression="tiff_lzw")
(HERE / "cut.tif").write_bytes((HERE / "u8.tif").read_bytes()[:-300])
rgb = np.stack([stack[0], stack[1], stack[2]], axis=-1).astype("u1")
Image.fromarray(rgb).save(HERE / "rgb.png")
Image.fromarray(rgb[..., 0]).save(HERE / "grey.png")
Image.fromarray(np.dstack([rgb, rgb[..., :1]])).save(HERE / "rgba.png")
Image.fromarray((stack[0] * 200).astype("u2")).save(HERE / "u16.png")
smooth = np.clip(np.add.outer(np.arange(16) * 8, np.arange(24) * 5), 0, 255).astype("u1")
for number in range(3):
    Image.fromarray(np.dstack([smooth, smooth // 2, smooth[::-1]]) // (number + 1)).save(HERE / f"photo{number}.jpg", quality=95)
Image.fromarray(smooth).save(HERE / "grey.jpg", quality=95)
(HERE / "cut.png").write_bytes((HERE / "rgb.png").read_bytes()[:120])
print(sum(p.stat().st_size for p in HERE.rglob("*") if p.is_file()), "bytes")
