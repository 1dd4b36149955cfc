"""JupyterLab in a headless Chromium: opens a notebook, runs all of it, and looks at what is on the page, light and dark.

    python lab.py NOTEBOOK FOLDER     # puts screenshots into the folder
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
PATIENCE = 180


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
    flags += " --disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1300,9000 --hide-scrollbars"
    for flag in [*flags.split(), f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(driver))


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
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in codes:
        cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as name, server(pathlib.Path(name)) as address:
        folder = pathlib.Path(name)
        nbformat.write(notebook, folder / "lesson.ipynb")
        driver = browser(folder / "profile")
        try:
            look(driver, address, len(codes), pictures)
        finally:
            driver.quit()


def look(driver, address, n_cells, pictures):
    def command(name, arguments=None):
        script = "const done = arguments[2]; window.jupyterapp.commands.execute(arguments[0], arguments[1]).then(() => done(true), e => done(String(e)))"
        answer = driver.execute_async_script(script, name, arguments or {})
        assert answer is True, answer

    def count(selector):
        return driver.execute_script("return document.querySelectorAll(arguments[0]).length", selector)

    def screenshot(name):
        time.sleep(1)
        driver.save_screenshot(str(pictures / name))

    driver.set_script_timeout(PATIENCE)
    driver.get(f"{address}/lab/tree/lesson.ipynb")
    wait(lambda: driver.execute_script("return !!window.jupyterapp"))
    ready = "return [...document.querySelectorAll('.jp-Notebook-ExecutionIndicator')].some(e => e.dataset.status === 'idle')"
    wait(lambda: driver.execute_script(ready), lambda: driver.page_source[-3000:])
    command("notebook:run-all-cells")
    prompts = "return [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].filter(e => /\\[\\d+\\]/.test(e.textContent)).length"
    wait(lambda: driver.execute_script(prompts) == n_cells, lambda: str(driver.execute_script(prompts)))
    screenshot("lab-light.png")
    found = {selector: count(f".jp-OutputArea-output {selector}") for selector in ["table", "svg", "td svg", "pre"]}
    print(found)
    errors = count(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']")
    assert errors == 0, f"{errors} cells failed"
    assert all(found[selector] > 0 for selector in ["table", "svg", "pre"]), found
    coloured = count(".jp-CodeCell .cm-line span")
    assert coloured > 10, "the code is coloured"
    command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    wait(lambda: driver.execute_script("return document.body.dataset.jpThemeLight") == "false")
    screenshot("lab-dark.png")


if __name__ == "__main__":
    main()
