"""One call from its order to its output: input check, turn, ledger, request, resolution of what was lost.

Made by the gateway for every order. The ledger is told before a write leaves and after its answer came; which
errors mean "nothing happened", "refused" and "nobody knows" is decided here and nowhere else.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from connectors import effects
from connectors.gateway import declared
from connectors.gateway.answers import Lost
from connectors.gateway.bound import Bound
from connectors.gateway.http import GatewayHttp
from connectors.gateway.orders import CallOrder, EffectContext
from connectors.gateway.records import Recorder, mask_error
from connectors.sdk.errors import (
    AuthorMustFix,
    CallFailed,
    Defect,
    IpaasError,
    LimitReached,
    ReconnectNeeded,
    Rejected,
    TryAgain,
    Uncertain,
)
from connectors.sdk.http import AnswerMalformed
from connectors.sdk.operation import Found, Operation
from ipaas.book.kill_points import reached
from ipaas.book.packing import dumps

_log = logging.getLogger(__name__)
_LEASE_MARGIN_SECONDS = 5.0
_AUTHOR_GRACE_SECONDS = 5.0
_CODED_FACTOR = 4
_MOST_PATIENCE_SECONDS = 60.0


class Call:
    """One call in hand."""

    def __init__(
        self, bound: Bound, operation: Operation, order: CallOrder, make_http: Callable[[Recorder, float], GatewayHttp]
    ) -> None:
        self._bound = bound
        self._operation = operation
        self._order = order
        limits = bound.pace.limits
        coded = operation.request is None or operation.find is not None or operation.paging is not None
        most = limits.operation_seconds or limits.timeout_seconds * (_CODED_FACTOR if coded else 1)
        self._seconds = min(most, order.timeout_seconds or most)
        self.recorder = Recorder(bound.masker, bound.row.name, bound.connector.name, operation.name, operation.effect)
        self._http = make_http(self.recorder, self._seconds)
        self._inputs: dict[str, Any] = {}
        self._in_doubt = False

    async def go(self) -> Any:
        """The operation's output; errors carry the record and no secret."""
        try:
            self._inputs, canonical = checked_inputs(self._bound, self._operation, self._order.inputs)
            async with self._bound.pace.slot(_MOST_PATIENCE_SECONDS):
                if not self._operation.writes:
                    return self.recorder.masker.output(await self._read())
                return self.recorder.masker.output(await self._write(canonical))
        except IpaasError as error:
            mask_error(error, self.recorder.masker)
            error.record = self.recorder.record
            raise

    # --- reading ------------------------------------------------------------------------------------------------

    async def _read(self) -> Any:
        try:
            return _plain(await self._perform(None))
        except Lost as lost:
            raise lost.error from None

    # --- writing ------------------------------------------------------------------------------------------------

    async def _write(self, canonical: bytes) -> Any:
        """A write, in the ledger when it has an identity there.

        1. Wait for the turn, so that the lease covers the sending only.
        2. Commit the intent; the verdict says whether to send, to resolve an earlier try, or not to.
        3. Send, and record what came of it.
        """
        await self._http.take_turn(_MOST_PATIENCE_SECONDS)
        context = self._order.effect
        if context is None:
            return await self._unrecorded()
        reached("before_intent")
        verdict = await effects.intend(self._intent(context, canonical))
        reached("intent_committed")
        self.recorder.record["effect_id"] = verdict.effect_id
        if self._operation.effect == "keyed":
            self._http.key = self.recorder.record["idempotency_key"] = verdict.idempotency_key
        elif self._operation.request is None:
            self._http.key = verdict.idempotency_key
        if verdict.action != "send" and verdict.action != "resume":
            return self._without_sending(verdict)
        self._in_doubt = verdict.action == "resume"
        return await self._send(verdict)

    def _without_sending(self, verdict: effects.Verdict) -> Any:
        if verdict.action == "done":
            self.recorder.record.update(reused=True, found=verdict.found)
            if verdict.differs:
                self.recorder.record["note"] = (
                    "This write was made earlier with other values; its recorded answer counts and nothing was sent."
                )
            return verdict.answer
        if verdict.action == "busy":
            raise TryAgain(
                "The same write is being made by another run or process.", verdict.wait_seconds, code="effect_busy"
            )
        raise _uncertain(verdict.differs)

    async def _send(self, verdict: effects.Verdict) -> Any:
        effect_id = verdict.effect_id
        try:
            output, found = await self._resolve_and_perform()
        except asyncio.CancelledError:
            settle = effects.lost if self._in_doubt or self._http.sent else effects.release
            settle(effect_id, {"class": "uncertain", "code": "cancelled", "message": "The call was stopped."}, _now())
            raise
        except Lost as lost:
            raise self._lost(effect_id, lost.error) from None
        except AnswerMalformed as error:
            raise (self._lost if self._anything_there() else self._nothing_done)(effect_id, error) from None
        except Rejected as error:
            raise (self._lost_half_way if self._something_made() else self._refused)(effect_id, error) from None
        except (IpaasError, ReconnectNeeded) as error:
            raise (self._lost_half_way if self._anything_there() else self._nothing_done)(effect_id, error) from None
        except Exception:
            effects.lost(effect_id, None, _now())
            raise
        self.recorder.record["found"] = found
        effects.answer(effect_id, self.recorder.masker.output(output), _now(), found=found)
        return output

    def _anything_there(self) -> bool:
        return self._in_doubt or self._http.made > 0

    def _something_made(self) -> bool:
        """Whether a refusal leaves open what earlier requests of this or an earlier try have made."""
        return self._http.made > 0 or (self._in_doubt and self._operation.find is not None)

    async def _resolve_and_perform(self) -> tuple[Any, bool]:
        """Perform; when an earlier try of a findable operation may have been made, look first."""
        if not self._in_doubt or self._operation.find is None:
            return _plain(await self._perform(None)), False
        found = await self._find()
        if found is None:
            self._in_doubt = False
            return _plain(await self._perform(None)), False
        if found.complete:
            return _plain(found.output), True
        return _plain(await self._perform(found)), True

    async def _find(self) -> Found | None:
        look_up = self._bound.connector.function(self._operation.find or "")
        assert look_up is not None
        found = await self._author(look_up(self._http, self._inputs))
        if found is not None and not isinstance(found, Found):
            raise Defect(f"{self._operation.find} returned neither Found nor None.", code="connector_defect")
        return found

    async def _unrecorded(self) -> Any:
        self._http.key = f"once-{secrets.token_hex(16)}"
        try:
            return _plain(await self._perform(None))
        except Lost as lost:
            if self._operation.effect == "idempotent":
                raise lost.error from None
            raise _lost_for_good(lost.error) from None

    # --- performing ---------------------------------------------------------------------------------------------

    async def _perform(self, found: Found | None) -> Any:
        if self._operation.request is not None:
            return await self._declared()
        function = self._bound.connector.function(self._operation.name)
        assert function is not None
        if found is not None:
            return await self._author(function(self._http, self._inputs, found=found.output))
        return await self._author(function(self._http, self._inputs))

    async def _declared(self) -> Any:
        try:
            return await declared.perform(self._operation, self._http, self._bound.config, self._inputs)
        except AnswerMalformed as error:
            if self._operation.writes:
                raise Lost(error) from None
            raise

    async def _author(self, work: Any) -> Any:
        """Await a connector's own code: its mistakes become defects, and it cannot hang for ever."""
        try:
            async with asyncio.timeout(self._seconds + _AUTHOR_GRACE_SECONDS):
                return await work
        except (IpaasError, Lost):
            raise
        except TimeoutError:
            error = TryAgain("The operation took longer than it may.", code="operation_timeout")
            if self._http.sent:
                raise Lost(error) from None
            raise error from None
        except Exception as error:
            name = f"{self._bound.connector.name}.{self._operation.name}"
            _log.exception("the connector's code for %s failed", name)
            defect = Defect(
                f"The connector's code for {name} failed: {type(error).__name__}: {error}", code="connector_defect"
            )
            raise defect from None

    # --- how a write came out -----------------------------------------------------------------------------------

    def _intent(self, context: EffectContext, canonical: bytes) -> effects.EffectIntent:
        operation = self._operation
        return effects.EffectIntent(
            tenant_id=self._order.tenant_id,
            connection_id=self._bound.connection_id,
            connector=self._bound.connector.name,
            operation=operation.name,
            effect_class=operation.effect,
            key=context.key,
            request_hash=hashlib.sha256(operation.name.encode() + b"\n" + canonical).hexdigest(),
            at=_now(),
            business_key=context.business_key,
            run_id=context.run_id,
            step=context.step,
            request=self.recorder.masker.value(self._inputs),
            lease_seconds=self._seconds + _LEASE_MARGIN_SECONDS,
            key_lifetime_hours=operation.key_lifetime_hours,
        )

    def _refused(self, effect_id: str, error: IpaasError) -> IpaasError:
        effects.reject(effect_id, self._masked(error), _now())
        return error

    def _nothing_done(self, effect_id: str, error: IpaasError) -> IpaasError:
        effects.release(effect_id, self._masked(error), _now())
        return error

    def _lost_half_way(self, effect_id: str, error: IpaasError) -> IpaasError:
        """The error stands, and so does what was made before it: the next try looks or repeats under the same key."""
        effects.lost(effect_id, self._masked(error), _now())
        return error

    def _lost(self, effect_id: str, error: CallFailed) -> CallFailed:
        """A write's answer is missing: how it goes on depends on the effect class."""
        effect = self._operation.effect
        if effect == "unsafe":
            uncertain = _lost_for_good(error)
            effects.mark_uncertain(effect_id, self._masked(uncertain), _now())
            return uncertain
        effects.lost(effect_id, self._masked(error), _now())
        after = error.detail.get("after_seconds")
        if effect == "findable":
            after = max(after or 0.0, self._operation.find_after_seconds)
        detail = {**error.detail, "retry": True, "sent": True}
        return TryAgain(error.message, after, code=error.code, hint=error.hint, detail=detail)

    def _masked(self, error: IpaasError) -> dict[str, Any]:
        mask_error(error, self.recorder.masker)
        return error.to_dict()


