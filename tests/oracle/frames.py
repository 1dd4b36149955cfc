"""Writes frames.json: what pandas and Dask answer to many expressions over small frames, with the code of each.

Run with a Python that has pandas 3 and Dask, in the project's folder: python tests/oracle/frames.py
Code is the same in both languages. `df` is the frame of pandas; `d1`, `d3` and `dm` are its lazy forms in one, three and
many partitions, `de` the one with empty partitions. What frames_open.txt lists, a set and a code on each line, is left out: rdk
differs there still. With --all nothing is left out; OPEN=tests/oracle/frames_open.txt of the test then writes the list anew.
"""

import json
import os
import re
import sys
import warnings
from pathlib import Path

os.environ["COLUMNS"] = "80"
warnings.simplefilter("ignore")

import numpy as np
import pandas as pd

import dask
import dask.dataframe as dd
from IPython.lib.pretty import pretty

dask.config.set(scheduler="synchronous")
# Numbers are shown plainly: `1.0`, not `np.float64(1.0)`.
np.set_printoptions(legacy="1.25")
pd.set_option("display.unicode.east_asian_width", True)

here = Path(__file__).parent
FILES = here / "frames"
LAZY = """d1 = dd.from_pandas(df, npartitions=1)
d3 = dd.from_pandas(df, npartitions=3)
dm = dd.from_pandas(df, npartitions=8)
"""

FRAMES = {
    "people": """df = pd.DataFrame({"name": ["Ann", "Bob", "Čeněk", "Dora", "Ann", "Émile", "Bob", "Ann", "李雷", "Zoë"], "city": ["Brno", "Oslo", "Brno", None, "Oslo", "Paris", "Brno", "Brno", "北京", None], "age": [31, 22, 45, 67, 31, 18, 22, 50, 39, 27], "pay": [1200.5, 800.0, None, 2000.25, 1100.0, None, 950.75, 1500.0, 700.0, 1250.5], "old": [False, False, True, True, False, False, False, True, False, False]})
other = pd.DataFrame({"city": ["Brno", "Oslo", "Paris", "Rome"], "land": ["CZ", "NO", "FR", "IT"], "size": [380, 700, 2100, 2800]})
""",
    "numbers": """df = pd.DataFrame({"k": [1, 2, 1, 3, 2, 1, 3, 3, 1, 2, 2, 1], "a": [5, -3, 8, 0, -7, 2, 9, -1, 4, 4, 6, -2], "b": [0.5, -1.25, 2.0, 4.75, 0.0, -3.5, 1.5, 2.25, -0.75, 8.0, 3.0, 1.0], "big": [9007199254740993, 1, -9007199254740993, 4, 5, 6, 7, 8, 9, 10, 11, 1000000000000]})
""",
    "nulls": """df = pd.DataFrame({"g": ["x", None, "y", "x", "y", None, "z", "x", "z"], "v": [1.0, None, 3.0, None, 5.0, 6.0, None, 8.0, None], "w": [None, None, 2.0, 4.0, None, 1.0, 0.5, None, 3.0], "t": ["a", None, "b,c", "", None, "ž", "a", "b,c", "d"]})
""",
    "dates": """df = pd.DataFrame({"when": pd.to_datetime(["2023-12-31", "2024-01-01", "2024-02-29", None, "2024-03-10", "2025-07-04", "2024-02-29", "1999-12-31"]), "what": ["eve", "new", "leap", "none", "sun", "july", "leap", "old"], "n": [1, 2, 3, 4, 5, 6, 7, 8]})
""",
    "doubles": """df = pd.DataFrame({"p": ["a", "b", "a", "a", "b", "c", "a", "b"], "q": [1, 2, 1, 3, 2, 1, 1, 5], "r": [True, False, True, True, False, True, True, False]})
""",
    "one": """df = pd.DataFrame({"s": ["only"], "i": [42], "f": [2.5]})
""",
    "none": """df = pd.DataFrame({"s": ["a", "b"], "i": [1, 2], "f": [0.5, 1.5]})
df = df[df.i > 10]
""",
    "commas": """df = pd.DataFrame({"text": ["a,b", "say \\"hi\\"", "  pad ", "Straße", "x, y, z", "", "línea", "UPPER lower"], "len": [3, 8, 6, 6, 7, 0, 5, 11]})
""",
    "labels": """df = pd.DataFrame({"u": [10, 20, 30, 40, 50, 60], "v": [1.5, 2.5, None, 4.5, 5.5, 6.5]}, index=["a", "b", "c", "d", "e", "f"])
""",
    "births": """df = pd.read_csv("tests/oracle/frames/births.csv")
""",
    "events": """df = pd.read_csv("tests/oracle/frames/events.csv", parse_dates=["at"])
""",
}
# Lazy frames of their own kind, instead of or beside those of LAZY.
MORE = {
    "people": "de = dm[dm.age > 40]\n",
    "numbers": "de = dm[dm.a > 7]\n",
    "births": 'd3 = dd.read_csv("tests/oracle/frames/births.csv", blocksize=400)\ndm = dd.read_csv("tests/oracle/frames/births.csv", blocksize=100)\nde = dm[dm.count > 90]\n'.replace("dm.count", 'dm["count"]'),
    "events": 'd3 = dd.read_csv("tests/oracle/frames/events.csv", parse_dates=["at"], blocksize=200)\ndm = dd.read_csv("tests/oracle/frames/events.csv", parse_dates=["at"], blocksize=60)\n',
}

REDUCTIONS = ["sum", "mean", "count", "min", "max", "std", "var", "median", "prod", "sem"]
GROUPED = ["sum", "mean", "count", "size", "min", "max", "std", "var", "nunique", "first", "last", "median"]


