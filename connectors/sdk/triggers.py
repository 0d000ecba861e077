"""Triggers as a manifest declares them: the webhook's signature, its events, and how to subscribe to it.

Built by `manifest.load_manifest`; read by intake, publishing, the registry and the browser's palette.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from connectors.sdk.errors import AuthorMustFix
from connectors.sdk.signatures import SignatureSpec
from connectors.sdk.values import fill, text_of

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class EventSpec:
    """One kind of event: its title, the JSON Schema of the body and an example."""

    name: str
    title: str
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    sample: Any = None


@dataclass(frozen=True, slots=True)
class SubscriptionSpec:
    """Operations called at deployment (`{url, events}`) and removal (`{id}`); where the answer has secret and id."""

    subscribe: str
    secret: str | None = None
    id: str | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class TriggerSpec:
    """A way in. `signature` is the default one; a connection's own is in `bound_to(config)`."""

    name: str
    type: str
    title: str
    description: str = ""
    signature: SignatureSpec | None = None
    signature_field: str | None = None
    signature_options: Mapping[str, SignatureSpec] = field(default_factory=lambda: _NOTHING)
    config_defaults: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    event_type: str | None = None
    event_id: str | None = None
    subscription: SubscriptionSpec | None = None
    events: Mapping[str, EventSpec] = field(default_factory=lambda: _NOTHING)

    def bound_to(self, config: Mapping[str, Any]) -> TriggerSpec:
        """This trigger as a connection with these settings has it: its chosen signature, texts filled in."""
        if self.signature is None:
            return self
        config = {**self.config_defaults, **config}
        options = self.signature_options
        wanted = str(config.get(self.signature_field, "")) if self.signature_field is not None else ""
        chosen = options[wanted] if wanted in options else next(iter(options.values()))
        return replace(self, signature=_filled(chosen, config))


def _filled(spec: SignatureSpec, config: Mapping[str, Any]) -> SignatureSpec:
    def look_up(name: str) -> Any:
        return config.get(name.removeprefix("config."))

    return replace(
        spec,
        header=fill(spec.header, look_up, text_of),
        prefix=fill(spec.prefix, look_up, text_of),
        secret=fill(spec.secret, look_up, text_of),
    )


def build_trigger(
    name: str, spec: Mapping[str, Any], folder: Path, config_defaults: Mapping[str, Any] = _NOTHING
) -> TriggerSpec:
    """A trigger out of its checked declaration; samples are read from the connector's folder.

    Raises:
        AuthorMustFix: A sample file is missing or is not JSON.
    """
    options, by = _signatures(spec.get("signature"))
    subscription = spec.get("subscription")
    trigger = TriggerSpec(
        name=name,
        config_defaults=config_defaults,
        type=spec["type"],
        title=spec["title"],
        description=spec.get("description", ""),
        signature=next(iter(options.values()), None),
        signature_field=by,
        signature_options=options,
        event_type=spec.get("event_type"),
        event_id=spec.get("event_id"),
        subscription=SubscriptionSpec(**subscription) if subscription else None,
        events=MappingProxyType(
            {event: _event(name, event, given, folder) for event, given in spec.get("events", {}).items()}
        ),
    )
    return trigger.bound_to({})


def _signatures(given: Any) -> tuple[Mapping[str, SignatureSpec], str | None]:
    if given is None:
        return _NOTHING, None
    if "by" not in given:
        return MappingProxyType({"": SignatureSpec(**given)}), None
    return MappingProxyType({name: SignatureSpec(**option) for name, option in given["options"].items()}), given["by"]


def _event(trigger: str, name: str, spec: Mapping[str, Any], folder: Path) -> EventSpec:
    sample = spec.get("sample")
    if isinstance(sample, str):
        pointer = f"/triggers/{trigger}/events/{name}/sample"
        path = (folder / sample).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise AuthorMustFix(f"{sample} is no file of the connector", pointer=pointer, code="sample_missing")
        try:
            sample = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            raise AuthorMustFix(f"{sample} is not JSON: {error}", pointer=pointer, code="sample_invalid") from None
    return EventSpec(name, spec["title"], spec.get("description", ""), spec.get("schema", {}), sample)
