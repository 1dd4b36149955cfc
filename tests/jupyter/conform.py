"""The whole of jupyter_kernel_test against rdk's kernel."""

import unittest

import jupyter_kernel_test


class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "rdk"
    language_name = "rdk"
    file_extension = ".rdk"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys\nprint('oops', file=sys.stderr)"
    completion_samples = [
        {"text": "delaye", "matches": ["delayed"]},
        {"text": "da.linsp", "matches": ["linspace"]},
        {"text": "é = 1; impor", "matches": ["import"]},
    ]
    complete_code_samples = ["1", "print('x')", "def f(x):\n    return x\n", "%%time\n1\n"]
    incomplete_code_samples = ["print('''hello", "def f(x):", "[1, 2,", "@delayed"]
    invalid_code_samples = ["import = 7q", "x = )"]
    code_page_something = "da.ones?"
    code_generate_error = "1 / 0"
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "da.arange(4).sum().compute()", "result": "6"},
        {"code": "'a' * 3", "result": "'aaa'"},
    ]
    code_display_data = [
        {"code": "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))", "mime": "text/html"},
        {"code": "display(1)", "mime": "text/plain"},
    ]
    code_history_pattern = "1?*1"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "da.ones"
    code_clear_output = "from IPython.display import clear_output\nclear_output()"


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "rdk"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
