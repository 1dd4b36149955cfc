"""Writes frames_show.json: what pandas and Dask show of many frames, series and indexes, with the data itself.

Run with a Python that has pandas 3 and Dask: COLUMNS=80 python tests/oracle/frames_show.py
"""

import datetime
import decimal
import io
import json
import os
import random
import re
from html.parser import HTMLParser
from pathlib import Path

os.environ["COLUMNS"] = "80"

import numpy as np
import pandas as pd
import pyarrow as pa

import dask
import dask.dataframe as dd

# Wide characters take two columns in a terminal: we know no other way to align them.
pd.set_option("display.unicode.east_asian_width", True)
random.seed(3)
numbers = np.random.default_rng(3)
cases = []


def arrow(array):
    """An arrow array as plain data."""
    t = array.type
    if pa.types.is_list(t):
        items = [arrow(pa.array([] if v is None else v, t.value_type)) if v is not None else None for v in array.to_pylist()]
        return {"type": "list", "values": items, "item": arrow(pa.array([], t.value_type))}
    if pa.types.is_struct(t):
        return {"type": "struct", "fields": [[t.field(i).name, arrow(array.field(i))] for i in range(t.num_fields)]}
    if pa.types.is_floating(t):
        values = [None if v is None else repr(float(v)) for v in array.to_pylist()]
    elif pa.types.is_timestamp(t) or pa.types.is_duration(t) or pa.types.is_time(t):
        bits = pa.int64() if t.bit_width == 64 else pa.int32()
        values = array.cast(bits).to_pylist() if not pa.types.is_duration(t) else array.cast(pa.int64()).to_pylist()
    elif pa.types.is_date(t):
        values = array.cast(pa.int32()).to_pylist()
    elif pa.types.is_decimal(t):
        values = [None if v is None else str(v) for v in array.to_pylist()]
    elif pa.types.is_binary(t):
        values = [None if v is None else list(v) for v in array.to_pylist()]
    else:
        values = array.to_pylist()
    return {"type": str(t), "values": values}


def one(value):
    """A value of an object column by itself."""
    if value is pd.NaT:
        return {"type": "timestamp[ns]", "values": [None]}
    if isinstance(value, float) and np.isnan(value):
        return {"type": "double", "values": [None]}
    if isinstance(value, pd.Timestamp):
        return arrow(pa.array([value], pa.timestamp(value.unit, str(value.tz) if value.tz else None)))
    if isinstance(value, pd.Timedelta):
        return arrow(pa.array([value.value], pa.int64()).cast(pa.duration("ns")))
    if isinstance(value, np.generic):
        return arrow(pa.array([value]))
    return arrow(pa.array([value]))


def values(data):
    """A series or an index as plain data."""
    dtype = data.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        codes = data.cat.codes if isinstance(data, pd.Series) else pd.Series(data.codes)
        return {
            "dtype": "category",
            "codes": [None if code < 0 else int(code) for code in codes],
            "categories": values(pd.Index(dtype.categories))["array"],
            "ordered": bool(dtype.ordered),
        }
    if dtype == object:
        try:
            array = arrow(pa.array([None if value is pd.NaT else value for value in data]))
            if any(isinstance(v, float) and np.isnan(v) for v in data):
                raise pa.ArrowInvalid
            return {"dtype": "object", "array": array}
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            return {"dtype": "object", "objects": [one(value) for value in data]}
    series = pd.Series(data)
    array = pa.Array.from_pandas(series)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_large_string(array.type):
        array = array.cast(pa.string())
    return {"dtype": str(dtype), "array": arrow(array)}


def labels(index):
    if isinstance(index, pd.RangeIndex):
        return {"range": [index.start, index.stop, index.step], "name": index.name}
    frequency = getattr(index, "freqstr", None)
    if isinstance(index, pd.MultiIndex):
        levels = [index.get_level_values(i) for i in range(index.nlevels)]
    else:
        levels = [index]
    return {"levels": [{"name": level.name, **values(level)} for level in levels], "frequency": frequency}


def label(name):
    return [str(part) for part in name] if isinstance(name, tuple) else [str(name)]


