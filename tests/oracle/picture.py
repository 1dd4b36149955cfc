"""What the room `lang/picture` takes from matplotlib: colour names, colour maps, a part of its font, and ticks to compare with.

Run with matplotlib and fonttools at hand: `python tests/oracle/picture.py`.
"""

import json
import os
import subprocess

import matplotlib
import numpy as np
from matplotlib import colormaps, colors, rc_context
from matplotlib.figure import Figure

HERE = os.path.dirname(__file__)
DATA = os.path.join(HERE, "../../lang/picture/data")
MAPS = """viridis plasma inferno magma cividis turbo twilight twilight_shifted gray bone pink spring summer autumn winter cool Wistia
hot afmhot gist_heat copper jet rainbow gist_rainbow hsv nipy_spectral gist_ncar gist_earth terrain ocean cubehelix gnuplot gnuplot2 CMRmap
Greys Purples Blues Greens Oranges Reds YlOrBr YlOrRd OrRd PuRd RdPu BuPu GnBu PuBu YlGnBu PuBuGn BuGn YlGn
PiYG PRGn BrBG PuOr RdGy RdBu RdYlBu RdYlGn Spectral coolwarm bwr seismic berlin managua vanimo
Pastel1 Pastel2 Paired Accent Dark2 Set1 Set2 Set3 tab10 tab20 tab20b tab20c""".split()


def names():
    with open(os.path.join(DATA, "colors.txt"), "w") as out:
        for name, code in {**colors.CSS4_COLORS, **colors.TABLEAU_COLORS}.items():
            out.write(f"{name} {code[1:].lower()}\n")


def maps():
    with open(os.path.join(DATA, "colormaps.txt"), "w") as out:
        for name in MAPS:
            cmap = colormaps[name]
            # Smooth maps by every second of their 256 colours would be off by one here and there: all of them are kept.
            table = (cmap(np.arange(cmap.N), bytes=True))[:, :3]
            out.write(f"{name} {table.tobytes().hex()}\n")


def font():
    source = os.path.join(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")
    ranges = "U+0020-017F,U+0370-03FF,U+2000-206F,U+2070-209C,U+20AC,U+2190-21FF,U+2200-22FF,U+0400-044F,U+0302-0303,U+25A0,U+25CF,U+FFFD"
    target = os.path.join(DATA, "DejaVuSans-part.ttf")
    subprocess.run(
        ["pyftsubset", source, f"--unicodes={ranges}", "--no-hinting", "--layout-features=", "--desubroutinize",
         "--drop-tables+=GSUB,GPOS,GDEF,kern,FFTM,DSIG", f"--output-file={target}"],
        check=True,
    )


def ticks():
    cases = []
    random = np.random.default_rng(1)
    limits = [(0, 1), (-0.05, 1.05), (0, 10), (0, 200000), (0, 0.00001), (1e6, 1.00001e6), (99990, 100010), (-3, 3), (0, 199999), (0, 7),
              (-0.5, 256.5), (256.5, -0.5), (0.0, 2e9), (1999.5, 2020.5), (1e-9, 3e-9), (-1e7, 1e7), (0.1, 0.10001), (5, 5.5), (100, 1100)]
    for _ in range(60):
        middle = random.normal() * 10.0 ** random.integers(-6, 7)
        half = abs(random.normal()) * 10.0 ** random.integers(-6, 7)
        # Closer together than numbers of 64 bits can tell well, the last digit is a matter of luck.
        if half > abs(middle) * 1e-9:
            limits.append((float(middle - half), float(middle + half)))
    for low, high in limits:
        for size in [(6.4, 4.8), (12, 8), (3, 2)]:
            figure = Figure(figsize=size)
            axes = figure.add_subplot()
            axes.set_xlim(low, high)
            axes.set_ylim(low, high)
            figure.draw_without_rendering()
            case = {"limits": [low, high], "size": size}
            for name, axis in [("x", axes.xaxis), ("y", axes.yaxis)]:
                a, b = sorted((low, high))
                a, b = a - (b - a) * 1e-10, b + (b - a) * 1e-10
                shown = [(float(at), text.get_text()) for at, text in zip(axis.get_ticklocs(), axis.get_ticklabels()) if a <= at <= b]
                case[name] = {"at": [at for at, _ in shown], "labels": [text for _, text in shown], "offset": axis.get_offset_text().get_text()}
            cases.append(case)
    with open(os.path.join(HERE, "plot_ticks.jsonl"), "w") as out:
        for case in cases:
            out.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    with rc_context({"axes.formatter.use_mathtext": False}):
        names()
        maps()
        font()
        ticks()
