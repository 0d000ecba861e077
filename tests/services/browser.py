"""A real Chromium for the end-to-end tests: the one that is named, the one on the machine, or the packaged one.

Used by the `chromium` fixture. The packaged one (a development dependency of frontend/) is unpacked once into
var/browser, because it would otherwise use a fixed name in the shared temporary folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.services.errors import ServiceMissing

VARIABLE = "IPAAS_TEST_CHROMIUM"
ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")
_PACKAGE = ROOT / "frontend" / "node_modules" / "@sparticuz" / "chromium"
_TODO = f"Install chromium, or run `npm ci` in frontend/, or name a program in {VARIABLE}."


def chromium_path() -> str:
    """The path of a Chromium that starts on this machine."""
    if named := os.environ.get(VARIABLE):
        return _checked(named)
    for name in _NAMES:
        if found := shutil.which(name):
            return _checked(found)
    return _checked(_unpacked())


def _unpacked() -> str:
    manifest = _PACKAGE / "package.json"
    node = shutil.which("node")
    if node is None or not manifest.exists():
        raise ServiceMissing("Chromium", "no browser was found.", _TODO)
    folder = ROOT / "var" / "browser" / json.loads(manifest.read_text())["version"]
    folder.mkdir(parents=True, exist_ok=True)
    script = 'import("@sparticuz/chromium").then((m) => m.default.executablePath()).then((p) => console.log(p))'
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(
            [node, "-e", script],
            cwd=ROOT / "frontend",
            env={**os.environ, "TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    if made.returncode != 0 or not made.stdout.strip():
        raise ServiceMissing("Chromium", f"the packaged browser was not unpacked: {made.stderr.strip()}", _TODO)
    return made.stdout.strip().splitlines()[-1]


def _checked(path: str) -> str:
    """The path, after the program has told its version: missing libraries are found here and not in a test."""
    try:
        answer = subprocess.run(
            [path, "--headless", "--no-sandbox", "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except OSError as error:
        raise ServiceMissing("Chromium", f"{path} does not start: {error}.", _TODO) from error
    if answer.returncode != 0:
        reason = f"{path} does not start: {answer.stderr.strip()[:400]}"
        raise ServiceMissing("Chromium", reason, "It needs the libraries nss, nspr and expat (libnss3 on Debian).")
    return path


@contextmanager
def open_browser(path: str) -> Iterator[Browser]:
    """A headless Chromium driven by Playwright's synchronous interface; it reaches nothing but the loopback."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS), headless=True)
        try:
            yield browser
        finally:
            browser.close()
