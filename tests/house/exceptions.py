"""The list of exceptions to the house rules, and its comparison with what is really there.

Used by the rules that allow exceptions. An entry without a reason, or one that allows too much, is itself a finding.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.house.budgets import Excess

_LIST = Path(__file__).with_name("exceptions.toml")


def listed() -> list[dict[str, Any]]:
    """The entries of exceptions.toml."""
    entries: list[dict[str, Any]] = tomllib.loads(_LIST.read_text())["exception"]
    return entries


def compare(excesses: Iterable[Excess], measures: set[str], entries: list[dict[str, Any]] | None = None) -> list[str]:
    """What is wrong: excesses that are not listed or have grown, and entries of these measures that are stale."""
    known = {
        (entry["file"], entry["measure"], entry.get("name", "")): entry
        for entry in (listed() if entries is None else entries)
        if entry["measure"] in measures
    }
    findings: list[str] = []
    for excess in excesses:
        entry = known.pop((excess.file, excess.measure, excess.name), None)
        if entry is None:
            findings.append(f"{excess}, which is over the budget")
        elif excess.value > entry["value"]:
            findings.append(f"{excess}, more than the exception's {entry['value']}")
        elif excess.value < entry["value"]:
            findings.append(f"{excess}: lower the exception from {entry['value']}")
        elif len(str(entry.get("reason", "")).split()) < 4:
            findings.append(f"{excess}: the exception needs a reason in words")
    findings += [f"stale exception, remove it: {' '.join(key)}" for key in known]
    return findings
