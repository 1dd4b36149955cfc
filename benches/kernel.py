#!/usr/bin/env python3
"""The kernel beside ipykernel: from the start of the process until it takes requests, until the first reply, and a cell once it is warm.

    python3 benches/kernel.py [--rdk target/release/rdk] [--runs 5]

Needs `pip install ipykernel` (and a kernel `python3` on Jupyter's list, which that brings) in the Python that runs it.
"""

import argparse
import os
import pathlib
import queue
import socket
import statistics
import subprocess
import tempfile
import time

from jupyter_client.manager import KernelManager


def measure(name):
    """Seconds until requests are taken, until the reply to the first cell, and the median of 200 warm cells."""
    manager = KernelManager(kernel_name=name)
    started = time.perf_counter()
    manager.start_kernel()
    info = manager.get_connection_info()
    for port in ["iopub_port", "control_port", "shell_port"]:
        while socket.socket().connect_ex((info["ip"], info[port])) != 0:
            time.sleep(0.001)
    ready = time.perf_counter() - started
    # A client that connects only now does not wait to try again, as one that came too early would.
    client = manager.client()
    client.start_channels(hb=False)
    wait(client, client.execute("1 + 1"))
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
    return ready, first, statistics.median(warm)


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
                rows[name].append(measure(name))
    medians = {name: [statistics.median(column) for column in zip(*row)] for name, row in rows.items()}
    print(f"{'':36} {'rdk':>10} {'ipykernel':>10}   ratio")
    for at, what in enumerate(["start until it takes requests", "start to the reply of the first cell", "a warm cell, `1 + 1`"]):
        ours, theirs = medians["rdk"][at], medians["python3"][at]
        print(f"{what:36} {ours * 1000:8.1f}ms {theirs * 1000:8.1f}ms   {theirs / ours:.1f} x")


if __name__ == "__main__":
    main()
