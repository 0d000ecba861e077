"""Secrets stay sealed: after runs that succeed, fail, are refused and lose their answer, none can be read anywhere.

Looked through are the database's files and every value in it unpacked, the logs of the processes, and the answer of
every GET of the API.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import secrets
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, quote_plus

import orjson
import pytest
import requests

from tests.journeys.shop import Shop
from tests.journeys.talkative import Talkative
from tests.services.product import Product

CARD = "4242424242424242"
WAYS = {"good": "succeeded", "reject": "failed", "echo": "succeeded", "hang-up": "failed", "unauthorized": "waiting"}


def _secret(name: str) -> str:
    """Text that looks different plain, quoted and encoded."""
    return f"{name}+{secrets.token_hex(12)}/&="


@dataclass
class Lived:
    """An installation in which things have happened, and what nobody may read."""

    product: Product
    shop: Shop
    system: Talkative
    hidden: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Every kind of ending, with every kind of secret."""
    hidden = {name: _secret(name) for name in ("token", "password", "key", "webhook", "rotated", "person")}
    env = {"IPAAS_OUTBOUND_ALLOW": "127.0.0.0/8", "IPAAS_DEMO_PASSWORD": hidden["person"], "IPAAS_LOG_LEVEL": "DEBUG"}
    product = Product(tmp_path_factory.mktemp("secrets") / "data", env=env)
    with Talkative() as system:
        try:
            product.install()
            product.serve()
            shop = Shop(product)
            lived = Lived(product, shop, system, {**hidden, "api token": shop.token})
            _live(lived)
            yield lived
        finally:
            product.stop()


def _live(lived: Lived) -> None:
    hidden = lived.hidden
    _sign_in(lived.product, hidden["person"])
    credentials = {
        "bearer": {"token": hidden["token"], "webhook_secret": hidden["webhook"]},
        "basic": {"username": "ipaas", "password": hidden["password"], "webhook_secret": hidden["webhook"]},
        "api_key": {"api_key": hidden["key"], "webhook_secret": hidden["webhook"]},
    }
    flows = {kind: _flow(lived, kind, credential) for kind, credential in credentials.items()}
    for way, ending in WAYS.items():
        for kind in credentials:
            lived.runs[f"{way} {kind}"] = _send(lived, flows[kind][1], {"path": way, "card": CARD})
        for kind in credentials:
            run_id = lived.runs[f"{way} {kind}"]
            lived.shop.wait(f"{way} {kind} {ending}", partial(_has, lived, run_id, ending))
    rotate = f"connections/{flows['bearer'][0]}/rotate/"
    lived.shop.api("POST", rotate, {"credential": {"token": hidden["rotated"]}})
    lived.shop.api("POST", rotate, {"credential": {"no_such_field": hidden["rotated"]}}, expect=422)
    again = lived.shop.api("POST", f"runs/{lived.runs['reject bearer']}/replay/", expect=202)["run"]
    lived.shop.wait("the replay has come to rest", partial(_has, lived, again, "failed", "waiting"))


def _has(lived: Lived, run_id: str, *statuses: str) -> bool:
    return lived.shop.api("GET", f"runs/{run_id}/")["status"] in statuses


def _sign_in(product: Product, password: str) -> None:
    session = requests.Session()
    token = session.get(f"{product.url}/api/v1/session/", timeout=10).json()["csrf_token"]
    for given in (f"{password}x", password):
        body = {"email": "viewer@demo.test", "password": given}
        answer = session.post(f"{product.url}/api/v1/session/", json=body, headers={"X-CSRFToken": token}, timeout=10)
    assert answer.status_code == 200


def _flow(lived: Lived, kind: str, credential: dict[str, str]) -> tuple[str, str]:
    """A flow that tells the talkative system of every event; its connection and its address."""
    made = lived.shop.api(
        "POST",
        "connections/",
        {
            "name": f"talkative {kind}",
            "connector": "http",
            "environment": "sandbox",
            "auth_kind": kind,
            "config": {"base_url": lived.system.url},
            "credential": credential,
        },
        expect=201,
    )
    tell = {"path": "/{{ trigger.body.path }}", "body": {"card": "{{ trigger.body.card }}"}}
    nodes = [
        {"id": "start", "kind": "trigger", "params": {"type": "webhook", "connection": "system"}},
        {
            "id": "tell",
            "kind": "call",
            "params": {"connection": "system", "operation": "request_keyed", "input": tell},
            "retry": {"attempts": 2, "first_seconds": 0.1},
        },
    ]
    drawn = {
        "schema": 1,
        "connections": {"system": {"connector": "http"}},
        "nodes": nodes,
        "edges": [{"from": "start", "to": "tell"}],
    }
    flow = lived.shop.api("POST", "flows/", {"name": f"Tell by {kind}", "document": drawn}, expect=201)
    lived.shop.api("POST", f"flows/{flow['id']}/versions/", {}, expect=201)
    bound = {"environment": "sandbox", "version": 1, "connections": {"system": made["id"]}}
    deployed = lived.shop.api("POST", f"flows/{flow['id']}/deployments/", bound, expect=201)
    return made["id"], deployed["webhook_url"]


