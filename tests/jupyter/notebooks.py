"""Runs the notebooks of examples/ and compares what they show with what is stored in them.

    python notebooks.py               # compares
    python notebooks.py --update      # stores what they show now; read the diff
"""

import pathlib
import re
import sys

import nbclient
import nbformat
import zmq
from nbclient.output_widget import OutputWidget

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
# What differs from run to run: times, and the tokens of delayed calls.
FLEETING = [
    (re.compile(r"^(CPU times|Wall time): .*$", re.M), r"\1: …"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "…"),
    (re.compile(r"-[0-9a-f]{16,32}\b"), "-…"),
    (re.compile(r"\b0x[0-9a-f]+\b"), "0x…"),
]


def lasting(text):
    for pattern, stands_for in FLEETING:
        text = pattern.sub(stands_for, text)
    return text.rstrip()


def essence(cell):
    """The outputs of a cell, as far as they are the same in each run; progress is there only where it takes long."""
    told, shown = "", []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            told += output["text"]
        elif output["output_type"] == "error":
            shown.append(("error", output["ename"], output["evalue"]))
        elif not output["metadata"].get("rdk_progress"):
            shown.append((output["output_type"], lasting(output["data"].get("text/plain", "")), sorted(output["data"])))
    return lasting(told), shown


class Widget(OutputWidget):
    """The client's side of an `Output` widget, which hears of a reply that comes while it sends.

    The client sends past its own event loop; a reply that arrives just then wakes nobody, and the cell would be waited for in vain. Asking
    for the socket's events has what has arrived looked at.
    """

    def send(self, *arguments, **keywords):
        super().send(*arguments, **keywords)
        self.kernel_client.shell_channel.socket.get(zmq.EVENTS)


def run(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in codes(notebook):
        cell.outputs, cell.execution_count = [], None
    resources = {"metadata": {"path": str(path.parent)}}
    client = nbclient.NotebookClient(notebook, timeout=300, kernel_name="rdk", resources=resources)
    client.widget_registry["@jupyter-widgets/output"]["OutputModel"] = Widget
    return client.execute()


def codes(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def update(path):
    notebook = run(path)
    for cell in codes(notebook):
        cell.metadata.pop("execution", None)
        cell.outputs = [output for output in cell.outputs if not output.get("metadata", {}).get("rdk_progress")]
    nbformat.write(notebook, path)


def main():
    paths = sorted(EXAMPLES.glob("*.ipynb"))
    assert paths, "there are notebooks"
    differences = 0
    for path in paths:
        if "--update" in sys.argv:
            update(path)
            continue
        stored = nbformat.read(path, as_version=4)
        for number, (before, now) in enumerate(zip(stored.cells, run(path).cells, strict=True)):
            expected, got = essence(before), essence(now)
            if expected != got:
                differences += 1
                print(f"{path.name}, cell {number}:\n{now.source}\nexpected: {expected}\ngot:      {got}\n")
        print(f"{path.name}: {len(stored.cells)} cells")
    sys.exit(differences > 0)


if __name__ == "__main__":
    main()
