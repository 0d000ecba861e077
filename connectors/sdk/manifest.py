"""A connector's manifest: `load_manifest(folder)` reads manifest.yaml or manifest.json, checks it and freezes it.

Everything here is declaration; the gateway performs it, the registry serves it, the contract suite tests from it.
`manifest.schema.json` beside this file is the exact vocabulary. What it says beyond the obvious:

* `hosts`: `api.stripe.com`, `*.shopify.com`, with a port when it is not the scheme's own, or a text with `{config.x}`;
  when a config value is a whole URL, its host and port count. The host of `base_url` is always allowed.
* `config`: a property's `default` counts wherever a connection does not set it.
* `auth[].apply`: `{headers: {...}, query: {...}}`, texts with `{credential_field}`, `{config.x}`, `{token}` (kinds
  `oauth2_*` and `token_login`). `basic` and `bearer` add their own header from `username`/`password` and `token`
  before these; `oauth2_*` send `Authorization: Bearer {token}` unless `apply` says otherwise. A header whose text has
  an empty place (an optional field) is left out; a header's name may be a text too. `title` and `description` are for
  the person who chooses.
* `auth[].login` (kind `token_login`): `{method, path, headers, json | form, token: "AccessToken", expires_in:
  "ExpiresIn", lifetime_seconds: 3600}`: the request that signs in, where its answer has the token and its lifetime in
  seconds; or `{function: sign_in}` with `async def sign_in(http, credential) -> Token` in operations.py.
* `auth[].token` (kinds `oauth2_*`): `url`, `authorize_url`, `scopes`, further fields for the OAuth module.
* `errors[].when`: `status` (402, [400, 422], "5xx"), `body` and `header` conditions (one or a list, all must hold; each
  `{path | name, equals | not_equals | in | present | contains}`), `operations` (names). A rule for 2xx needs a body or
  header condition. `class: ok` takes the answer as success. `code`, `message`, `field`, `hint` are texts with
  `{path.in.the.body}`. `message_paths`, `code_paths`, `field_paths` serve the default table.
* `operations.*.request.path`: `{field}` of the input is quoted and consumed, `{config.x}` quoted. `query` lists input
  fields or maps names on the wire to input fields (`{$top: top}`) or to fixed texts
  (`{expand: "=lines"}`).
  `headers` with a missing optional input field are left out. `body`: `form`, `json`, `none`, or
  `{format: json, field: payload}`. Input fields that path, query, headers and paging do not consume are the body.
* `operations.*.response`: `{pick: path, as: json | text | none}`.
* `operations.*.paging`: `{style, items, size, page_size}` and by style: `cursor_last_id` {cursor, id, more}: the last
  item's id is sent as `cursor` while `more` is true; `cursor` {cursor, next}: the text at `next` is sent as `cursor`;
  `next_url` {next}: the URL at `next`, or of the Link header when `next` is absent; `offset` {offset, total?}; `page`
  {page, first, total?}. `items` is the path of the list, `page_size` the query field that asks for `size` rows.
  The input may hold `max_items` (default 1000). **The output is `{"items": [...], "has_more": bool}`.**
* `operations.*.find_after_seconds` (findable): when a look-up can see what a lost try made; default 2.
* `triggers.webhook.signature`: one signature (see `signatures.SignatureSpec`), or a choice that the connection makes:
  `{by: config_field, options: {value: signature, ...}}`, the first option being the default. Texts may hold
  `{config.x}`. Kind `none` takes no event unless the connection's config says `accept_unsigned: true`.
* `triggers.webhook.events.*.sample`: a file of the connector's folder, or the value itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import jsonschema_rs
import orjson
import yaml

from connectors.sdk.errors import AuthorMustFix
from connectors.sdk.operation import BodySpec, Operation, PagingSpec, RequestSpec, Sample
from connectors.sdk.parts import (
    Applied,
    AuthSpec,
    Condition,
    ErrorRule,
    Limits,
    LoginSpec,
    MessagePaths,
    Token,
)
from connectors.sdk.triggers import EventSpec, SubscriptionSpec, TriggerSpec, build_trigger
from connectors.sdk.values import places

_NAMES = ("manifest.yaml", "manifest.yml", "manifest.json")


@dataclass(frozen=True, slots=True)
class Manifest:
    """A connector's declaration, immutable and safe to share between threads."""

    name: str
    title: str
    description: str
    category: str
    version: str
    icon_path: Path | None
    hosts: tuple[str, ...]
    base_url: str
    config: Mapping[str, Any]
    config_defaults: Mapping[str, Any]
    auth: tuple[AuthSpec, ...]
    limits: Limits
    headers: Mapping[str, str]
    error_rules: tuple[ErrorRule, ...]
    message_paths: MessagePaths
    operations: Mapping[str, Operation]
    triggers: Mapping[str, TriggerSpec]
    test_operation: str | None

    def auth_kind(self, kind: str) -> AuthSpec | None:
        """The way to sign in of this kind, if the connector has it."""
        return next((auth for auth in self.auth if auth.kind == kind), None)