def people():
    yield from ["df", "df.name", "df.head(3)", "df.tail(2)", "len(df)", "df.dtypes", "df.columns", "df[['name', 'age']]", "df.pay", "df[['pay']]"]
    yield from ["df[df.age > 30]", "df[(df.age > 30) & (df.city == 'Brno')]", "df[(df.age < 20) | df.old]", "df[~df.old]", "df[df.city.isna()]", "df[df.city.notna()].name", "df[df.name.isin(['Ann', '李雷'])]", "df[df.pay >= 1100].city", "df[df.city != 'Brno']"]
    yield from ["df.age + 1", "df.age * 2 - 3", "df.pay / 2", "df.age // 7", "df.age % 7", "-df.age", "df.age ** 2", "df.pay - df.age", "df.age > 30", "df.pay * df.old", "100 - df.age", "1 / df.age", "df.age == 31", "df.name == 'Bob'", "df.name + '!'", "df.name + df.city", "df.pay.abs()", "df.pay.round(0)", "df.pay.round(1)", "df.age.clip(25, 40)", "df.age.between(22, 31)"]
    yield from ["df.assign(twice=df.age * 2)", "df.assign(a=1, b='x')[['name', 'a', 'b']]", "df.assign(tax=lambda t: t.pay * 0.2)[['name', 'tax']]", "df.drop(columns=['city', 'old'])", "df.drop('pay', axis=1)", "df.rename(columns={'pay': 'wage', 'age': 'years'})", "df.dropna()", "df.dropna(subset=['pay'])", "df.dropna(subset=['city'])", "df.dropna(how='all')", "df.fillna({'city': '?', 'pay': 0})", "df.pay.fillna(0)", "df.city.fillna('nowhere')", "df.isna()", "df.notna()", "df.isna().sum()", "df.count()", "df.nunique()", "df.city.isna().sum()", "df.pay.isna().mean()"]
    yield from ["df.astype({'age': 'float64'})", "df.age.astype('float64')", "df.age.astype(str)", "df.old.astype(int)", "df.pay.fillna(0).astype('int64')", "df.select_dtypes('number')"]
    for function in GROUPED:
        yield f"df.groupby('city').age.{function}()"
        yield f"df.groupby('name').pay.{function}()"
    yield from ["df.groupby('city')[['age', 'pay']].mean()", "df.groupby(['city', 'name']).age.sum()", "df.groupby(['name', 'old']).pay.mean()", "df.groupby('name').agg({'age': 'mean', 'pay': 'sum'})", "df.groupby('name').agg({'age': ['min', 'max'], 'pay': 'count'})", "df.groupby('city').age.agg(['min', 'max', 'mean'])", "df.groupby('city').agg('max')[['age', 'old']]", "df.groupby('city', dropna=False).age.sum()", "df.groupby('name').agg(oldest=('age', 'max'), total=('pay', 'sum'))", "df.groupby(['name', 'city']).size()", "df.groupby('old').age.mean()", "df.groupby('old').name.nunique()", "df.groupby('name').age.sum().sort_values()", "df.groupby('name').age.sum().reset_index()", "df.groupby(df.age > 30).pay.sum()", "df.groupby('name').size()", "df.groupby('name')['age'].mean()"]
    yield from ["df.name.value_counts()", "df.city.value_counts()", "df.old.value_counts()", "df.city.value_counts(dropna=False)", "df.name.value_counts(normalize=True)", "df.name.nunique()", "df.city.nunique()", "df.nlargest(3, 'age')", "df.nsmallest(2, 'age')", "df.nlargest(4, 'pay')", "df.age.nlargest(3)", "df.age.nsmallest(3)", "df.pay.nlargest(2)", "df.sort_values('age')", "df.sort_values('pay', ascending=False)", "df.sort_values('name')", "df.sort_values(['city', 'age'])", "df.sort_values(['name', 'age'], ascending=[True, False])", "df.drop_duplicates(subset=['name'])", "df.drop_duplicates(subset=['city'])[['city']]"]
    yield from ["df.name.str.upper()", "df.name.str.lower()", "df.name.str.len()", "df.name.str.contains('n')", "df.name.str.startswith('A')", "df.city.str.endswith('o')", "df.city.str.replace('o', '0')", "df.name.str[0]", "df.name.str[:2]", "df.name.str.slice(1, 3)", "df.city.str.lower()", "df.city.str.len()", "df.name.str.title()", "df.name.str.count('n')", "df.name.str.find('n')", "df.name.str.zfill(6)", "df.name.str.cat(sep='-')", "df.name.str.repeat(2)", "df.city.str.contains('r', case=False)", "df.name.str.isalpha()"]
    for column in ["age", "pay"]:
        for function in REDUCTIONS:
            yield f"round(df.{column}.{function}(), 6)"
    yield from ["df.name.min()", "df.name.max()", "df.old.sum()", "df.old.any()", "df.old.all()", "df.old.mean()", "df[['age', 'pay']].sum()", "df[['age', 'pay']].mean()", "df[['age', 'pay']].max()", "df[['age', 'pay']].std()", "df.age.describe()", "df[['age', 'pay']].describe()", "df.age.idxmax()", "df.pay.idxmin()"]
    yield from ["df.merge(other, on='city')", "df.merge(other, on='city', how='left')[['name', 'land']]", "df.merge(other, left_on='city', right_on='city', how='inner')[['name', 'size']]", "df.set_index('age').sort_index()", "df.set_index('age')[['name']].head(3)", "df.map_partitions(lambda t: t[t.age > 30])"]
    yield from ["df.age.map(lambda x: x + 1)", "df.name.map(lambda s: len(s))", "df.age.apply(lambda x: x * 2)", "df.age.map({31: 1, 22: 2})", "df.apply(lambda row: row.age + 1, axis=1)", "df.loc[2:4]", "df.loc[3]", "df.loc[2:5, 'name']", "df.loc[df.age > 40, ['name', 'age']]", "df.loc[:, 'name']", "df.age.cumsum()", "df.age.cummax()", "df.age.shift(1)", "df.age.diff()", "df.pay.cumsum()", "df.where(df.age > 30)[['age']]", "df.age.where(df.age > 30)", "df.age.mask(df.age > 30, 0)", "df.pay.ffill()", "df.query('age > 30')", "df.query('age > 30 and city == \"Brno\"')"]


