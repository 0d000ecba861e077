"""The engine and mapping stay pure: what they import, statically and when loaded."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "flows/engine").rglob("*.py"), *(ROOT / "flows/mapping").rglob("*.py")])
FORBIDDEN = {
    "django", "rest_framework", "channels", "celery", "ipaas", "connectors", "asyncio", "threading", "socket", "ssl",
    "http", "urllib", "aiohttp", "requests", "random", "secrets", "uuid", "time", "os", "subprocess", "logging",
}  # fmt: skip


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for part in ast.walk(ast.parse(path.read_text())):
        if isinstance(part, ast.Import):
            names |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom):
            names.add(part.module or "")
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_nothing_impure(path: Path) -> None:
    names = imported(path)

    assert {name for name in names if name.split(".")[0] in FORBIDDEN} == set()
    assert {
        name for name in names if name.startswith("flows.") and not name.startswith(("flows.engine", "flows.mapping"))
    } == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_reads_the_clock(path: Path) -> None:
    text = path.read_text()

    assert "utcnow(" not in text
    assert ".now(" not in text
    assert ".today(" not in text


def test_loading_the_engine_loads_neither_django_nor_heavy_libraries() -> None:
    script = (
        "import sys, flows.engine.document, flows.engine.act, flows.engine.settle, flows.engine.decide;"
        "print([n for n in ('django', 'babel', 'usaddress', 'nameparser', 'dateparser', 'jsonschema', 'aiohttp')"
        " if n in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_small(path: Path) -> None:
    most = 250 if "engine" in path.parts else 400

    assert len(path.read_text().splitlines()) <= most
    assert ast.get_docstring(ast.parse(path.read_text()))
