"""Ready-made flows: documents with their words and lookup tables, kept as files under fixtures/templates/.

The API lists and installs them; the demo seed installs one. A template's tables are made once and never overwritten.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from flows import publishing
from flows.models import Flow, LookupTable
from flows.records import lookup_tables
from ipaas.accounts.models import Tenant, User

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "templates"


@dataclass(frozen=True, slots=True)
class Template:
    """One ready-made flow. `tables` holds name, words and rows of each lookup table it reads."""

    name: str
    title: str
    summary: str
    purpose: str
    description: str
    explanation: tuple[str, ...]
    document: dict[str, Any]
    tables: tuple[dict[str, Any], ...]

    def answer(self) -> dict[str, Any]:
        """The template as lists show it."""
        aliases = self.document.get("connections", {})
        return {
            "name": self.name,
            "title": self.title,
            "summary": self.summary,
            "purpose": self.purpose,
            "description": self.description,
            "needs": [{"alias": alias, "connector": value["connector"]} for alias, value in aliases.items()],
            "tables": [table["name"] for table in self.tables],
            "document": self.document,
        }

    def detail(self) -> dict[str, Any]:
        """The template with its explanation and the rows of its tables."""
        rows = [
            {**table, "rows": [{"key": key, "value": table["rows"][key]} for key in table["rows"]]}
            for table in self.tables
        ]
        return {**self.answer(), "explanation": list(self.explanation), "table_rows": rows}


@functools.cache
def templates() -> dict[str, Template]:
    """All templates by name."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        content = orjson.loads(path.read_bytes())
        found[path.stem] = Template(
            name=path.stem,
            title=content["title"],
            summary=content["summary"],
            purpose=content["purpose"],
            description=content["description"],
            explanation=tuple(content["explanation"]),
            document=content["document"],
            tables=tuple(content.get("tables", [])),
        )
    return found


def install(tenant: Tenant, person: User, template: Template, name: str = "") -> Flow:
    """Make a flow of a template, and the lookup tables that are not there yet."""
    for table in template.tables:
        _make_table(tenant, table)
    return publishing.create_flow(
        tenant,
        person,
        name or template.title,
        template.document,
        description=template.description,
        template=template.name,
    )


def _make_table(tenant: Tenant, wanted: dict[str, Any]) -> None:
    words: dict[str, Any] = {
        key: wanted[key] for key in ("title", "description", "key_title", "value_title") if key in wanted
    }
    table, made = LookupTable.objects.of(tenant).get_or_create(
        name=wanted["name"], defaults={"tenant_id": tenant.id, **words}
    )
    if made:
        lookup_tables.replace_rows(table, wanted["rows"].items(), lookup_tables.Note("a template", "installed"))