PEOPLE_PANDAS = ["df.iloc[0]", "df.iloc[2:4]", "df.iloc[-1]", "df.iloc[[1, 3]]", "df.iloc[0, 1]", "df.shape", "df.size", "df.ndim", "df.reset_index()", "df.reset_index(drop=True)", "df.to_dict()", "df.head(2).to_dict('records')", "df.head(2).to_dict('list')", "df.age.tolist()", "df.age.values", "df.pay.values", "df.name.tolist()", "df.age.unique()", "df.name.unique()", "df.old.unique()", "df.age.rank()", "df.name.duplicated()", "df.sort_index(ascending=False)", "df.T.head(2)", "df.groupby('name').age.cumsum()", "df.groupby('name').age.transform('mean')", "df.groupby('name').get_group('Ann')", "pd.concat([df, df]).shape", "pd.concat([df.head(1), df.tail(1)])", "pd.concat([df.head(1), df.tail(1)], ignore_index=True)", "df.age.quantile(0.25)", "df.age.quantile([0.1, 0.5])", "df[['age', 'pay']].quantile(0.5)", "df.age.iloc[3]", "df.age[3]", "df.at[2, 'name']", "df.index", "df.empty", "df.describe(include='all').head(3)", "df.mode().head(1)", "df.age.mode()", "df.corr(numeric_only=True)", "df.age.corr(df.pay)", "df.melt(id_vars='name', value_vars=['age', 'pay']).head(4)", "df.pivot_table(index='name', columns='old', values='age', aggfunc='mean')", "df.set_index('name').loc['Ann']", "df.set_index('name').loc['Dora', 'age']", "df.age.isin([31, 22]).sum()", "df.merge(other, on='city', how='outer')", "df.merge(other, on='city', how='right')", "other.set_index('city').join(df.groupby('city').age.mean())", "df.sample(3, random_state=1).shape", "df.nunique(axis=1).head(2)", "df.eq(31).sum()", "pd.get_dummies(df.old)", "df.name.str.split('n')", "df.city.str.get(0)", "df.add(1, fill_value=0) if False else len(df)", "df.items() is None", "[row.age for row in df.itertuples()][:3]", "[column for column in df]", "list(df.columns)", "'age' in df", "df.memory_usage().shape", "df.explode('name').shape", "df.pipe(len)"]


def numbers():
    yield from ["df", "df.dtypes", "df.sum()", "df.min()", "df.max()", "df.mean()", "df.count()", "df.prod()", "df.a.sum()", "df.big.sum()", "df.big.max()", "df.big.min()", "df.a.mean()", "df.a.abs()", "df.abs().head(3)", "df.a.prod()", "df.describe()", "df + 1", "df * df", "df.a / df.b", "df.a // df.k", "df.a % 3", "df.a % -3", "df.a // -2", "df.a / 0", "df.b / 0", "df.b // 0.75", "df.b % 0.75", "df.a > df.b", "df[df.a < 0]", "df[df.a > 100]", "df[df.b == 0]", "df.a.round()", "df.b.round()", "df.big + 1", "df.big * 2", "df.a.astype('int32').sum()", "df.a.astype('float32')", "df.b.astype(int)", "df.a.astype(bool)", "df.round(1)"]
    for function in GROUPED:
        yield f"df.groupby('k').{function}()"
        yield f"df.groupby('k').a.{function}()"
        yield f"df[df.a > 100].groupby('k').b.{function}()"
    yield from ["df.groupby('k').agg(['sum', 'mean'])", "df.groupby('k').agg({'a': 'sum', 'b': ['mean', 'std']})", "df.groupby(['k', 'a']).b.sum()", "df.groupby('k').a.agg('sum')", "df.groupby('k').a.agg(['sum', 'count'])", "df.groupby(df.a % 2).b.mean()", "df.groupby(['k', df.a > 0]).b.sum()", "df.k.value_counts()", "df.k.value_counts().sort_index()", "df.a.nlargest(5)", "df.nsmallest(3, 'b')", "df.nlargest(3, ['k', 'a'])", "df.sort_values('b')", "df.sort_values(['k', 'b'], ascending=False)", "df.a.sum() / df.k.sum()", "(df.a - df.a.mean()).round(3)", "((df.b - df.b.mean()) / df.b.std()).round(4)", "df[df.a > df.a.mean()]", "df.set_index('a').sort_index().head(4)", "df.loc[4:6]", "df.cumsum()", "df.a.cumprod()", "df.b.cummin()", "df.diff()", "df.shift(2)", "df.a.isin([4, 9]).sum()", "df.corr().round(4)", "df.cov().round(3)", "df.var()", "df.std()", "df.median()", "df.idxmax()", "df.rolling(3).sum()", "df.b.rolling(2).mean()", "df.merge(df, on='k').shape[0] if False else len(df)", "df[['k', 'a']].drop_duplicates(subset=['k'])", "df.sum(axis=1)", "df.mean(axis=1)", "df.max(axis=1)", "df.eq(4).sum()", "df.a.add(1)", "df.a.sub(df.k)", "df.a.mul(2)", "df.a.div(4)", "df.a.pow(2)", "df.a.floordiv(2)", "df.a.mod(4)", "df.a.ge(4)", "df.a.radd(1)", "df.a.rsub(10)", "df.clip(0, 5)", "df.sub(1)", "df.isin([1, 2]).sum()", "df.a.apply(lambda x: x ** 2)", "df.a.map(lambda x: x > 0)", "df.b.map(lambda x: round(x))"]