def _send(lived: Lived, url: str, body: dict[str, str]) -> str:
    raw = orjson.dumps(body)
    signature = hmac.new(lived.hidden["webhook"].encode(), raw, hashlib.sha256).hexdigest()
    headers = {"X-Signature": signature, "Content-Type": "application/json"}
    answer = requests.post(url, data=raw, headers=headers, timeout=10)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["run"])


def _spellings(secret: str) -> set[bytes]:
    basic = base64.b64encode(f"ipaas:{secret}".encode()).decode()
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), basic}
    forms |= {base64.b64encode(secret.encode()).decode(), base64.urlsafe_b64encode(secret.encode()).decode()}
    forms |= {secret.replace("/", "\\/"), secret.encode().hex()}
    return {form.encode() for form in forms}


def _found(lived: Lived, where: str, raw: bytes) -> list[str]:
    return [
        f"{name} in {where}" for name, secret in lived.hidden.items() if any(form in raw for form in _spellings(secret))
    ]


def _values(lived: Lived) -> Iterator[tuple[str, bytes]]:
    """Every value of every table, unpacked."""
    book = sqlite3.connect(f"file:{lived.product.data / 'ipaas.sqlite3'}?mode=ro", uri=True)
    book.text_factory = bytes
    tables = [row[0].decode() for row in book.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        for row in book.execute(f'SELECT * FROM "{table}"'):
            for value in row:
                if isinstance(value, bytes):
                    yield table, _unpacked(value)
    book.close()


def _unpacked(value: bytes) -> bytes:
    if value[:1] != b"z":
        return value
    try:
        return zlib.decompress(value[1:])
    except zlib.error:
        return value


def _answers(lived: Lived) -> Iterator[tuple[str, bytes]]:
    """The answer of every GET of the API, with every id there is."""
    paths = requests.get(f"{lived.product.url}/api/schema/", timeout=30).json()["paths"]
    known = _ids(lived)
    for path, methods in paths.items():
        if "get" not in methods or "callback" in path:
            continue
        names = [row["name"] for row in methods["get"].get("parameters", []) if row["in"] == "path"]
        for values in itertools.product(*(known.get(name, ["1"]) for name in names)):
            filled = path.format(**dict(zip(names, values, strict=True)))
            answer = lived.shop.web.get(f"{lived.product.url}{filled}", timeout=30)
            yield filled, b"\n".join([answer.content, repr(answer.headers).encode()])


def _ids(lived: Lived) -> dict[str, list[str]]:
    api = lived.shop.api
    flows = [row["id"] for row in api("GET", "flows/")["items"]]
    return {
        "tenant": ["demo"],
        "flow_id": flows,
        "run_id": [row["id"] for row in lived.shop.runs()],
        "connection_id": [row["id"] for row in api("GET", "connections/")["items"]],
        "effect_id": [row["id"] for row in api("GET", "effects/?limit=200")["items"]],
        "name": ["http", "stripe", "epicor_kinetic", "sandbox", "stripe_product_to_part"],
        "system": ["stripe", "epicor_kinetic"],
        "environment": ["sandbox"],
    }


def test_the_system_heard_every_secret_and_repeated_it(lived: Lived) -> None:
    heard = [headers for _, headers, _ in lived.system.heard]

    assert any(headers.get("Authorization") == f"Bearer {lived.hidden['token']}" for headers in heard)
    assert any(headers.get("X-API-Key") == lived.hidden["key"] for headers in heard)
    assert len({path for path, _, _ in lived.system.heard}) == len(WAYS)
    assert all(CARD not in body and CARD[-4:] in body for _, _, body in lived.system.heard)


def test_no_secret_is_in_any_value_of_the_database(lived: Lived) -> None:
    found = {place for table, value in _values(lived) for place in _found(lived, table, value)}

    assert found == set()


def test_no_secret_is_in_any_file_of_the_installation(lived: Lived) -> None:
    files = [path for path in lived.product.data.rglob("*") if path.is_file()]
    found = [place for path in files for place in _found(lived, path.name, path.read_bytes())]

    assert {"ipaas.sqlite3", "ipaas.sqlite3-wal"} <= {path.name for path in files}
    assert any(path.suffix == ".log" for path in files)
    assert found == []


def test_no_secret_is_in_any_answer_of_the_api(lived: Lived) -> None:
    answers = list(_answers(lived))
    found = [place for path, raw in answers for place in _found(lived, path, raw)]

    assert len(answers) > 60
    assert found == []


def test_a_card_number_is_in_no_record_of_a_call_or_an_effect_and_in_no_log(lived: Lived) -> None:
    card = CARD.encode()
    facts = [
        fact
        for run_id in lived.runs.values()
        for entry in lived.shop.api("GET", f"runs/{run_id}/facts/")["items"]
        for fact in entry["facts"]
    ]
    records = [fact for fact in facts if fact["type"] == "call_made"]
    errors = [run["error"] for run in lived.shop.runs() if run["error"]]
    effects = lived.shop.api("GET", "effects/?limit=200")["items"]
    logs = [path.read_bytes() for path in lived.product.data.glob("*.log")]

    assert len(records) >= len(lived.runs)
    assert card not in orjson.dumps(records)
    assert card not in orjson.dumps(errors)
    assert card not in orjson.dumps(effects)
    assert not any(card in log for log in logs)
