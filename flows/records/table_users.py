"""Who reads a lookup table: the steps and mapping rules of every draft and of every version that is deployed.

Asked by the API for a table's page and before a table is deleted. Documents are read once per draft and version and
remembered; it never writes.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.models import Deployment, Flow, Version
from ipaas.accounts.models import Tenant

_MOST_REMEMBERED = 5000


@dataclass(frozen=True)
class Reading:
    """One step that reads a table; `target` is the field a mapping rule fills, empty for a step that looks up."""

    table: str
    step: str
    title: str
    target: str = ""


_remembered: OrderedDict[str, tuple[Reading, ...]] = OrderedDict()


def readings_of(document: Any) -> tuple[Reading, ...]:
    """Every place of a document that reads a lookup table; drafts may be unfinished, so nothing is presumed."""
    nodes = document.get("nodes") if isinstance(document, dict) else None
    return tuple(reading for node in (nodes if isinstance(nodes, list) else []) for reading in _of_node(node))


def _of_node(node: Any) -> Iterator[Reading]:
    params = node.get("params") if isinstance(node, dict) else None
    if not isinstance(params, dict):
        return
    step = str(node.get("id", ""))
    title = str(node.get("title") or step)
    table = params.get("table")
    if node.get("kind") == "lookup" and isinstance(table, str) and table:
        yield Reading(table, step, title)
    rules = params.get("rules")
    for rule in rules if isinstance(rules, list) else []:
        for table in _tables_of_rule(rule):
            yield Reading(table, step, title, str(rule.get("target", "")))


def _tables_of_rule(rule: Any) -> Iterator[str]:
    transforms = rule.get("transforms") if isinstance(rule, dict) else None
    for transform in transforms if isinstance(transforms, list) else []:
        if isinstance(transform, dict) and transform.get("fn") == "lookup" and isinstance(transform.get("table"), str):
            yield transform["table"]


def users_by_table(tenant: Tenant) -> dict[str, list[dict[str, Any]]]:
    """Table name to the flows that read it: `{"flow", "version" or null, "environments", "steps"}`, drafts first.

    Two light queries; documents are fetched only for drafts and versions that were not read before.
    """
    flows = {
        flow_id: (name, etag)
        for flow_id, name, etag in Flow.objects.of(tenant)
        .filter(deleted_at=None)
        .order_by("name", "id")
        .values_list("id", "name", "draft_etag")
    }
    at_work: dict[str, list[str]] = defaultdict(list)
    versions: dict[str, tuple[str, int]] = {}
    rows = Deployment.objects.of(tenant).filter(active=True, flow_id__in=flows).order_by("environment_id")
    for version_id, flow_id, number, environment in rows.values_list(
        "version_id", "flow_id", "version__number", "environment__name"
    ):
        versions[version_id] = (flow_id, number)
        at_work[version_id].append(environment)
    drafts = _read(Flow, tenant, {flow_id: f"{flow_id}:{etag}" for flow_id, (_, etag) in flows.items()}, "draft")
    deployed = _read(Version, tenant, {version_id: version_id for version_id in versions}, "document")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for flow_id, (name, _) in flows.items():
        _add(found, drafts[flow_id], {"flow": {"id": flow_id, "name": name}, "version": None, "environments": []})
    for version_id, (flow_id, number) in versions.items():
        flow = {"id": flow_id, "name": flows[flow_id][0]}
        _add(found, deployed[version_id], {"flow": flow, "version": number, "environments": at_work[version_id]})
    return found


def _add(found: dict[str, list[dict[str, Any]]], readings: tuple[Reading, ...], user: dict[str, Any]) -> None:
    steps: dict[str, list[dict[str, str]]] = defaultdict(list)
    for reading in readings:
        steps[reading.table].append({"id": reading.step, "title": reading.title, "target": reading.target})
    for table, places in steps.items():
        found[table].append({**user, "steps": places})


def _read(model: Any, tenant: Tenant, keys: dict[str, str], field: str) -> dict[str, tuple[Reading, ...]]:
    """The readings of each row by id; rows are fetched only where the key is not remembered."""
    known = {row_id: _remembered[key] for row_id, key in keys.items() if key in _remembered}
    missing = [row_id for row_id in keys if row_id not in known]
    for row_id, document in model.objects.of(tenant).filter(id__in=missing).values_list("id", field):
        known[row_id] = _remembered[keys[row_id]] = readings_of(document)
    while len(_remembered) > _MOST_REMEMBERED:
        _remembered.popitem(last=False)
    return {row_id: known.get(row_id, ()) for row_id in keys}