def nulls():
    yield from ["df", "df.isna()", "df.v.isna()", "df.dropna()", "df.dropna(how='all')", "df.dropna(thresh=3)", "df.dropna(subset=['v', 'w'])", "df.fillna(0)[['v', 'w']]", "df.v.fillna(df.v.mean())", "df.v.fillna(df.w)", "df.v + df.w", "df.v > 2", "df.v == df.w", "df.v != df.w", "df[df.v > 2]", "df[df.v.isna()]", "df.count()", "df.v.sum()", "df.v.mean()", "df.v.count()", "df.v.min()", "df.w.max()", "df.v.nunique()", "df.t.nunique()", "df.t.value_counts()", "df.t.value_counts(dropna=False)", "df.v.value_counts(dropna=False)", "df.sort_values('v')", "df.sort_values('v', na_position='first')", "df.sort_values('t')", "df.sort_values('v', ascending=False)", "df.t.str.len()", "df.t.str.upper()", "df.t.str.contains(',')", "df.t.isin(['a', None])", "df.t.isna().sum()", "df.g.fillna('?').value_counts()", "df.v.cumsum()", "df.v.ffill()", "df.v.bfill()", "df.v.describe()", "df.describe()", "df.v.round()", "df.nlargest(2, 'v')", "df.v.nsmallest(3)", "df.drop_duplicates(subset=['g'])", "df.groupby('g', dropna=False).v.sum()", "df.groupby('g', dropna=False).size()", "df.groupby(['g', 't']).v.count()", "df.groupby('g').agg({'v': 'sum', 'w': 'max'})", "df.v.where(df.v > 2, -1)", "df.v.astype(str)", "df.v.map(lambda x: x * 2)", "df.v.isin([1.0, 5.0])", "df.loc[1:3, ['v', 't']]", "df.combine_first(df.fillna(0)).head(1) if False else len(df)", "df.v.any()", "df.v.all()", "df.v.prod()", "df.v.median()", "round(df.v.std(), 6)", "df.notna().sum()", "df.v.abs()", "df.v.clip(2, 6)", "df.v.between(2, 6)", "df.g.str.replace('x', 'X')", "df.t == 'a'", "df.t != 'a'", "df.v.ffill().sum()", "df.v.shift(-1)", "df.v.diff()"]
    for function in GROUPED:
        yield f"df.groupby('g').v.{function}()"
        yield f"df.groupby('g')[['v', 'w']].{function}()"


def dates():
    yield from ["df", "df.dtypes", "df.when", "df.when.min()", "df.when.max()", "df.when.isna()", "df.when.count()", "df.when.nunique()", "df.sort_values('when')", "df.sort_values('when', ascending=False)", "df[df.when > '2024-01-15']", "df[df.when == '2024-02-29']", "df[(df.when >= '2024-01-01') & (df.when < '2024-03-01')]", "df.when.value_counts()", "df.groupby('when').n.sum()", "df.groupby(df.when.dt.year).n.sum()", "df.groupby(df.when.dt.month).n.mean()", "df.drop_duplicates(subset=['when'])", "df.dropna()", "df.nlargest(2, 'when')", "df.nsmallest(2, 'when')", "df.when.fillna(pd.Timestamp('2000-01-01'))", "df.groupby('what').when.max()", "df.groupby('what').when.min()", "df.when.astype(str)", "df.when.isin([pd.Timestamp('2024-02-29')])", "df.assign(year=df.when.dt.year)", "df.dropna().set_index('when').sort_index()", "df.when.shift(1)", "df.when.dt.strftime('%d.%m.%Y')", "df.when.dt.day_name()", "df.when.dt.month_name()", "df.when.dt.date", "df.when.dt.normalize()", "df.when - pd.Timestamp('2024-01-01')", "df.when + pd.Timedelta(days=1)", "(df.when.max() - df.when.min()).days", "df.when.diff()", "df.when.between('2024-01-01', '2024-12-31')", "df.when.mean()", "df.when.dt.isocalendar().week", "df.when.dt.floor('D')", "df.when.dt.to_period('M')"]
    for part in ["year", "month", "day", "hour", "minute", "second", "weekday", "dayofweek", "dayofyear", "quarter", "is_month_end", "is_month_start", "is_leap_year", "days_in_month", "is_year_end"]:
        yield f"df.when.dt.{part}"


def doubles():
    yield from ["df.drop_duplicates()", "df.drop_duplicates(subset=['p'])", "df.drop_duplicates(subset=['p', 'q'])", "df.drop_duplicates(keep='last')", "df.p.drop_duplicates()", "df.nunique()", "df.p.value_counts()", "df.q.value_counts()", "df.r.value_counts()", "df.groupby('p').q.sum()", "df.groupby('p').r.sum()", "df.groupby('p').r.mean()", "df.groupby('p').r.any()", "df.groupby('p').r.all()", "df.groupby(['p', 'r']).q.max()", "df.groupby(['p', 'q']).size()", "df.groupby(['p', 'q', 'r']).size()", "df.groupby('r').p.nunique()", "df.groupby('p').p.count()", "df.r.sum()", "df.r.mean()", "df[df.r]", "df[~df.r].q.sum()", "df.r & (df.q > 1)", "df.r | (df.q > 1)", "df.r ^ (df.q > 1)", "~df.r", "df.r.astype(int)", "df.sort_values(['p', 'q'])", "df.sort_values('q')", "df.nlargest(2, 'q')", "df.q.nlargest(4)", "df.sum()", "df.min()", "df.max()", "df.groupby('p').agg(['min', 'max'])", "df.groupby('p').first()", "df.groupby('p').last()", "df.groupby('p').agg({'q': 'nunique'})", "df.groupby('p').q.value_counts()", "df.groupby('p').head(1)", "df.groupby('p').q.idxmax()", "df.groupby('p').q.cumcount()", "df.groupby('p').q.apply(lambda s: s.sum())", "df.groupby('p', sort=False).q.sum()", "df.groupby('p', as_index=False).q.sum()", "df.groupby('p')[['q']].sum()"]


def small():
    yield from ["df", "df.i", "len(df)", "df.dtypes", "df.i.sum()", "df.f.sum()", "df.i.mean()", "df.f.mean()", "df.i.count()", "df.f.min()", "df.f.max()", "df.f.std()", "df.f.var()", "df.sum()", "df.count()", "df.groupby('s').i.sum()", "df.groupby('s').f.mean()", "df.groupby('s').size()", "df.groupby('s').agg({'i': 'sum', 'f': 'max'})", "df.s.value_counts()", "df.i.nunique()", "df.nlargest(2, 'i')", "df.sort_values('i')", "df.drop_duplicates()", "df.head()", "df.tail(3)", "df.i + 1", "df.f * 2.5", "df[df.i > 0]", "df[df.i < 0]", "df.s.str.upper()", "df.isna()", "df.isna().sum()", "df.fillna(0)", "df.dropna()", "df.rename(columns={'i': 'j'})", "df.drop(columns='f')", "df.assign(x=df.i * 2)", "df.astype({'i': 'float64'})", "df.f.round()", "df.i.isin([42])", "df.describe()", "df.f.describe()", "df.f.median()", "df.set_index('s')", "df.s.unique()", "df.i.unique()", "df.reset_index(drop=True)", "df.columns", "df.merge(df, on='s')", "df.i.cumsum()", "df.i.any()", "df.i.all()", "df.i.prod()"]


