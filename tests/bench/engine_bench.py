"""What the pure engine costs: microseconds per node of each pure kind, and per run of a 20-node chain.

Run by hand or by the bench suite (`python -m tests.bench.engine_bench`); asserts nothing, because machines differ.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from time import perf_counter
from typing import Any

from flows.engine import facts
from flows.engine.act import act
from flows.engine.decide import Close, Finish, Skip, Start, decide
from flows.engine.history import History
from flows.engine.outcomes import Call, Done
from flows.engine.plan import Plan, compile_plan
from flows.engine.settle import settle

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TRIGGER = {
    "body": {
        "id": "evt_1",
        "type": "charge.succeeded",
        "amount": 88900,
        "currency": "usd",
        "customer": {"id": "cus_1", "email": "ada@example.test", "name": "Ada Lovelace"},
        "lines": [{"sku": f"P-{i}", "quantity": i + 1, "price": {"amount": 100 * i}} for i in range(5)],
    },
    "headers": {},
    "query": {},
    "received_at": "2026-11-20T10:00:00Z",
}
_KINDS: dict[str, dict[str, Any]] = {
    "map": {
        "rules": [
            {"target": "Company", "value": "EPIC06"},
            {"target": "Customer.ID", "source": "trigger.body.customer.id"},
            {"target": "Customer.Email", "source": "trigger.body.customer.email"},
            {"target": "Name", "source": "trigger.body.customer.name", "default": "WEB"},
            {"target": "Type", "source": "trigger.body.type"},
        ]
    },
    "lookup": {"table": "parts", "key": "{{ trigger.body.customer.id }}"},
    "condition": {"branches": [{"port": "out", "when": "trigger.body.amount > 100"}]},
    "validate": {"value": "{{ trigger.body }}", "schema": {"type": "object", "required": ["id", "amount"]}},
    "respond": {"status": 200, "body": {"id": "{{ trigger.body.id }}"}},
}
_RICH_RULES = [
    {"target": "Amount", "source": "trigger.body.amount",
     "transforms": [{"fn": "minor_to_decimal", "currency": "trigger.body.currency"}]},
    {"target": "Lines[].Part", "source": "trigger.body.lines[].sku", "transforms": [{"fn": "lower"}]},
    {"target": "Lines[].Quantity", "source": "trigger.body.lines[].quantity"},
    {"target": "Lines[].Company", "value": "EPIC06"},
    {"target": "Comment", "expression": "'Charge ' ~ trigger.body.id | upper"},
]  # fmt: skip


class _Catalog:
    def connectors(self) -> frozenset[str]:
        return frozenset()

    def operation(self, connector: str, name: str) -> None:
        return None

    def event(self, connector: str, name: str) -> None:
        return None


class _Tables:
    def get(self, table: str, key: str) -> Any:
        return key


def chain(kinds: list[tuple[str, dict[str, Any]]]) -> Plan:
    """A plan of these nodes in a row behind a manual trigger."""
    nodes: list[dict[str, Any]] = [{"id": "start", "kind": "trigger", "params": {"type": "manual"}}]
    nodes += [{"id": f"n{i}", "kind": kind, "params": params} for i, (kind, params) in enumerate(kinds)]
    edges = [{"from": a["id"], "to": b["id"]} for a, b in pairwise(nodes)]
    return compile_plan({"schema": 1, "nodes": nodes, "edges": edges}, _Catalog())


def carry(plan: Plan, trigger: dict[str, Any] = TRIGGER) -> History:
    """One run from admission to its end, calls answered at once."""
    history, tables = History(plan, trigger, {}), _Tables()
    history.apply(facts.run_admitted(NOW, plan.trigger, "evt"))
    while history.finished is None:
        for decision in decide(plan, history, NOW):
            if isinstance(decision, (Start, Close)):
                outcome = act(plan, history, decision, tables, NOW)
                outcome = Done({}) if isinstance(outcome, Call) else outcome
                for fact in settle(plan, decision, outcome, NOW, 0.5):
                    history.apply(fact)
            elif isinstance(decision, Skip):
                history.apply(facts.step_skipped(NOW, decision.step))
            elif isinstance(decision, Finish):
                history.apply(facts.run_finished(NOW, decision.status, decision.error))
    return history


def _best(run: Callable[[], Any], rounds: int, times: int) -> float:
    """Microseconds of one `run`, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        began = perf_counter()
        for _ in range(times):
            run()
        best = min(best, (perf_counter() - began) / times)
    return best * 1_000_000


def measure_node(rounds: int = 5, times: int = 200) -> dict[str, float]:
    """Microseconds per pure node (decide, act, settle, apply), and `chain_20` per whole run of 20 mixed nodes."""
    gc.collect()
    empty = _best(lambda: carry(chain_of_none), rounds, times) if (chain_of_none := chain([])) else 0.0
    found: dict[str, float] = {}
    rich = ("map", {"rules": _RICH_RULES})
    for name, node in {**{kind: (kind, params) for kind, params in _KINDS.items()}, "map_rich": rich}.items():
        plan = chain([node] * 10)
        found[name] = round((_best(lambda plan=plan: carry(plan), rounds, times) - empty) / 10, 2)
    mixed = chain([*_KINDS.items()] * 4)
    found["chain_20"] = round(_best(lambda: carry(mixed), rounds, times), 1)
    return found


def measure_compile(nodes: int = 1000) -> float:
    """Seconds to compile a plan of so many nodes, expressions already cached by text."""
    kinds = [*_KINDS.items()] * (nodes // len(_KINDS))
    chain(kinds)
    began = perf_counter()
    chain(kinds)
    return perf_counter() - began


def measure_loop(items: int = 100_000) -> float:
    """Microseconds per item of a for-each with one step inside."""
    document = {
        "schema": 1,
        "nodes": [
            {"id": "start", "kind": "trigger", "params": {"type": "manual"}},
            {"id": "each", "kind": "for_each", "params": {"items": "trigger.body", "concurrency": 50}},
            {"id": "one", "kind": "map", "parent": "each", "params": {"rules": [{"target": "a", "source": "item"}]}},
        ],
        "edges": [{"from": "start", "to": "each"}],
    }
    plan = compile_plan(document, _Catalog())
    body = {**TRIGGER, "body": list(range(items))}
    began = perf_counter()
    carry(plan, body)
    return (perf_counter() - began) / items * 1_000_000


if __name__ == "__main__":
    print("microseconds:", measure_node())
    print("compile of 1,000 nodes, seconds:", round(measure_compile(), 3))
    for size in (1_000, 10_000, 100_000):
        print(f"for-each of {size:,}, microseconds per item:", round(measure_loop(size), 1))
