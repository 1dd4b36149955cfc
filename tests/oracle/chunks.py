"""Writes chunks.jsonl: what Dask makes of many ways to say how an array is to be cut.

Run with a Python that has Dask: python tests/oracle/chunks.py
"""

import json
import math
import random
import warnings
from pathlib import Path

import dask.array as da
from dask.array.core import normalize_chunks, unify_chunks

random.seed(20)
warnings.simplefilter("ignore")
cases = []


def write(kind, given, make):
    try:
        result = make()
    except ZeroDivisionError:
        # Dask stumbles over axes of length 0 here; we do not.
        return
    except (ValueError, TypeError):
        result = None
    cases.append({"kind": kind, **given, "result": result})


def plain(chunks):
    return [[int(size) for size in axis] for axis in chunks]


def cut(length, most=6):
    """Some sizes that make up a length."""
    sizes = []
    while length > 0:
        size = random.randint(1, max(1, min(length, random.choice([3, 50, length]))))
        if len(sizes) >= most:
            size = length
        sizes.append(size)
        length -= size
    return sizes or [0]


def even(length):
    size = random.randint(1, max(1, length))
    return plain([normalize_chunks((size,), (length,))[0]])[0]


def lengths(n):
    return [random.choice([0, 1, 2, 5, 10, 100, 999, 4096, 20000, 200000, 10**6]) for _ in range(n)]


def axis_spec(length, auto=0.4):
    kind = random.random()
    if kind < auto:
        return "auto"
    return random.choice([random.randint(1, max(1, length * 2)), -1, None, tuple(cut(length)), length or 1])


def jsonable(spec):
    if isinstance(spec, dict):
        return {"dict": [[key, jsonable(value)] for key, value in spec.items()]}
    if isinstance(spec, tuple):
        return [jsonable(item) for item in spec]
    return spec


for _ in range(400):
    shape = lengths(random.randint(1, 4))
    item = random.choice([1, 2, 4, 8, 16])
    dtype = {1: "u1", 2: "i2", 4: "f4", 8: "f8", 16: "c16"}[item]
    kind = random.random()
    if kind < 0.3:
        spec = "auto"
    elif kind < 0.4:
        spec = random.choice(["64 MiB", "10MB", "1kiB", "100", "1e6", "3 GB"])
    elif kind < 0.5:
        spec = random.choice([-1, 1000, 7, 1])
        if spec in (1, 7) and math.prod(shape) > 10**6:
            spec = 100000
    elif kind < 0.6:
        spec = {axis: axis_spec(length) for axis, length in enumerate(shape) if random.random() < 0.7}
    elif kind < 0.65:
        spec = tuple(axis_spec(length) for length in shape[1:])
    else:
        spec = tuple(axis_spec(length) for length in shape)
        if len(shape) == 1 and random.random() < 0.3:
            spec = tuple(cut(shape[0]))
    # A list for every one of a million chunks would make a large file.
    def make():
        result = plain(normalize_chunks(spec, tuple(shape), dtype=dtype))
        return result if sum(map(len, result)) < 300 else "long"

    write("normalize", {"shape": shape, "item": item, "spec": jsonable(spec)}, make)

for _ in range(400):
    shape = [max(1, length) for length in lengths(random.randint(1, 3))]
    item = random.choice([1, 4, 8])
    dtype = {1: "u1", 4: "f4", 8: "f8"}[item]
    previous = [even(length) if random.random() < 0.7 else cut(length) for length in shape]
    if sum(map(len, previous)) > 300:
        previous = [cut(length) for length in shape]
    if random.random() < 0.5:
        spec = "auto"
    elif random.random() < 0.4:
        spec = {axis: axis_spec(length, 0.7) for axis, length in enumerate(shape) if random.random() < 0.7}
    else:
        spec = tuple(axis_spec(length, 0.6) for length in shape)
    limit = random.choice([None, 1000, 10**5, 10**6, 10**7])

    def make():
        array = da.empty(tuple(shape), chunks=tuple(map(tuple, previous)), dtype=dtype)
        # Only the chunks are asked for: planning the tasks of a fine grid would take long.
        with_none = spec
        if isinstance(spec, dict):
            with_none = {axis: spec.get(axis) for axis in range(len(shape))}
            with_none = tuple(array.chunks[axis] if s is None else s for axis, s in with_none.items())
        elif isinstance(spec, tuple):
            with_none = tuple(array.chunks[axis] if s is None else s for axis, s in enumerate(spec))
        result = plain(normalize_chunks(with_none, array.shape, limit=limit, dtype=dtype, previous_chunks=array.chunks))
        return result if sum(map(len, result)) < 300 else "long"

    write("rechunk", {"shape": shape, "item": item, "spec": jsonable(spec), "previous": previous, "limit": limit}, make)

for _ in range(200):
    n = random.randint(1, 3)
    shape = [random.choice([1, 5, 12, 100]) for _ in range(n)]
    arrays = []
    for _ in range(random.randint(2, 3)):
        own = [1 if random.random() < 0.2 else length for length in shape][random.randint(0, n - 1):]
        arrays.append([cut(length) for length in own])

    def make():
        made = [da.empty(tuple(map(sum, chunks)), chunks=tuple(map(tuple, chunks))) for chunks in arrays]
        total = made[0]
        for other in made[1:]:
            total = total + other
        pairs = []
        for array in made:
            pairs += [array, tuple(range(array.ndim))[::-1]]
        chunks, _ = unify_chunks(*pairs)
        n = max(array.ndim for array in made)
        return plain([chunks[axis] for axis in reversed(range(n))])

    write("unify", {"arrays": arrays}, make)

for _ in range(300):
    length = random.choice([0, 1, 2, 5, 12, 100])
    chunks = cut(length)
    ends = [None, 0, 1, -1, 3, -4, length, -length, length + 5, -length - 5, length // 2]
    parts = [random.choice(ends), random.choice(ends), random.choice([None, 1, 2, 3, -1, -2, -7, 50])]
    if sum(da.empty(length, chunks=(tuple(chunks),))[slice(*parts)].chunks[0]) != len(range(length)[slice(*parts)]):
        # Going backwards from before the first element Dask takes some; NumPy takes none, and so do we.
        continue
    taken = da.empty(length, chunks=(tuple(chunks),))[slice(*parts)].chunks[0]
    if 0 in taken and len(taken) > 1:
        # With steps Dask sometimes leaves a chunk of nothing behind; we do not.
        continue
    write(
        "slice",
        {"chunks": chunks, "slice": parts},
        lambda: plain(da.empty(length, chunks=(tuple(chunks),))[slice(*parts)].chunks)[0],
    )

for _ in range(100):
    chunks = cut(random.choice([1, 5, 100, 1000]), 12)
    length = sum(chunks)
    write(
        "balance",
        {"chunks": chunks},
        lambda: plain(da.empty(length, chunks=(tuple(chunks),)).rechunk((tuple(chunks),), balance=True).chunks)[0],
    )

lines = [json.dumps(case) for case in cases]
Path(__file__).with_suffix(".jsonl").write_text("\n".join(lines) + "\n")
