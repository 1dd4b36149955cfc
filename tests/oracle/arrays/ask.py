"""Asks NumPy and Dask what expressions come to, for tests/tests/arrays.rs.

A topic is a file beside this one that ends in

    write("basics", "x = np.arange(6)", ["x + 1", ...])

Run it with a Python that has NumPy and Dask, and it writes basics.json. Every expression is asked as it stands; an answer is its dtype,
shape and elements. An expression that raises is kept by the name of its exception.
"""

import json
import sys
import warnings
from pathlib import Path

import dask
import dask.array as da
import numpy as np


def show(r):
    """What the test asks rdk to show, too: the same lines stand there."""
    if isinstance(r, (tuple, list)):
        return [show(x) for x in r]
    a = np.asarray(r)
    return (str(a.dtype), a.shape, a.ravel().tolist())


# What rdk is known to answer differently, and in one case only by rounding near zero; a line here is one to be taken away.
OPEN = set(Path(__file__).with_name("open.txt").read_text().splitlines())


def write(topic, setup, expressions, rtol=None, **names):
    """Adds one set to a topic's file; `rtol` where the last digits may differ by more than usual; `names` mean something else here than in
    the setup: what another library gives for it."""
    warnings.simplefilter("ignore")
    dask.config.set(scheduler="synchronous")
    space = {"np": np, "da": da, "dask": dask, **names}
    exec(setup, space)
    space.update(names)
    entries = []
    for code in dict.fromkeys(expressions):
        if code in OPEN:
            continue
        try:
            (answer,) = dask.compute(eval(code, space))
            shows = repr(show(answer))
            # rdk has no numbers of 16 bits.
            if "float16" not in shows:
                entries.append({"code": code, "shows": shows})
        except Exception as error:
            # numpy.exceptions.AxisError and the like are known by their last name.
            # What NumPy raises of its own about types is a TypeError.
            name = type(error).__name__.replace("UFuncTypeError", "TypeError")
            entries.append({"code": code, "raises": name})
            print(f"{topic}: {code}: {type(error).__name__}: {error}", file=sys.stderr)
    path = Path(__file__).with_name(f"{topic}.json")
    sets = json.loads(path.read_text()) if topic in _written else []
    _written.add(topic)
    sets.append({"setup": setup, "rtol": rtol, "entries": entries})
    path.write_text(json.dumps(sets, indent=0) + "\n")
    print(f"{topic}: {len(entries)} entries")


_written = set()
