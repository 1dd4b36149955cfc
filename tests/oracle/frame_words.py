"""Writes tests/suite/frame/words_*.rdk: what keywords of frames mean, with the answers of pandas and Dask.

Each line is code that both pandas and rdk understand. What it shows is its answer; a line that fails is asked for the name of its
error only. Usage: python tests/oracle/frame_words.py (from the top of the repository)
"""

import ast
import contextlib
import io
import os
import pathlib
import shutil
import warnings

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
dask.config.set({"scheduler": "synchronous", "dataframe.convert-string": False})
np.set_printoptions(legacy="1.25")

# What belongs together: a title, then lines; an empty line ends a case.
CASES = {
    path.stem: path.read_text().strip().split("\n\n") for path in sorted(pathlib.Path("tests/oracle/words").glob("*.txt"))
}


def run(line, names):
    """The lines that a line of code shows, or the name of its error."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        if isinstance(ast.parse(line).body[-1], ast.Expr):
            value = eval(line, names)
        else:
            value = exec(line, names)
    if isinstance(value, np.generic):
        value = value.item()
    shown = printed.getvalue() + ("" if value is None else repr(value))
    return [line.rstrip() for line in shown.splitlines()]


def written(line, names):
    try:
        return [line, *(f"#> {shown}".rstrip() for shown in run(line, names))]
    except Exception as error:
        kind = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
        return ["try:", f"    {line}", f"except {kind}:", f"    print('{kind}')", f"#> {kind}"]


def main():
    for subject, blocks in CASES.items():
        out = []
        for block in blocks:
            title, *lines = block.splitlines()
            names = {"pd": pd, "dd": dd, "np": np, "os": os, "shutil": shutil}
            out.append(f"#: {title}")
            for line in lines:
                out += written(line.replace("/tmp/rdk-suite", "/tmp/rdk-oracle"), names)
        text = "\n".join(out).replace("/tmp/rdk-oracle", "/tmp/rdk-suite")
        pathlib.Path(f"tests/suite/frame/words_{subject}.rdk").write_text(text + "\n")


main()
