"""Every main screen, in light and in dark: accessible by axe's rules, never wider than the window, kept as pictures.

IPAAS_TEST_SHOTS names a folder for the pictures; without it none are kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.panels import PANELS, editor
from tests.browser.screens import Person, buy_until, demo_flow
from tests.journeys.shop import Shop
from tests.services.product import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {768: 1024, 1280: 800, 1920: 1080}
GRAVE = ("serious", "critical")
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOUR_RULES = ["color-contrast"]
EXPERIMENT = "label-content-name-mismatch"  # axe itself calls this rule experimental


@pytest.fixture(scope="module")
def sold(shop: Shop) -> dict[str, Any]:
    """A run that has succeeded, so that no screen is empty."""
    return buy_until(shop, "eurycleia", "succeeded")


def _sign_in(person: Person, _shop: Shop, _run: dict[str, Any]) -> None:
    person.page.goto(person.url)
    expect(person.page.get_by_test_id("sign-in-form")).to_be_visible()


def _listed(path: str, shown: str) -> Callable[..., None]:
    def arrange(person: Person, _shop: Shop, _run: dict[str, Any]) -> None:
        person.sign_in("admin").open(path)
        expect(person.page.locator(shown).first).to_be_visible()

    return arrange


def _step_form(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    editor(person, shop, run)
    person.edit("charge")
    expect(person.page.get_by_test_id("inspector")).to_be_visible()
    expect(person.page.get_by_test_id("inspector").get_by_test_id("live-value").first).to_be_visible()


def _mapper(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    editor(person, shop, run)
    person.edit("buyer")
    person.page.get_by_test_id("open-mapper").click()
    mapper = person.page.get_by_test_id("mapper")
    expect(mapper.get_by_test_id("target-Name")).to_be_visible()
    mapper.get_by_test_id("target-Name").click()
    expect(mapper.get_by_test_id("field-value")).to_be_visible()


def _run(person: Person, _shop: Shop, run: dict[str, Any]) -> None:
    person.sign_in("admin").open(f"runs/{run['id']}")
    person.run_is("succeeded")
    expect(person.node("create_order")).to_have_attribute("data-status", "succeeded")


def _step_of_run(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    _run(person, shop, run)
    person.page.get_by_test_id("step-panel").get_by_role("button").filter(has_text="sales order").first.click()
    expect(person.page.get_by_test_id("step-calls")).to_be_visible()
    expect(person.page.get_by_test_id("step-effects")).to_be_visible()


def _where_from(person: Person, _shop: Shop, run: dict[str, Any]) -> None:
    person.sign_in("admin").open(f"runs/{run['id']}?field=input:create_order:OrderDtls/%230/PartNum")
    expect(person.page.get_by_test_id("stages").first).to_contain_text("PUMP-100")


def _made_of_it(person: Person, _shop: Shop, run: dict[str, Any]) -> None:
    person.sign_in("admin").open(f"runs/{run['id']}?field=event:paid:body/data/object/id&at=30")
    expect(person.page.get_by_test_id("reach")).to_contain_text("Create the sales order")


def _compared(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    other = buy_until(shop, "autolycus", "succeeded")
    person.sign_in("admin").open(f"runs/{run['id']}/compare/{other['id']}")
    expect(person.page.get_by_test_id("compare-fields")).to_be_visible()


def _sandbox(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    _listed("sandbox", "[data-testid=play-stripe_checkout]")(person, shop, run)
    expect(person.page.get_by_test_id("book-epicor_kinetic").get_by_role("table").first).to_be_visible()


def _connecting(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    _listed("connections?new=http", "[data-testid=connection-save]")(person, shop, run)


def _changed(person: Person, shop: Shop, query: str) -> Page:
    """The demo's flow and a draft that differs from its version."""
    flow = demo_flow(shop)
    nodes = [{**node, "title": "Fetch it"} if node["id"] == "charge" else node for node in flow["document"]["nodes"]]
    shop.api("PATCH", f"flows/{flow['id']}/", {"document": {**flow["document"], "nodes": nodes}})
    return person.sign_in("admin").open(f"flows/{flow['id']}/versions{query}")


def _versions(person: Person, shop: Shop, _run: dict[str, Any]) -> None:
    page = _changed(person, shop, "?change=charge")
    expect(page.get_by_test_id("changes")).to_contain_text("Fetch it")
    expect(person.node("charge")).to_be_visible()


def _versions_in_a_list(person: Person, shop: Shop, _run: dict[str, Any]) -> None:
    expect(_changed(person, shop, "?as=list").get_by_test_id("change-report")).to_be_visible()


def _at_work(person: Person, shop: Shop, _run: dict[str, Any]) -> None:
    expect(_changed(person, shop, "?view=work").get_by_test_id("pause-sandbox")).to_be_visible()