def _now() -> datetime:
    return datetime.now(UTC)


def _plain(output: Any) -> Any:
    """An output as the JSON that the ledger keeps, so that a reused answer is the same as the first."""
    try:
        return orjson.loads(dumps(output))
    except TypeError as error:
        raise Lost(TryAgain(f"The operation's output is not JSON: {error}", code="output_invalid")) from None


def checked_inputs(bound: Bound, operation: Operation, given: Any) -> tuple[dict[str, Any], bytes]:
    """The inputs as plain JSON that fits the operation's schema, and their canonical text.

    Raises:
        Rejected: They do not fit; names the first field that is wrong.
    """
    try:
        canonical = orjson.dumps(orjson.loads(dumps({} if given is None else given)), option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise Rejected(f"The input is not JSON: {error}", code="input_invalid", field="") from None
    inputs: dict[str, Any] = orjson.loads(canonical)
    validator = bound.connector.input_validator(operation)
    if not validator.is_valid(inputs):
        raise _invalid(validator, inputs, operation)
    return inputs, canonical


def _invalid(validator: Any, inputs: Any, operation: Operation) -> Rejected:
    problem = next(iter(validator.iter_errors(inputs)))
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in problem.instance_path)
    return Rejected(
        f"The input of {operation.title} does not fit: {problem.message[:300]}",
        code="input_invalid",
        field=pointer,
        hint="Change the mapping so that it fits the operation's input.",
    )


def _lost_for_good(error: CallFailed) -> Uncertain:
    return Uncertain(
        f"The write was sent and its answer is missing: {error.message}",
        code=error.code,
        hint="Look in the system whether it was made, then resolve the run with what you found.",
        detail=error.detail,
    )


def _uncertain(differs: bool) -> Uncertain:
    how = " with other values" if differs else ""
    return Uncertain(
        f"An earlier try of this write{how} was sent and its answer is missing.",
        code="effect_uncertain",
        hint="Look in the system whether it was made, then resolve the run with what you found.",
    )


__all__ = ["AuthorMustFix", "Call", "LimitReached"]
