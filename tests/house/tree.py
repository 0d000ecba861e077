"""The files of the project as the rules see them: what git tracks, and what is new and not ignored.

Every rule of this package asks here; nothing here judges a file.
"""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("ipaas", "connectors", "flows")
_LEFT_OUT = {".git", ".venv", "node_modules", "dist", "data", "var", "__pycache__"}
_BINARY = {".png", ".ico", ".woff2", ".jpg", ".gz"}


@cache
def files() -> tuple[str, ...]:
    """Paths relative to the project's root, sorted; without git (an unpacked archive) every file but the built ones."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    else:
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        names = {str(path) for path in found if not _LEFT_OUT.intersection(path.parts)}
    return tuple(sorted(names))


@cache
def text(name: str) -> str:
    """The file's text; files that are not text read as empty."""
    path = ROOT / name
    return "" if path.suffix in _BINARY else path.read_text(errors="replace")


@cache
def parsed(text: str) -> ast.Module:
    """A module's syntax tree; several rules walk the same ones, none changes them."""
    return ast.parse(text)


def python() -> list[str]:
    """Every Python file but Django's generated migrations."""
    return [name for name in files() if name.endswith(".py") and "/migrations/" not in name]


def product_python() -> list[str]:
    """The Python of the product itself, without the tests that live beside connectors."""
    return [name for name in python() if name.startswith(PRODUCT) and "/tests/" not in name]


def typescript() -> list[str]:
    """Every TypeScript file written by hand; a generated one says so in its first lines."""
    found = [name for name in files() if name.startswith("frontend/") and name.endswith((".ts", ".tsx"))]
    return [name for name in found if "generated" not in text(name)[:400].lower()]
