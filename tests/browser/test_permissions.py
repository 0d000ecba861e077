"""Who may what: a viewer looks without being offered what would be refused; another tenant's pages are not there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.screens import Person, demo_flow
from tests.browser.watching import Watch
from tests.journeys.shop import Shop
from tests.services.product import Product


def test_a_viewer_sees_a_flow_but_can_neither_edit_publish_deploy_nor_run_it(person: Person, shop: Shop) -> None:
    flow = demo_flow(shop)
    page = person.sign_in("viewer").open(f"flows/{flow['id']}")

    person.edit("create_order")

    expect(page.get_by_test_id("inspector")).to_be_visible()
    expect(page.get_by_text("You may look, not edit.")).to_be_visible()
    expect(page.get_by_label("Title of the step")).to_be_disabled()
    for action in ("publish", "deploy", "run-now", "palette-search", "undo"):
        expect(page.get_by_test_id(action)).to_have_count(0)
    refused = page.request.post(
        f"{person.url}/api/v1/tenants/demo/flows/{flow['id']}/versions/",
        data={"message": "by a viewer"},
        headers={"X-CSRFToken": _csrf(person), "Referer": person.url},
    )
    assert refused.status == 403
    assert refused.json()["code"] != "csrf_failed"
    assert shop.api("GET", f"flows/{flow['id']}/")["latest_version"] == flow["latest_version"]


def test_a_viewer_is_not_offered_to_connect_play_or_manage(person: Person) -> None:
    page = person.sign_in("viewer").open("connections")
    expect(page.locator("[data-testid^=connection-row-]").first).to_be_visible()
    expect(page.get_by_test_id("new-connection")).to_have_count(0)

    person.open("sandbox")
    expect(page.get_by_test_id("play-stripe_checkout")).to_be_disabled()
    expect(page.get_by_test_id("sandbox-reset")).to_have_count(0)

    person.open("admin")
    expect(page.get_by_test_id("add-member")).to_have_count(0)
    expect(page.get_by_role("tab", name="Audit trail")).to_have_count(0)


def test_the_address_of_another_tenant_shows_nothing_of_it(admin: Person, product: Product) -> None:
    product.manage("create_tenant", "rivals", "--name", "Rivals Incorporated", "--admin", "boss@rivals.test")
    page = admin.page

    page.goto(f"{admin.url}/t/rivals/flows")

    expect(page.get_by_test_id("empty-state")).to_contain_text("There is no such tenant")
    expect(page.get_by_text("Rivals Incorporated")).to_have_count(0)
    assert page.request.get(f"{admin.url}/api/v1/tenants/rivals/flows/").status == 404
    assert page.request.get(f"{admin.url}/api/v1/tenants/nobody/flows/").status == 404


def test_a_flow_that_is_not_there_says_so_with_a_way_on(admin: Person, watch: Watch) -> None:
    watch.allow(404, "flows/flow_of_nobody/")

    page = admin.open("flows/flow_of_nobody")

    expect(page.get_by_test_id("error-state")).to_be_visible()
    expect(page.get_by_test_id("nav-flows")).to_be_visible()


def _csrf(person: Person) -> str:
    return str(person.page.request.get(f"{person.url}/api/v1/session/").json()["csrf_token"])