class Cells(HTMLParser):
    """The cells of a page: tag, text, rows and columns that they reach over."""

    def __init__(self):
        super().__init__()
        self.rows = []
        self.notes = []
        self.cell = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.cell = [tag, "", int(attrs.get("rowspan", 1)), int(attrs.get("colspan", 1))]
            self.rows[-1].append(self.cell)
        elif tag in ("p", "strong"):
            self.cell = ["", "", 1, 1]
            self.notes.append(self.cell)

    def handle_endtag(self, tag):
        if tag in ("th", "td", "p", "strong"):
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell[1] += data


def page(html):
    cells = Cells()
    cells.feed(html)
    rows = [[[tag, text.replace("\xa0", " "), r, c] for tag, text, r, c in row] for row in cells.rows]
    return {"rows": rows, "notes": [cell[1] for cell in cells.notes]}


def frame_data(frame):
    columns = [{"label": label(name), **values(frame.iloc[:, i])} for i, name in enumerate(frame.columns)]
    return {"columns": columns, "column_names": list(frame.columns.names), "labels": labels(frame.index)}


def frame(name, data, with_page=True):
    with pd.option_context("display.max_columns", 0):
        text = repr(data)
    others = {}
    for width in ("37", "121"):
        if len(data.columns) > 4:
            os.environ["COLUMNS"] = width
            with pd.option_context("display.max_columns", 0):
                others[width] = repr(data)
    os.environ["COLUMNS"] = "80"
    with pd.option_context("display.max_columns", 20):
        folded = repr(data)
        html = page(data._repr_html_()) if with_page else None
    cases.append({"kind": "frame", "name": name, **frame_data(data), "text": text, "folded": folded, "page": html, "widths": others})


def series(name, data):
    given = {"series": data.name if data.name is None else str(data.name), "values": values(data)}
    cases.append({"kind": "series", "name": name, **given, "labels": labels(data.index), "text": repr(data)})


def index(name, data):
    cases.append({"kind": "index", "name": name, "labels": labels(data), "text": repr(data)})


def info(name, data):
    out = io.StringIO()
    data.info(buf=out, memory_usage=False)
    # Numbers are shown plainly.
    text = re.sub(r"np\.\w+\((.*?)\)", r"\1", out.getvalue())
    cases.append({"kind": "info", "name": name, **frame_data(data), "text": text})


def structure(name, data):
    text = repr(data)
    last = text.index("\nExpr=")
    text = text[:last]
    last_name, count = text.splitlines()[-1].removeprefix("Dask Name: ").split(", ")
    known = data.known_divisions
    divisions = values(pd.Index(data.divisions)) if known else None
    case = {"kind": "structure", "name": name, "n_partitions": data.npartitions, "divisions": divisions}
    case |= {"last": last_name, "n_expressions": int(count.split()[0]), "text": text}
    if isinstance(data, dd.DataFrame):
        types = [str(t) for t in data._meta.dtypes]
        case["columns"] = [[label(c), t] for c, t in zip(data.columns, types)]
        html = page(data.to_html())
        case["page"] = html
    else:
        case["dtype"] = str(data.dtype)
    cases.append(case)


# Floats: all ways that decimals and exponents are chosen.
floats = {
    "plain": [1.0, 2.5, -3.25],
    "whole": [1.0, 20.0, 300.0],
    "missing": [1.5, np.nan, 3.0],
    "all missing": [np.nan, np.nan],
    "small": [1e-7, 1.0, 2.0],
    "quite small": [0.000123, 1.0, 22.0],
    "large": [1e7, 2.5, 3.0],
    "large and exact": [12345678.9, 0.1234567, 3.0],
    "large whole": [1e15, 2e15],
    "huge": [1e300, -1e-300, 0.0],
    "infinite": [np.inf, -np.inf, 1.5, np.nan],
    "infinite alone": [np.inf, -np.inf],
    "rounded": [0.1 + 0.2, 1 / 3, 2 / 3],
    "half": [0.5, 0.0000005, 1.5],
    "negative zero": [-0.0, 0.0],
    "million": [1e6, 1000000.5],
    "over a million": [1000001.25, 1.123456789],
    "thirds": [1000 / 3, -20000 / 3],
    "wide range": [123456.789012, 0.000001],
    "just long": [99999.123456, -99999.123456],
    "exact powers": [10.0**n for n in range(-6, 8)],
    "exponents": [1e100, 1e-100, 1e5],
}
for name, data in floats.items():
    series(f"floats {name}", pd.Series(data))
    frame(f"floats {name}", pd.DataFrame({"x": data, "i": range(len(data))}))