def _deploying(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    _at_work(person, shop, run)
    person.page.get_by_test_id("deploy-in-production").click()
    expect(person.page.get_by_test_id("deploy-words")).to_be_visible()


def _installing(person: Person, _shop: Shop, _run: dict[str, Any]) -> None:
    page = person.sign_in("admin").open("templates/stripe_order_to_cash/install")
    page.get_by_test_id("step-next").click()
    expect(page.get_by_test_id("bind-stripe")).to_be_visible()


def _connection(person: Person, shop: Shop, _run: dict[str, Any]) -> None:
    [row] = [row for row in shop.api("GET", "connections/")["items"] if row["connector"] == "epicor_kinetic"]
    person.sign_in("admin").open(f"connections?open={row['id']}")
    expect(person.page.get_by_test_id("health-plot")).to_be_visible()
    person.page.get_by_test_id("detail-test").click()
    expect(person.page.get_by_test_id("test-asked")).to_be_visible()


def _table_history(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    _listed("tables/stripe_product_to_part", "[data-testid=table-grid]")(person, shop, run)
    person.page.get_by_test_id("table-history").click()
    person.page.get_by_test_id("table-changes").get_by_role("button").first.click()
    expect(person.page.get_by_test_id("restore")).to_be_visible()


def _guided(person: Person, shop: Shop, run: dict[str, Any]) -> None:
    _listed("flows", "[data-testid=guide-offer]")(person, shop, run)
    person.page.get_by_test_id("guide-start").click()
    person.page.get_by_test_id("guide-steps").click()
    expect(person.page.get_by_role("button", name="Show me: Draw a trigger")).to_be_visible()


SCREENS: dict[str, Callable[..., None]] = {
    "connection": _connection,
    "table_history": _table_history,
    "guided": _guided,
    "no_such_page": _listed("nothing", "[data-testid=way-back]"),
    "sign_in": _sign_in,
    "flows": _listed("flows", "[data-testid^=flow-row-]"),
    "templates": _listed("templates", "[data-testid^=install-]"),
    "template": _listed("templates/stripe_order_to_cash", "[data-testid=node-paid]"),
    "installing": _installing,
    "importing": _listed("flows?import=1", "[data-testid=import-confirm]"),
    "versions": _versions,
    "versions_list": _versions_in_a_list,
    "at_work": _at_work,
    "deploying": _deploying,
    "editor": editor,
    "step_form": _step_form,
    "mapper": _mapper,
    "runs": _listed("runs", "[data-testid^=run-row-]"),
    "run": _run,
    "run_step": _step_of_run,
    "run_where_from": _where_from,
    "run_made_of_it": _made_of_it,
    "run_compared": _compared,
    "connections": _listed("connections", "[data-testid^=connection-row-]"),
    "connecting": _connecting,
    "tables": _listed("tables", "[data-testid^=table-row-]"),
    "table": _listed("tables/stripe_product_to_part", "[data-testid=table-grid]"),
    "sandbox": _sandbox,
    "admin": _listed("admin", "tbody tr"),
    "audit": _listed("admin/audit", "tbody tr"),
    **PANELS,
}


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_accessible_in_light_and_dark_and_fits_its_window(
    person: Person, shop: Shop, sold: dict[str, Any], name: str
) -> None:
    page = person.page
    SCREENS[name](person, shop, sold)

    troubles = _violations(page, "light", ALL_RULES) + _too_wide(page, f"{name}-light")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("html[data-mantine-color-scheme=dark]")).to_be_attached()
    troubles += _violations(page, "dark", COLOUR_RULES) + _too_wide(page, f"{name}-dark")

    assert not troubles, "\n".join(troubles)


def _violations(page: Page, scheme: str, rules: list[str]) -> list[str]:
    """Serious and critical findings, each with the rule and the first elements."""
    _still(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options = {"runOnly": rules, "rules": {EXPERIMENT: {"enabled": False}}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{scheme}: {violation['id']} ({len(violation['nodes'])}×): {node['html'][:160]} | {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"][:3]
    ]


def _still(page: Page) -> None:
    """Until everything that moves or changes colour once has done so; what turns for ever may turn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate(
        """() => Promise.allSettled(document.getAnimations()
            .filter(animation => Number.isFinite(animation.effect.getComputedTiming().endTime))
            .map(animation => animation.finished))"""
    )


def _too_wide(page: Page, name: str) -> list[str]:
    """The windows that the page is wider than; keeps a picture of each where one is wanted."""
    found = []
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        _still(page)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            found.append(f"{name}: {over} pixels wider than a window of {width}")
        if folder := os.environ.get("IPAAS_TEST_SHOTS"):
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
    return found
