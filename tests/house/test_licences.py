"""Everybody whose work is in the product is named with the licence."""

from __future__ import annotations

from tests.house import tree
from tests.house.licences import listed, npm_rows
from tests.house.locks import pins


def test_every_package_of_the_product_is_named() -> None:
    wanted = {*pins(tree.text("requirements/base.txt")), *(name for name, _ in npm_rows())}

    assert listed(tree.text("LICENSE-THIRD-PARTY.md")) == wanted


def test_a_package_is_read_from_its_row() -> None:
    assert listed("| Package | Licence |\n|---|---|\n| `django` | BSD |\nand `others`\n") == {"django"}
