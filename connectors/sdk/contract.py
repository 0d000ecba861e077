"""The free tests of every connector, made from its declaration and run against its simulator.

`tests/connectors/test_contract.py` runs them through the real gateway; an installed package can do the same with its
own `Caller`. A connector adds nothing but samples: an operation's `sample.input` is used as it is, unless
`samples/contract.yaml` says otherwise:

    prepare:                                   # run in this order on a freshly seeded system, each once
      customer: {operation: create_customer, input: {name: Ann}}       # input: default is the operation's sample
      charge: {operation: create_charge, input: {customer: "{{ customer.id }}", amount: 100}}
    operations:
      retrieve_customer: {input: {id: "{{ customer.id }}"}}            # replaces sample.input
      refund: {input: {charge: "{{ charge.id }}"}, expect: {server_error: rejected}, exempt: {doubles: "why"}}

`{{ name.path }}` is the output of a preparation step; alone in a text it keeps its type. Only the steps that an input
mentions (and what these mention) are run. `expect` names another error class for a fault; `exempt` leaves out one check
(`happy`, `faults`, `reads`, `pages`, `doubles`) and says why.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import jsonschema_rs

from connectors.sdk.contract_server import SimulatorServer
from connectors.sdk.errors import IpaasError
from connectors.sdk.manifest import Manifest, read_yaml
from connectors.sdk.operation import Operation
from connectors.sdk.simulator import Simulator
from connectors.sdk.values import pick, text_of

CHECKS = ("happy", "faults", "reads", "pages", "doubles")
FAULTS = ("unauthorized", "rate_limited", "server_error", "malformed", "timeout_before_commit", "timeout_after_commit")
_REFERENCE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)([^}]*?)\s*\}\}")


class ContractBroken(AssertionError):
    """A connector does not keep the contract; says which operation, which check and what was seen."""


@dataclass
class Called:
    """What came of a call: an output or an error, and the record of either."""

    output: Any = None
    error: IpaasError | None = None
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def writes_sent(self) -> int:
        """How many requests of the call were no reads."""
        return sum(exchange["method"] not in ("GET", "HEAD") for exchange in self.record.get("exchanges", ()))


class Caller(Protocol):
    """Calls operations of one connector; `key` is the identity of the write."""

    async def __call__(self, operation: str, inputs: Any, key: str) -> Called:
        """Call once; errors come back in the answer."""
        ...


@dataclass(frozen=True)
class Plan:
    """What `samples/contract.yaml` says."""

    prepare: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    operations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Plan:
        """The plan of a connector; empty where it has none."""
        path = folder / "samples" / "contract.yaml"
        data = read_yaml(path.read_text("utf-8")) if path.exists() else {}
        return cls(data.get("prepare") or {}, data.get("operations") or {})


OpenFn = Callable[[SimulatorServer], Awaitable[Caller]]
"""Opens a caller for a connector whose system is served there."""


@dataclass
class Bench:
    """One connector on the bench.

    Attributes:
        manifest: Its manifest.
        folder: Its folder.
        simulator: Its simulated system.
        open: Opens a caller.
        secrets: Credential values that must never be seen in records and errors.
        tenant: Slug under which its system is served.
    """

    manifest: Manifest
    folder: Path
    simulator: type[Simulator]
    open: OpenFn
    secrets: tuple[str, ...]
    tenant: str = "contract"

    def __post_init__(self) -> None:
        self.plan = Plan.of(self.folder)

    async def check(self, name: str) -> None:
        """All checks of one operation.

        Raises:
            ContractBroken: With everything that was found.
        """
        operation = self.manifest.operations[name]
        exempt = self.plan.operations.get(name, {}).get("exempt", {})
        checks: dict[str, Callable[[Operation], Awaitable[None]]] = {
            "happy": self._happy,
            "faults": self._faults,
            "reads": self._reads,
            "pages": self._pages,
            "doubles": self._doubles,
        }
        broken = static_problems(operation)
        for check, run in checks.items():
            if check in exempt:
                continue
            try:
                await run(operation)
            except ContractBroken as error:
                broken.append(f"{check}: {error}")
        if broken:
            raise ContractBroken(f"{self.manifest.name}.{name}:\n  " + "\n  ".join(broken))

    # --- the checks ---------------------------------------------------------------------------------------------

    async def _happy(self, operation: Operation) -> None:
        """The sample works and its output fits the schema."""
        async with _Stage(self, operation) as stage:
            called = await stage.call()
            stage.must_succeed(called)
            problem = next(iter(jsonschema_rs.validator_for(dict(operation.output)).iter_errors(called.output)), None)
            if problem is not None:
                where = "/".join(map(str, problem.instance_path))
                raise ContractBroken(f"the output does not fit its schema at /{where}: {problem.message[:300]}")

    async def _faults(self, operation: Operation) -> None:
        """Each fault becomes the right error class."""
        expected = self.plan.operations.get(operation.name, {}).get("expect", {})
        for fault in FAULTS:
            async with _Stage(self, operation) as stage:
                stage.server.arm(fault)
                called = await stage.call()
                wanted = {expected[fault]} if fault in expected else _classes(operation, fault)
                got = called.error.error_class if called.error is not None else "ok"
                if got not in wanted:
                    told = f": {called.error.message}" if called.error is not None else ""
                    raise ContractBroken(f"{fault} became {got} instead of {' or '.join(sorted(wanted))}{told}")
                stage.must_not_leak(called)

    async def _reads(self, operation: Operation) -> None:
        """A read changes nothing."""
        if operation.writes:
            return
        async with _Stage(self, operation) as stage:
            before = stage.server.state()
            stage.must_succeed(await stage.call())
            if stage.server.state() != before:
                raise ContractBroken("the operation is declared as a read and changed something")

    async def _pages(self, operation: Operation) -> None:
        """A list ends, and ends where it is told to."""
        if operation.paging is None:
            return
        async with _Stage(self, operation) as stage:
            stage.inputs = {**stage.inputs, "max_items": 1}
            called = await stage.call()
            stage.must_succeed(called)
            if set(called.output) != {"items", "has_more"} or len(called.output["items"]) > 1:
                raise ContractBroken("a list with max_items 1 has more than one item, or another shape")

    async def _doubles(self, operation: Operation) -> None:
        """A write whose answer is lost, at whichever of its requests, is not made twice by being repeated."""
        if operation.effect not in ("idempotent", "keyed", "findable"):
            return
        async with _Stage(self, operation) as stage:
            called = await stage.call()
            stage.must_succeed(called)
            once, writes = stage.server.sizes(), called.writes_sent
        for nth in range(1, writes + 1):
            async with _Stage(self, operation) as stage:
                stage.server.arm("timeout_after_commit", nth)
                first = await stage.call()
                stage.server.calm()
                if first.error is not None and first.error.error_class != "try_again":
                    raise ContractBroken(f"a lost answer to write {nth} became {first.error.error_class}")
                again = await stage.call()
                stage.must_succeed(again)
                if stage.server.sizes() != once:
                    raise ContractBroken(
                        f"repeated after a lost answer to write {nth}: {stage.server.sizes()} instead of {once}"
                    )


class _Stage:
    """One freshly seeded, prepared system with a caller."""

    def __init__(self, bench: Bench, operation: Operation) -> None:
        self._bench = bench
        self._operation = operation
        self.server = SimulatorServer(bench.simulator, bench.manifest.name, bench.tenant)
        self.inputs: Any = None
        self._caller: Caller | None = None

    async def __aenter__(self) -> _Stage:
        await self.server.start()
        try:
            self._caller = await self._bench.open(self.server)
            given = self._bench.plan.operations.get(self._operation.name, {})
            sample = self._operation.sample.input if self._operation.sample is not None else {}
            outputs: dict[str, Any] = {}
            self.inputs = await self._filled(given.get("input", sample), outputs)
            await self._warm_up()
        except BaseException:
            await self.server.stop()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.server.stop()

    async def call(self) -> Called:
        """Call the operation under check."""
        assert self._caller is not None
        return await self._caller(self._operation.name, self.inputs, "checked")

    def must_succeed(self, called: Called) -> None:
        """Success without a trace of a secret."""
        if called.error is not None:
            raise ContractBroken(f"failed: {called.error.to_dict()}")
        self.must_not_leak(called)

    def must_not_leak(self, called: Called) -> None:
        """No credential value in the record or the error."""
        seen = repr(called.record) + (repr(called.error.to_dict()) if called.error is not None else "")
        if any(secret in seen for secret in self._bench.secrets):
            raise ContractBroken("a secret is in the record or the error")

    async def _warm_up(self) -> None:
        """Sign in before any fault is on, so that faults meet the operation and not the sign-in."""
        test = self._bench.manifest.test_operation
        operation = self._bench.manifest.operations.get(test or "")
        if operation is not None and not operation.writes and operation.sample is not None:
            given = self._bench.plan.operations.get(operation.name, {}).get("input", operation.sample.input)
            if not _mentioned(given):
                assert self._caller is not None
                await self._caller(operation.name, given, "warm-up")

    async def _filled(self, value: Any, outputs: dict[str, Any]) -> Any:
        """The value with references replaced, after running the steps that they mention."""
        for name in sorted(_mentioned(value)):
            if name not in outputs:
                outputs[name] = await self._prepared(name, outputs)
        return _replaced(value, outputs)

    async def _prepared(self, name: str, outputs: dict[str, Any]) -> Any:
        step = self._bench.plan.prepare.get(name)
        if step is None:
            raise ContractBroken(f"samples/contract.yaml has no preparation step {name}")
        operation = self._bench.manifest.operations[step["operation"]]
        sample = operation.sample.input if operation.sample is not None else {}
        inputs = await self._filled(step.get("input", sample), outputs)
        assert self._caller is not None
        called = await self._caller(operation.name, inputs, f"prepare-{name}")
        if called.error is not None:
            raise ContractBroken(f"preparation step {name} failed: {called.error.to_dict()}")
        return called.output


def _classes(operation: Operation, fault: str) -> set[str]:
    """The error classes that a fault may become, by the effect class."""
    if fault == "unauthorized":
        return {"reconnect_needed"}
    if fault == "rate_limited":
        return {"try_again"}
    if fault == "malformed" and operation.answer != "json":
        return {"ok"}
    if operation.effect != "unsafe":
        return {"try_again"}
    # Code may ask before it writes, and a lost question is harmless.
    return {"uncertain"} if operation.request is not None else {"uncertain", "try_again"}


def static_problems(operation: Operation) -> list[str]:
    """What an operation's declaration lacks, without calling it."""
    problems = [f"has no {what}" for what in ("title", "description") if not getattr(operation, what).strip()]
    if operation.sample is None:
        return [*problems, "has no sample"]
    for side, schema, value in (
        ("input", operation.input, operation.sample.input),
        ("output", operation.output, operation.sample.output),
    ):
        problem = next(iter(jsonschema_rs.validator_for(dict(schema)).iter_errors(value)), None)
        if problem is not None and not (side == "input" and _mentioned(value)):
            where = "/".join(map(str, problem.instance_path))
            problems.append(f"its sample {side} does not fit the schema at /{where}: {problem.message[:200]}")
    return problems


def _mentioned(value: Any) -> set[str]:
    if isinstance(value, str):
        return {match.group(1) for match in _REFERENCE.finditer(value)}
    if isinstance(value, Mapping):
        return set().union(*(_mentioned(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*map(_mentioned, value))
    return set()


def _replaced(value: Any, outputs: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value.strip())
        if whole is not None:
            return pick(outputs[whole.group(1)], whole.group(2).lstrip("."))
        return _REFERENCE.sub(lambda match: text_of(pick(outputs[match.group(1)], match.group(2).lstrip("."))), value)
    if isinstance(value, Mapping):
        return {name: _replaced(inner, outputs) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, outputs) for inner in value]
    return value
