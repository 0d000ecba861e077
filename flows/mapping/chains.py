"""A rule's transforms, compiled: each at its list level, with its parameters fixed or read from the run.

Used by `rules.py`. A transform of single values is applied to every leaf; a transform of lists takes the innermost
`[]` level that the target does not have itself, and otherwise the value as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flows.engine.context import Scope, TextCompiler, escape
from flows.engine.errors import PYTHON_FAILURES, ExpressionRefused, StepFailed, from_python, located
from flows.engine.outcomes import Tables
from flows.mapping.paths import looks_like_source, parse_source, reader, spreads, step_of
from flows.mapping.transform import Transform
from flows.mapping.transforms import CATALOGUE, params_checker

Read = Callable[[Scope], Any]


class Call:
    """One transform with its parameters, bound to its place in the document."""

    __slots__ = ("_dynamic", "_fixed", "pointer", "transform")

    def __init__(
        self, transform: Transform, fixed: dict[str, Any], dynamic: list[tuple[Any, Read, int]], pointer: str
    ) -> None:
        self.transform = transform
        self.pointer = pointer
        self._fixed = fixed
        self._dynamic = dynamic

    def apply(self, value: Any, depth: int, scope: Scope, tables: Tables) -> Any:
        """The value with the transform applied to everything `depth` list levels down.

        Raises:
            StepFailed: with the pointer of this transform.
        """
        try:
            if not self._dynamic:
                return self._each(value, depth, tables)
            read = [(name, source(scope), levels) for name, source, levels in self._dynamic]
            return self._each_with(value, depth, read, tables)
        except StepFailed as failure:
            raise located(failure, self.pointer) from None
        except PYTHON_FAILURES as failure:
            raise located(from_python(failure, f" in {self.transform.fn}"), self.pointer) from None

    def _each(self, value: Any, depth: int, tables: Tables) -> Any:
        if depth:
            return [self._each(item, depth - 1, tables) for item in value]
        if value is None and not self.transform.null:
            return None
        return self.transform.apply(value, self._fixed, tables)

    def _each_with(self, value: Any, depth: int, read: list[tuple[Any, Any, int]], tables: Tables) -> Any:
        if depth:
            return [
                self._each_with(item, depth - 1, [_narrow(entry, index) for entry in read], tables)
                for index, item in enumerate(value)
            ]
        if value is None and not self.transform.null:
            return None
        params = dict(self._fixed)
        for name, found, _ in read:
            if isinstance(name, tuple):
                params[name[0]] = [found if i == name[1] else old for i, old in enumerate(params[name[0]])]
            else:
                params[name] = found
        return self.transform.apply(value, params, tables)


def _narrow(entry: tuple[Any, Any, int], index: int) -> tuple[Any, Any, int]:
    """A parameter that goes through the same list follows its items."""
    name, found, levels = entry
    if not levels:
        return entry
    return name, found[index] if index < len(found) else None, levels - 1


class Chain:
    """The transforms of a rule for a value of known list depth.

    Attributes:
        calls: The transforms in order, each with the list level at which it is applied.
        depth: List levels of the result, never more than the target has.
    """

    __slots__ = ("_flatten", "calls", "depth")

    def __init__(self, calls: list[Call], depth: int, target_depth: int) -> None:
        self.calls: list[tuple[Call, int]] = []
        for call in calls:
            if call.transform.takes == "list" and depth > target_depth:
                self.calls.append((call, depth - 1))
                if not call.transform.keeps_list:
                    depth -= 1
            else:
                self.calls.append((call, depth))
        self._flatten = max(0, depth - target_depth - 1)
        self.depth = min(depth, target_depth)

    def run(self, value: Any, scope: Scope, tables: Tables) -> Any:
        """The transformed value; list levels the target lacks are one flat list."""
        for call, depth in self.calls:
            value = call.apply(value, depth, scope, tables)
        if self._flatten:
            value = _flatten(value, self.depth, self._flatten)
        return value


def _flatten(value: Any, depth: int, times: int) -> Any:
    if depth:
        return [_flatten(item, depth - 1, times) for item in value]
    for _ in range(times):
        value = [inner for item in value or () for inner in (item if isinstance(item, list) else (item,))]
    return value


class ChainCompiler:
    """Compiles the `transforms` of one rule; problems and what is read are collected in the text compiler."""

    def __init__(self, texts: TextCompiler, tables: set[str]) -> None:
        self._texts = texts
        self._tables = tables

    def calls(self, entries: list[Mapping[str, Any]], path: str) -> list[Call]:
        """The compiled transforms; refused ones are left out and reported."""
        found: list[Call] = []
        for index, entry in enumerate(entries):
            call = self._call(entry, f"{path}/{index}")
            if call is not None:
                found.append(call)
        return found

    def _call(self, entry: Mapping[str, Any], path: str) -> Call | None:
        transform = CATALOGUE.get(entry["fn"]) if isinstance(entry.get("fn"), str) else None
        if transform is None:
            name = str(entry.get("fn"))[:60]
            self._texts.problem(
                "unknown_transform", f"{path}/fn", f"There is no transform '{name}'.", "Choose one of the list."
            )
            return None
        params = {name: value for name, value in entry.items() if name != "fn"}
        findings = params_checker(transform.fn).findings(params)
        for finding in findings:
            self._texts.problem(finding.code, path + finding.pointer, finding.message)
        if findings:
            return None
        try:
            if transform.prepare is not None:
                transform.prepare(params)
        except ExpressionRefused as refused:
            self._texts.problem(refused.code, path, refused.message, refused.hint)
        except StepFailed as failure:
            self._texts.problem(failure.error["code"], path, failure.error["message"], failure.error["hint"] or "")
        if transform.fn == "lookup":
            self._tables.add(params["table"])
        return Call(transform, params, self._dynamic(transform, params, path), self._texts.pointer + path)

    def _dynamic(self, transform: Transform, params: dict[str, Any], path: str) -> list[tuple[Any, Read, int]]:
        found: list[tuple[Any, Read, int]] = []
        for name, schema in transform.properties.items():
            value = params.get(name)
            if schema.get("format") == "path-or-text" and isinstance(value, str):
                self._read(name, value, f"{path}/{escape(name)}", found)
            elif (schema.get("items") or {}).get("format") == "path-or-text" and isinstance(value, list):
                for index, item in enumerate(value):
                    self._read((name, index), item, f"{path}/{escape(name)}/{index}", found)
        return found

    def _read(self, name: Any, text: str, path: str, found: list[tuple[Any, Read, int]]) -> None:
        if "{{" in text:
            found.append((name, self._texts.expression(text, path, template=True), 0))
        elif looks_like_source(text):
            source = compile_source(text, path, self._texts)
            if source is not None:
                found.append((name, *source))


def compile_source(text: str, path: str, texts: TextCompiler) -> tuple[Read, int] | None:
    """A getter for a source path and its list levels; None after reporting that it is refused."""
    try:
        segments = parse_source(text)
    except ExpressionRefused as refused:
        texts.problem(refused.code, path, refused.message, refused.hint)
        return None
    step = step_of(segments)
    if step is not None:
        texts.steps.append((step, texts.pointer + path))
    return reader(segments), spreads(segments)
