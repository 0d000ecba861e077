"""The official Stripe client against the simulated Stripe: reading, errors, retries, webhooks.

This is the proof that the simulator behaves like the system it stands for; money and billing are next door.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import stripe

from tests.connectors.stripe_server import StripeServer, connected, serving

READ_ONLY = "rk_test_simulated_51IndustrySupplyReadOnly"


@pytest.fixture
def server() -> Iterator[StripeServer]:
    with serving() as running:
        yield running


@pytest.fixture
def client(server: StripeServer) -> Iterator[stripe.StripeClient]:
    with connected(server, server.key) as ready:
        yield ready


def test_auto_paging_gathers_more_than_a_hundred_customers_once_each(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({"email": f"buyer{n}@example.com"}).id for n in range(105)]

    seen = [customer.id for customer in client.v1.customers.list({"limit": 40}).auto_paging_iter()]
    backwards = client.v1.customers.list({"limit": 100, "ending_before": made[0]})

    assert seen == made[::-1]
    assert [customer.id for customer in backwards] == made[1:101][::-1]
    assert backwards.has_more is True


def test_customers_are_found_by_email_and_by_search(client: stripe.StripeClient) -> None:
    rosa = client.v1.customers.create({"email": "rosa@example.com", "name": "Rosa", "metadata": {"cust_id": "KELLER"}})
    client.v1.customers.create({"email": "ROSA@example.com"})

    by_email = client.v1.customers.list({"email": "rosa@example.com"})
    by_metadata = client.v1.customers.search({"query": "metadata['cust_id']:'KELLER' AND email:'rosa@example.com'"})

    assert [customer.id for customer in by_email] == [rosa.id]
    assert [customer.id for customer in by_metadata] == [rosa.id]


def test_metadata_merges_and_an_empty_value_removes_a_key(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"metadata": {"a": "1", "b": "2"}})

    merged = client.v1.customers.update(customer.id, {"metadata": {"b": "", "c": "3"}})
    emptied = client.v1.customers.update(customer.id, {"metadata": ""})

    assert merged.metadata.to_dict() == {"a": "1", "c": "3"}
    assert emptied.metadata.to_dict() == {}


def test_a_lost_answer_is_repaired_by_the_idempotency_key(server: StripeServer, client: stripe.StripeClient) -> None:
    server.failures.extend(["broken_after_commit"])

    customer = client.v1.customers.create({"email": "once@example.com"})

    posts = [headers for method, path, headers in server.asked if method == "POST"]
    assert len(posts) == 2
    assert posts[0]["idempotency-key"] == posts[1]["idempotency-key"]
    assert customer.last_response.headers["Idempotent-Replayed"] == "true"
    assert [found.id for found in client.v1.customers.list()] == [customer.id]


def test_an_error_after_the_commit_does_not_charge_twice(server: StripeServer, client: stripe.StripeClient) -> None:
    server.failures.extend(["error_after_commit"])

    intent = client.v1.payment_intents.create(
        {"amount": 5000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )

    assert intent.status == "succeeded"
    assert [charge.payment_intent for charge in client.v1.charges.list()] == [intent.id]


def test_a_key_that_is_in_use_is_tried_again(server: StripeServer, client: stripe.StripeClient) -> None:
    server.failures.extend(["key_in_use"])

    customer = client.v1.customers.create({"email": "busy@example.com"})

    assert customer.email == "busy@example.com"
    assert len(server.asked) == 2


def test_one_key_with_other_parameters_is_an_idempotency_error(client: stripe.StripeClient) -> None:
    first = client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "key-1"})
    same = client.v1.customers.create({"email": "a@example.com"}, {"idempotency_key": "key-1"})

    with pytest.raises(stripe.IdempotencyError) as refusal:
        client.v1.customers.create({"email": "b@example.com"}, {"idempotency_key": "key-1"})

    assert same.id == first.id
    assert refusal.value.http_status == 400
    assert len(client.v1.customers.list().data) == 1


def test_a_refused_request_leaves_its_key_free(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.customers.create({"email": "no address"}, {"idempotency_key": "key-2"})

    customer = client.v1.customers.create({"email": "good@example.com"}, {"idempotency_key": "key-2"})

    assert refusal.value.param == "email"
    assert customer.email == "good@example.com"


def test_a_wrong_key_is_an_authentication_error(server: StripeServer) -> None:
    with connected(server, "sk_test_somebody_else") as stranger:
        with pytest.raises(stripe.AuthenticationError) as refusal:
            stranger.v1.customers.list()

        assert refusal.value.http_status == 401
        assert "somebody" not in str(refusal.value)


def test_a_restricted_key_may_not_write(server: StripeServer) -> None:
    with connected(server, READ_ONLY) as reader:
        assert reader.v1.products.retrieve("prod_seal_kit").name == "Seal kit SK-415"
        with pytest.raises(stripe.PermissionError) as refusal:
            reader.v1.customers.create({"email": "x@example.com"})

        assert refusal.value.http_status == 403
        assert reader.v1.customers.list().data == []


def test_an_unknown_id_and_an_unknown_parameter_name_their_parameter(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.charges.retrieve("ch_nowhere")
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        client.raw_request("post", "/v1/customers", emial="x@example.com")
    with pytest.raises(stripe.InvalidRequestError) as referenced:
        client.v1.payment_intents.create({"amount": 5000, "currency": "usd", "customer": "cus_nobody"})

    assert (missing.value.http_status, missing.value.code, missing.value.param) == (404, "resource_missing", "id")
    assert (unknown.value.code, unknown.value.param) == ("parameter_unknown", "emial")
    assert (referenced.value.http_status, referenced.value.param) == (400, "customer")


@pytest.mark.parametrize(
    "method, code, decline_code",
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
def test_a_declined_card_is_a_card_error(
    client: stripe.StripeClient, method: str, code: str, decline_code: str | None
) -> None:
    params = {"amount": 5000, "currency": "usd", "payment_method": method, "confirm": True}
    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_intents.create(params)

    assert refusal.value.code == code
    assert refusal.value.error.decline_code == decline_code
    intent = client.v1.payment_intents.retrieve(refusal.value.error.payment_intent.id)
    assert (intent.status, intent.last_payment_error.code) == ("requires_payment_method", code)
    assert client.v1.charges.retrieve(intent.latest_charge).status == "failed"


def test_limits_and_failures_of_the_system_have_their_own_errors(
    server: StripeServer, client: stripe.StripeClient
) -> None:
    server.failures.extend(["rate_limited"])
    with pytest.raises(stripe.RateLimitError) as limited:
        client.v1.customers.list()
    server.failures.extend(["server_error"] * 3)
    with pytest.raises(stripe.APIError) as broken:
        client.v1.customers.list()

    assert limited.value.headers["Retry-After"] == "2"
    assert broken.value.http_status == 500


def test_older_versions_show_the_invoice_on_the_charge(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "old@example.com", "payment_method": "pm_card_visa"})
    [method] = client.v1.payment_methods.list({"customer": customer.id}).data
    invoice = client.v1.invoices.create({"customer": customer.id})
    client.v1.invoice_items.create({"customer": customer.id, "invoice": invoice.id, "amount": 900, "currency": "usd"})
    client.v1.invoices.pay(invoice.id, {"payment_method": method.id})

    [new] = client.v1.charges.list().data
    [old] = client.v1.charges.list({}, {"stripe_version": "2024-06-20"}).data

    assert "invoice" not in new
    assert old.invoice == invoice.id


def test_deliveries_are_accepted_by_the_client_and_forgeries_are_not(
    server: StripeServer, client: stripe.StripeClient
) -> None:
    endpoint = client.v1.webhook_endpoints.create(
        {"url": "https://ipaas.example/hooks/1", "enabled_events": ["customer.created", "customer.updated"]}
    )
    customer = client.v1.customers.create({"email": "hook@example.com"})
    client.v1.customers.update(customer.id, {"name": "Hook"})
    client.v1.customers.delete(customer.id)

    assert "secret" not in client.v1.webhook_endpoints.list().data[0]
    created, updated = server.store.deliveries
    now = time.time()
    header = server.simulator.sign(created, now)["Stripe-Signature"]
    event = stripe.Webhook.construct_event(created.body, header, endpoint.secret)
    change = stripe.Webhook.construct_event(
        updated.body, server.simulator.sign(updated, now)["Stripe-Signature"], endpoint.secret
    )

    assert (event.type, event.data.object.email, event.id) == ("customer.created", "hook@example.com", created.event_id)
    assert change.data.previous_attributes.to_dict() == {"name": None}
    old = server.simulator.sign(created, now - 301)["Stripe-Signature"]
    for body, signature, secret in (
        (created.body + b" ", header, endpoint.secret),
        (created.body, header, "whsec_other"),
        (created.body, old, endpoint.secret),
        (created.body, header.replace("v1=", "v0="), endpoint.secret),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, signature, secret)


def test_the_log_of_events_is_listed_by_kind(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"email": "log@example.com"})
    client.v1.customers.update(customer.id, {"phone": "+1"})

    kinds = [event.type for event in client.v1.events.list({"types": ["customer.created", "customer.updated"]})]
    [update] = client.v1.events.list({"type": "customer.updated"}).data

    assert kinds == ["customer.updated", "customer.created"]
    assert client.v1.events.retrieve(update.id).data.previous_attributes.to_dict() == {"phone": None}


def test_the_account_says_who_it_is(client: stripe.StripeClient) -> None:
    account = client.v1.accounts.retrieve_current()

    assert (account.charges_enabled, account.default_currency) == (True, "usd")
    assert account.business_profile.name == "Industrial Parts Supply"
