"""What engine tests share: a small catalog, plans of short documents, and a holder that carries runs in any order.

`carry` stands in for the runner: it takes decisions one at a time, in an order drawn from a seed, and lets calls come
back whenever it likes. Outcomes of calls are a function of the step path and the attempt, so any order must lead to
the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from flows.engine import facts
from flows.engine.act import act
from flows.engine.decide import Close, Decision, Finish, Skip, Sleep, Start, decide
from flows.engine.facts import Fact
from flows.engine.history import History
from flows.engine.outcomes import MISSING, Call, Done, Outcome
from flows.engine.plan import Plan, compile_plan
from flows.engine.settle import settle

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
OPERATION = {"effect": "read", "input": {"type": "object"}, "output": {}}
Answer = Callable[[str, int], Outcome]


class Catalog:
    """One connector, `shop`, with the operations `read` and `write` and the event `order.paid`."""

    def connectors(self) -> frozenset[str]:
        return frozenset({"shop"})

    def operation(self, connector: str, name: str) -> Mapping[str, Any] | None:
        return OPERATION if name in ("read", "write") else None

    def event(self, connector: str, name: str) -> Mapping[str, Any] | None:
        return {"title": name} if name == "order.paid" else None


class Tables:
    """Lookup tables from a dictionary of dictionaries."""

    def __init__(self, tables: dict[str, dict[str, Any]] | None = None) -> None:
        self._tables = tables or {}

    def get(self, table: str, key: str) -> Any:
        return self._tables.get(table, {}).get(key, MISSING)


def node(id_: str, kind: str, /, **params: Any) -> dict[str, Any]:
    """A node of a document; `parent`, `retry` and `on_error` are taken out of the parameters."""
    outer = {name: params.pop(name) for name in ("parent", "retry", "on_error") if name in params}
    return {"id": id_, "kind": kind, "params": params, **outer}


def call(id_: str, /, **more: Any) -> dict[str, Any]:
    """A call node that reads."""
    return node(id_, "call", connection="shop", operation="read", **more)


def document(*nodes: dict[str, Any], edges: list[str], **more: Any) -> dict[str, Any]:
    """A document behind a manual trigger `start`; edges are written `a>b` or `a:port>b`."""
    return {
        "schema": 1,
        "connections": {"shop": {"connector": "shop"}},
        "nodes": [node("start", "trigger", type="manual"), *nodes],
        "edges": [_edge(edge) for edge in edges],
        **more,
    }


def _edge(text: str) -> dict[str, str]:
    source, target = text.split(">")
    source, _, port = source.partition(":")
    return {"from": source, "to": target, **({"port": port} if port else {})}


def plan_of(*nodes: dict[str, Any], edges: list[str], **more: Any) -> Plan:
    """The compiled plan of such a document."""
    return compile_plan(document(*nodes, edges=edges, **more), Catalog())


def trigger(body: Any = None) -> dict[str, Any]:
    """What `trigger` holds for a body."""
    return {"body": body, "headers": {}, "query": {}, "received_at": "2026-11-20T10:00:00Z"}


def admitted(plan: Plan, body: Any = None, env: dict[str, Any] | None = None) -> History:
    """A history with its first fact."""
    history = History(plan, trigger(body), env or {})
    history.apply(facts.run_admitted(NOW, plan.trigger, "evt_1"))
    return history


def done(step: str, attempt: int) -> Outcome:
    """Every call succeeds with its own path."""
    return Done({"path": step})


class Holder:
    """Carries one run, one decision at a time."""

    def __init__(self, plan: Plan, body: Any = None, answer: Answer = done, seed: int = 0, tables: Any = None) -> None:
        self.plan, self.answer, self.tables = plan, answer, tables or Tables()
        self.random = Random(seed)
        self.history = admitted(plan, body)
        self.facts: list[Fact] = [facts.run_admitted(NOW, plan.trigger, "evt_1")]
        self.in_flight: dict[str, Start] = {}
        self.most_in_flight = 0
        self.now = NOW
        self.starts_after_finish = 0

    def note(self, fact: Fact) -> None:
        self.facts.append(fact)
        self.history.apply(fact)

    def carry(self, steps: int = 100_000) -> Holder:
        """Until the run is finished, or so many moves were made."""
        for _ in range(steps):
            if self.history.finished is not None:
                break
            self._move()
        return self

    def rush(self) -> Holder:
        """To the end, carrying out all decisions at once, calls included."""
        while self.history.finished is None:
            for decision in decide(self.plan, self.history, self.now):
                self._take(decision)
            for step in list(self.in_flight):
                self._take(step)
        return self

    def _move(self) -> None:
        decisions = decide(self.plan, self.history, self.now)
        moves: list[Any] = [d for d in decisions if not isinstance(d, Sleep)] + list(self.in_flight)
        if not moves:
            self.now = next(d.until for d in decisions if isinstance(d, Sleep)) or self.now + timedelta(hours=1)
            return
        self._take(self.random.choice(moves))
        self.most_in_flight = max(self.most_in_flight, len(self.in_flight))

    def _take(self, move: Decision | str) -> None:
        if isinstance(move, str):
            start = self.in_flight.pop(move)
            self._settle(start, self.answer(move, start.attempt))
        elif isinstance(move, Skip):
            self.note(facts.step_skipped(self.now, move.step))
        elif isinstance(move, Finish):
            self.note(facts.run_finished(self.now, move.status, move.error))
        elif isinstance(move, (Start, Close)):
            outcome = act(self.plan, self.history, move, self.tables, self.now)
            if isinstance(outcome, Call):
                assert isinstance(move, Start)
                self.note(facts.step_started(self.now, move.step, move.attempt, input=outcome.inputs))
                self.in_flight[move.step] = move
            else:
                self._settle(move, outcome)

    def _settle(self, start: Start | Close, outcome: Outcome) -> None:
        for fact in settle(self.plan, start, outcome, self.now, 0.5):
            self.note(fact)


def finish(plan: Plan, body: Any = None, **more: Any) -> History:
    """The history of a run carried to its end."""
    return Holder(plan, body, **more).carry().history


def act_once(params_node: dict[str, Any], body: Any = None, tables: Any = None, **more: Any) -> Outcome:
    """The outcome of one node right behind the trigger."""
    edges = [f"start>{params_node['id']}", *more.pop("edges", ())]
    plan = plan_of(params_node, *more.pop("more_nodes", ()), edges=edges, **more)
    return act(plan, admitted(plan, body), Start(params_node["id"], params_node["id"], 1), tables or Tables(), NOW)
