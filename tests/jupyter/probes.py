"""What a kernel has to stand beyond jupyter_kernel_test: interrupts, questions, updates, many lines, and bad company."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest

import zmq

from client import Front, another, kernel

# A test machine may be busy with other work; what was measured is printed.
SOON = float(os.environ.get("RDK_TEST_SOON", "10"))
# Making its graph takes seconds.
MANY = "(da.ones(1_000_000, chunks=1) + 1).sum(split_every=2).compute()"
ENDLESS = "da.random.random((10**5, 10**6), chunks=(1000, 1000)).mean().compute()"


class Probes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.front = cls.stack.enter_context(kernel())

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def run_cell(self, code, **options):
        return self.front.run(code, **options)

    # What a cell shows

    def test_order_and_count(self):
        cell = self.run_cell("print('a')\ndisplay(1)\nprint('b')\n2 + 2")
        self.assertEqual(
            cell.kinds(),
            ["status", "execute_input", "stream", "display_data", "stream", "execute_result", "status"],
        )
        count = cell.reply["execution_count"]
        self.assertEqual(cell.of("execute_input")[0]["execution_count"], count)
        self.assertEqual(cell.of("execute_result")[0]["execution_count"], count)
        self.assertEqual(self.run_cell("1").reply["execution_count"], count + 1)
        self.assertEqual(self.run_cell(f"Out[{count}], _{count}").result(), "(4, 4)")

    def test_silent_cells_say_nothing_and_are_not_counted(self):
        before = self.run_cell("1").reply["execution_count"]
        cell = self.run_cell("quiet = 5\nquiet", silent=True)
        self.assertEqual(cell.kinds(), ["status", "status"])
        cell = self.run_cell("quiet + 1", store_history=False)
        self.assertEqual(cell.result(), "6")
        self.assertEqual(self.run_cell("1").reply["execution_count"], before + 1)

    def test_expressions_of_the_front_end(self):
        cell = self.run_cell("width = 3", user_expressions={"twice": "width * 2", "wrong": "nothing_there"})
        answers = cell.reply["user_expressions"]
        self.assertEqual(answers["twice"]["status"], "ok")
        self.assertEqual(answers["twice"]["data"]["text/plain"], "6")
        self.assertEqual(answers["wrong"]["ename"], "NameError")

    def test_an_error_has_name_text_and_coloured_report(self):
        cell = self.run_cell("def f(x):\n    return 1 / x\nf(0)")
        self.assertEqual(cell.reply["status"], "error")
        error = cell.of("error")[0]
        self.assertEqual(error["ename"], "ZeroDivisionError")
        report = "\n".join(error["traceback"])
        self.assertIn("return 1 / x", report)
        self.assertIn("\x1b[", report)

    def test_arrays_and_graphs_are_drawn(self):
        data = self.run_cell("da.ones((15000, 15000), chunks=(5000, 5000))").of("execute_result")[0]["data"]
        self.assertIn("1.68 GiB", data["text/plain"])
        self.assertIn("<table", data["text/html"])
        self.assertIn("<svg", data["text/html"])
        data = self.run_cell("da.ones(4, chunks=2).sum().visualize()").of("execute_result")[0]["data"]
        self.assertIn("<svg", data["image/svg+xml"])

    def test_media(self):
        cell = self.run_cell(
            "from IPython.display import *\n"
            "display(HTML('<b>x</b>'), Markdown('*x*'), Math('x^2'), JSON({'a': 1}), YouTubeVideo('abc'))\n"
            "display(Image(data=b'\\x89PNG\\r\\n\\x1a\\n00'))"
        )
        data = [content["data"] for content in cell.of("display_data")]
        self.assertEqual(data[0]["text/html"], "<b>x</b>")
        self.assertEqual(data[1]["text/markdown"], "*x*")
        self.assertIn("x^2", data[2]["text/latex"])
        self.assertEqual(data[3]["application/json"], {"a": 1})
        self.assertIn("youtube.com/embed/abc", data[4]["text/html"])
        self.assertEqual(data[5]["image/png"], "iVBORw0KGgowMA==")

    def test_displays_are_updated(self):
        cell = self.run_cell(
            "h = display('0 %', display_id='bar')\nh.update('50 %')\n"
            "from IPython.display import update_display\nupdate_display('100 %', display_id='bar')"
        )
        self.assertEqual(cell.of("display_data")[0]["transient"], {"display_id": "bar"})
        updates = cell.of("update_display_data")
        self.assertEqual([update["data"]["text/plain"] for update in updates], ["'50 %'", "'100 %'"])
        self.assertTrue(all(update["transient"] == {"display_id": "bar"} for update in updates))
        later = self.run_cell("h.update('later')")
        self.assertEqual(later.kinds(), ["status", "execute_input", "update_display_data", "status"])

    def test_output_is_cleared(self):
        cell = self.run_cell("from IPython.display import clear_output\nprint(1)\nclear_output(wait=True)\nprint(2)")
        self.assertEqual(cell.of("clear_output"), [{"wait": True}])
        self.assertEqual(cell.kinds()[2:5], ["stream", "clear_output", "stream"])

    def test_twenty_thousand_lines_in_order(self):
        cell = self.run_cell("for i in range(20000):\n    print('line', i)")
        self.assertEqual(cell.text(), "".join(f"line {i}\n" for i in range(20000)))
        self.assertLess(len(cell.of("stream")), 2000)

    def test_both_streams_in_order(self):
        cell = self.run_cell(
            "import sys\nfor i in range(200):\n    print(i)\n    print(i, file=sys.stderr)\ndisplay('end')"
        )
        told = "".join(content["text"] for content in cell.of("stream"))
        self.assertEqual(told, "".join(f"{i}\n{i}\n" for i in range(200)))
        self.assertEqual(cell.kinds()[-2], "display_data")

    def test_a_long_compute_shows_how_far_it_is(self):
        cell = self.run_cell(
            "from time import sleep\ndef wait(i):\n    sleep(0.2)\n    return i + 1\n"
            "x = 0\nfor _ in range(8):\n    x = delayed(wait)(x)\nx.compute()"
        )
        self.assertEqual(cell.result(), "8")
        first = cell.of("display_data")[0]
        self.assertIn("wait", first["data"]["text/html"])
        self.assertIn("tasks", first["data"]["text/plain"])
        updates = cell.of("update_display_data")
        self.assertLess(len(updates), 60)
        self.assertRegex(updates[-1]["data"]["text/plain"], r"^\d+ tasks in .*s$")
        self.assertEqual(updates[-1]["transient"], first["transient"])

    # Interrupts

    def interrupted(self, code, stop, begun=None):
        """How long it takes from the interrupt to the reply."""
        self.run_cell("kept = 7")
        msg_id = self.front.send(code)
        if begun:
            self.front.wait_for(begun)
        else:
            self.front.wait_for("execute_input")
            time.sleep(0.3)
        started = time.perf_counter()
        stop()
        cell = self.front.collect(msg_id)
        took = time.perf_counter() - started
        self.assertEqual(cell.reply["status"], "error")
        self.assertEqual(cell.reply["ename"], "KeyboardInterrupt")
        self.assertEqual(self.run_cell("kept").result(), "7")
        print(f"    interrupted after {took * 1000:.0f} ms: {code[:40]!r}", file=sys.stderr)
        self.assertLess(took, SOON)

    def message(self):
        self.front.manager.interrupt_kernel()

    def signal(self):
        os.kill(self.front.manager.provisioner.pid, signal.SIGINT)

    def test_interrupt_by_message(self):
        self.interrupted(ENDLESS, self.message, begun="display_data")
        for code in ["while True: pass", "from time import sleep\nsleep(1000)", "!sleep 1000", MANY]:
            self.interrupted(code, self.message)

    def test_interrupt_by_signal(self):
        # Progress is shown: it is in the middle of it.
        self.interrupted(ENDLESS, self.signal, begun="display_data")

    def test_interrupting_twice_and_for_nothing_does_no_harm(self):
        def twice():
            self.signal()
            self.signal()
            self.message()

        self.interrupted("while True: pass", twice)
        self.signal()
        self.message()
        time.sleep(0.1)
        self.assertEqual(self.run_cell("kept").result(), "7")

    def test_the_kernel_answers_while_it_is_busy(self):
        msg_id = self.front.send("from time import sleep\nsleep(1.5)")
        self.front.wait_for("execute_input")
        client = self.front.client
        request = client.session.msg("kernel_info_request", {})
        client.control_channel.send(request)
        reply = client.get_control_msg(timeout=1)
        self.assertEqual(reply["content"]["language_info"]["name"], "rdk")
        self.assertTrue(client.is_alive() and client.hb_channel.is_beating())
        self.front.collect(msg_id)

    # Questions

    def test_a_line_is_asked_for(self):
        cell = self.run_cell("name = input('Name? ')\nname * 2", allow_stdin=True, answer=lambda prompt: prompt[:4])
        self.assertEqual(cell.result(), "'NameName'")

    def test_nobody_is_asked_where_nobody_answers(self):
        cell = self.run_cell("input('Name? ')", allow_stdin=False)
        self.assertEqual(cell.reply["ename"], "RuntimeError")

    def test_a_question_can_be_interrupted(self):
        msg_id = self.front.send("input('never answered')", allow_stdin=True)
        self.assertEqual(self.front.client.get_stdin_msg(timeout=10)["content"]["prompt"], "never answered")
        self.message()
        self.assertEqual(self.front.collect(msg_id).reply["ename"], "KeyboardInterrupt")

    # One after the other

    def test_cells_after_an_error_are_aborted(self):
        ids = [self.front.send(code) for code in ["1 / 0", "after = 1", "after = 2"]]
        asked = self.front.client.complete("da.one")
        replies = {}
        while len(replies) < 4:
            reply = self.front.client.get_shell_msg(timeout=10)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]
        self.assertEqual([replies[msg_id]["status"] for msg_id in ids], ["error", "aborted", "aborted"])
        self.assertIn("ones", replies[asked]["matches"])
        # A cell that is sent after the reply runs.
        self.assertEqual(self.run_cell("'after' in globals()").result(), "False")

    def test_cells_go_on_if_they_shall(self):
        first = self.front.send("1 / 0", stop_on_error=False)
        second = self.front.send("onward = 3")
        self.assertEqual(self.front.reply(first)["status"], "error")
        self.assertEqual(self.front.reply(second)["status"], "ok")

    # Questions about texts

    def ask(self, msg_id):
        return self.front.reply(msg_id)

    def test_completion_counts_characters_and_knows_kinds(self):
        code = "é = '🙂'; da.one"
        reply = self.ask(self.front.client.complete(code, len(code)))
        self.assertEqual((reply["cursor_start"], reply["cursor_end"]), (len(code) - 3, len(code)))
        kinds = {item["text"]: item["type"] for item in reply["metadata"]["_jupyter_types_experimental"]}
        self.assertEqual(kinds["ones"], "function")
        self.assertEqual(set(kinds), set(reply["matches"]))
        reply = self.ask(self.front.client.complete("import dask.arr"))
        kinds = {item["text"]: item["type"] for item in reply["metadata"]["_jupyter_types_experimental"]}
        self.assertEqual(kinds, {"array": "module"})

    def test_inspection(self):
        reply = self.ask(self.front.client.inspect("x = da.ones((3,", 14))
        self.assertTrue(reply["found"])
        self.assertIn("Signature", reply["data"]["text/plain"])
        self.assertFalse(self.ask(self.front.client.inspect("nothing_there"))["found"])

    def test_open_blocks_say_how_far_to_indent(self):
        reply = self.ask(self.front.client.is_complete("def f(x):\n    if x:"))
        self.assertEqual(reply, {"status": "incomplete", "indent": "        "})

    def test_history(self):
        for code in ["marker = 1", "marker + 10", "marker + 10", "'other'"]:
            self.run_cell(code)
        ask = lambda **options: self.ask(self.front.client.history(raw=True, **options))["history"]
        tail = ask(hist_access_type="tail", n=2, output=True)
        self.assertEqual([row[2] for row in tail], [["marker + 10", "11"], ["'other'", "'other'"]])
        self.assertEqual(len(ask(hist_access_type="search", pattern="marker + *", n=10)), 2)
        self.assertEqual(len(ask(hist_access_type="search", pattern="marker + *", unique=True, n=10)), 1)
        line = tail[0][1]
        self.assertEqual(ask(hist_access_type="range", session=0, start=line, stop=line + 1)[0][2], "marker + 10")

    # Bad company

    def test_unknown_comms_are_closed_and_unknown_messages_pass(self):
        client = self.front.client
        client.shell_channel.send(client.session.msg("comm_open", {"comm_id": "c1", "target_name": "?", "data": {}}))
        self.assertEqual(self.front.wait_for("comm_close")["comm_id"], "c1")
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": "c1", "data": {}}))
        client.shell_channel.send(client.session.msg("dance_request", {}))
        client.shell_channel.send(client.session.msg("execute_request", {}))
        client.shell_channel.send(client.session.msg("history_request", {"hist_access_type": "search"}))
        self.assertEqual(self.ask(client.comm_info())["comms"], {})
        self.assertEqual(self.run_cell("1 + 1").result(), "2")

    def test_garbage_on_the_wire(self):
        info = self.front.client.get_connection_info()
        context = zmq.Context()
        good = self.front.client.session
        for name in ["shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"]:
            for bytes in [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"", os.urandom(5000)]:
                with socket.create_connection((info["ip"], info[name])) as raw:
                    raw.sendall(bytes)
        parts = [b"<IDS|MSG>", b"0" * 64, b"{}", b"{}", b"{}", b"{}"]
        signed = good.serialize(good.msg("kernel_info_request", {}))
        cases = [[b""], [b"x"], parts[:1], parts[:2], parts[:4], parts, [b"<IDS|MSG>", b"not hex"] + parts[2:]]
        cases += [signed[:-1], signed[:2] + [b"{"] * 4, signed[:2] + [b"[]"] * 4, [b"a" * 300] + signed]
        cases.append(good.serialize({**good.msg("x", {}), "header": {"msg_type": 7}}))
        for name in ["shell_port", "control_port", "stdin_port"]:
            peer = context.socket(zmq.DEALER)
            peer.connect(f"tcp://{info['ip']}:{info[name]}")
            for case in cases:
                peer.send_multipart(case)
            time.sleep(0.1)
            peer.close(linger=100)
        self.assertEqual(self.run_cell("1 + 1").result(), "2")
        self.assertTrue(self.front.client.hb_channel.is_beating())

    def test_a_second_client_sees_all_and_asks_itself(self):
        with another(self.front.manager) as second:
            msg_id = self.front.send("print('for all')\n40 + 2")
            self.assertEqual(second.wait_for("execute_result")["data"]["text/plain"], "42")
            self.front.collect(msg_id)
            self.assertEqual(second.run("_ + 1").result(), "43")

    def test_one_who_does_not_listen_stops_nobody(self):
        info = self.front.client.get_connection_info()
        deaf = zmq.Context().socket(zmq.SUB)
        deaf.setsockopt(zmq.RCVHWM, 1)
        deaf.setsockopt(zmq.RCVBUF, 4096)
        deaf.subscribe(b"")
        deaf.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
        time.sleep(0.3)
        cell = self.run_cell("line = 'x' * 9999\nfor i in range(6000):\n    print(line)", timeout=120)
        self.assertEqual(cell.reply["status"], "ok")
        self.assertEqual(self.run_cell("1 + 1").result(), "2")
        deaf.close(linger=0)

    def test_a_client_that_vanishes(self):
        code = (
            "import sys; sys.path.insert(0, sys.argv[2])\n"
            "from jupyter_client import BlockingKernelClient\n"
            "c = BlockingKernelClient(); c.load_connection_file(sys.argv[1]); c.start_channels()\n"
            "c.wait_for_ready(); c.execute('for i in range(10**5): print(i)')\n"
            "c.get_iopub_msg(timeout=5); import os; os.kill(os.getpid(), 9)\n"
        )
        path = self.front.manager.connection_file
        subprocess.run([sys.executable, "-c", code, path, str(pathlib.Path(__file__).parent)], check=False)
        self.assertEqual(self.run_cell("1 + 1", timeout=120).result(), "2")


class Lives(unittest.TestCase):
    """The beginning and the end of kernels."""

    def test_restart_begins_anew(self):
        with kernel() as front:
            front.run("x = 1")
            front.manager.restart_kernel()
            front.client.wait_for_ready(timeout=30)
            cell = front.run("x")
            self.assertEqual(cell.reply["ename"], "NameError")
            self.assertEqual(cell.reply["execution_count"], 1)

    def test_shutdown_ends_it_also_while_it_is_busy(self):
        for code in ["1", ENDLESS, "while True: pass"]:
            with kernel() as front:
                front.send(code)
                front.wait_for("execute_input")
                front.client.shutdown()
                deadline = time.monotonic() + 10
                while front.manager.is_alive() and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertFalse(front.manager.is_alive(), code)

    def test_exit_asks_the_front_end(self):
        with kernel() as front:
            self.assertEqual(front.run("exit").reply["payload"], [{"source": "ask_exit", "keepkernel": False}])
            self.assertEqual(front.run("import sys\nsys.exit(3)").reply["ename"], "SystemExit")
            self.assertEqual(front.run("1 + 1").result(), "2")

    def test_a_kernel_whose_parent_died_ends(self):
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from jupyter_client.manager import KernelManager\n"
            "m = KernelManager(kernel_name='rdk'); m.start_kernel(); c = m.client(); c.start_channels()\n"
            "c.wait_for_ready(); print(m.provisioner.pid, flush=True); import os; os.kill(os.getpid(), 9)\n"
        )
        command = [sys.executable, "-c", code, str(pathlib.Path(__file__).parent)]
        pid = int(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
        deadline = time.monotonic() + 15
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertFalse(alive(pid))

    def test_sockets_of_files(self):
        from jupyter_client.manager import KernelManager

        manager = KernelManager(kernel_name="rdk", transport="ipc")
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=30)
        self.assertEqual(Front(client).run("1 + 1").result(), "2")
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def alive(pid):
    # A dead child that nobody waits for is a zombie, which counts as dead.
    try:
        return "Z" not in pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


if __name__ == "__main__":
    unittest.main(verbosity=2)
