"""Writes print_arrays.json: a few hundred arrays with the texts that NumPy gives for them.

Run with NumPy 2: python tests/oracle/print_arrays.py
"""

import json
import pathlib

import numpy as np

rng = np.random.default_rng(7)
cases = []


def add(array, **options):
    array = np.ascontiguousarray(array) if np.ndim(array) else np.asarray(array)
    with np.printoptions(**options):
        cases.append({
            "dtype": array.dtype.name,
            "shape": list(array.shape),
            "data": array.tobytes().hex(),
            "options": options,
            "repr": repr(array),
            "str": str(array),
        })


floats = [
    [], [0.0], [-0.0], [1.0], [-1.0, 1.0], [1.5, 2.25, -3.125], [0.1, 0.2, 0.3], [1 / 3, 2 / 3], [1e-4, 1.0], [1e-5, 1.0],
    [1e8], [99999999.0], [12345678.0, 0.5], [1000.0, 1.0], [1001.0, 1.0], [1e3, 1.1], [1e6], [999999.0], [1e10, 1e100], [1e-300, 1.0],
    [np.nan], [np.inf], [-np.inf], [np.nan, 1.0], [np.inf, 1.5], [-np.inf, 1.5], [np.nan, np.inf, -np.inf, 123.456],
    [np.nan, 1e10, 2.0], [-np.inf, 1e-10], [9.999999999], [99.999999995], [0.000123456789], [1e-8, 1e-9], [5e-324], [1.7976931348623157e308],
    [1.23456789012345, 100.0], [-1e-7, 1e7], [2.5, 1e16], [0.5, 1.5, 2.5, 3.5], [1e5, 1e-1], [123456.789, 1.0], [1.0000000001],
    [3.0, 3.00000001], [1e22, 1.0], [0.30000000000000004], [1e-10, 0.1234567890123],
]
for values in floats:
    for dtype in ("float64", "float32"):
        with np.errstate(over="ignore"):
            add(np.array(values, dtype=dtype))
    for value in values[:3]:
        add(np.array(value))
        with np.errstate(over="ignore"):
            add(np.array(value, dtype="float32"))

for values in floats[:33]:
    if values:
        im = np.roll(np.array(values), 1) * 0.5
        add(np.array(values) + 1j * im)
        with np.errstate(over="ignore", invalid="ignore"):
            add((np.array(values) + 1j * im).astype("complex64"))
add(np.array(1 + 2j))
add(np.array(2j))
add(np.array(-1.5 - 2j))
add(np.array(complex(0.0, np.nan)))

for dtype in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"):
    info = np.iinfo(dtype)
    add(np.array([], dtype=dtype))
    add(np.array([info.min, 0, info.max], dtype=dtype))
    add(np.array(5, dtype=dtype))
    add(np.arange(60, dtype=dtype))
    add(np.arange(30, dtype=dtype).reshape(5, 6))
    add(rng.integers(0, 100, (2, 3, 4)).astype(dtype))
add(np.arange(-50, 50))
add(np.array([True, False]))
add(np.array(True))
add(np.array(False))
add(np.array([], dtype=bool))
add(np.arange(40) % 3 == 0)
add((np.arange(24) % 3 == 0).reshape(2, 3, 4))

for shape in [(0,), (0, 3), (3, 0), (2, 0, 4), (1,), (1, 1), (1, 1, 1), (1, 5), (5, 1), (2, 3), (3, 2, 2), (2, 2, 2, 2), (2, 1, 3, 1, 2)]:
    add(np.ones(shape))
    add(np.zeros(shape, dtype="int32"))
    add(rng.standard_normal(shape))
    add(rng.standard_normal(shape).astype("float32"))

for shape in [(1000,), (1001,), (11, 100), (100, 11), (7, 150), (5, 5, 41), (4, 4, 4, 16), (1, 1010), (1010, 1), (2, 3, 170)]:
    size = int(np.prod(shape))
    add(np.arange(size, dtype="int16").reshape(shape))
    add(rng.random(shape, dtype="float32"))
    add((np.arange(size) % 2 == 0).reshape(shape))

for n in range(8, 80, 3):
    add(rng.standard_normal(n))
    add(rng.integers(-10 ** (n % 9), 10 ** (n % 9) + 1, n))
    add(np.round(rng.standard_normal((3, n)), 2))
for width in range(60, 80):
    add(np.full((1, 9), 10 ** (width % 7), dtype="int32"), linewidth=width)
    add(np.arange(9, dtype="int16") * 100, linewidth=width)

values = np.array([1.23456789, 1000.5, 1e-3, 123456.0])
for precision in (0, 1, 2, 3, 5, 12):
    add(values, precision=precision)
    add(values * 1e9, precision=precision)
    add(values, precision=precision, suppress=True)
    add(rng.random((4, 4)), precision=precision)
    add(rng.random((4, 4)) + 1j, precision=precision)
for mode in ("fixed", "unique", "maxprec", "maxprec_equal"):
    add(values, floatmode=mode, precision=4)
    add(values[:2], floatmode=mode, precision=4)
    add(values * 1e9, floatmode=mode, precision=4)
    add(np.array([1.0, np.nan, -np.inf]), floatmode=mode, precision=3)
add(np.array([1e-10, 1.0, 2.5]), suppress=True)
add(np.array([1e-10, 1e9]), suppress=True)
add(np.arange(100), threshold=10)
add(np.arange(100).reshape(10, 10), threshold=10, edgeitems=2)
add(np.arange(100).reshape(10, 10), threshold=10, edgeitems=1)
add(np.array([np.nan, np.inf, 1.0]), nanstr="not a number", infstr="INF")

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(len(cases), "cases")
