"""Runs lessons that exist only as text in rdk, as notebooks: takes their cells out, fills in what a scan has lost, runs them all.

    python courses.py extract TEXT… --to FOLDER      # one notebook for each text; nothing of it enters the project
    python courses.py run NOTEBOOK…                  # runs them in their folder, and says what came of each cell

Four ways of writing a cell are known: `In [..]:` with the code below it, the same with the code beside it (scans of printed notebooks:
outputs, page breaks and tables among the code), MyST's `{code-cell}`, and plain fences in slides. Sentences are dropped.
"""

import argparse
import ast
import collections
import pathlib
import re
import time

import mends
import nbclient
import nbformat

MARK = re.compile(r"In\s*\[+\s*(?:\d+|None)?\s*\]:")
OUTPUT = re.compile(r"^\s*(Out\s*\[|0ut|CPU times:|Wall time:|/Users/|_{4,}|-+(\s|$))")
MAGIC = re.compile(r"^\s*(%%?\w+|!).*$", re.M)


def parses(code):
    """Whether it is Python once magics are taken off."""
    try:
        ast.parse(MAGIC.sub("pass", code))
    except SyntaxError:
        return False
    return True


def marked(text):
    """`In [None]:` and the paragraphs of code below it."""
    for part in MARK.split(text)[1:]:
        paragraphs = re.split(r"\n(?=\s*\n)", part.strip("\n"))
        code = []
        for paragraph in paragraphs:
            if code and (re.match(r"\s*#+ ", paragraph) or not parses(paragraph.strip("\n"))):
                break
            code.append(paragraph)
        yield "\n".join(code).strip("\n")


def myst(text):
    """`{code-cell}` fences; their metadata is dropped."""
    for code in re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```", text, re.M | re.S):
        yield re.sub(r"\A---\n.*?^---\n", "", code, flags=re.M | re.S).strip("\n")


def fenced(text):
    for code in re.findall(r"^```\n(.*?)^```", text, re.M | re.S):
        yield code.strip("\n")


def scanned(text):
    """`In [3]:` with the code beside it; what is left of tables and pages is taken off."""
    inside, cell, above, found = False, None, False, []
    for line in text.splitlines():
        mark = MARK.search(line)
        if line.startswith("```"):
            # A cell goes on in a fence that follows at once.
            inside, cell = not inside, found[-1] if above and not inside else None
        elif mark and not line[: mark.start()].strip(" -\t").replace("<pre>", ""):
            *whole, last = MARK.split(line)[1:]
            code, *output = re.split(r"\s+Out\s*\[", last)
            found += [[plain(piece)] for piece in whole]
            found.append([" " * (mark.end() + 1 if inside else 0) + plain(code)])
            cell, above = None if output else found[-1], not output
        elif cell is None:
            above = above and not line.strip()
        elif OUTPUT.match(line) and not (inside and line.lstrip().startswith("-")) or (not inside and not line.strip()):
            cell, above = None, not line.strip()
        else:
            cell.append(plain(line))
    return [code for code in map(dedent, found) if code]


def plain(line):
    line = line.rstrip().replace("<pre>", "").replace("</pre>", "").replace("&lt;", "<")
    return re.sub(r"\t+", " ", line).rstrip()


def dedent(lines):
    """The indentation that all lines below the first have is none."""
    first, *rest = lines
    depth = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    lines = [first.strip(), *[line[depth:] if line.strip() else "" for line in rest]]
    return "\n".join(lines).strip("\n")


def cells(text):
    """The cells, each with what it is: `text`, `mended`, `lost`, or what was `meant` by the one before it."""
    if "{code-cell}" in text:
        found = myst(text)
    elif "In [None]:" in text:
        found = marked(text)
    elif MARK.search(text):
        found = scanned(text)
    else:
        found = fenced(text)
    scan = "Out[" in text
    lost = list(mends.LOST) if scan else []
    for code in filter(str.strip, found):
        right = replaced(code, mends.GARBLED) if scan else code
        if lost and right.startswith(lost[0][0]):
            yield from ((more, "lost") for more in lost.pop(0)[1])
        yield right, "text" if right == code else "mended"
        meant = replaced(right, mends.SLIPS)
        if meant != right:
            yield meant, "meant"
    assert not lost, f"no cell begins with {lost[0][0]!r}"


def replaced(code, table):
    for wrong, right in table:
        code = code.replace(wrong, right) if not wrong.endswith("$") else re.sub(wrong[:-1] + r"\Z", right, code)
    return code


def extract(paths, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "rdk", "display_name": "rdk"}})
        for code, origin in cells(path.read_text()):
            notebook.cells.append(nbformat.v4.new_code_cell(code, metadata={"origin": origin}))
        nbformat.write(notebook, folder / f"{path.stem}.ipynb")
        origins = collections.Counter(cell.metadata.origin for cell in notebook.cells)
        print(f"{path.stem}: {len(notebook.cells)} cells, {dict(origins)}")


class Client(nbclient.NotebookClient):
    """Goes on after errors, and takes the time of each cell."""

    async def async_execute_cell(self, cell, cell_index, **options):
        begin = time.monotonic()
        result = await super().async_execute_cell(cell, cell_index, **options)
        cell.metadata["seconds"] = round(time.monotonic() - begin, 2)
        return result

    execute_cell = nbclient.util.run_sync(async_execute_cell)


def run(paths):
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(path.parent.resolve())}}
        Client(notebook, timeout=600, kernel_name="rdk", allow_errors=True, resources=resources).execute()
        done = path.with_suffix(".done.ipynb")
        nbformat.write(notebook, done)
        report(notebook, path.stem)


def report(notebook, name):
    failed = []
    for number, cell in enumerate(notebook.cells):
        print(f"=== {name} {number} {cell.metadata.origin} {cell.metadata.seconds} s\n{cell.source}\n---")
        for output in cell.outputs:
            if output.output_type == "stream":
                print(f"[{output.name}] {output.text}")
            elif output.output_type == "error":
                failed.append(number)
                print("[error] " + re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback)))
            elif not output.metadata.get("rdk_progress"):
                print(f"[{', '.join(sorted(output.data))}] " + output.data.get("text/plain", ""))
    print(f"### {name}: {len(notebook.cells)} cells, errors in {failed}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["extract", "run"])
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    parser.add_argument("--to", type=pathlib.Path, default=pathlib.Path("."))
    given = parser.parse_args()
    if given.what == "extract":
        extract(given.paths, given.to)
    else:
        run(given.paths)


if __name__ == "__main__":
    main()
