"""What a run needs beside its own record: the compiled plan of its version, the bound connections, the lookup tables.

The runner and intake ask it; everything is cached per process, because versions and deployments never change.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from connectors.registry import registry
from flows.catalog import RegistryCatalog
from flows.engine import standins
from flows.engine.outcomes import MISSING
from flows.engine.plan import Plan, compile_plan
from flows.models import Deployment, Flow, LookupRow, LookupTable, Run, Trial, Version
from ipaas.accounts.models import EnvironmentVariable

_MOST_PLANS = 500
_MOST_TABLES = 200
_VARIABLES_FRESH_SECONDS = 2.0
_TRIAL = "trl_"


@dataclass(slots=True)
class Deployed:
    """A version at work in an environment."""

    deployment_id: str
    tenant_id: str
    tenant_slug: str
    flow_id: str
    flow_name: str
    version_id: str
    version_number: int
    environment_id: str
    environment: str
    plan: Plan
    trigger: dict[str, Any]
    connections: dict[str, str]
    replies: bool
    variables: dict[str, str]
    variables_read_at: float
    trial: bool = False


def trigger_params(document: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a document's trigger, as they are written."""
    trigger = next(node for node in document["nodes"] if node["kind"] == "trigger")
    return dict(trigger.get("params") or {})


_cache: OrderedDict[str, Deployed] = OrderedDict()
_lock = threading.Lock()


def known(deployment_id: str) -> Deployed | None:
    """The deployment if this process has it at hand and fresh; never touches the database."""
    found = _cache.get(deployment_id)
    if found is None:
        return None
    now = time.monotonic()
    if now - found.variables_read_at < _VARIABLES_FRESH_SECONDS:
        return found
    # One caller reads the variables again; the others go on with what is there meanwhile.
    found.variables_read_at = now
    return None


def load(deployment_id: str) -> Deployed:
    """The deployment, from the cache or the database (call it from a thread)."""
    with _lock:
        stale = _cache.get(deployment_id)
    loaded = _refreshed(stale) if stale is not None else _read_any(deployment_id)
    with _lock:
        _cache[deployment_id] = loaded
        _cache.move_to_end(deployment_id)
        while len(_cache) > _MOST_PLANS:
            _cache.popitem(last=False)
    return loaded


def forget() -> None:
    """Drop everything cached."""
    with _lock:
        _cache.clear()
    _tables.clear()


def _read_any(deployment_id: str) -> Deployed:
    return _read_trial(deployment_id) if deployment_id.startswith(_TRIAL) else _read(deployment_id)


def _read_trial(trial_id: str) -> Deployed:
    """A trial stands where a version and its deployment stand for other runs."""
    rows = Trial.objects.across_tenants("a run names its own trial").select_related("flow", "environment", "tenant")
    trial = rows.get(id=trial_id)
    return Deployed(
        deployment_id=trial.id,
        tenant_id=trial.tenant_id,
        tenant_slug=trial.tenant.slug,
        flow_id=trial.flow_id,
        flow_name=trial.flow.name,
        version_id=trial.id,
        version_number=0,
        environment_id=trial.environment_id,
        environment=trial.environment.name,
        plan=compile_plan(trial.document, RegistryCatalog(registry()), standins.from_json(trial.stand_ins)),
        trigger=trigger_params(trial.document),
        connections=dict(trial.connections),
        replies=False,
        variables=_variables(trial.environment_id),
        variables_read_at=time.monotonic(),
        trial=True,
    )


def carried_by(run: Run) -> Version | Trial:
    """The version that a run carries its event through; for the run of a trial, the trial."""
    kind = Trial if run.trial else Version
    found: Version | Trial = kind.objects.of(run.tenant_id).get(id=run.version_id)
    return found


def _read(deployment_id: str) -> Deployed:
    deployment = (
        Deployment.objects.across_tenants("a run names its own deployment")
        .select_related("version", "flow", "environment", "tenant")
        .get(id=deployment_id)
    )
    flow: Flow = deployment.flow
    return Deployed(
        deployment_id=deployment.id,
        tenant_id=deployment.tenant_id,
        tenant_slug=deployment.tenant.slug,
        flow_id=flow.id,
        flow_name=flow.name,
        version_id=deployment.version_id,
        version_number=deployment.version.number,
        environment_id=deployment.environment_id,
        environment=deployment.environment.name,
        plan=compile_plan(deployment.version.document, RegistryCatalog(registry())),
        trigger=trigger_params(deployment.version.document),
        connections=dict(deployment.connections),
        replies=any(node["kind"] == "respond" for node in deployment.version.document["nodes"]),
        variables=_variables(deployment.environment_id),
        variables_read_at=time.monotonic(),
    )


def _refreshed(stale: Deployed) -> Deployed:
    stale.variables = _variables(stale.environment_id)
    stale.variables_read_at = time.monotonic()
    return stale


def _variables(environment_id: str) -> dict[str, str]:
    rows = EnvironmentVariable.objects.filter(environment_id=environment_id).values_list("name", "value")
    return dict(rows)


@dataclass(slots=True)
class _CachedTable:
    revision: int
    rows: dict[str, str]


_tables: OrderedDict[str, _CachedTable] = OrderedDict()


class Tables:
    """Lookup tables of one tenant as the engine asks for them: plain dictionaries in memory."""

    __slots__ = ("_rows",)

    def __init__(self, rows: dict[str, dict[str, str]]) -> None:
        self._rows = rows

    def get(self, table: str, key: str) -> Any:
        """The value for a key, or the engine's MISSING."""
        rows = self._rows.get(table)
        return MISSING if rows is None else rows.get(key, MISSING)


NO_TABLES = Tables({})


def load_tables(tenant_id: str, names: frozenset[str]) -> Tables:
    """The named tables as they are now (call it from a thread); rows are read again only when a table has changed."""
    if not names:
        return NO_TABLES
    current = {
        name: (table_id, revision)
        for table_id, name, revision in LookupTable.objects.of(tenant_id)
        .filter(name__in=names)
        .values_list("id", "name", "revision")
    }
    rows: dict[str, dict[str, str]] = {}
    for name, (table_id, revision) in current.items():
        cached = _tables.get(table_id)
        if cached is None or cached.revision != revision:
            pairs = LookupRow.objects.filter(table_id=table_id).values_list("key", "value")
            cached = _CachedTable(revision, dict(pairs))
            with _lock:
                _tables[table_id] = cached
                while len(_tables) > _MOST_TABLES:
                    _tables.popitem(last=False)
        rows[name] = cached.rows
    return Tables(rows)


def active_deployment(run: Run) -> Deployed | None:
    """The deployment that is at work now where a run was carried, or None (call it from a thread)."""
    row = (
        Deployment.objects.of(run.tenant_id)
        .filter(flow_id=run.flow_id, environment_id=run.environment_id, active=True)
        .first()
    )
    return load(row.id) if row is not None else None
