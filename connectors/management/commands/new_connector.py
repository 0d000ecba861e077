"""`new_connector NAME`: writes the folder of a new connector that already keeps the contract (bronze).

Run by authors. The folder has a manifest with one read and one keyed write, a simulator for both, and a README.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connectors.registry import LIBRARY

TEMPLATES = Path(__file__).resolve().parents[2] / "templates_for_authors"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,60}")


class Command(BaseCommand):
    """See the module."""

    help = "Write the folder of a new connector, to be filled in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="lower-case letters, digits and underscores")
        parser.add_argument("--title", help="how people call the system; made from the name when absent")
        parser.add_argument("--folder", type=Path, default=LIBRARY, help="where the connector's folder is made")

    def handle(self, *args: Any, **options: Any) -> None:
        name: str = options["name"]
        if not _NAME.fullmatch(name):
            raise CommandError("A connector's name has lower-case letters, digits and underscores: acme_erp.")
        folder: Path = options["folder"] / name
        if folder.exists():
            raise CommandError(f"{folder} exists already; nothing was written.")
        title = options["title"] or name.replace("_", " ").title()
        words = {"__name__": name, "__title__": title, "__class__": "".join(map(str.title, name.split("_")))}
        for template in sorted(TEMPLATES.rglob("*.txt")):
            target = folder / template.relative_to(TEMPLATES).with_suffix("")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_filled(template.read_text("utf-8"), words), "utf-8")
        self.stdout.write(
            f"Wrote {folder}. Next: describe the system in manifest.yaml, then run check_connectors {name}."
        )


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
