"""Writes the cases of tests/suite/frame whose answers come from pandas and Dask.

Each case is a line of code that both pandas and rdk understand; its answer is what pandas shows for it.
Usage: python tests/oracle/frame_cases.py (from the top of the repository)
"""

import pathlib
import re
import warnings

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
dask.config.set(scheduler="synchronous")

SETUP = {
    "texts": ['s = pd.Series(["Ann Lee", "bob", None, "c-3 d", "42", "Ünïcode"])', "d = dd.from_pandas(s, npartitions=2)"],
    "times": ['t = pd.Series(pd.to_datetime(["2020-02-29 13:45:10", "2021-12-31", None, "2023-01-02 00:00:01"], format="mixed"))', "d = dd.from_pandas(t, npartitions=2)"],
    "running": ['df = pd.DataFrame({"x": [3, 1, 4, 1, 5, 9, 2], "y": [1.5, None, 2.5, 0.0, None, 4.0, 1.0]})', "d = dd.from_pandas(df, npartitions=3)"],
    "groups": ['df = pd.DataFrame({"k": ["b", "a", "b", "c", "a", "b"], "j": [1, 1, 2, 2, 1, 1], "x": [1, 2, 3, 4, 5, 6], "y": [1.0, None, 3.0, None, 5.0, 6.0]})', "d = dd.from_pandas(df, npartitions=2)", 'g = df.groupby("k")', 'h = d.groupby("k")'],
    "choice": ['df = pd.DataFrame({"k": ["b", "a", "b", "c"], "x": [1, 7, 3, 3], "y": [1.0, None, 3.0, 0.5]}, index=[10, 20, 30, 40])', "d = dd.from_pandas(df, npartitions=2)"],
    "reshape": ['df = pd.DataFrame({"k": ["b", "a", "b", "a"], "m": ["u", "u", "v", "v"], "x": [1, 2, 3, 4], "y": [1.0, None, 3.0, 0.5]})', "d = dd.from_pandas(df, npartitions=2)"],
    "spans": ['s = pd.Series([1, 2, 4, 8], index=pd.to_datetime(["2020-01-01 10:00", "2020-01-01 12:30", "2020-01-03", "2020-02-10"], format="ISO8601"))', "d = dd.from_pandas(s, npartitions=2)"],
}

