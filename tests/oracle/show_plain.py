"""Writes show_plain.json: what Python shows of plain values. Run with IPython installed; the seed is fixed."""

import json
import math
import random
import struct

from IPython.lib.pretty import pretty

rng = random.Random(20)


def tagged(value):
    """A value in a form that keeps its type."""
    kind = type(value).__name__
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": struct.pack(">d", value).hex()}
    if isinstance(value, complex):
        return {"complex": [tagged(value.real), tagged(value.imag)]}
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, dict):
        return {"dict": [[tagged(k), tagged(v)] for k, v in value.items()]}
    return {kind: [tagged(item) for item in value]}


def any_float():
    shape = rng.randrange(6)
    if shape == 0:
        return struct.unpack(">d", rng.randbytes(8))[0]
    if shape == 1:
        return rng.randrange(-1000, 1000) / 10 ** rng.randrange(0, 6)
    if shape == 2:
        return float(f"{rng.choice('-+')}{rng.randrange(1, 10**rng.randrange(1, 18))}e{rng.randrange(-25, 25)}")
    if shape == 3:
        return rng.choice([0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308, 0.5, 1.5, 2.5, 0.1])
    if shape == 4:
        return rng.randrange(-(10**6), 10**6) + rng.choice([0.0, 0.25, 0.5, 0.75, 0.125])
    return rng.gauss(0, 10.0 ** rng.randrange(-3, 8))


def any_int():
    return rng.choice([rng.randrange(-20, 20), rng.randrange(-(10**6), 10**6), rng.randrange(-(2**70), 2**70)])


LETTERS = "abcXYZ 019'\"\\\n\t\r\x00\x1b\x7f\x80éßжあ中🙂\u200b\u2028\xa0\xad\ufeff\U000e0001"


def any_text(most=12):
    plain = rng.random() < 0.5
    return "".join(rng.choice("abc de" if plain else LETTERS) for _ in range(rng.randrange(most)))


def any_value(depth):
    shape = rng.randrange(12 if depth else 6)
    if shape == 0:
        return any_int()
    if shape == 1:
        return any_float()
    if shape == 2:
        return any_text(30)
    if shape == 3:
        return rng.choice([None, True, False])
    if shape == 4:
        return complex(any_float(), any_float())
    if shape == 5:
        return any_text().encode()
    n = rng.choice([0, 1, 2, 3, 5, 12 if depth > 2 else 2])
    if shape in (6, 7):
        return [any_value(depth - 1) for _ in range(n)]
    if shape == 8:
        return tuple(any_value(depth - 1) for _ in range(n))
    if shape == 9:
        return {rng.choice([any_text(), any_int()]): any_value(depth - 1) for _ in range(n)}
    # Sets of one kind, so that their order in Python is that of their values.
    return rng.choice([set, frozenset])(rng.choice([any_int, any_text])() for _ in range(n))


def any_spec(kinds):
    spec = ""
    if rng.random() < 0.4:
        spec += rng.choice(["", "*", "0", "é"]) + rng.choice("<>^=")
    spec += rng.choice(["", "", "", "+", "-", " "])
    spec += rng.choice(["", "", "", "", "z"])
    spec += rng.choice(["", "", "", "#"])
    spec += rng.choice(["", "", "", "0"])
    spec += rng.choice(["", "", str(rng.randrange(1, 25))])
    spec += rng.choice(["", "", "", ",", "_"])
    spec += rng.choice(["", "", f".{rng.randrange(0, 20)}"])
    return spec + rng.choice(kinds)


def outcome(work):
    try:
        return work()
    except (ValueError, TypeError, OverflowError, KeyError) as error:
        return {"error": type(error).__name__}


def specs():
    makers = [
        (any_int, ["", "d", "b", "o", "x", "X", "n", "f", "e", "g", "%", "c", "s", "y"]),
        (any_float, ["", "f", "F", "e", "E", "g", "G", "%", "n", "d"]),
        (any_text, ["", "s", "d"]),
        (lambda: rng.choice([True, False]), ["", "d", "s", "f"]),
        (lambda: complex(any_float(), any_float()), ["", "f", "e", "g", "G"]),
    ]
    for at in range(3000):
        maker, kinds = makers[0 if at % 3 == 0 else 1 if at % 3 == 1 else rng.randrange(2, 5)]
        value, spec = maker(), any_spec(kinds)
        if "c" in spec and isinstance(value, int):
            value = rng.randrange(32, 0xD000)
        yield [tagged(value), spec, outcome(lambda: format(value, spec))]


def percents():
    for _ in range(1000):
        kind = rng.choice("diouxXeEfFgGsra%c")
        flags = "".join(rng.sample("#0- +", rng.randrange(3)))
        width = rng.choice(["", "", str(rng.randrange(1, 20)), "*"])
        precision = rng.choice(["", "", f".{rng.randrange(12)}"])
        template = f"<%{flags}{width}{precision}{kind}>"
        values = (rng.randrange(-15, 15),) if width == "*" else ()
        if kind == "c":
            values += (rng.choice([rng.randrange(33, 1000), "é", "ab"]),)
        elif kind in "sra":
            values += (rng.choice([any_text(), any_int(), any_float(), None]),)
        elif kind != "%":
            values += (rng.choice([any_int(), any_float(), any_float(), "a"]),)
        if kind == "%" and (flags or width or precision):
            continue
        yield [template, tagged(values), outcome(lambda: template % values)]


def lines(rows):
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


floats = [any_float() for _ in range(3000)]
values = [any_value(3) for _ in range(300)]
texts = [any_text() for _ in range(300)]
sections = {
    "floats": [[tagged(x)["float"], repr(x)] for x in floats],
    "texts": [[x, repr(x), ascii(x)] for x in texts],
    "values": [[tagged(x), pretty(x)] for x in values],
    "reprs": [[tagged(x), repr(x)] for x in values if "set" not in str(tagged(x))],
    "specs": list(specs()),
    "percents": list(percents()),
}
with open(__file__.replace(".py", ".json"), "w") as file:
    file.write("{\n" + ",\n".join(f'"{name}": {lines(rows)}' for name, rows in sections.items()) + "\n}\n")
