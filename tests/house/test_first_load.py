"""What the browser loads first stays light: heavy libraries are reached only by what is loaded when it is opened."""

from __future__ import annotations

import re
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "frontend" / "src"
HEAVY = ("@codemirror", "@lezer", "@xyflow", "@dagrejs")
_STATIC = re.compile(r"""^(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?["']([^"']+)["']""", re.MULTILINE)


def _file_of(name: str, importer: Path) -> Path | None:
    """The source file that an import names; None for a package or a style sheet."""
    base = SRC / name[2:] if name.startswith("@/") else importer.parent / name
    candidates = [base, base.with_name(f"{base.name}.ts"), base.with_name(f"{base.name}.tsx")]
    return next((each.resolve() for each in candidates if each.suffix in (".ts", ".tsx") and each.is_file()), None)


def _reached() -> dict[Path, list[str]]:
    """Every file that the first page needs, with the packages it imports."""
    found: dict[Path, list[str]] = {}
    waiting = [SRC / "main.tsx"]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        names = _STATIC.findall(path.read_text("utf-8"))
        found[path] = [name for name in names if not name.startswith((".", "@/"))]
        waiting += [file for name in names if name.startswith((".", "@/")) and (file := _file_of(name, path))]
    return found


def test_the_first_page_is_followed_through_its_imports() -> None:
    names = {path.relative_to(SRC).as_posix() for path in _reached()}

    assert {"app/App.tsx", "app/Shell.tsx", "operate/FlowsPage.tsx", "api/client.ts"} <= names


def test_no_heavy_library_is_part_of_what_is_loaded_first() -> None:
    heavy = {
        f"{path.relative_to(SRC).as_posix()} imports {package}"
        for path, packages in _reached().items()
        for package in packages
        if package.startswith(HEAVY)
    }

    assert sorted(heavy) == []
