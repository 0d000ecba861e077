"""The product's own settings with a private data folder, so that a test run touches nobody's data.

Loaded by pytest and inherited through the environment by the processes that tests start.
It never changes what the product does: only where it keeps its files.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit


def _private_data_folder() -> None:
    """Make one temporary data folder per test run; worker processes of the run inherit it."""
    if "IPAAS_DATA" in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="ipaas-test-")
    os.environ["IPAAS_DATA"] = folder
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


_private_data_folder()

from ipaas.settings import *  # noqa: E402, F403

if REDIS_URL:  # noqa: F405
    # A cache of its own for every worker process: one worker's clearing must not forget another's attempts.
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    CACHES["default"]["LOCATION"] = urlsplit(REDIS_URL)._replace(path=f"/{8 + _worker % 4}").geturl()  # noqa: F405
