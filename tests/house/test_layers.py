"""The layers of ARCHITECTURE hold, as import-linter's contracts in pyproject.toml state them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house import tree

CONTRACTS = tomllib.loads(tree.text("pyproject.toml"))["tool"]["importlinter"]["contracts"]


def test_the_stated_contracts_are_kept() -> None:
    tool = str(Path(sys.executable).parent / "lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=tree.ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-4000:]


def test_every_module_of_flows_and_connectors_has_a_layer() -> None:
    aside = {"__init__", "apps", "migrations", "decisions"}
    layered = {name for contract in CONTRACTS if "containers" in contract for name in _names(contract)}
    modules = {
        f"{parts[0]}.{parts[1].removesuffix('.py')}"
        for name in tree.product_python()
        if (parts := name.split("/"))[0] in ("flows", "connectors")
    }

    assert sorted(name for name in modules - layered if name.split(".")[1] not in aside) == []


def test_a_broken_layer_is_found(tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").write_text("")
    (house / "low.py").write_text("import house.high\n")
    (house / "high.py").write_text("")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = house\n"
        "[importlinter:contract:1]\nname = one\ntype = layers\ncontainers = house\nlayers =\n    high\n    low\n"
    )

    tool = str(Path(sys.executable).parent / "lint-imports")
    done = subprocess.run([tool, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "house.low -> house.high" in done.stdout


def _names(contract: dict[str, list[str]]) -> set[str]:
    names = (name.strip(" ()") for layer in contract["layers"] for name in layer.replace("|", ":").split(":"))
    return {f"{contract['containers'][0]}.{name}" for name in names}
