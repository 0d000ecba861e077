"""Rules about lock files: everything pinned with a hash, nothing that names where it was downloaded from.

Applied by test_locks.py to requirements/*.txt and frontend/package-lock.json.
"""

from __future__ import annotations

import json
import re
from typing import Any

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")
_WANTED = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)")


def pins(text: str) -> dict[str, str]:
    """The pinned versions of a requirements lock by normalised name."""
    found = (_PIN.match(line) for line in text.splitlines())
    return {_normal(match["name"]): match["version"] for match in found if match}


def python_findings(file: str, text: str) -> list[str]:
    """Requirements without a hash or an exact version, and lines that name an index or an address."""
    findings: list[str] = []
    entries = re.split(r"\n(?=\S)", text)
    for entry in entries:
        first = entry.splitlines()[0] if entry.strip() else "#"
        if first.startswith("#"):
            continue
        if first.startswith("-") or "://" in entry:
            findings.append(f"{file}: names an index or address: {first}")
        elif not _PIN.match(first):
            findings.append(f"{file}: not pinned: {first}")
        elif "--hash=sha256:" not in entry:
            findings.append(f"{file}: no hash: {first}")
    return findings


def unlocked(wanted: str, lock: str) -> list[str]:
    """Packages of a .in file that its lock does not hold."""
    names = (_WANTED.match(line) for line in wanted.splitlines())
    locked = pins(lock)
    return [match["name"] for match in names if match and _normal(match["name"]) not in locked]


def disagreements(base: str, test: str) -> list[str]:
    """Packages that the tests would run in another version than the product."""
    tested = pins(test)
    return [
        f"{name}: {version} in the product, {tested.get(name, 'absent')} in the tests"
        for name, version in pins(base).items()
        if tested.get(name) != version
    ]


def npm_findings(manifest: str, lock: str) -> list[str]:
    """Packages without integrity or with an address, and wishes of package.json that the lock does not know."""
    told: dict[str, Any] = json.loads(manifest)
    locked: dict[str, Any] = json.loads(lock)
    findings = [] if locked.get("lockfileVersion") == 3 else ["the lock is not of version 3"]
    for path, package in locked["packages"].items():
        if "resolved" in package:
            findings.append(f"{path}: names where it was downloaded from")
        if path and not package.get("link") and not package.get("inBundle") and "integrity" not in package:
            findings.append(f"{path}: no integrity")
    for kind in ("dependencies", "devDependencies"):
        if told.get(kind, {}) != locked["packages"][""].get(kind, {}):
            findings.append(f"{kind} of package.json and lock differ: run npm install")
    return findings


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
