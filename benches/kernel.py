#!/usr/bin/env python3
"""The kernel beside ipykernel: from the start of the process to the first reply, and the time of a cell once it is warm.

    python3 benches/kernel.py [--rdk target/release/rdk] [--runs 5]

Needs `pip install ipykernel` (and a kernel `python3` on Jupyter's list, which that brings) in the Python that runs it.
"""

import argparse
import os
import pathlib
import queue
import statistics
import subprocess
import tempfile
import time

from jupyter_client.manager import KernelManager


def first_reply(name):
    """Seconds until the heartbeat answers, until the first cell's reply, and the median of 200 warm cells."""
    manager = KernelManager(kernel_name=name)
    started = time.perf_counter()
    manager.start_kernel()
    client = manager.client()
    client.start_channels(hb=False)
    msg_id = client.execute("1 + 1")
    wait(client, msg_id)
    first = time.perf_counter() - started
    # Late messages of the start are not to be mistaken for those of a cell.
    client.wait_for_ready()
    warm = []
    for _ in range(200):
        begun = time.perf_counter()
        wait(client, client.execute("1 + 1"))
        warm.append(time.perf_counter() - begun)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return first, statistics.median(warm)


def wait(client, msg_id):
    while True:
        try:
            reply = client.get_shell_msg(timeout=60)
        except queue.Empty:
            raise RuntimeError("the kernel does not answer") from None
        if reply["parent_header"].get("msg_id") == msg_id and reply["msg_type"] == "execute_reply":
            return


def main():
    root = pathlib.Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser()
    parser.add_argument("--rdk", default=str(root / "target/release/rdk"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([options.rdk, "kernel", "install", "--prefix", folder], check=True, capture_output=True)
        os.environ["JUPYTER_PATH"] = f"{folder}/share/jupyter"
        rows = {"rdk": [], "python3": []}
        for _ in range(options.runs):
            for name in rows:
                rows[name].append(first_reply(name))
    medians = {name: [statistics.median(column) for column in zip(*row)] for name, row in rows.items()}
    print(f"{'':36} {'rdk':>10} {'ipykernel':>10}   ratio")
    for at, what in enumerate(["start to the first cell's reply", "a warm cell, `1 + 1`"]):
        ours, theirs = medians["rdk"][at], medians["python3"][at]
        print(f"{what:36} {ours * 1000:8.1f}ms {theirs * 1000:8.1f}ms   {theirs / ours:.1f} x")


if __name__ == "__main__":
    main()