series("float32", pd.Series([0.1, 2.5, 1e8], dtype="float32"))
series("many floats", pd.Series(numbers.normal(size=100) * 1000, name="noise"))
frame("all floats", pd.DataFrame({name.replace(" ", "_"): (data * 9)[:6] for name, data in list(floats.items())[:9]}))
frame("all other floats", pd.DataFrame({name: (data * 9)[:7] for name, data in list(floats.items())[9:]}))

# Other types.
days = pd.date_range("2020-01-30", periods=4)
moments = pd.to_datetime(["2020-01-01", "2021-12-31 23:59:59", None, "1969-12-31 12:30"], format="ISO8601")
columns = {
    "ints": pd.Series([1, -2, 30, 0]),
    "positive": pd.Series([1, 2, 30, 4]),
    "bytes": pd.Series([1, 200, 3, 4], dtype="uint8"),
    "big": pd.Series([2**64 - 1, 1, 2, 3], dtype="uint64"),
    "bools": pd.Series([True, False, True, False]),
    "texts": pd.Series(["a", "bcd", "", "e f"]),
    "missing": pd.Series(["a", None, np.nan, "d"]),
    "blanks": pd.Series([" a", "b ", " c ", "d"]),
    "lines": pd.Series(["a\nb", "c\td", "e\rf", "g'h\"i\\"]),
    "long": pd.Series(["x" * 49, "y" * 50, "z" * 51, "w" * 200]),
    "nearly": pd.Series(["x" * 49, "y" * 50, "z", "w"]),
    "wide": pd.Series(["日本語", "a", "ünï", "한국어 text"]),
    "wide long": pd.Series(["日" * 24, "a", "b", "本" * 20]),
    "days": pd.Series(days),
    "moments": pd.Series(moments),
    "millis": pd.Series(pd.to_datetime(["2020-01-01 00:00:00.500", "2020-01-02", None, None], format="ISO8601")),
    "micros": pd.Series(pd.to_datetime(["2020-01-01 00:00:00.000001", "2020-01-02", None, None], format="ISO8601")),
    "nanos": pd.Series(pd.to_datetime([1, 1_000_000_000, 10**18, 5])),
    "old": pd.Series(np.array(["0001-01-01", "1600-02-29", "9999-12-31", "NaT"], dtype="datetime64[s]")),
    "zoned": pd.Series(pd.date_range("2020-01-01 12:00", periods=4, freq="h", tz="UTC")),
    "zoned days": pd.Series(pd.date_range("2020-01-01", periods=4, tz="UTC")),
    "spans": pd.Series(pd.to_timedelta(["1 days", "2 days", None, "-3 days"])),
    "hours": pd.Series(pd.to_timedelta(["1 days 02:03:04", "00:00:01", None, "-1 days +01:00:00"])),
    "fine spans": pd.Series(pd.to_timedelta(["00:00:00.5", "00:00:01", "5 days", None])),
    "no moments": pd.Series([pd.NaT] * 4, dtype="datetime64[ns]"),
    "nullable": pd.Series([1, None, -3, 4], dtype="Int64"),
    "nullable floats": pd.Series([1.5, None, -3, 0.1234567], dtype="Float64"),
    "nullable bools": pd.Series([True, None, False, True], dtype="boolean"),
    "strings": pd.Series(["a", None, "c", "d"], dtype="string"),
    "objects": pd.Series([1, "a", None, 2.5], dtype=object),
    "more objects": pd.Series([np.nan, True, -3, pd.Timestamp("2020-01-01")], dtype=object),
    "object texts": pd.Series(["a", None, "c", "dd"], dtype=object),
    "nones": pd.Series([None] * 4, dtype=object),
    "dates": pd.Series([datetime.date(2020, 1, 31), pd.NaT, datetime.date(1999, 12, 1), datetime.date(1, 1, 1)], dtype=object),
    "times": pd.Series([datetime.time(1, 2, 3), datetime.time(0), pd.NaT, datetime.time(23, 59, 59, 500000)], dtype=object),
    "decimals": pd.Series([decimal.Decimal("1.50"), decimal.Decimal("-22.25"), None, decimal.Decimal("0.00")], dtype=object),
    "lists": pd.Series([[1, 2], [], None, [3]], dtype=object),
    "text lists": pd.Series([["a", "b'c"], ["d\ne"], None, []], dtype=object),
    "float lists": pd.Series([[1.5, 1 / 3], [1e-9], [2.0, None], [1e20]], dtype=object),
    "deep": pd.Series([[[1], [2, 3]], [[]], [], [[4]]], dtype=object),
    "deeper": pd.Series([[[[1.5]]], [[[2.0], []]], [[[3.0]]], []], dtype=object),
    "records": pd.Series([{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": None}, {"a": -4, "b": "z"}], dtype=object),
    "raw": pd.Series([b"a", b"\x00\xff'", b"", b"\n"], dtype=object),
    "kinds": pd.Series(["a", "b", "a", None], dtype="category"),
    "ordered": pd.Series(pd.Categorical(["lo", "hi", "lo", "mid"], ["lo", "mid", "hi"], ordered=True)),
    "number kinds": pd.Series([1, -20, 1, 3], dtype="category"),
    "holed kinds": pd.Series([1, None, 1, 3], dtype="category"),
    "float kinds": pd.Series([1.5, 2.0, 1.5, None], dtype="category"),
    "bool kinds": pd.Series([True, False, True, True], dtype="category"),
    "day kinds": pd.Series(days[[0, 1, 0, 1]], dtype="category"),
    "many kinds": pd.Series([f"kind {n}" for n in range(4)]).astype(pd.CategoricalDtype([f"kind {n}" for n in range(40)])),
}
for name, data in columns.items():
    series(f"of {name}", data)
    series(f"named {name}", data.rename("its name"))
    frame(f"of {name}", pd.DataFrame({"a": data}))
    frame(f"with {name}", pd.DataFrame({"n": [1, 2, 3, 4], name: data, "z": ["p", "q", "r", "s"]}))
    if name not in ("lists", "text lists", "float lists", "deep", "deeper", "records"):
        index(f"of {name}", pd.Index(data))
        if name not in ("raw",):
            frame(f"labelled by {name}", pd.DataFrame({"v": [1, 2, 3, 4]}, index=pd.Index(data, name=random.choice([None, "key"]))))
            series(f"labelled by {name}", pd.Series([1.5, 2, 3, 4], index=pd.Index(data, name=random.choice([None, "key"]))))

names = list(columns)
for n in range(40):
    chosen = random.sample(names, random.randint(1, 9))
    data = pd.DataFrame({name: columns[name] for name in chosen})
    if random.random() < 0.4:
        data.index = pd.Index(["w", "xx", "", "z"], name=random.choice([None, "key"]))
    if random.random() < 0.2:
        data.columns.name = "what"
    frame(f"mixed {n}", data)

# Many rows.
for n in [59, 60, 61, 1000, 372864]:
    row = np.arange(n)
    frame(f"{n} rows", pd.DataFrame({"a": row % 7, "b": row / 4, "c": (row % 3).astype(str)}) if n < 2000 else pd.DataFrame(index=pd.RangeIndex(n), data={"a": 1})) if n < 2000 else None
    if n < 2000:
        series(f"{n} values", pd.Series(row, name="births"))
        series(f"{n} short values", pd.Series(row % 10, index=[f"k{i}" for i in row]))
        series(f"{n} flags", pd.Series(row % 2 == 0))
        frame(f"{n} short", pd.DataFrame({"a": row % 10, "bb": "x"}))
        frame(f"{n} dates", pd.DataFrame({"when": pd.date_range("2020-01-01", periods=n), "x": row}))
        index(f"{n} numbers", pd.Index(list(row)))
        index(f"{n} texts", pd.Index([f"name {i}" for i in row]))
        index(f"{n} days", pd.DatetimeIndex(pd.date_range("2020-01-01", periods=n)))
        index(f"{n} floats", pd.Index(row / 4))
        series(f"{n} days", pd.Series(row, index=pd.date_range("2020-01-01", periods=n, name="day")))
frame("stepped", pd.DataFrame({"a": range(70)}, index=pd.RangeIndex(10, 710, 10)))
frame("descending", pd.DataFrame({"a": range(5)}, index=pd.RangeIndex(5, 0, -1, name="down")))

# Many columns.
for n, width in [(15, 4), (20, 3), (21, 3), (26, 1), (30, 8), (60, 2), (8, 30), (3, 45)]:
    for rows in [2, 65]:
        data = {f"{'c' * (width - 1)}{i}": np.arange(rows) * (i + 1) / (1 if i % 2 else 2) for i in range(n)}
        frame(f"{n} columns, {rows} rows", pd.DataFrame(data))
frame("wide texts", pd.DataFrame({f"c{i}": ["some longer text here", "b"] for i in range(12)}))
frame("numbered columns", pd.DataFrame(np.arange(12).reshape(3, 4) / 3))
frame("named columns", pd.DataFrame(np.eye(3), columns=pd.Index(["x", "y", "z"], name="axis"), index=pd.Index([1, 2, 3], name="row")))
frame("markup", pd.DataFrame({"<script>": ["<b>", "a & b", '"q"', "it's"], "a&b": [1, 2, 3, 4]}))
frame("long names", pd.DataFrame({"a very long name of a column that goes on and on for more than fifty letters": [1, 2], "b": ["x", "y"]}))
frame("long labels", pd.DataFrame({"a": [1, 2]}, index=["k" * 60, "l"]))
frame("twice", pd.DataFrame([[1, 2.5, "a"]], columns=["x", "x", "y"]))

# Several levels.
levels = pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["outer", "inner"])
nameless = pd.MultiIndex.from_product([["a", "bb"], [1, 2], [0.5, 1.25]])
frame("levels", pd.DataFrame({"x": range(6), "y": 0.5}, index=levels))
frame("nameless levels", pd.DataFrame({"x": range(8)}, index=nameless))
series("levels", pd.Series(range(6), index=levels, name="size"))
series("nameless levels", pd.Series(range(8), index=nameless))
index("levels", levels)
index("nameless levels", nameless)
head = pd.MultiIndex.from_tuples([("x", "mean"), ("x", "sum"), ("y", "sum"), ("x", "sum")])
frame("head of levels", pd.DataFrame(np.arange(8).reshape(2, 4) / 2, columns=head))
frame("named head of levels", pd.DataFrame(np.arange(8).reshape(2, 4), columns=head.set_names(["what", "how"]), index=pd.Index([5, 6], name="key")))
frame("levels everywhere", pd.DataFrame(np.arange(24).reshape(6, 4), columns=head.set_names(["what", "how"]), index=levels))
many = pd.MultiIndex.from_product([["first", "second"], range(40)], names=["outer", "inner"])
frame("many levels", pd.DataFrame({"x": range(80), "y": 1.5}, index=many))
series("many levels", pd.Series(range(80), index=many))
parts = pd.MultiIndex.from_product([["one", "two", "three", "four"], range(20)])
frame("levels cut inside", pd.DataFrame({"x": range(75)}, index=parts[:75]))
frame("levels cut between", pd.DataFrame({"x": range(70)}, index=pd.MultiIndex.from_arrays([[0] * 5 + [1] * 65, range(70)])))
index("many levels", many.append(many))
wide_head = pd.MultiIndex.from_product([["first", "second", "third"], [f"c{i}" for i in range(9)]])
frame("many columns of levels", pd.DataFrame(np.arange(54).reshape(2, 27), columns=wide_head))
index("levels of moments", pd.MultiIndex.from_arrays([pd.to_datetime(["2020-01-01", "2020-02-02 10:00"], format="ISO8601"), ["a", "b"]]))
frame("levels of moments", pd.DataFrame({"v": [1, 2]}, index=pd.MultiIndex.from_arrays([pd.to_datetime(["2020-01-01", "2020-02-02"]), ["a", "b"]])))
frame("levels with holes", pd.DataFrame({"v": [1, 2, 3]}, index=pd.MultiIndex.from_arrays([["a", None, "b"], [1.5, np.nan, 2]])))

# Empty ones.
frame("nothing", pd.DataFrame())
frame("no rows", pd.DataFrame({"a": [], "b": []}))
frame("no rows, typed", pd.DataFrame({"a": pd.Series([], dtype="int64"), "b c": pd.Series([], dtype="str")}))
frame("no rows, labelled", pd.DataFrame({"a": pd.Series([], dtype="int64")}, index=pd.Index([], dtype="str", name="key")))
frame("no columns", pd.DataFrame(index=["x", "y"]))
series("nothing", pd.Series([], dtype="float64"))
series("nothing named", pd.Series([], dtype="str", name="a"))
series("no kinds", pd.Series([], dtype="category"))
index("nothing", pd.Index([]))
index("no texts", pd.Index([], dtype="str"))
index("no days", pd.DatetimeIndex([]))
index("range", pd.RangeIndex(5))
index("named range", pd.RangeIndex(2, 20, 3, name="row"))

# What courses show.
births = pd.DataFrame({"name": ["Mary", "Anna", "Emma"], "sex": ["F", "F", "F"], "births": [7065, 2604, 2003], "year": 1880})
frame("births", births)
series("a row", births.loc[0])
series("another row", pd.DataFrame({"a": [1], "b": [2.5]}).loc[0])
series("a mixed row", pd.DataFrame({"a": [1], "b": [2.5], "c": ["x"], "d": [pd.Timestamp("2020-01-01")], "e": [None], "f": [True]}).loc[0])
series("dtypes", births.dtypes.astype(str).astype(object))
frame("described", births.describe())
series("described", births["births"].describe())
series("counts", births["sex"].value_counts())
frame("grouped", births.groupby("year")[["births"]].mean())
series("means", births[["births", "year"]].mean())
index("columns", births.columns)
index("long columns", pd.Index([f"column number {i}" for i in range(12)], name="the name of the columns"))
index("month starts", pd.date_range("2020-01-01", periods=3, freq="MS"))
index("one", pd.Index(["a"]))
index("one number", pd.Index([7], name="n"))
index("nearly a line", pd.Index([f"{i:04}" for i in range(8)]))
for n in range(6, 14):
    index(f"{n} words", pd.Index(["word" + "s" * (i % 3) for i in range(n)]))
    index(f"{n} integers", pd.Index([10**i for i in range(n)]))
    index(f"{n} floats", pd.Index([1 / (i + 1) for i in range(n)]))
index("mixed", pd.Index([1, "a", 2.5, None], dtype=object))

info("births", births)
info("types", pd.DataFrame({name: columns[name] for name in ["ints", "missing", "days", "kinds", "bools", "nullable", "objects"]}))
info("labelled", pd.DataFrame({"a": [1.5, np.nan]}, index=["x", "yy"]))
info("by days", pd.DataFrame({"a": range(3)}, index=pd.date_range("2020-01-01", periods=3).set_names("d")._with_freq(None)))
info("nothing", pd.DataFrame())
info("many columns", pd.DataFrame({f"c{i}": [1] for i in range(101)}))
info("levels", pd.DataFrame({"x": range(6)}, index=levels))

plain = dask.config.set({"dataframe.convert-string": False})
for n in [1, 2, 4, 5, 10]:
    whole = pd.DataFrame({"name": ["a"] * 40, "x": range(40), "y": 1.5}, index=pd.RangeIndex(40))
    structure(f"known, {n}", dd.from_pandas(whole, npartitions=n))
    structure(f"unknown, {n}", dd.from_pandas(whole, npartitions=n).clear_divisions())
    structure(f"series, {n}", dd.from_pandas(whole, npartitions=n)["x"])
    structure(f"series unknown, {n}", dd.from_pandas(whole, npartitions=n).clear_divisions()["name"] )
structure("added", dd.from_pandas(whole, npartitions=2)["x"] + 1)
structure("days", dd.from_pandas(pd.DataFrame({"a": range(20)}, index=pd.date_range("2020-01-01", periods=20)), npartitions=3))
structure("texts", dd.from_pandas(pd.DataFrame({"a": range(4)}, index=["a", "b", "c", "d"]), npartitions=2))
structure("wide", dd.from_pandas(pd.DataFrame({f"column_{i}": [1, 2] for i in range(14)}), npartitions=1))
structure("no columns", dd.from_pandas(whole, npartitions=2)[[]])

out = Path(__file__).with_name("frames_show.json")
with out.open("w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n")
print(len(cases), "cases", out.stat().st_size, "bytes")
