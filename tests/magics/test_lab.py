"""In JupyterLab, in a real browser: the view lives, the form answers, and the output stays when the run ends."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import nbformat
import pytest

from tests.support.server import free_port
from tests.support.waiting import eventually

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

CELLS = ["%load_ext duragraph_ext", '%%duragraph run single\n{"topic": "tea & <cake>"}']


@pytest.fixture
def lab(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of a notebook, open in a JupyterLab whose kernels find our server by its address."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "look.ipynb")
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--IdentityProvider.token=t", f"--ServerApp.root_dir={tmp_path}"]
    command += ["--ServerApp.jpserver_extensions=duragraph_ext=False", "--LabApp.news_url="]
    with (tmp_path / "lab.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        eventually(lambda: _answers(f"{url}/api"), 60, "JupyterLab")
        yield f"{url}/lab/tree/look.ipynb?token=t"
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@needs_chromium
@pytest.mark.timeout(300)
def test_a_run_in_jupyterlab(lab: str) -> None:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1200})
        page.goto(lab)
        page.locator(".jp-Notebook .jp-Cell").nth(1).wait_for(timeout=60_000)
        page.get_by_text("Python 3", exact=False).first.wait_for(timeout=30_000)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=60_000)
        page.locator(".jp-Notebook .jp-Cell").first.click()
        for number, _ in enumerate(CELLS, 1):
            page.keyboard.press("Shift+Enter")
            page.get_by_text(f"[{number}]:", exact=True).wait_for(timeout=60_000)
        output = page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-OutputArea-output")
        output.get_by_text("waiting for an answer").first.wait_for(timeout=120_000)
        output.get_by_text("tea & <cake>").first.wait_for(timeout=30_000)
        output.locator("textarea").fill("yes, please")
        output.get_by_role("button", name="Send as text").click()
        output.get_by_text("success").first.wait_for(timeout=30_000)
        output.get_by_text("ask: yes, please").first.wait_for(timeout=10_000)
        assert output.locator("svg").count() == 2
        sync_api.expect(output.locator(".jupyter-widgets")).to_have_count(0, timeout=30_000)
        browser.close()