@lru_cache(maxsize=1)
def manifest_schema() -> dict[str, Any]:
    """The JSON Schema of manifests."""
    schema: dict[str, Any] = orjson.loads((Path(__file__).parent / "manifest.schema.json").read_bytes())
    return schema


def load_manifest(folder: Path) -> Manifest:
    """Read, check and freeze the manifest of a connector's folder.

    Raises:
        AuthorMustFix: With the JSON pointer of the first thing that is wrong (and all others in the message).
    """
    data = _read(folder)
    _check_shape(data)
    operations = {name: _operation(name, spec) for name, spec in data["operations"].items()}
    config = data.get("config", {"type": "object", "properties": {}})
    defaults = {name: field["default"] for name, field in config.get("properties", {}).items() if "default" in field}
    manifest = Manifest(
        name=data["name"],
        title=data["title"],
        description=data["description"],
        category=data["category"],
        version=data["version"],
        icon_path=next((path for path in (folder / "icon.svg",) if path.exists()), None),
        hosts=tuple(data["hosts"]),
        base_url=data["base_url"].rstrip("/"),
        config=config,
        config_defaults=MappingProxyType(defaults),
        auth=tuple(_auth(spec) for spec in data["auth"]),
        limits=Limits(**data.get("limits", {})),
        headers=data.get("headers", {}),
        error_rules=tuple(_error_rule(spec) for spec in data.get("errors", [])),
        message_paths=MessagePaths(*(tuple(data.get(f"{name}_paths", ())) for name in ("message", "code", "field"))),
        operations=MappingProxyType(operations),
        triggers=MappingProxyType(
            {name: build_trigger(name, spec, folder, defaults) for name, spec in data.get("triggers", {}).items()}
        ),
        test_operation=data.get("test_operation"),
    )
    _check_sense(manifest, folder)
    return manifest


