"""What gets installed is pinned and hashed, and the locks name no address."""

from __future__ import annotations

import json

import pytest

from tests.house import tree
from tests.house.locks import disagreements, npm_findings, python_findings, unlocked

FRONTEND = tree.ROOT / "frontend"


@pytest.mark.parametrize("name", ["requirements/base.txt", "requirements/test.txt"])
def test_every_python_package_is_pinned_with_a_hash(name: str) -> None:
    assert python_findings(name, tree.text(name)) == []


@pytest.mark.parametrize("name", ["base", "test"])
def test_every_wanted_python_package_is_locked(name: str) -> None:
    assert unlocked(tree.text(f"requirements/{name}.in"), tree.text(f"requirements/{name}.txt")) == []


def test_the_tests_run_what_the_product_runs() -> None:
    assert disagreements(tree.text("requirements/base.txt"), tree.text("requirements/test.txt")) == []


def test_every_npm_package_is_pinned_with_its_integrity() -> None:
    manifest = (FRONTEND / "package.json").read_text()
    lock = (FRONTEND / "package-lock.json").read_text()

    assert npm_findings(manifest, lock) == []


def test_npm_is_told_to_leave_addresses_out() -> None:
    assert "omit-lockfile-registry-resolved=true" in (FRONTEND / ".npmrc").read_text()


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("django>=5\n", "r.txt: not pinned: django>=5"),
        ("django==5.2 \\\n    # via x\n", "r.txt: no hash: django==5.2 \\"),
        ("--index-url https://a.test\n", "r.txt: names an index or address: --index-url https://a.test"),
    ],
)
def test_a_loose_requirement_is_found(text: str, finding: str) -> None:
    assert python_findings("r.txt", "# made\n" + text) == [finding]


def test_a_marker_and_an_extra_are_still_a_pin() -> None:
    text = "celery[redis]==5.7.0 ; python_full_version < '3.12' \\\n    --hash=sha256:00\n"

    assert python_findings("r.txt", text) == []
    assert unlocked("Celery[redis]~=5.7\n-r base.in\n", text) == []


def test_a_missing_and_a_different_package_are_found() -> None:
    assert unlocked("django~=5.2\n", "celery==5.7.0\n") == ["django"]
    assert disagreements("a==1\nb==1\n", "a==2\n") == [
        "a: 1 in the product, 2 in the tests",
        "b: 1 in the product, absent in the tests",
    ]


def test_a_bad_npm_lock_is_found() -> None:
    manifest = json.dumps({"dependencies": {"a": "1.0.0"}})
    packages = {"": {"dependencies": {"a": "1.0.1"}}, "node_modules/a": {"version": "1.0.1", "resolved": "x"}}
    lock = json.dumps({"lockfileVersion": 2, "packages": packages})

    assert npm_findings(manifest, lock) == [
        "the lock is not of version 3",
        "node_modules/a: names where it was downloaded from",
        "node_modules/a: no integrity",
        "dependencies of package.json and lock differ: run npm install",
    ]
