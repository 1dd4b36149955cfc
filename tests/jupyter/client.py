"""A front end for tests: starts rdk's kernel and keeps all that it says."""

import contextlib
import queue
import time

from jupyter_client.manager import KernelManager

PATIENCE = 60


class Cell:
    """What came of a request: the reply, and the public messages that belong to it, in order."""

    def __init__(self, reply, messages):
        self.reply = reply["content"] if reply else None
        self.messages = messages

    def kinds(self):
        return [message["msg_type"] for message in self.messages]

    def of(self, kind):
        return [message["content"] for message in self.messages if message["msg_type"] == kind]

    def text(self, stream="stdout"):
        return "".join(content["text"] for content in self.of("stream") if content["name"] == stream)

    def result(self):
        return self.of("execute_result")[0]["data"]["text/plain"]


class Front:
    """A client, and the manager of the kernel if it started it."""

    def __init__(self, client, manager=None):
        self.client, self.manager = client, manager

    def send(self, code, **options):
        options.setdefault("allow_stdin", False)
        return self.client.execute(code, **options)

    def collect(self, msg_id, timeout=PATIENCE, answer=None):
        """Waits for the reply to a request and for the `idle` that ends it."""
        deadline = time.monotonic() + timeout
        messages, reply, idle = [], None, False
        while not (reply and idle):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no end of {msg_id}; so far {[m['msg_type'] for m in messages]}, reply {reply}")
            with contextlib.suppress(queue.Empty):
                message = self.client.get_iopub_msg(timeout=0.02)
                if message["parent_header"].get("msg_id") == msg_id:
                    messages.append(message)
                    idle |= message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
            if answer is not None:
                with contextlib.suppress(queue.Empty):
                    question = self.client.get_stdin_msg(timeout=0)
                    self.client.input(answer(question["content"]["prompt"]))
            if reply is None:
                with contextlib.suppress(queue.Empty):
                    other = self.client.get_shell_msg(timeout=0)
                    if other["parent_header"]["msg_id"] == msg_id:
                        reply = other
        return Cell(reply, messages)

    def run(self, code, timeout=PATIENCE, answer=None, **options):
        return self.collect(self.send(code, **options), timeout, answer)

    def reply(self, msg_id, timeout=PATIENCE):
        """The reply alone."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                reply = self.client.get_shell_msg(timeout=0.1)
                if reply["parent_header"]["msg_id"] == msg_id:
                    return reply["content"]
        raise TimeoutError(f"no reply to {msg_id}")

    def wait_for(self, kind, timeout=PATIENCE, fits=lambda content: True):
        """The next public message of a kind."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                message = self.client.get_iopub_msg(timeout=0.1)
                if message["msg_type"] == kind and fits(message["content"]):
                    return message["content"]
        raise TimeoutError(f"no {kind}")


@contextlib.contextmanager
def kernel(name="rdk"):
    manager = KernelManager(kernel_name=name)
    manager.start_kernel()
    try:
        with another(manager) as front:
            front.manager = manager
            yield front
    finally:
        manager.shutdown_kernel(now=True)


@contextlib.contextmanager
def another(manager):
    """One more client of the same kernel."""
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield Front(client)
    finally:
        client.stop_channels()