def commas():
    for method in ["upper()", "lower()", "strip()", "lstrip()", "rstrip()", "title()", "capitalize()", "swapcase()", "casefold()", "len()", "contains(',')", "contains('a')", "contains('^[a-z]')", "startswith('s')", "endswith('r')", "replace(',', ';')", "replace('[aeiou]', '_', regex=True)", "replace('a', 'A', regex=False)", "count(',')", "find(',')", "slice(0, 2)", "pad(8)", "center(8, '*')", "ljust(7, '.')", "rjust(7, '.')", "zfill(8)", "repeat(2)", "isalpha()", "isdigit()", "islower()", "isupper()", "isspace()", "split(',')", "split(',', n=1)", "split()", "get(0)", "match('[a-z]')", "fullmatch('[a-z,]+')", "extract('([a-z])')", "findall('[a-z]')", "removeprefix('a')", "removesuffix('b')", "partition(',')", "encode('utf8')", "wrap(4)", "rsplit(',', n=1)", "join('-')", "slice_replace(0, 1, '#')", "normalize('NFC')"]:
        yield f"df.text.str.{method}"
    yield from ["df", "df.text.str[0]", "df.text.str[-1]", "df.text.str[1:4]", "df.text.str[::-1]", "df.sort_values('text')", "df.text.min()", "df.text.max()", "df.groupby('text').len.sum()", "df.text.value_counts()", "df.set_index('text').len", "df.text == 'a,b'", "df.text + '|'", "'<' + df.text + '>'", "df.text.isin(['', 'a,b'])", "df.text.map(lambda s: s.upper())", "df.to_dict('records')[1]", "df.text.tolist()", "df.text.str.len() == df['len']", "df.nlargest(2, 'len').text", "df.text.str.strip().str.upper()", "df.text.str.split(',').str[0]", "df.text.str.lower().str.replace(' ', '_')"]


def labels():
    yield from ["df", "df.loc['b']", "df.loc['b':'d']", "df.loc[['a', 'e']]", "df.loc['b':'d', 'u']", "df.loc['c', 'v']", "df.loc[df.u > 30]", "df.u", "df.u['b']", "df.u.loc['c':]", "df.u.loc[:'b']", "df.iloc[1]", "df.iloc[1:3]", "df.iloc[:, 0]", "df.iloc[-2:]", "df.sort_index(ascending=False)", "df.reset_index()", "df.reset_index(drop=True)", "df.index", "df.index.tolist()", "df.u.idxmax()", "df.v.idxmin()", "df.sort_values('u', ascending=False)", "df.nlargest(2, 'u')", "df.u.nlargest(2)", "df.u + df.v", "df.u + df.u.head(3)", "df.rename(columns={'u': 'w'})", "df.rename_axis('key')", "df.head(2)", "df.tail(2)", "df.to_dict()", "df.u.to_dict()", "df.drop('a')", "df.drop(['a', 'b'])", "df.u.sum()", "df.v.cumsum()", "df.shift(1)", "df.isna()", "df.v.fillna(0)", "df.dropna()", "df.mean()", "df.u.map(lambda x: x / 10)", "df.apply(lambda c: c.max())", "df.reindex(['f', 'a', 'z'])", "df.T", "df.at['a', 'u']", "df.u.to_frame()", "df.u.rename('w')", "df.join(df.rename(columns={'u': 'u2', 'v': 'v2'}))", "pd.concat([df.u, df.v], axis=1)", "pd.concat([df.head(2), df.tail(2)])", "df.set_index('u')", "df.set_index('u').loc[30]", "df.add_prefix('n_')", "df.add_suffix('_n')", "df.describe()", "df.items() is None", "df.u.items() is None", "df.values", "df.u.values", "df.to_numpy()", "df.squeeze().shape", "df.insert(0, 'n', 1) is None", "df.filter(items=['u'])", "df.u.index", "df.quantile([0.25, 0.75])", "df.u.quantile(0.3)", "df.agg(['sum', 'mean'])", "df.u.agg(['sum', 'mean'])", "df.u.agg('sum')", "df.equals(df)", "df.rank()", "df.axes"]


def births():
    yield from ["df", "df.head()", "len(df)", "df.dtypes", "df.columns", "df.groupby('year')['count'].sum()", "df.groupby('name')['count'].sum()", "df.groupby(['year', 'sex'])['count'].sum()", "df.groupby('name')['count'].mean().round(4)", "df.groupby('sex')['count'].agg(['sum', 'mean', 'max'])", "df.groupby('name').agg({'count': 'sum', 'year': ['min', 'max']})", "df.groupby('name').year.nunique()", "df.groupby(['name', 'sex']).size()", "df.name.value_counts().sort_index()", "df.sex.value_counts()", "df.year.value_counts().sort_index()", "df.nlargest(5, 'count')", "df['count'].nlargest(3)", "df['count'].sum()", "df['count'].mean()", "df['count'].max()", "df[df['count'] > 90]", "df[df.name == 'Ema']", "df[df.name.str.startswith('J')]['count'].sum()", "df[df.sex == 'F'].groupby('year')['count'].sum()", "df.sort_values(['count', 'name']).head(5)", "df.year.min()", "df.year.max()", "df.name.nunique()", "df.sex.nunique()", "df.groupby('name')['count'].sum().nlargest(3)", "df.groupby('name')['count'].sum().sort_values(ascending=False).head(3)", "df.assign(share=df['count'] / df['count'].sum()).share.max().round(6)", "df.groupby('year').apply(len).sum() if False else len(df)", "df.isna().sum()", "df['count'].isna().sum()", "df[['year', 'count']].sum()", "df.tail(3)", "df.drop_duplicates(subset=['name', 'sex'])[['name', 'sex']]", "df.set_index('name').loc['Ema']['count'].sum()", "df.groupby('name')['count'].std().round(4)", "df.groupby('year')['count'].idxmax().shape"]


