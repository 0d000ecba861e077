"""The published schema of documents, and plans of large ones."""

from __future__ import annotations

from flows.engine.document import flow_schema
from flows.engine.nodes.table import KINDS
from flows.engine.plan import compile_plan
from flows.engine.schemas import compile_schema
from flows.engine.shape import build_schema
from tests.engine.harness import Catalog, call, document, node


def test_the_published_schema_is_what_the_node_files_declare() -> None:
    assert flow_schema() == build_schema()


def test_the_published_schema_alone_refuses_wrong_params() -> None:
    checker = compile_schema(flow_schema())

    assert checker.is_valid(document(call("c"), edges=["start>c"]))
    assert not checker.is_valid(document(node("c", "call", connection="shop"), edges=["start>c"]))


def test_every_kind_is_described() -> None:
    for kind, entry in KINDS.items():
        assert entry.spec.kind == kind
        assert entry.spec.params_schema["additionalProperties"] is False


def test_a_thousand_nodes_compile() -> None:
    nodes = [
        node(f"n{i}", "map", rules=[{"target": "a", "source": f"steps.n{i - 1}.a" if i else "trigger.body"}])
        for i in range(1000)
    ]
    edges = ["start>n0", *(f"n{i}>n{i + 1}" for i in range(999))]

    plan = compile_plan(document(*nodes, edges=edges), Catalog())

    assert len(plan.nodes) == 1001
    assert plan.nodes["n999"].index == 1000
