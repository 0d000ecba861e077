"""What every parameter of a document reads, and what it fills: the static half of “where does this value come from”.

Called by the API for the version of a run; the browser follows the entries through the journal. Made from the document
alone with the compiler's own parsers, so it never guesses what an expression means. Pure; evaluates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from flows.engine.context import escape
from flows.engine.errors import ExpressionRefused
from flows.engine.expressions import Expression, compile_expression
from flows.mapping.paths import EACH, looks_like_source, parse_path, parse_source, spreads

Read = dict[str, Any]
Params = Mapping[str, Any]


def reads_of(document: Mapping[str, Any]) -> list[Read]:
    """One entry for each text of a node that fills something.

    Shapes:
        `node` id; `pointer` of the text in the document; `fills` input, output, port, items, reply or message;
        `target` path inside what is filled; `way` how: copy (the value as it is), source, sources, expression,
        template (text around values), value (fixed), lookup or test; `paths` that it reads; `aligned` how many `[]` of
        each path follow those of the target item by item; for rules also `params` (paths that transforms read) and
        `when` (paths of the condition); for lookups `table`. In paths a `[]` is null.
    """
    entries: list[Read] = []
    for index, node in enumerate(document.get("nodes") or ()):
        read = _KINDS.get(node.get("kind"))
        if read is None:
            continue
        for entry in read(node.get("params") or {}):
            pointer = f"/nodes/{index}/params{entry.pop('at')}"
            entries.append({"node": node["id"], "pointer": pointer, **entry})
    return entries


def _entry(at: str, fills: str, target: Sequence[Any], way: str, paths: Sequence[Any], **more: Any) -> Read:
    return {
        "at": at,
        "fills": fills,
        "target": [_segment(part) for part in target],
        "way": way,
        "paths": [[_segment(part) for part in path] for path in paths],
        **more,
    }


def _segment(part: Any) -> Any:
    return None if part is EACH else part


def _compiled(text: Any, template: bool) -> Expression | None:
    if not isinstance(text, str):
        return None
    try:
        return compile_expression(text, template=template)
    except ExpressionRefused:
        return None


def _either(text: Any) -> Expression | None:
    return _compiled(text, isinstance(text, str) and "{{" in text)


def _filled(at: str, fills: str, target: list[Any], expression: Expression | None, way: str) -> Read:
    if expression is None or expression.constant:
        return _entry(at, fills, target, "value", ())
    return _entry(at, fills, target, "copy" if expression.plain else way, expression.paths)


def _template(value: Any, at: str, fills: str, target: list[Any]) -> Iterator[Read]:
    """One entry for each text leaf of an object or list; other leaves are fixed."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _template(inner, f"{at}/{escape(key)}", fills, [*target, key])
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _template(inner, f"{at}/{index}", fills, [*target, index])
    else:
        yield _filled(at, fills, target, _compiled(value, template=True), "template")


def _call(params: Params) -> Iterator[Read]:
    yield from _template(params.get("input", {}), "/input", "input", [])


def _map(params: Params) -> Iterator[Read]:
    for index, rule in enumerate(params.get("rules") or ()):
        try:
            target = parse_path(str(rule.get("target") or ""))
        except ExpressionRefused:
            continue
        when = _either(rule.get("when"))
        more = {
            "params": [[_segment(part) for part in path] for path in _param_paths(rule)],
            "when": [list(path) for path in when.paths] if when is not None else [],
        }
        at = f"/rules/{index}"
        if "value" in rule:
            for entry in _template(rule["value"], f"{at}/value", "output", []):
                entry["target"] = [*(_segment(part) for part in target), *entry["target"]]
                yield {**entry, "at": at, "aligned": 0, **more}
        elif "expression" in rule:
            entry = _filled(at, "output", list(target), _either(rule["expression"]), "expression")
            yield {**entry, "aligned": 0, **more}
        else:
            sources = [rule["source"]] if "source" in rule else rule.get("sources") or []
            paths = [path for path in map(_source, sources) if path is not None]
            aligned = min(spreads(target), max((spreads(path) for path in paths), default=0))
            way = "source" if "source" in rule else "sources"
            yield _entry(at, "output", target, way, paths, aligned=aligned, **more)


def _source(text: Any) -> Any:
    try:
        return parse_source(str(text))
    except ExpressionRefused:
        return None


def _param_paths(rule: Mapping[str, Any]) -> Iterator[Any]:
    """Paths that the transforms' own parameters read, such as the currency of an amount."""
    for entry in rule.get("transforms") or ():
        for name, value in entry.items():
            if name == "fn":
                continue
            for text in value if isinstance(value, list) else [value]:
                if not isinstance(text, str):
                    continue
                if "{{" in text:
                    expression = _compiled(text, template=True)
                    yield from expression.paths if expression is not None else ()
                elif looks_like_source(text) and (path := _source(text)) is not None:
                    yield path


def _lookup(params: Params) -> Iterator[Read]:
    key = _compiled(params.get("key"), template=True)
    yield _entry("/key", "output", (), "lookup", key.paths if key else (), table=str(params.get("table") or ""))
    if "default" in params:
        yield from _template(params["default"], "/default", "default", [])


def _condition(params: Params) -> Iterator[Read]:
    for index, branch in enumerate(params.get("branches") or ()):
        when = _either(branch.get("when"))
        yield _entry(f"/branches/{index}/when", "port", [branch.get("port")], "test", when.paths if when else ())


def _for_each(params: Params) -> Iterator[Read]:
    yield _filled("/items", "items", [], _either(params.get("items")), "expression")
    if "collect" in params:
        yield _filled("/collect", "output", ["items", EACH], _either(params["collect"]), "expression")


def _validate(params: Params) -> Iterator[Read]:
    yield _filled("/value", "output", [], _either(params.get("value", "{{ trigger.body }}")), "template")


def _respond(params: Params) -> Iterator[Read]:
    yield from _template(params.get("status", 200), "/status", "reply", ["status"])
    yield from _template(params.get("body"), "/body", "reply", ["body"])
    yield from _template(params.get("headers", {}), "/headers", "reply", ["headers"])


def _fail(params: Params) -> Iterator[Read]:
    yield from _template(params.get("message"), "/message", "message", [])


_KINDS: Final[dict[Any, Callable[[Params], Iterator[Read]]]] = {
    "call": _call,
    "map": _map,
    "lookup": _lookup,
    "condition": _condition,
    "for_each": _for_each,
    "validate": _validate,
    "respond": _respond,
    "fail": _fail,
}
