"""Random flow documents for property tests: acyclic graphs with branches, error ports and nested loops."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from flows.engine.errors import REJECTED, TRY_AGAIN, error
from flows.engine.outcomes import Done, Fail, Outcome
from tests.engine.harness import call, document, node

_LOOP_ITEMS = ("trigger.body.none", "trigger.body.one", "trigger.body.three", "trigger.body.seven")
BODY = {"none": [], "one": [1], "three": [1, 2, 3], "seven": [1, 2, 3, 4, 5, 6, 7]}


def answer(step: str, attempt: int) -> Outcome:
    """What a call comes to: by the digits of its path, some fail for good, some once, most never."""
    weight = sum(map(ord, step)) % 7
    if weight == 0:
        return Fail(error(REJECTED, "refused", f"{step} was refused."))
    if weight == 1 and attempt == 1:
        return Fail(error(TRY_AGAIN, "busy", "Busy."))
    return Done({"path": step, "attempt": attempt})


@st.composite
def _level(draw: Any, prefix: str, parent: str | None, depth: int, caught: bool) -> tuple[list[Any], list[str]]:
    """The nodes and edges of one loop body, or of the top."""
    nodes: list[Any] = []
    edges: list[str] = []
    inside: dict[str, Any] = {} if parent is None else {"parent": parent}
    for number in range(draw(st.integers(1, 6 if depth == 0 else 3))):
        id_ = f"{prefix}{number}"
        kind = draw(st.sampled_from(["call", "call", "condition", "for_each"] if depth < 2 else ["call", "condition"]))
        if kind == "call":
            nodes.append(call(id_, **inside, **({"on_error": "continue"} if caught else {})))
        elif kind == "condition":
            when = draw(st.sampled_from(["true", "false", "index == 1", "trigger.body.none"]))
            nodes.append(node(id_, "condition", branches=[{"port": "yes", "when": when}], otherwise="no", **inside))
        else:
            loop = {"items": draw(st.sampled_from(_LOOP_ITEMS)), "concurrency": draw(st.integers(1, 4))}
            failing = draw(st.sampled_from(["fail", "continue"]))
            nodes.append(node(id_, "for_each", **loop, on_item_error=failing, **inside))
            below = draw(_level(f"{id_}_", id_, depth + 1, caught))
            nodes, edges = nodes + below[0], edges + below[1]
        earlier = [n for n in nodes if n.get("parent") == parent and n["id"] != id_]
        for source in (
            draw(st.lists(st.sampled_from(earlier), max_size=3, unique_by=lambda n: n["id"])) if earlier else []
        ):
            port = draw(
                st.sampled_from({"condition": ["yes", "no"], "call": ["out", "error"]}.get(source["kind"], ["out"]))
            )
            edges.append(f"{source['id']}:{port}>{id_}")
        if parent is None and not any(edge.endswith(f">{id_}") for edge in edges):
            edges.append(f"start>{id_}")
    return nodes, edges


@st.composite
def documents(draw: Any, caught: bool) -> dict[str, Any]:
    """A whole document; with `caught`, every failing call flows on."""
    nodes, edges = draw(_level("n", None, 0, caught))
    return document(*nodes, edges=edges)
