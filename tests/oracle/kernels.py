"""What NumPy says about types, casts and element functions: writes kernels.json, which lang/array/tests/oracle.rs reads.

There is no float16 in rdk: where NumPy computes in it, float32 is expected.
"""
import json
import pathlib
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")

NAMES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128".split()
TYPES = [np.dtype(name) for name in NAMES]
UNARY = """negative positive absolute fabs sign rint floor ceil trunc sqrt cbrt square reciprocal exp exp2 expm1 log log2 log10
    log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh deg2rad rad2deg isnan isinf isfinite signbit
    conjugate logical_not invert bitwise_count spacing""".split()
BINARY = """add subtract multiply divide floor_divide remainder fmod power float_power maximum minimum fmax fmin bitwise_and
    bitwise_or bitwise_xor left_shift right_shift logical_and logical_or logical_xor logaddexp logaddexp2 hypot arctan2 gcd lcm
    copysign nextafter heaviside""".split()
COMPARE = "equal not_equal less less_equal greater greater_equal".split()
# Not the same to the last bit, and need not be.
ROUGH = set("""sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh
    power float_power logaddexp logaddexp2 hypot arctan2 reciprocal divide absolute sign""".split())


def name(dtype):
    return "float32" if dtype == np.float16 else dtype.name


def resolved(ufunc, *types):
    try:
        found = ufunc.resolve_dtypes((*types, None))
    except TypeError:
        return None
    # The loop for two signed types is only asked about where both are of one type.
    return [name(found[0]), name(found[-1])]


def result(reduction, dtype):
    try:
        return getattr(np, reduction)(np.ones(2, dtype)).dtype.name
    except TypeError:
        return None


def values(dtype):
    if dtype.kind == "b":
        return np.array([False, True])
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        wanted = [0, 1, 2, 3, 7, 12, 63, 64, -1, -2, -7, -128, info.min, info.max]
        return np.array([x for x in dict.fromkeys(wanted) if info.min <= x <= info.max], dtype)
    wanted = [0.0, -0.0, 0.5, -0.5, 1.0, 2.5, -2.5, -3.0, 7.25, 1e10, np.inf, -np.inf, np.nan]
    if dtype.kind == "f":
        return np.array(wanted, dtype)
    parts = [0.0, 1.0, -2.5]
    return np.array([complex(a, b) for a in parts for b in parts], dtype)


def cast_values(dtype):
    if dtype.kind == "f":
        wanted = [0.9, -0.9, 255.9, 256, 300, -1, -129, 40000, 65536.5, 2.0**31, -(2.0**31) - 1, 2.0**32 + 5, 2.0**53, 1e10, -1e10]
        wanted += [9.3e18, 1.8e19, 1.9e19, 1e20, -1e20, 3e38, np.inf, -np.inf, np.nan, 0.0]
        return np.array(wanted, dtype)
    if dtype.kind == "c":
        return np.array([0, 1j, 1.5 - 2j, 300 + 1j, complex(np.nan, 1)], dtype)
    return values(dtype)


def packed(array):
    return {"dtype": array.dtype.name, "bytes": np.ascontiguousarray(array).tobytes().hex()}


def applied(names, count):
    found = []
    for function in names:
        ufunc = getattr(np, function)
        for dtype in TYPES:
            # The loops of the other types are made from the same text.
            if dtype.name in ("int16", "uint16", "uint32"):
                continue
            wanted = resolved(ufunc, *[dtype] * count)
            if wanted is None or wanted[0] != dtype.name:
                continue
            x = values(dtype)
            # Of two, every value with every other; of powers of whole numbers, exponents from 0 to 15.
            inputs = [x] if count == 1 else [a.ravel() for a in np.meshgrid(x, x, indexing="ij")]
            if function in ("power", "float_power") and dtype.kind in "iu":
                inputs[1] = np.abs(inputs[1] % 16)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                got = ufunc(*inputs)
            if got.dtype.name != wanted[1]:
                continue
            found.append(
                {
                    "function": function,
                    "exact": function not in ROUGH or dtype.kind in "biu",
                    "input": dtype.name,
                    "result": packed(got),
                }
            )
    return found


weak = {"bool": True, "int": 1, "float": 1.0, "complex": 1j}
oracle = {
    "promote": [[name(np.promote_types(a, b)) for b in TYPES] for a in TYPES],
    "weak": {kind: [name(np.result_type(a, value)) for a in TYPES] for kind, value in weak.items()},
    "can_cast": {rule: [[bool(np.can_cast(a, b, rule)) for b in TYPES] for a in TYPES] for rule in ["no", "safe", "same_kind", "unsafe"]},
    "unary": {f: [resolved(getattr(np, f), a) for a in TYPES] for f in UNARY},
    "binary": {f: [[resolved(getattr(np, f), a, b) for b in TYPES] for a in TYPES] for f in BINARY},
    "reductions": {f: [result(f, a) for a in TYPES] for f in "sum prod min max any all argmin argmax mean var std nansum nanmean nanvar".split()},
    "casts": [
        {"input": packed(cast_values(a)), "result": packed(cast_values(a).astype(b))} for a in TYPES for b in TYPES
    ],
    "inputs": {a.name: packed(values(a)) for a in TYPES},
    "values": applied(UNARY, 1) + applied(BINARY + COMPARE, 2),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(oracle, separators=(",", ":")))
print(path, path.stat().st_size)