def _read(folder: Path) -> dict[str, Any]:
    path = next((folder / name for name in _NAMES if (folder / name).exists()), None)
    if path is None:
        raise AuthorMustFix(f"{folder.name} has no manifest.yaml or manifest.json.", code="manifest_missing")
    try:
        data = orjson.loads(path.read_bytes()) if path.suffix == ".json" else read_yaml(path.read_text("utf-8"))
    except (orjson.JSONDecodeError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise AuthorMustFix(f"{path.name} cannot be read: {error}", code="manifest_unreadable") from None
    if not isinstance(data, dict):
        raise AuthorMustFix(f"{path.name} must be an object.", code="manifest_unreadable")
    return data


def read_yaml(text: str) -> Any:
    """A YAML document of plain values, by the parser in C where it is there (ten times as fast at start-up).

    Raises:
        yaml.YAMLError: It is none.
    """
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe loaders


@lru_cache(maxsize=1)
def _fast_validator() -> Any:
    return jsonschema_rs.validator_for(manifest_schema())


def _check_shape(data: dict[str, Any]) -> None:
    if _fast_validator().is_valid(data):
        return
    validator = jsonschema.Draft202012Validator(manifest_schema())
    problems = sorted(validator.iter_errors(data), key=lambda problem: list(map(str, problem.absolute_path)))
    if problems:
        told = [f"{_pointer(problem.absolute_path)}: {problem.message}" for problem in problems[:10]]
        raise AuthorMustFix("; ".join(told), pointer=_pointer(problems[0].absolute_path), code="manifest_invalid")


def _pointer(path: Any) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _auth(spec: Mapping[str, Any]) -> AuthSpec:
    apply = spec.get("apply", {})
    return AuthSpec(
        kind=spec["kind"],
        title=spec.get("title", spec["kind"]),
        description=spec.get("description", ""),
        fields=spec.get("fields", {"type": "object", "properties": {}}),
        apply=Applied(apply.get("headers", {}), apply.get("query", {})),
        token=spec.get("token", {}),
        login=LoginSpec(**spec["login"]) if "login" in spec else None,
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _conditions(spec: Any) -> tuple[Condition, ...]:
    found = []
    for condition in _listed(spec) if spec else []:
        path = condition.get("path") or condition.get("name")
        (test,) = set(condition) - {"path", "name"}
        found.append(Condition(path, test, condition[test]))
    return tuple(found)


def _error_rule(spec: Mapping[str, Any]) -> ErrorRule:
    when = spec["when"]
    return ErrorRule(
        error_class=spec["class"],
        statuses=tuple(str(status) for status in _listed(when["status"])) if "status" in when else (),
        body=_conditions(when.get("body")),
        header=_conditions(when.get("header")),
        operations=frozenset(when.get("operations", ())),
        **{name: spec.get(name, "") for name in ("code", "message", "field", "hint")},
    )


def _operation(name: str, spec: Mapping[str, Any]) -> Operation:
    response = spec.get("response", {})
    more = {key: spec[key] for key in ("key_lifetime_hours", "find", "find_after_seconds") if key in spec}
    return Operation(
        name=name,
        title=spec["title"],
        description=spec["description"],
        effect=spec["effect"],
        input=spec["input"],
        output=spec["output"],
        sample=Sample(spec["sample"]["input"], spec["sample"]["output"]) if "sample" in spec else None,
        request=_request(spec["request"]) if "request" in spec else None,
        pick=response.get("pick"),
        answer=response.get("as", "json"),
        paging=PagingSpec(**spec["paging"]) if "paging" in spec else None,
        **more,
    )


def _request(spec: Mapping[str, Any]) -> RequestSpec:
    body = spec.get("body", "none")
    query = spec.get("query", [])
    return RequestSpec(
        method=spec["method"],
        path=spec["path"],
        query=MappingProxyType(dict(query) if isinstance(query, dict) else {name: name for name in query}),
        headers=spec.get("headers", {}),
        body=BodySpec(format=body) if not isinstance(body, dict) else BodySpec(body["format"], body.get("field")),
        idempotency_header=spec.get("idempotency_header"),
    )


def _check_sense(manifest: Manifest, folder: Path) -> None:
    """What a schema cannot say."""
    problems: list[tuple[str, str]] = []
    if manifest.name != folder.name:
        problems.append(("/name", f"must be the folder's name, {folder.name}"))
    if manifest.test_operation is not None and manifest.test_operation not in manifest.operations:
        problems.append(("/test_operation", f"names no operation: {manifest.test_operation}"))
    for name, operation in manifest.operations.items():
        problems += [(f"/operations/{name}{where}", what) for where, what in _operation_problems(operation)]
    for index, rule in enumerate(manifest.error_rules):
        success = any(status.startswith("2") for status in rule.statuses) or not rule.statuses
        if success and not (rule.body or rule.header):
            problems.append((f"/errors/{index}/when", "covers successes, so it needs a body or header condition"))
    for index, auth in enumerate(manifest.auth):
        if (auth.kind == "token_login") != (auth.login is not None):
            problems.append((f"/auth/{index}", "kind token_login and login belong together"))
    for name, trigger in manifest.triggers.items():
        wanted = (trigger.subscription.subscribe, trigger.subscription.unsubscribe) if trigger.subscription else ()
        missing = [operation for operation in wanted if operation and operation not in manifest.operations]
        problems += [(f"/triggers/{name}/subscription", f"names no operation: {operation}") for operation in missing]
    if problems:
        told = "; ".join(f"{where}: {what}" for where, what in problems)
        raise AuthorMustFix(told, pointer=problems[0][0], code="manifest_invalid")


def _operation_problems(operation: Operation) -> list[tuple[str, str]]:
    problems: list[tuple[str, str]] = []
    request = operation.request
    for side, schema in (("/input", operation.input), ("/output", operation.output)):
        try:
            jsonschema_rs.validator_for(dict(schema))
        except ValueError as error:
            problems.append((side, f"is no JSON Schema: {str(error).splitlines()[0]}"))
    if operation.effect == "findable" and operation.find is None:
        problems.append(("", "a findable operation names its look-up in find"))
    if operation.effect == "keyed" and operation.key_lifetime_hours is None:
        problems.append(("", "a keyed operation says for how long keys live: key_lifetime_hours"))
    if operation.effect == "keyed" and request is not None and request.idempotency_header is None:
        problems.append(("/request", "a keyed request names its idempotency_header"))
    if request is None:
        if operation.paging is not None or operation.pick is not None:
            problems.append(("", "paging and response.pick belong to declared requests; code does them itself"))
        return problems
    properties = operation.input.get("properties", {})
    for place in places(request.path):
        if not place.startswith("config.") and place not in properties:
            problems.append(("/request/path", f"{{{place}}} is no field of the input"))
    if request.body.field is not None and request.body.field not in properties:
        problems.append(("/request/body", f"{request.body.field} is no field of the input"))
    if operation.paging is not None and operation.effect != "read":
        problems.append(("/paging", "only reads are gathered page by page"))
    return problems


__all__ = [
    "Applied",
    "AuthSpec",
    "Condition",
    "ErrorRule",
    "EventSpec",
    "Limits",
    "LoginSpec",
    "Manifest",
    "MessagePaths",
    "SubscriptionSpec",
    "Token",
    "TriggerSpec",
    "load_manifest",
    "manifest_schema",
]