def events():
    yield from ["df", "df.dtypes", "df.at.min()" if False else "df['at'].min()", "df['at'].max()", "df.groupby(df['at'].dt.year).value.sum()", "df.groupby(df['at'].dt.month).value.count()", "df.groupby('kind').value.mean()", "df.groupby('kind')['at'].max()", "df.sort_values('at').head(4)", "df[df['at'] > '2024-06-01']", "df['at'].dt.hour.value_counts().sort_index()", "df.note.isna().sum()", "df.note.fillna('-').value_counts().sort_index()", "df[df.note.notna()].note.str.len()", "df.ok.sum()", "df[df.ok].value.sum()", "df.groupby('ok').value.sum()", "df.value.isna().sum()", "df.value.min()", "df.value.max()", "df.dropna()", "df.kind.value_counts().sort_index()", "df.note.str.contains(',')", "df.groupby(['kind', 'ok']).size()", "df.nlargest(3, 'value')", "df.tail(2)", "df.describe()[['value']].loc['count':'std'].round(4)"]



# More of each set: methods that came later.
MORE_EXPRESSIONS = {
    "people": ["df.query('age < 30 or pay >= 1500')", "df.query('20 < age <= 31')", "df.query('name in [\"Ann\", \"Bob\"]')", "df.query('name not in [\"Ann\"] and not old')", "df.query('name == [\"Ann\", \"Dora\"]')", "df.query('(age > 30) & (city == \"Brno\")')", "df.query('old')", "df.query('~old')", "df.query('index > 6')", "df.query('age + 10 > pay / 30')", "df.query('city.isna()')", "df.query('name.str.startswith(\"A\")')", "df.eval('age * 2')", "df.eval('twice = age * 2')", "df.at[3, 'age']", "df.iat[0, 2]", "df.filter(like='a')", "df.filter(regex='^a')", "df.filter(items=['pay', 'age'])", "df.reindex([9, 0, 3])", "df.reindex(columns=['age', 'pay'])", "df.set_axis(['a', 'b', 'c', 'd', 'e'], axis=1)", "df.rename(columns=str.upper)", "df.rename(index={0: 100})", "df.rename(str.title, axis=1)", "df[['name', 'old']].value_counts()", "df.value_counts('name')", "df.drop_duplicates('name', keep=False)", "df.name.drop_duplicates(keep=False)", "df.sort_index(axis=1)", "df.dropna(thresh=5)", "df[['age', 'pay']].quantile([0.25, 0.5])", "df.age.quantile([0.1, 0.9])", "df[['age', 'pay']].nunique(axis=1)", "df[['age', 'pay']].max(axis=1)", "df[['age', 'pay']].idxmax(axis=1)", "df.groupby('name').age.nlargest(1)", "df.groupby('name').pay.bfill()", "df.groupby('name').age.rolling(2).sum()", "df.groupby('name').age.quantile([0.25, 0.5])", "df.set_index('name').groupby(level=0).age.sum()", "df.groupby(lambda i: i % 2).age.sum()", "df.groupby({0: 'a', 1: 'b', 2: 'a'}).age.sum()", "df.groupby('name').age.pct_change()", "df.describe(include='all')", "df.describe(include=['number'])", "df.age.describe(percentiles=[0.1, 0.9])", "df[['age', 'pay']].map(lambda x: x * 2)", "df[['age', 'pay']].transform(lambda c: c - c.mean())", "df[['age', 'pay']].apply(lambda c: c / 2)", "df[['age', 'pay']].apply(lambda r: r * 2, axis=1)", "df.age.get(3)", "df.age.argmax()", "df.age.argmin()", "df.age.argsort()", "df.age.repeat(2)", "df.pay.interpolate()", "df.pay.first_valid_index()", "df.columns.str.upper()", "df[['age']].squeeze()", "df.equals(df.copy())", "df.age.mean().round(2)", "df.min()", "df.max()", "df.T.head(3)", "df.fillna('?')", "df.name.str.wrap(3)", "df.name.str.slice_replace(1, 2, '-')", "df.city.str.get_dummies()"],
    "numbers": ["df.std(axis=1)", "df.var(axis=1)", "df[['a', 'b']].median(axis=1)", "df[['k', 'a']].prod(axis=1)", "df[['a', 'b']].sum(axis=1)", "df[['a', 'b']].mean(axis=1)", "df[['a', 'b']].idxmin(axis=1)", "df[['a', 'b']].any(axis=1)", "df[['a', 'b']].all(axis=1)", "df[['a', 'b']].quantile(0.3)", "df.a.kurt()", "df.where(df.a > 0)", "df.mask(df.a > 0, -1)", "df.a.where(df.a > 0)", "df[['a', 'b']].value_counts()", "df.a.searchsorted(3)", "df.b % -0.75", "df.b // -0.75", "df.a.dot(df.k)", "df.query('a > b and k != 2')", "df.eval('a + b')", "df.sort_index(axis=1)"],
    "nulls": ["df.fillna(0)", "df.fillna('-')", "df.dropna(thresh=2)", "df.v.interpolate()", "df.w.interpolate()", "df.v.combine_first(df.w)", "df.query('v > 2')", "df.query('t == \"a\"')", "df.groupby('g').v.bfill()", "df.groupby('g').t.unique()", "df.v.first_valid_index()", "df.v.last_valid_index()", "df[['v', 'w']].quantile([0.5])", "df.nunique(axis=1)", "df.count(axis=1)", "df.describe(include='all')"],
    "dates": ["df.when - pd.Timedelta(hours=36)", "df.when - df.when.min()", "(df.when - df.when.min()).dt.days", "(df.when - df.when.min()).dt.total_seconds()", "df.when.diff().sum()", "df.when.diff().mean()", "df.when.median()", "df.when.dt.time", "df.describe()", "df.when.describe()", "df.set_index('when').index.year", "pd.Timestamp('2024-03-01') - pd.Timestamp('2024-02-28')", "pd.Timestamp('2024-02-28 12:00') + pd.Timedelta('36h')", "pd.Timedelta('1 days 02:03:04')", "pd.Timedelta(90, 'min')", "pd.Timedelta('-1 days +02:00:00')", "pd.Timedelta(days=1) / pd.Timedelta(hours=6)", "pd.Timedelta(days=2) * 1.5", "-pd.Timedelta(hours=1)", "pd.Timedelta(days=1) > pd.Timedelta(hours=6)", "pd.Timedelta('36h').total_seconds()", "pd.to_timedelta(df.n, unit='h')", "pd.to_timedelta(['1 days', '2h', None])", "pd.to_timedelta('90min')", "pd.to_timedelta(df.n, unit='D') + df.when", "pd.to_timedelta(df.n, unit='D') * 2", "pd.to_timedelta(df.n, unit='D') / pd.Timedelta(hours=12)", "df[df.when.diff() > pd.Timedelta(days=30)]", "pd.Timestamp('2024-02-29').dayofweek", "pd.Timestamp('2024-02-29').day_name()", "df.when.max() - df.when.min()"],
    "doubles": ["df.value_counts()", "df.value_counts(normalize=True)", "df.drop_duplicates(keep=False)", "df.groupby('p').tail(1)", "df.groupby('p').nth(1)", "df.groupby('p').q.nsmallest(1)", "df.groupby('p').q.unique()", "df.q.factorize()", "pd.factorize(df.p)"],
    "labels": ["df.reindex(['f', 'a'])", "df.u.reindex(['b', 'z'], fill_value=0)", "df.rename_axis('key').reset_index()", "df.u.get('zz', 5)", "df.at['b', 'v']", "df.iat[1, 0]", "df.u.rename({'a': 'A'}) if False else df.u", "df.set_axis([1, 2, 3, 4, 5, 6])", "df.index.map(str.upper)", "df.index.isin(['a', 'c'])", "df.index.str.upper()", "df.index.to_series()", "df.squeeze()", "df.equals(df.rename(columns={'u': 'x'}))", "df.query('index == \"c\"')", "df.v.interpolate()", "df.quantile(0.5)", "df.u.combine_first(df.v)"],
    "commas": ["df.text.str.wrap(6)", "df.text.str.slice_replace(-2, None, '..')", "df.text.str.get_dummies(',')", "df.text.str[5:1:-1]", "df.text.str[::2]"],
    "births": ["df.query('year > 1992 and sex == \"F\"')", "df.value_counts('sex')", "df.groupby('name')['count'].nlargest(1)", "df['count'].quantile([0.25, 0.75])", "df.describe(include='all')"],
    "events": ["df.describe()", "df['at'].diff()", "df['at'].mean()", "df['at'] + pd.Timedelta(days=1)", "df[df['at'] - df['at'].min() < pd.Timedelta(days=60)]", "df.query('kind == \"buy\" and value > 0')"],
}

