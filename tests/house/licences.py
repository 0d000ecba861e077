"""The list of other people's work in the product: LICENSE-THIRD-PARTY.md from the locks and installed metadata.

`python -m tests.house.licences` prints the file; test_licences.py checks that it names every package of the locks.
"""

from __future__ import annotations

import json
import re
from importlib import metadata

from tests.house import tree
from tests.house.locks import pins

_HEAD = """# Other people's work in this product

Packages that the product installs and runs, unmodified, from the locks in `requirements/base.txt` and
`frontend/package-lock.json`. Tools that only the tests use are not listed. The LGPL and MPL packages among them are
ordinary dependencies that anyone can replace by another build.
Written by `python -m tests.house.licences`.
"""
# Locked for other platforms or Python versions, so not installed everywhere.
_ELSEWHERE = {"async-timeout": "Apache-2.0", "colorama": "BSD-3-Clause", "tzdata": "Apache-2.0"}


def python_rows() -> list[tuple[str, str]]:
    """Name and licence of every Python package of the product, those of other platforms included."""
    rows = []
    for name in sorted(pins(tree.text("requirements/base.txt"))):
        try:
            rows.append((name, _licence(metadata.metadata(name))))
        except metadata.PackageNotFoundError:
            rows.append((name, _ELSEWHERE[name]))
    return rows


def _licence(told: metadata.PackageMetadata) -> str:
    if "License-Expression" in told:
        return told["License-Expression"]
    classifiers = [line.split(" :: ")[-1] for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    if classifiers:
        return ", ".join(classifiers)
    texts = told.get_all("License") or ["see the package"]
    return str(texts[0]).strip().splitlines()[0][:60]


def npm_rows() -> list[tuple[str, str]]:
    """Name and licence of every npm package that ends up in the browser app."""
    packages = json.loads((tree.ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    rows = {
        path.rpartition("node_modules/")[2]: str(package.get("license", "see the package"))
        for path, package in packages.items()
        if path and not package.get("dev") and not package.get("devOptional")
    }
    return sorted(rows.items())


def listed(text: str) -> set[str]:
    """The packages that a licence file names."""
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


def document() -> str:
    """The whole file."""
    parts = [_HEAD]
    for title, rows in (("Python", python_rows()), ("Browser app", npm_rows())):
        lines = "\n".join(f"| `{name}` | {licence} |" for name, licence in rows)
        parts.append(f"## {title}\n\n| Package | Licence |\n|---|---|\n{lines}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(document(), end="")
