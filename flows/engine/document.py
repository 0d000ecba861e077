"""The document check, for the editor and for publishing.

One call, every problem with its JSON pointer. The work is done by `shape.py` (schema), `graph.py` (nodes and edges)
and the node files (parameters), in the order `plan.examine` names.
"""

from __future__ import annotations

from typing import Any

from flows.engine.context import Catalog
from flows.engine.errors import Problem
from flows.engine.plan import examine
from flows.engine.shape import flow_schema, outline_problems

__all__ = ["Catalog", "Problem", "check", "check_outline", "flow_schema"]


def check(document: Any, catalog: Catalog) -> list[Problem]:
    """Every problem of a document, worst first by stage; an empty list means it can be published.

    Args:
        document: Anything that came as JSON.
        catalog: The connectors of the house.
    """
    return examine(document, catalog)[1]


def check_outline(document: Any) -> list[Problem]:
    """What keeps a document from being kept even as a draft: not an object, unknown parts, or parts of a wrong kind."""
    return outline_problems(document)
