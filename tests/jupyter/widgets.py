"""Widgets, as a page meets them: comms that open, sliders that move, buttons that are pressed, a page that comes later."""

import contextlib
import os
import queue
import time
import unittest

from client import Cell, kernel

SOON = float(os.environ.get("RDK_TEST_SOON", "10"))


class Widgets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.front = cls.stack.enter_context(kernel())

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def run_cell(self, code):
        return self.front.run(code)

    def say(self, comm_id, data, kind="comm_msg", **more):
        """Sends what a page would; gives what comes of it."""
        message = self.front.client.session.msg(kind, {"comm_id": comm_id, "data": data, **more})
        self.front.client.shell_channel.send(message)
        cell = Cell({"content": {}}, [])
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                public = self.front.client.get_iopub_msg(timeout=0.1)
                if public["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                    cell.messages.append(public)
                    if public["content"].get("execution_state") == "idle":
                        return cell
        raise TimeoutError(kind)

    def test_a_function_is_called_again_when_a_slider_moves(self):
        cell = self.run_cell(
            "from ipywidgets import interact, IntSlider\n"
            "def f(n):\n    print('at', n)\n    return 10 // n\n"
            "interact(f, n=IntSlider(min=0, max=9, value=5));"
        )
        opened = {c["comm_id"]: c["data"]["state"] for c in cell.of("comm_open")}
        names = [state["_model_name"] for state in opened.values()]
        for name in ["LayoutModel", "SliderStyleModel", "IntSliderModel", "OutputModel", "VBoxModel"]:
            self.assertIn(name, names)
        of = {state["_model_name"]: comm_id for comm_id, state in opened.items()}
        slider, output, box = of["IntSliderModel"], of["OutputModel"], of["VBoxModel"]
        self.assertEqual(opened[box]["children"], [f"IPY_MODEL_{slider}", f"IPY_MODEL_{output}"])
        told = [content["data"]["state"] for content in cell.of("comm_msg")]
        self.assertIn({"description": "n"}, told)
        view = cell.of("display_data")[0]["data"]["application/vnd.jupyter.widget-view+json"]
        self.assertEqual(view["model_id"], box)
        self.assertEqual((cell.text(), cell.of("display_data")[1]["data"]["text/plain"]), ("at 5\n", "2"))
        self.assertEqual(cell.of("execute_result"), [])
        # The output is put into its widget from here to there.
        caught = [state["msg_id"] for state in told if "msg_id" in state]
        self.assertEqual([bool(msg_id) for msg_id in caught], [True, False])

        moved = self.say(slider, {"method": "update", "state": {"value": 3}, "buffer_paths": []})
        self.assertEqual(moved.of("comm_msg")[0]["data"]["method"], "echo_update")
        self.assertEqual((moved.text(), moved.of("display_data")[0]["data"]["text/plain"]), ("at 3\n", "3"))
        wrong = self.say(slider, {"method": "update", "state": {"value": 0}, "buffer_paths": []})
        self.assertEqual(wrong.of("error")[0]["ename"], "ZeroDivisionError")
        self.assertEqual(self.run_cell("1 + 1").result(), "2")

        # A page that comes later.
        info = self.front.reply(self.front.client.comm_info(target_name="jupyter.widget"))
        self.assertLessEqual(set(opened), set(info["comms"]))
        self.say("control", {}, "comm_open", target_name="jupyter.widget.control")
        states = self.say("control", {"method": "request_states"}).of("comm_msg")[0]["data"]["states"]
        self.assertEqual(states[slider]["state"]["value"], 0)
        self.assertEqual(states[slider]["model_name"], "IntSliderModel")
        self.say(slider, {}, "comm_close")
        info = self.front.reply(self.front.client.comm_info())
        self.assertNotIn(slider, info["comms"])

    def test_only_the_last_place_of_a_dragged_slider_counts(self):
        cell = self.run_cell(
            "from time import sleep\nfrom ipywidgets import IntSlider\nplaces = []\ns = IntSlider()\n"
            "def keep(change):\n    places.append(change.new if hasattr(change, 'new') else change['new'])\n    sleep(0.3)\n"
            "s.observe(keep, 'value')\ns"
        )
        slider = cell.of("execute_result")[0]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
        session, shell = self.front.client.session, self.front.client.shell_channel
        for value in range(1, 11):
            data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
            shell.send(session.msg("comm_msg", {"comm_id": slider, "data": data}))
        places = eval(self.run_cell("places").result())
        self.assertEqual(places[-1], 10)
        self.assertLess(len(places), 5)

    def test_buttons_and_comms_of_nobody(self):
        cell = self.run_cell("from ipywidgets import Button\nb = Button(description='Go')\nb.on_click(lambda b: print('pressed'))\nb")
        button = cell.of("execute_result")[0]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
        self.assertEqual(self.say(button, {"method": "custom", "content": {"event": "click"}}).text(), "pressed\n")
        self.assertEqual(self.say("nobody", {"method": "update", "state": {"value": 1}}).of("error"), [])
        self.assertEqual(self.say("x", {}, "comm_open", target_name="unknown").of("comm_close")[0]["comm_id"], "x")


if __name__ == "__main__":
    unittest.main(verbosity=2)