CASES = {
    "texts": """
s.str.split().tolist()[0]
s.str.split("-").tolist()[3]
s.str.split(" ", expand=True)[0].tolist()
s.str.split(" ", n=1, expand=True)[1].tolist()
s.str.slice(0, 2).tolist()
s.str.get(0).tolist()
s.str.split().str.get(-1).tolist()
s.str.split().str[0].tolist()
s.str.pad(8, side="both", fillchar="*").tolist()
s.str.zfill(5).tolist()
s.str.ljust(8, ".").tolist()
s.str.title().tolist()
s.str.swapcase().tolist()
s.fillna("").str.count("b").tolist()
s.fillna("").str.find("b").tolist()
s.str.contains("^[A-Z]").tolist()
s.str.contains("B", case=False).tolist()
s.str.contains("-3", regex=False).tolist()
s.str.match("[a-z]+").tolist()
s.str.fullmatch("[a-z]+").tolist()
s.str.extract(r"(\\d)", expand=False).tolist()
s.str.extract(r"(?P<first>\\w)(?P<second>\\w)").columns.tolist()
s.str.replace(r"(\\w)-(\\d)", r"\\2-\\1", regex=True).tolist()
s.str.replace("b", "B").tolist()
s.str.isdigit().tolist()
pd.Series(pd.Index(["a", "b"])).index.tolist()
s.str.isalpha().tolist()
s.str.islower().tolist()
s.str.rstrip("b").tolist()
s.str.cat(sep=",")
s.str.cat(s.str.upper(), sep="/").tolist()
s.str.cat(sep=",", na_rep="?")
s.str.repeat(2).tolist()
s.str.removeprefix("c-").tolist()
s.str.partition("-")[2].tolist()
s.str.rsplit(" ", n=1).tolist()[3]
s.dropna().str.findall("[a-z]+").tolist()
s.dropna().str.join("_").tolist()
d.str.split().compute().tolist()[0]
d.str.split(" ", n=1, expand=True).compute()[0].dropna().tolist()
d.str.upper().compute().dropna().tolist()
d.str.slice(0, 3).compute().dropna().tolist()
""",
    "times": """
t.dt.month.tolist()
t.dt.dayofweek.tolist()
t.dt.quarter.tolist()
t.dt.day_name().tolist()
t.dt.month_name().tolist()
t.dt.strftime("%Y/%m").tolist()
t.dt.floor("h").tolist()
t.dt.ceil("D").tolist()
t.dt.round("15min").tolist()
t.dt.normalize().tolist()
t.dt.is_month_end.tolist()
t.dt.is_leap_year.tolist()
t.dropna().dt.days_in_month.tolist()
t.dropna().dt.isocalendar().week.tolist()
(t - t.min()).dropna().dt.days.tolist()
(t - t.min()).dropna().dt.total_seconds().tolist()
d.dt.year.compute().tolist()
d.dt.floor("D").compute().tolist()
pd.to_datetime("03.02.2020", format="%d.%m.%Y")
pd.to_datetime(pd.Series(["2020-01-01", "x"]), errors="coerce").tolist()
pd.to_datetime(pd.Series([0, 86400]), unit="s").tolist()
pd.to_datetime(pd.DataFrame({"year": [2020], "month": [2], "day": [29]})).tolist()
pd.to_numeric(pd.Series(["1", "2.5", "x"]), errors="coerce").tolist()
pd.to_numeric(pd.Series(["1", "2"])).tolist()
pd.date_range("2020-01-30", periods=3).tolist()
pd.date_range("2020-01-15", "2020-04-15", freq="MS").tolist()
pd.date_range("2020-01-15", periods=2, freq="ME").tolist()
pd.date_range("2020-01-01", periods=3, freq="6h").tolist()
""",
    "running": """
df.x.cumsum().tolist()
df.y.cumsum().tolist()
df.cumsum().y.tolist()
df.x.cumprod().tolist()
df.y.cummax().tolist()
df.x.cummin().tolist()
df.x.shift().tolist()
df.x.shift(-2).tolist()
df.x.shift(1, fill_value=0).tolist()
df.x.diff().tolist()
df.y.diff(2).tolist()
df.y.ffill().tolist()
df.y.bfill().tolist()
df.x.pct_change().round(3).tolist()
df.x.rolling(3).mean().round(6).tolist()
df.x.rolling(3, min_periods=1).sum().tolist()
df.y.rolling(2).count().tolist()
df.x.rolling(3).std().round(6).tolist()
df.x.rolling(3, center=True).max().tolist()
df.x.expanding().mean().round(6).tolist()
df.x.rank().tolist()
df.x.rank(method="dense", ascending=False).tolist()
d.x.cumsum().compute().tolist()
d.y.cumsum().compute().tolist()
d.x.cumprod().compute().tolist()
d.y.cummax().compute().tolist()
d.x.shift().compute().tolist()
d.x.diff().compute().tolist()
d.y.ffill().compute().tolist()
d.x.rolling(3).mean().compute().round(6).tolist()
d.x.cumsum().npartitions
df.x.add(1).tolist()
df.y.add(df.x, fill_value=0).tolist()
df.x.rsub(10).tolist()
df.x.div(2).tolist()
df.x.ge(4).tolist()
df.y.eq(2.5).tolist()
d.x.mul(d.y).compute().tolist()
""",
    "groups": """
g.first().y.tolist()
g.last().x.tolist()
g.x.first().index.tolist()
g.nth(0).x.tolist()
g.head(1).x.tolist()
g.tail(1).x.tolist()
g.x.idxmax().tolist()
g.x.cumsum().tolist()
g.x.cumcount().tolist()
g.ngroup().tolist()
g.x.shift().tolist()
g.y.diff().tolist()
g.x.rank().tolist()
g.x.transform("mean").tolist()
g.x.transform(lambda v: v - v.mean()).tolist()
g.x.apply(lambda v: v.max() - v.min()).tolist()
g.apply(lambda f: f.x.sum()).tolist()
g.x.agg(["sum", "first"]).columns.tolist()
g.agg({"x": "first", "y": "mean"}).x.tolist()
g.agg(total=("x", "sum"), best=("y", "max")).best.tolist()
g.x.agg(lambda v: v.sum() * 2).tolist()
g.x.agg(list).tolist()
g.x.prod().tolist()
g.y.quantile(0.5).tolist()
g.x.sem().round(6).tolist()
g.size().tolist()
df.groupby("k", as_index=False).size().columns.tolist()
df.groupby(["k", "j"]).x.sum().index.tolist()
df.groupby("k").j.value_counts().tolist()
df.groupby("k").j.value_counts().index.tolist()
df.groupby("k").filter(lambda f: len(f) > 1).x.tolist()
g.get_group("a").x.tolist()
[name for name, group in g]
len(g)
g.x.describe()["75%"].tolist()
g[["x", "y"]].describe().columns.tolist()[:3]
g.ngroups
h.x.first().compute().tolist()
h.y.last().compute().tolist()
h.agg({"x": ["sum", "first"]}).compute().columns.tolist()
h.x.value_counts().compute().sort_index().tolist()
h.apply(lambda f: f.x.sum(), meta=("x", "int64")).compute().sort_index().tolist()
h.x.apply(lambda v: v.max() - v.min(), meta=("x", "int64")).compute().sort_index().index.tolist()
h.x.transform("sum", meta=("x", "int64")).compute().sort_index().tolist()
h.x.cumsum().compute().sort_index().tolist()
""",
    "choice": """
df.x.idxmax()
df[["x", "y"]].idxmax().tolist()
df[["x", "y"]].idxmin().tolist()
df.k.mode().tolist()
df.x.mode().tolist()
df[["x", "y"]].corr().round(6).x.tolist()
df[["x", "y"]].cov().round(6).y.tolist()
round(df.x.corr(df.y), 6)
df.k.duplicated().tolist()
df.duplicated(subset=["x"], keep=False).tolist()
len(df.sample(2, random_state=1))
len(df.sample(frac=0.5))
df.select_dtypes("number").columns.tolist()
df.select_dtypes(exclude=["number"]).columns.tolist()
df.select_dtypes(include=["float64"]).columns.tolist()
df.x.memory_usage(index=False)
df[["x", "y"]].memory_usage().tolist()
df.pipe(lambda f: f.x.sum())
df[["x", "y"]].agg("sum").tolist()
df[["x", "y"]].agg(["min", "max"]).x.tolist()
df.agg({"x": "sum", "y": "mean"}).tolist()
df.x.agg(["min", "max"]).tolist()
df.x.replace(3, 30).tolist()
df.replace({"k": {"a": "z"}}).k.tolist()
df.k.replace(["a", "b"], "q").tolist()
d.x.idxmax().compute()
d[["x", "y"]].idxmax().compute().tolist()
round(d.x.corr(d.y).compute(), 6)
d[["x", "y"]].corr().compute().round(6).x.tolist()
d.select_dtypes("number").columns.tolist()
d.x.replace(3, 30).compute().tolist()
d.pipe(lambda f: f.x.sum().compute())
""",
    "reshape": """
df.T.index.tolist()
df[["x", "y"]].T[1].tolist()
pd.Series([["a", "b"], ["c"], []]).explode().tolist()
pd.DataFrame({"a": [1, 2], "b": [["p", "q"], ["r"]]}).explode("b").a.tolist()
df.melt(id_vars="k", value_vars=["x", "y"]).variable.tolist()
df.melt(id_vars="k", value_vars=["x", "y"]).value.tolist()
df.pivot_table(values="x", index="k", columns="m").u.tolist()
df.pivot_table(values="x", index="k", aggfunc="sum").x.tolist()
df.pivot(index="k", columns="m", values="x").v.tolist()
df.groupby(["k", "m"]).x.sum().unstack().columns.tolist()
pd.get_dummies(df.k).columns.tolist()
pd.get_dummies(df[["k", "x"]]).columns.tolist()
pd.get_dummies(df.k).a.tolist()
pd.crosstab(df.k, df.m).u.tolist()
df[["x", "y"]].stack().tolist()
list(pd.unique(df.k))
d.melt(id_vars="k", value_vars=["x", "y"]).compute().value.sum()
""",
    "spans": """
s.resample("D").sum().head(3).tolist()
s.resample("D").mean().head(3).tolist()
s.resample("MS").sum().tolist()
s.resample("ME").count().index.tolist()
s.resample("W").sum().head(2).tolist()
s.resample("6h").count().head(2).tolist()
s.resample("2D").sum().head(2).tolist()
s.resample("YS").agg(["min", "max"]).max().tolist()
d.resample("MS").sum().compute().tolist()
d.resample("D").count().compute().head(3).tolist()
""",
}


def shown(value):
    if isinstance(value, (np.generic,)):
        value = value.item()
    if isinstance(value, list):
        value = [plain(item) for item in value]
    return repr(value)


def plain(value):
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if value is None:
        return None
    return value


def main():
    for subject, lines in CASES.items():
        names = {"pd": pd, "dd": dd, "np": np}
        cases = {"in memory": [], "lazily": []}
        for line in SETUP[subject]:
            exec(line, names)
        for line in lines.replace("\\\\", "\\").strip().splitlines():
            try:
                answer = shown(eval(line, names))
            except Exception as error:
                print(f"{subject}: {line}: {type(error).__name__}: {error}")
                continue
            where = "lazily" if re.search(r"\b[dh]\b[.\[]", line) else "in memory"
            cases[where] += [line, f"#> {answer}"]
        out = []
        for where, found in cases.items():
            out += [f"#: {subject}, {where}, give what pandas and Dask give", *SETUP[subject], *found]
        path = pathlib.Path("tests/suite/frame") / f"{subject}.rdk"
        path.write_text("\n".join(out) + "\n")


main()
