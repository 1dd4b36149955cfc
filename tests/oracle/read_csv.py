"""Writes read_csv.json: what pandas reads from small CSV files and what it writes. Run with pandas 3 installed."""

import base64
import io
import json
import warnings

import pandas as pd

warnings.simplefilter("ignore")

reads = []
writes = []


def plain(value, dtype):
    """A value as text that keeps all its digits; None if it is missing."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.as_unit("ns").value)
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return str(bool(value))
    if type(value).__name__.startswith("float"):
        return repr(float(value))
    return str(value)


def read(name, content, **options):
    """One file."""
    data = content if isinstance(content, bytes) else content.encode()
    case = {"name": name, "data": base64.b64encode(data).decode(), "options": options}
    try:
        exact = {} if options.get("decimal") or options.get("thousands") else {"float_precision": "round_trip"}
        frame = pd.read_csv(io.BytesIO(data), **exact, **options)
    except Exception as error:  # noqa: BLE001
        case["error"] = [type(error).__name__, str(error).strip()]
    else:
        assert isinstance(frame.index, pd.RangeIndex), name
        case["columns"] = [
            {"name": str(column), "dtype": str(frame.dtypes.iloc[at]), "values": [plain(v, None) for v in frame.iloc[:, at]]}
            for at, column in enumerate(frame.columns)
        ]
    reads.append(case)


read("plain", "a,b,c\n1,2.5,x\n3,4.5,y\n")
read("no last newline", "a,b\n1,2\n3,4")
read("carriage returns and line feeds", "a,b\r\n1,x\r\n2,y\r\n")
read("carriage returns alone", "a,b\r1,x\r2,y\r")
read("mixed line ends", "a,b\r\n1,x\n2,y\r3,z\n")
read("carriage return at the end of the file", "a,b\r\n1,x\r")
read("byte order mark", b"\xef\xbb\xbfa,b\n1,2\n")
read("byte order mark and quotes", b'\xef\xbb\xbf"a",b\n1,2\n')
read("byte order mark, utf-8-sig", b"\xef\xbb\xbfa,b\n1,2\n", encoding="utf-8-sig")
read("empty lines", "a,b\n\n1,2\n\n\n3,4\n\n")
read("empty lines first", "\n\na,b\n1,2\n")
read("empty lines kept", "a,b\n1,2\n\n3,4\n", skip_blank_lines=False)
read("lines of blanks", "a,b\n1,2\n   \n3,4\n\t\n")
read("lines of blanks, one column", "a\n  x\n   \n y\n")
read("quotes", 'a,b\n"x","y"\n"1,5","z"\n')
read("quoted newline", 'a,b\n"x\ny",1\nz,2\n')
read("quoted newlines, cr lf", 'a,b\r\n"x\r\ny",1\r\nz,2\r\n')
read("doubled quotes", 'a,b\n"say ""hi""",1\n"""",2\n"",3\n')
read("quoted quote and newline", 'a,b\n"x"",\n""y",1\nz,2\n')
read("quotes within a field", 'a,b\n5" pipe,1\nab"c"d,2\n')
read("a quote that opens late and swallows nothing", 'a,b\nx"y,1\nz"w,2\n')
read("text after a closing quote", 'a,b\n"abc"def,1\n"x"y"z,2\n')
read("blank before a quote", 'a,b\n1, "x"\n2,"y" \n')
read("blank before a quote skipped", 'a,b\n1, "x,y"\n2,  z\n', skipinitialspace=True)
read("quote not closed", 'a,b\n1,"x\n2,y\n')
read("quoted numbers", 'a,b\n"1","2.5"\n"3","4"\n')
read("quoted header", '"a,b","c ""d"""\n1,2\n')
read("header with a newline", '"a\nb",c\n1,2\n')
read("single quotes", "a,b\n'x,y',1\n", quotechar="'")
read("no quoting", 'a,b\n"x,1\ny",2\n', quoting=3)
read("escapes", "a,b\nx\\,y,1\nz\\\\,2\n", escapechar="\\")
read("escapes in quotes", 'a,b\n"x\\"y",1\n', escapechar="\\", doublequote=False)
read("unicode", "naïve,日本\nзима,1\n🎉🎉🎉🎉,2\néééééééééééééééé,3\n")
read("latin-1", "naïve,b\ncafé,1\n".encode("latin-1"), encoding="latin-1")
read("not utf-8", b"a,b\ncaf\xe9,1\n")
read("long texts", "a,b\n" + "".join(f"{'x' * n},{n}\n" for n in range(8, 40)))
read("blanks in integers", "a,b\n1,\n2,5\n")
read("blanks in floats", "a,b\n1.5,x\n,y\n")
read("blanks in text", "a,b\nx,1\n,2\nz,3\n")
read("blanks in truth values", "a,b\nTrue,1\n,2\nFalse,3\n")
read("a column of blanks", "a,b\n1,\n2,\n")
read("only blanks in quotes", 'a,b\n1,""\n2,""\n')
read("words for missing", "a,b\n" + "\n".join(f"{i},{w}" for i, w in enumerate(
    ["#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "1.5"])) + "\n")
read("words that are not missing", "a\nNAN\nnone\nNull\nna\nN/a\n")
read("quoted words for missing", 'a,b\n"NA",1\n"x",2\n')
read("own words for missing", "a,b\n-,1\n?,2\nx,3\n", na_values=["-", "?"])
read("own numbers for missing", "a,b\n-999,1\n-999.0,2\n5,-999\n", na_values=[-999])
read("own words by column", "a,b\n-1,5\n2,-1\n", na_values={"a": ["-1"]})
read("only own words", "a,b\nNA,1\nx,2\n,3\n", keep_default_na=False, na_values=["x"])
read("no words", "a,b\nNA,1\n,2\n", keep_default_na=False)
read("no filter", "a,b\n1,\n,x\n", na_filter=False)
read("huge integers", "a,b\n9223372036854775807,-9223372036854775808\n1,2\n")
read("unsigned integers", "a\n9223372036854775808\n18446744073709551615\n")
read("unsigned and negative", "a\n18446744073709551615\n-1\n")
read("large integers and a blank", "a,b\n9223372036854775807,1\n,2\n")
read("large unsigned and float", "a\n9223372036854775808\n1.5\n")
read("many digits", "a,b\n12345678,1234567890123456\n123456789,12345678901234567\n-12345678,-1234567890123456\n")
read("signs", "a,b\n+5,-0\n-7,+1\n")
read("leading zeros", "a,b\n007,00.50\n010,1\n")
read("blanks around numbers", "a,b\n 1 , 2.5\n2, 3 \n")
read("exponents", "a\n1e5\n1E-5\n-2.5e+3\n1e400\n1e-400\n")
read("points without digits", "a\n1.\n.5\n-.5\n")
read("infinities", "a\ninf\n-inf\nInfinity\n+inf\n-Infinity\n")
read("floats to the last digit", "a\n0.1\n0.30000000000000004\n2.2250738585072014e-308\n1.7976931348623157e308\n123456789.123456789\n9007199254740993\n5e-324\n0.1234567890123456789\n")
read("integers and floats", "a\n1\n2.5\n")
read("nearly numbers", "a,b,c,d,e,f\n1_000,0x10,1e,1.5.2,--1,1 2\n2,3,4,5,6,7\n")
read("a point alone", "a,b\n.,-\n1,2\n")
read("fortran exponents", "a\n1D5\n2\n")
read("truth values", "a,b,c\nTrue,TRUE,true\nFalse,FALSE,false\n")
read("truth values and numbers", "a,b\nTrue,1\n1,2\n")
read("own truth values", "a,b\nyes,1\nno,2\n", true_values=["yes"], false_values=["no"])
read("truth values and other words", "a\nTrue\nmaybe\n")
read("text dates stay text", "a\n2020-01-01\n2020-01-02\n")
read("dates", "a,b\n2020-01-01,1\n2020-02-29,2\n1969-12-31,3\n", parse_dates=["a"])
read("dates with times", "a\n2020-01-01 10:11:12\n2020-01-02 00:00:00\n", parse_dates=["a"])
read("dates with a T", "a\n2020-01-01T10:11:12\n2020-01-02T23:59:59\n", parse_dates=[0])
read("dates with fractions", "a\n2020-01-01 10:11:12.5\n2020-01-02 00:00:00.123456\n", parse_dates=["a"])
read("dates with nanoseconds", "a\n2020-01-01 10:11:12.123456789\n2020-01-02 00:00:00.000000001\n", parse_dates=["a"])
read("dates in UTC", "a\n2020-01-01T10:00:00Z\n2020-01-02T10:00:00Z\n", parse_dates=["a"])
read("dates ahead of UTC", "a\n2020-01-01T10:00:00+02:00\n2020-01-02T10:00:00+02:00\n", parse_dates=["a"])
read("missing dates", "a,b\n2020-01-01,1\n,2\nNaT,3\n2020-01-03,4\n", parse_dates=["a"], na_values=["NaT"])
read("american dates", "a\n01/31/2020\n02/01/2020\n", parse_dates=["a"])
read("american dates, afternoon", "a\n01/31/2020 01:45:00 PM\n02/01/2020 12:00:00 AM\n", parse_dates=["a"])
read("european dates", "a\n31/01/2020\n01/02/2020\n", parse_dates=["a"], dayfirst=True)
read("dates in digits", "a\n20200131\n20200201\n", parse_dates=["a"])
read("dates with slashes", "a\n2020/01/31\n2020/02/01\n", parse_dates=["a"])
read("short months", "a\n2016-1-13 06:15:00\n2016-01-02 06:15:00\n", parse_dates=["a"])
read("names of months", 'a\n"Jan 5, 2020"\n"Feb 6, 2021"\n', parse_dates=["a"])
read("days and names of months", "a\n05 Jan 2020\n06 Feb 2021\n", parse_dates=["a"])
read("no dates at all", "a\nhello\nworld\n", parse_dates=["a"])
read("impossible dates", "a\n2020-02-30\n2020-01-01\n", parse_dates=["a"])
read("some dates", "a\n01/02/2020\n13/01/2020\n", parse_dates=["a"])
read("a format for dates", "a\n31.12.20 23h\n01.01.21 05h\n", parse_dates=["a"], date_format="%d.%m.%y %Hh")
read("dates that are not there", "a\n1\n", parse_dates=["b"])
read("semicolons", "a;b\n1;x,y\n2;z\n", sep=";")
read("tabs", "a\tb\n1\tx y\n2\t\n", sep="\t")
read("pipes", "a|b\n1|x\n", sep="|")
read("blanks separate", "a b  c\n 1  2 3 \n4\t5   6\n", sep=r"\s+")
read("blanks separate quotes", 'a b\n"x y"  1\nz 2\n', sep=r"\s+")
read("blank as separator", "a b\n1 x\n2 \n", sep=" ")
read("comments", "a,b\n1,x#y\n#z\n3,4\n", comment="#")
read("comments first", "#one\n#two\na,b\n1,2\n", comment="#")
read("comments in quotes", 'a,b\n"x#y",1\nz,2#\n', comment="#")
read("thousands", "a;b\n1,000;1,234.5\n2;3\n", sep=";", thousands=",")
read("quoted thousands", 'a,b\n"1,000",2\n"12,345,678",3\n', thousands=",")
read("decimal commas", "a;b\n1,5;2\n-2,25;3\n", sep=";", decimal=",")
read("decimal commas and points", "a;b\n1.000,5;2\n", sep=";", decimal=",", thousands=".")
read("skipped lines", "x\ny\na,b\n1,2\n", skiprows=2)
read("skipped lines by number", "a,b\n1,2\n3,4\n5,6\n7,8\n", skiprows=[1, 3])
read("skipped first and others", "junk\na,b\n1,2\n3,4\n", skiprows=[0, 2])
read("skipped quoted newline", '"x\ny"\na,b\n1,2\n', skiprows=1)
read("few rows", "a,b\n1,2\n3,4\n5,x\n", nrows=2)
read("no rows", "a,b\n1,2\n", nrows=0)
read("no header", "1,x\n2,y\n", header=None)
read("header further down", "x\na,b\n1,2\n", header=1)
read("header after an empty line", "x\n\na,b\n1,2\n", header=1)
read("names", "1,x\n2,y\n", names=["p", "q"])
read("names instead of the header", "a,b\n1,x\n", names=["p", "q"], header=0)
read("more names than columns", "1,x\n2,y\n", names=["p", "q", "r"])
read("same names", "a,a,b,a\n1,2,3,4\n")
read("same names that collide", "a,a,a.1\n1,2,3\n")
read("names that are not there", ",b,\n1,2,3\n")
read("blanks in names", " a , b\n1,2\n")
read("usecols by name", "a,b,c\n1,2,3\n4,5,6\n", usecols=["c", "a"])
read("usecols by position", "a,b,c\n1,2,3\n4,5,6\n", usecols=[0, 2])
read("usecols that are not there", "a,b\n1,2\n", usecols=["b", "c"])
read("usecols with too many fields", "a,b\n1,2\n3,4,5\n", usecols=["a"])
read("short lines", "a,b,c\n1,2,3\n4\n5,6\n")
read("short lines of text", "a,b,c\nx,y,z\nw\n")
read("long lines", "a,b,c\n1,2,3\n1,2,3\n4,5,6,7\n")
read("long lines skipped", "a,b\n1,2\n1,2,3\n4,5\n", on_bad_lines="skip")
read("separators at the end, kept short", "a,b,\n1,2,\n3,4,\n")
read("nothing", "")
read("only empty lines", "\n\n")
read("only a header", "a,b\n")
read("only a header, not ended", "a,b")
read("one column", "a\n1\n2\n")
read("text for all", "a,b\n1,2.50\n,x\n", dtype="str")
read("object for one", "a,b\n001,2\n,3\n", dtype={"a": "object"})
read("floats for integers", "a,b\n1,2\n3,4\n", dtype={"a": "float64"})
read("narrow integers", "a,b\n1,2\n-3,200\n", dtype={"a": "int8", "b": "uint8"})
read("narrow floats", "a\n0.1\n\n1e10\n", dtype={"a": "float32"})
read("integers that may be missing", "a,b\n1,2\n,3\n", dtype={"a": "Int64"})
read("integers written as floats", "a\n1.0\n2e3\n", dtype={"a": "Int64"})
read("truth values that may be missing", "a,b\nTrue,2\n,3\n", dtype={"a": "boolean"})
read("categories", "a,b\nx,1\ny,2\nx,3\n,4\n", dtype={"a": "category"})
read("text that is no integer", "a\n1\nx\n", dtype={"a": "int64"})
read("blanks that are no integer", "a,b\n1,2\n,3\n", dtype={"a": "int64"})
read("too large for its type", "a\n1\n300\n", dtype={"a": "int8"})
read("an unknown type", "a\n1\n", dtype={"a": "int65"})


def write(name, frame, **options):
    """One frame, given by its own CSV text and types, and what `to_csv` makes of it."""
    columns = []
    source = frame.reset_index() if options.get("index", True) else frame
    for at, column in enumerate(source.columns):
        label = "" if options.get("index", True) and at == 0 and frame.index.name is None else str(column)
        columns.append({"name": label, "dtype": str(source.dtypes.iloc[at]), "values": [plain(v, None) for v in source.iloc[:, at]]})
    writes.append({"name": name, "columns": columns, "options": options, "text": frame.to_csv(**options)})


mixed = pd.DataFrame({
    "f": [1.0, None, 1e16, 1e-5, 123456.789, -0.0, float("inf")],
    "s": ["x", "a,b", 'q"t', "", None, "l\nm", "é"],
    "d": pd.to_datetime(["2020-01-01", None, "2020-01-03"] + ["2021-01-01"] * 4),
    "t": pd.to_datetime(["2020-01-01 10:00:00.5", None, "2020-01-03"] + ["2021-01-01"] * 4, format="ISO8601"),
    "i": [1, -2, 3, 4, 5, 6, 7],
    "b": [True, False, True, True, True, False, True],
})
write("mixed", mixed)
write("mixed without index", mixed, index=False)
write("words for missing", mixed, na_rep="NA")
write("float format", mixed, float_format="%.2f")
write("semicolons", mixed, sep=";")
write("no header", mixed, header=False)
write("quotes everywhere", mixed, quoting=1)
write("quotes around text", mixed, quoting=2)
write("no quotes", pd.DataFrame({"a": ['it"s', "x,y"], "b": ["x", "z"]}), quoting=3, escapechar="\\")
write("named index", mixed.set_index("i"))
write("one empty field", pd.DataFrame({"s": [None, "", "x"]}), index=False)
write("no rows", pd.DataFrame({"a": pd.Series([], dtype="int64")}))
write("narrow floats", pd.DataFrame({"a": pd.Series([0.1, 1.5, 1e10, 1e20], dtype="float32")}))
write("date format", mixed[["d", "t"]], date_format="%d/%m/%Y %H:%M:%S")
write("zones", pd.DataFrame({"z": pd.to_datetime(["2020-01-01 10:00:00+02:00", "2020-01-02 10:00:00+02:00"])}))
write("nanoseconds", pd.DataFrame({"n": pd.to_datetime(["2020-01-01 00:00:00.123456789"])}))
write("decimal commas", mixed[["f"]], decimal=",", sep=";")
write("large", pd.DataFrame({"a": [1e15, 1e22, 1.5e300, 2**53 + 0.0, 0.1 + 0.2], "u": pd.Series([2**64 - 1, 0, 1, 2, 3], dtype="uint64")}))

path = __file__.replace("read_csv.py", "read_csv.json")
with open(path, "w") as out:
    json.dump({"read": reads, "write": writes}, out, indent=0, ensure_ascii=True)
    out.write("\n")
print(len(reads), "files read,", len(writes), "written")
