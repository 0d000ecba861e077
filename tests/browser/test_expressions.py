"""Expressions in the browser: completed while typing, with their live value, their mistakes in words, and conditions
as rows."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.screens import Person
from tests.browser.test_editor import _saved
from tests.journeys.shop import Shop

CONDITION = "kind"
CALL = "charge"


def a_flow(person: Person, shop: Shop, name: str) -> str:
    """A flow with a condition and a call behind a trigger with an example, open in the editor; its id."""
    drawn = {
        "schema": 1,
        "connections": {"stripe": {"connector": "stripe"}},
        "nodes": [
            {"id": "paid", "kind": "trigger", "title": "A charge",
             "params": {"type": "webhook", "connection": "stripe", "event": "charge.succeeded"}},
            {"id": CONDITION, "kind": "condition", "title": "Large?",
             "params": {"branches": [{"port": "large", "when": "trigger.body.data.object.amount > 1000000"}],
                        "otherwise": "small"}},
            {"id": CALL, "kind": "call", "title": "Fetch the charge",
             "params": {"connection": "stripe", "operation": "retrieve_charge",
                        "input": {"id": "{{ trigger.body.data.object.id }}"}}},
        ],
        "edges": [{"from": "paid", "to": CONDITION}, {"from": CONDITION, "port": "small", "to": CALL}],
        "layout": {},
    }  # fmt: skip
    flow_id: str = shop.api("POST", "flows/", {"name": name, "document": drawn}, expect=201)["id"]
    person.sign_in("analyst").open(f"flows/{flow_id}")
    expect(person.node(CALL)).to_be_attached()
    return flow_id


def code_of(person: Person) -> Locator:
    """The code field of the call's only input."""
    field = person.page.locator("[data-field='input/id']")
    field.get_by_role("button", name="Expression").click()
    box = field.locator(".cm-content")
    box.click()
    person.page.keyboard.press("Control+a")
    return box


def test_fields_and_functions_are_completed_with_help(person: Person, shop: Shop) -> None:
    a_flow(person, shop, "Completed")
    person.edit(CALL)
    code_of(person)

    person.page.keyboard.type("{{ trigger.body.data.object.curren", delay=20)
    options = person.page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_contain_text("currency")
    person.page.keyboard.press("Enter")
    person.page.keyboard.type(" | upp", delay=20)
    expect(options.first).to_contain_text("upper")
    expect(person.page.locator(".cm-completionInfo")).to_contain_text("All letters capital.")
    person.page.keyboard.press("Enter")

    value = person.page.locator("[data-field='input/id']").get_by_test_id("live-value")
    expect(value).to_contain_text("USD")


def test_a_slip_is_told_in_words_and_mended(person: Person, shop: Shop) -> None:
    a_flow(person, shop, "Slips")
    person.edit(CALL)
    box = code_of(person)
    field = person.page.locator("[data-field='input/id']")

    person.page.keyboard.insert_text("{{ trigger.body.data.object.amout }}")
    expect(field.get_by_test_id("live-note")).to_contain_text("Did you mean amount?")
    expect(box.locator(".cm-lintRange-warning")).to_have_text("amout")

    person.page.keyboard.press("Control+a")
    person.page.keyboard.insert_text("{{ trigger.body.data.object.amount + }}")
    expect(field.get_by_test_id("live-error").or_(field.get_by_role("alert"))).to_contain_text(
        "Something is missing here"
    )

    person.page.keyboard.press("Control+a")
    person.page.keyboard.insert_text("{{ trigger.body.data.object.amount | money('usd') }}")
    expect(field.get_by_test_id("live-value")).to_contain_text("USD")


def test_a_condition_is_drawn_in_words_and_says_where_the_sample_goes(person: Person, shop: Shop) -> None:
    flow_id = a_flow(person, shop, "In words")
    person.edit(CONDITION)
    page = person.page
    expect(page.get_by_test_id("chosen-way")).to_contain_text("small")
    expect(page.get_by_role("combobox", name="Comparison 1")).to_have_value("is more than")

    page.get_by_label("Value 1").fill("1")

    expect(page.get_by_test_id("chosen-way")).to_contain_text("large")
    _saved(person)
    kept = shop.api("GET", f"flows/{flow_id}/")["document"]["nodes"][1]["params"]["branches"]
    assert kept == [{"port": "large", "when": "trigger.body.data.object.amount > 1"}]


def test_tab_leaves_the_code_field(person: Person, shop: Shop) -> None:
    a_flow(person, shop, "By keyboard")
    person.edit(CALL)
    box = code_of(person)

    person.page.keyboard.press("Tab")

    expect(box).not_to_be_focused()
