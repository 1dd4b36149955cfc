"""JupyterLab in a headless Chromium: opens a notebook, runs all of it, and looks at what is on the page, light and dark.

    python lab.py NOTEBOOK FOLDER     # puts screenshots into the folder, which is made
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import nbformat

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
MISSING = "no Chromium was found: `apt-get install chromium chromium-driver` installs it"
# Work that takes long enough to be seen in progress: two kinds of it, one after the other.
SLOW = """
from time import sleep


@dask.delayed
def fetch(x, after):
    sleep(0.2)
    return x


@dask.delayed
def check(x):
    sleep(0.3)
    return x + 1


pages = [fetch(0, None)]
for i in range(1, 15):
    pages.append(fetch(i, pages[-1]))
dask.compute(*[check(page) for page in pages])
"""
# Something to move: it shows a picture anew.
MOVED = """
from ipywidgets import IntSlider, interact
from PIL import Image


def display_sequence(iframe):
    print("frame", iframe)
    return Image.fromarray(np.full((40, 120), 25 * iframe, dtype=np.uint8))


interact(display_sequence, iframe=IntSlider(min=0, max=9, step=1, value=0, continuous_update=True));
"""
PATIENCE = int(os.environ.get("RDK_TEST_PATIENCE", "300"))


def browser(profile):
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if not program or not driver:
        sys.exit(MISSING)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    flags += " --disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1300,7500 --hide-scrollbars"
    for flag in [*flags.split(), f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    # The first page takes long where all cores are busy.
    options.page_load_strategy = "eager"
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    chrome.command_executor.client_config.timeout = PATIENCE
    return chrome


@contextlib.contextmanager
def server(folder):
    """JupyterLab over this folder; gives its address."""
    config = folder / "config"
    (config / "labconfig").mkdir(parents=True)
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (config / "labconfig/page_config.json").write_text(json.dumps(quiet))
    log = folder / "server.log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--ip=127.0.0.1"]
    command += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder}"]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(config), "JUPYTER_RUNTIME_DIR": str(folder / "runtime")}
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment, cwd=folder)
    try:
        yield wait(lambda: re.search(r"(http://127\.0\.0\.1:\d+)/lab", log.read_text()), lambda: log.read_text()).group(1)
    finally:
        process.terminate()
        process.wait(20)


def wait(ask, why=lambda: ""):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.2)
    sys.exit(f"waited in vain for {ask}\n{why()}")


def main():
    source, pictures = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(source, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(code.strip()) for code in (SLOW, MOVED)]
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in codes:
        cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as name, server(pathlib.Path(name)) as address:
        folder = pathlib.Path(name)
        nbformat.write(notebook, folder / "lesson.ipynb")
        # What makes the data of a lesson; the lesson runs it.
        shutil.copytree(source.parent / "data", folder / "data", ignore=shutil.ignore_patterns("*.csv", "wikipedia", "*_taxi"))
        driver = browser(folder / "profile")
        try:
            look(driver, address, len(codes), pictures)
        except BaseException:
            driver.save_screenshot(str(pictures / "lab-failed.png"))
            raise
        finally:
            driver.quit()


def look(driver, address, n_cells, pictures):
    def command(name, arguments=None):
        # What comes of it is seen on the page.
        driver.execute_script("window.jupyterapp.commands.execute(arguments[0], arguments[1])", name, arguments or {})

    def count(selector):
        return driver.execute_script("return document.querySelectorAll(arguments[0]).length", selector)

    def screenshot(name):
        time.sleep(1)
        driver.save_screenshot(str(pictures / name))

    driver.set_script_timeout(PATIENCE)
    driver.get(f"{address}/lab/tree/lesson.ipynb")
    wait(lambda: driver.execute_script("return !!window.jupyterapp"))
    ready = """
        const context = window.jupyterapp.shell.currentWidget?.sessionContext;
        const kernel = context?.isReady && context.session?.kernel;
        return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle' && kernel.name"""
    assert wait(lambda: driver.execute_script(ready)) == "rdk"
    command("notebook:run-all-cells")
    wait(lambda: count(".jp-OutputArea-output div[style*='grid']"))
    screenshot("lab-progress.png")
    prompts = "return [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].map(e => e.textContent)"
    done = lambda: sum(bool(re.search(r"\d", prompt)) for prompt in driver.execute_script(prompts))
    wait(lambda: done() == n_cells, lambda: str(driver.execute_script(prompts)))
    screenshot("lab-light.png")
    found = {selector: count(f".jp-OutputArea-output {selector}") for selector in ["table", "svg", "td svg", "pre"]}
    print(found)
    # Frames say which columns their means leave out; that is no failure.
    failed = "[...document.querySelectorAll(arguments[0])].filter(e => !e.textContent.includes('leaves out columns')).length"
    kinds = ".jp-RenderedText[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"
    errors = driver.execute_script(f"return {failed}", kinds)
    assert errors == 0, f"{errors} cells failed"
    assert all(found[selector] > 0 for selector in ["table", "svg", "pre"]), found
    wide = """
        const outputs = [...document.querySelectorAll('.jp-OutputArea-output')];
        const right = element => element.getBoundingClientRect().right;
        return outputs.filter(e => [...e.querySelectorAll('img, svg')].some(drawing => right(drawing) > right(e) + 1)).length"""
    assert driver.execute_script(wide) == 0, "drawings are as wide as their place at most"
    coloured = count(".jp-CodeCell .cm-line span")
    assert coloured > 10, "the code is coloured"
    move(driver, count)
    command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    wait(lambda: driver.execute_script("return document.body.dataset.jpThemeLight") == "false")
    screenshot("lab-dark.png")


def move(driver, count):
    """Moves the slider of the last cell by keys."""
    from selenium.webdriver.common.keys import Keys

    shown = "return [...document.querySelectorAll('.widget-output pre')].map(e => e.textContent.trim())"
    wait(lambda: driver.execute_script(shown) == ["frame 0"], lambda: str(driver.execute_script(shown)))
    # The lesson may have sliders of its own.
    handle = wait(lambda: driver.find_elements("css selector", ".widget-slider .noUi-handle"))[-1]
    driver.execute_script("arguments[0].focus()", handle)
    handle.send_keys(Keys.ARROW_RIGHT)
    handle.send_keys(Keys.ARROW_RIGHT)
    wait(lambda: driver.execute_script(shown) == ["frame 2"], lambda: str(driver.execute_script(shown)))
    assert count(".widget-output:has(pre) img") == 1


if __name__ == "__main__":
    main()