EXPRESSIONS = {"people": people, "numbers": numbers, "nulls": nulls, "dates": dates, "doubles": doubles, "one": small, "none": small, "commas": commas, "labels": labels, "births": births, "events": events}


def files():
    """The CSV files that two of the sets read."""
    FILES.mkdir(exist_ok=True)
    names = ["Ema", "Jan", "Žofie", "Jiří", "Eva", "Jana"]
    rows = ["year,name,sex,count"]
    for i in range(60):
        name = names[(i * 7 + i // 5) % 6]
        rows.append(f"{1990 + i % 5},{name},{'M' if name[-1] in 'nří' else 'F'},{(i * 37) % 101}")
    (FILES / "births.csv").write_text("\n".join(rows) + "\n", encoding="utf8")
    rows = ["at,kind,value,ok,note"]
    notes = ["", '"a, b"', "ok", "", '"say ""x"""', "žluť"]
    for i in range(24):
        value = "" if i % 7 == 3 else f"{(i * 13 % 50) / 4 - 3}"
        rows.append(f"2024-{i % 12 + 1:02}-{i + 1:02} {i % 24:02}:{(i * 7) % 60:02}:00,{['click', 'view', 'buy'][i % 3]},{value},{i % 4 == 0},{notes[i % 6]}")
    (FILES / "events.csv").write_text("\n".join(rows) + "\n", encoding="utf8")


# Where Dask answers otherwise than pandas, and rdk as pandas: what is expected of lazy frames is pandas' answer.
AS_PANDAS = [
    # Groups whose key is missing: Dask leaves them out of sums and counts, but not of means and deviations.
    r"groupby\('(city|g)'\)(\.\w+|\[\[.*\]\])\.(mean|std|var)\(\)",
    # Texts that are missing are compared and searched as in pandas: never equal, found nowhere.
    r"\.(t|city) [!=]= '", r"\.str\.(contains|endswith|startswith)\(",
    # Sums of whole numbers are whole; deviations of large ones are not worked out of sums of squares.
    r"\.cumsum\(\)", r"groupby\('k'\)\.(std|var)\(\)",
    # Of several partitions, the label of the largest value is that of the whole.
    r"groupby\('p'\)\.q\.idxmax",
    # Rows keep their order.
    r"groupby\('g'\)\.v\.bfill",
    # Windows of rows in groups go over all partitions.
    r"groupby\('name'\)\.age\.rolling",
    # Rows after an aggregation are in one partition, and in the order of their keys.
    r"\.reset_index\(\)",
]
# Left out: decided otherwise (ARCHITECTURE.md), or not the same from one run to the next.
LEFT_OUT = [
    # Rows that are equal stay in their order; pandas' quicksort mixes them.
    r"\b\w+\.sort_values\('(age|q)'\)", r"set_index\('age'\)", r"\.argsort\(\)",
    # Columns of texts are left out of sums, and that is said.
    r"^\(?\w+\.sum\(\)",
    # Labels after a merge count on within each pile, and which pile that is depends on the hash.
    r"\b(d3|dm)\.merge\(",
    # Lazy rows are sorted by their new index, as Dask's are if there are several partitions; what is expected is pandas' order.
    r"d\w\.set_index\('text'\)",
    # Arrays of texts are lists.
    r"^df\.\w+\.unique\(\)$",
    # The repr names what Dask calls its expressions.
    r"idxmax\(\)\.shape", r"^d\w\.axes", r"^d\w\.squeeze\(\)\.shape",
    # Parts of times are whole numbers in lazy frames, also where one is missing.
    r"groupby\(d\w\.when\.dt\.\w+\)",
    # Of a lazy series Dask takes a label out of every partition.
    r"\(d\w\.u\['b'\]\)",
    # Labels of partitions that were read differ from those of pandas, and what is missing is not searched.
    r"^d[3m]\.note\.str\.contains",
    # What the oracle's own frame looked like when the lazy ones were made: `insert` came later.
    r"^\(?d\w\.(quantile\(|rename_axis\('key'\)\.reset)",
    # Of a lazy series Dask makes an index in memory.
    r"pd\.to_timedelta\(d",
    # Products beyond 64 bits.
    r"^\(?\w+\.prod\(\)",
]


def fits(patterns, code):
    return any(re.search(pattern, code) for pattern in patterns)


def as_pandas(value):
    """Texts in the type that pandas itself has for them."""
    texts = lambda data: isinstance(data.dtype, pd.StringDtype)
    if isinstance(value, pd.DataFrame | pd.Series) and texts(value.index):
        value = value.set_axis(value.index.astype("str"))
    if isinstance(value, pd.DataFrame):
        return value.astype({label: "str" for label in value.columns if texts(value[label])})
    return value.astype("str") if isinstance(value, pd.Series | pd.Index) and texts(value) else value


def renamed(code, name):
    return re.sub(r"\bdf\b", name, code)


def computed(value):
    return value.compute() if hasattr(value, "compute") and hasattr(value, "dask") else value


def plain(value):
    """One cell as text: floats without the digits that depend on the order of sums, one word for what is missing."""
    if isinstance(value, float):
        return "nan" if value != value else f"{value:.12g}"
    return "nan" if value is pd.NA or value is None or value is pd.NaT else repr(value)


def content(value):
    """What a result holds, whatever the order of its rows and the type of its texts."""
    if isinstance(value, pd.Series):
        return sorted((plain(label), plain(cell)) for label, cell in zip(value.index, value.tolist()))
    if isinstance(value, pd.DataFrame):
        rows = zip(*[value.iloc[:, i].tolist() for i in range(value.shape[1])])
        return list(map(repr, value.columns)), sorted((plain(label), *map(plain, row)) for label, row in zip(value.index, rows))
    return plain(value) if isinstance(value, float) else repr(value)


def shown(value):
    """As a prompt shows it: long dicts and lists are broken, nothing is said of None."""
    return "" if value is None else pretty(value) if isinstance(value, (dict, list, tuple)) else repr(value)


def answers(name, code, space, report):
    """The entries that one expression gives: pandas' own, and one for each lazy form that Dask knows and agrees with."""
    try:
        value = eval(code, space)
    except Exception as error:
        report.append(f"{name}: pandas: {code}: {type(error).__name__}: {error}")
        return
    yield {"code": code, "prints": shown(value)}
    if code in PEOPLE_PANDAS:
        return
    for lazy in ["d1", "d3", "dm"]:
        # `round(x, 6)` of one lazy number is `round(x.compute(), 6)`.
        rounded = re.fullmatch(r"round\((.*), 6\)", code)
        lazy_code = renamed(rounded[1] if rounded else code, lazy)
        try:
            plan = eval(lazy_code, space)
            result = as_pandas(computed(plan))
        except Exception as error:
            report.append(f"{name}: dask: {lazy_code}: {type(error).__name__}: {str(error)[:80]}")
            continue
        if isinstance(plan, dd.DataFrame | dd.Series | dd.Index) or hasattr(plan, "dask"):
            lazy_code = f"({lazy_code}).compute()" if not re.fullmatch(r"[\w.]+(\([^()]*\))?", lazy_code) else f"{lazy_code}.compute()"
        # Where only the order of rows differs Dask promises none, and ours is that of pandas.
        if rounded:
            value = eval(rounded[1], space)
        # Quantiles of Dask are approximate; ours are exact. Where texts are missing Dask prints <NA>, we as pandas.
        exact = re.search(r"\b(describe|quantile)\(", code)
        same = type(result) is type(value) and (bool(exact) or content(result) == content(value))
        same = same or fits(AS_PANDAS, lazy_code)
        if not same:
            same = isinstance(value, float) and isinstance(result, float) and abs(result - value) <= 1e-12 * abs(value)
        if not same and type(result) is type(value):
            report.append(f"{name}: differs: {lazy_code}\n{result!r}\n-- pandas:\n{value!r}")
        if rounded:
            lazy_code, result = f"round({lazy_code}, 6)", round(result, 6)
            same = result == round(value, 6) or same
            value_shown = shown(eval(code, space))
        else:
            value_shown = shown(value)
        yield {"code": lazy_code, "prints": value_shown if same else shown(result)}


def main():
    files()
    os.chdir(here.parent.parent)
    open_file = here / "frames_open.txt"
    still_open = set(open_file.read_text(encoding="utf8").splitlines()) if open_file.exists() and "--all" not in sys.argv else set()
    report, sets, count = [], [], 0
    for name, expressions in EXPRESSIONS.items():
        code = "import pandas as pd\nimport dask.dataframe as dd\n" + FRAMES[name] + LAZY + MORE.get(name, "")
        space = {}
        exec(code, space)
        codes = list(dict.fromkeys([*expressions(), *MORE_EXPRESSIONS.get(name, [])]))
        if name == "people":
            codes += PEOPLE_PANDAS
        entries = [e for c in codes for e in answers(name, c, space, report)]
        if "de" in space:
            filtered = {"people": "df[df.age > 40]", "numbers": "df[df.a > 7]", "births": 'df[df["count"] > 90]'}[name]
            for c in codes:
                lazy = f"({renamed(c, 'de')})"
                try:
                    plan = eval(lazy, space)
                    value, result = eval(re.sub(r"\bdf\b", filtered, c), space), computed(plan)
                except Exception:
                    continue
                if hasattr(plan, "dask") and repr(value) == repr(result):
                    entries.append({"code": f"{lazy}.compute()", "prints": repr(result)})
        entries = [e for e in entries if not fits(LEFT_OUT, e["code"])]
        entries = [e for e in entries if " if False else " not in e["code"] and json.dumps([name, e["code"]], ensure_ascii=False) not in still_open]
        count += len(entries)
        sets.append({"name": name, "setup": code, "entries": entries})
    (here / "frames.json").write_text(json.dumps(sets, ensure_ascii=False, indent=1) + "\n", encoding="utf8")
    print(count, "entries,", len(report), "refused")
    if "-v" in sys.argv:
        print("\n".join(report))


main()
