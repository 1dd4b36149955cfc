#!/usr/bin/env python3
"""Frames beside pandas, Dask, Polars and DuckDB on the same files, each line in fresh processes, in turns.

    python3 benches/frames.py [--rdk target/release/rdk] [--python .venv/bin/python] [--data /tmp/rdk-data] [--runs 3]

Makes the files first (`examples/data/generate.py --full births tokens`; of the four token files of 500 MB each the first one is read). Imports are
not counted. `pip install pandas "dask[dataframe]" polars duckdb` gives it the rivals.
"""

import argparse
import os
import subprocess
import sys

from run import CLOCK, measure

BIRTHS = {
    "rdk": ("import dask.dataframe as dd", "dd.read_csv({births!r}).groupby('state').births.mean().nlargest(10).compute()"),
    "pandas": ("import pandas as pd", "pd.read_csv({births!r}).groupby('state').births.mean().nlargest(10)"),
    "dask": ("import dask.dataframe as dd", "dd.read_csv({births!r}).groupby('state').births.mean().nlargest(10).compute()"),
    "polars": ("import polars as pl", "pl.scan_csv({births!r}).group_by('state').agg(pl.col('births').mean()).top_k(10, by='births').collect()"),
    "duckdb": ("import duckdb", "duckdb.sql(\"select state, avg(births) m from read_csv('\" + {births!r} + \"') group by state order by m desc limit 10\").fetchall()"),
}
WORDS = {
    "rdk": ("import dask.dataframe as dd", "dd.read_csv({words!r}).str.value_counts().compute()"),
    "pandas": ("import pandas as pd", "pd.read_csv({words!r}).str.value_counts()"),
    "dask": ("import dask.dataframe as dd", "dd.read_csv({words!r})['str'].value_counts().compute()"),
    "polars": ("import polars as pl", "pl.scan_csv({words!r}).select(pl.col('str').value_counts(sort=True)).collect()"),
    "duckdb": ("import duckdb", "duckdb.sql(\"select str, count(*) n from read_csv('\" + {words!r} + \"') group by str order by n desc\").fetchall()"),
}


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=os.path.join(root, "target/release/rdk"))
    parser.add_argument("--python", default=os.path.join(root, ".venv/bin/python"))
    parser.add_argument("--data", default="/tmp/rdk-data")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    files = {
        "births": os.path.join(options.data, "Birthdays.csv"),
        "words": os.path.join(options.data, "wikipedia/20161101-current_content-part1-12-1728.csv"),
    }
    if not all(map(os.path.exists, files.values())):
        generate = os.path.join(root, "examples/data/generate.py")
        subprocess.run([sys.executable, generate, "--full", "--to", options.data, "births", "tokens"], check=True)
    for title, lines in (("births: means of 51 groups, top ten", BIRTHS), ("value_counts of one column of 513 MB", WORDS)):
        print(title)
        taken = {}
        for _ in range(options.runs):
            for name, (setup, work) in lines.items():
                command = [options.rdk] if name == "rdk" else [options.python]
                code = setup + "\n" + CLOCK.format(work="_result = " + work.format(**files))
                try:
                    taken.setdefault(name, []).append(measure(command, code))
                except RuntimeError as error:
                    print(f"    {name}: {error}")
        ours = sorted(row[0] for row in taken["rdk"])[len(taken["rdk"]) // 2]
        for name, rows in taken.items():
            seconds = sorted(row[0] for row in rows)[len(rows) // 2]
            print(f"    {name:8} {seconds:8.3f} s {max(row[1] for row in rows):6.0f} MB   {seconds / ours:5.1f} x", flush=True)


if __name__ == "__main__":
    main()
