"""Mapping rules: compiled once, applied to every run.

Called by the map node and by the preview of the editor. A rule fills one target from a source, several sources, a
fixed value or an expression, then transforms, then a default. Plain source paths never touch the expression language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from flows.engine.context import Param, Scope, TextCompiler
from flows.engine.errors import (
    PYTHON_FAILURES,
    REJECTED,
    DocumentRefused,
    ExpressionRefused,
    Problem,
    StepFailed,
    error,
    from_python,
    located,
)
from flows.engine.outcomes import NoTables, Tables
from flows.engine.schemas import Checker, compile_schema
from flows.engine.values import to_json
from flows.mapping.chains import Chain, ChainCompiler, compile_source
from flows.mapping.paths import EACH, MAX_INDEX, Path, parse_path, spreads
from flows.mapping.schema import RULE_SCHEMA
from flows.mapping.targets import TreeWriter, Writer, plain_writer

_WAYS: Final = ("source", "sources", "value", "expression")


@dataclass(frozen=True, slots=True)
class Rule:
    """One compiled rule.

    Attributes:
        read: The raw value in a scope.
        chains: The transforms, by the list depth of the raw value.
        depth: That depth; None for an expression, which spreads when it gives a list and the target has `[]`.
        copies: The value must be made JSON, or copied because another rule writes inside it.
        write: Direct writer when source and target are plain; `tree` otherwise.
    """

    target: str
    origin: str
    pointer: str
    read: Callable[[Scope], Any]
    chains: dict[int, Chain]
    depth: int | None
    levels: int
    default: Any
    when: Param | None
    on_empty: str
    copies: bool
    write: Writer | None
    tree: TreeWriter

    def value(self, scope: Scope, tables: Tables) -> tuple[Any, int]:
        """The value for the target and its list depth.

        Raises:
            StepFailed: naming the target as its field and the pointer in the document.
        """
        try:
            value = self.read(scope)
            depth = self.depth if self.depth is not None else int(self.levels > 0 and isinstance(value, list))
            chain = self.chains[depth]
            value = chain.run(value, scope, tables)
            if self.default is not None:
                value = _fill(value, chain.depth, self.default)
            if self.on_empty == "fail":
                self._require(value, chain.depth)
            return (to_json(value) if self.copies else value), chain.depth
        except StepFailed as failure:
            raise self._named(failure) from None
        except PYTHON_FAILURES as failure:
            raise self._named(from_python(failure)) from None

    def _require(self, value: Any, depth: int) -> None:
        if depth:
            for item in value:
                self._require(item, depth - 1)
        elif value is None or value == "":
            raise StepFailed(
                error(
                    REJECTED,
                    "mapping_missing",
                    f"there is no value ({self.origin} is empty).",
                    hint="Give the rule a default, or mend the value where it comes from.",
                )
            )

    def _named(self, failure: StepFailed) -> StepFailed:
        named = located(failure, self.pointer).error
        return StepFailed(
            {**named, "message": f"{self.target}: {named['message']}", "field": named["field"] or self.target}
        )


def _fill(value: Any, depth: int, default: Any) -> Any:
    if depth:
        return [_fill(item, depth - 1, default) for item in value]
    return default if value is None else value


class Mapping:
    """Compiled rules.

    Attributes:
        rules: In the order of the document.
        tables: Lookup tables the transforms read.
        steps: (step id, pointer) of every step that is read.
        warnings: Problems that do not refuse the rules.
    """

    def __init__(self, rules: Sequence[Rule], root: type, texts: TextCompiler, tables: set[str]) -> None:
        self.rules = tuple(rules)
        self._root = root
        self.tables = frozenset(tables)
        self.steps = tuple(texts.steps)
        self.warnings = tuple(texts.problems)

    def apply(self, scope: Scope, tables: Tables) -> Any:
        """The mapped object.

        Rules whose value has as many list levels as the target come first and decide how many items a list has; the
        others are repeated over those items.

        Raises:
            StepFailed: a rule failed; names the target.
        """
        root = self._root()
        late: list[tuple[Rule, Any, int]] = []
        for rule in self.rules:
            if rule.when is not None and not rule.when(scope):
                continue
            value, depth = rule.value(scope, tables)
            if rule.write is not None:
                if value is not None or rule.on_empty == "null":
                    rule.write(root, value)
            elif depth < rule.levels:
                late.append((rule, value, depth))
            else:
                rule.tree.write(root, value, depth)
        for rule, value, depth in late:
            rule.tree.write(root, value, depth)
        return root

    def explain(self, scope: Scope, tables: Tables | None = None) -> list[dict[str, Any]]:
        """For each rule: target, value, source, and `error` or `skipped` where there is no value."""
        rows: list[dict[str, Any]] = []
        for rule in self.rules:
            row: dict[str, Any] = {"target": rule.target, "value": None, "source": rule.origin}
            try:
                if rule.when is not None and not rule.when(scope):
                    row["skipped"] = True
                else:
                    row["value"] = to_json(rule.value(scope, tables or NoTables())[0])
            except StepFailed as failure:
                row["error"] = failure.error
            rows.append(row)
        return rows


@cache
def _checker() -> Checker:
    return compile_schema({"type": "array", "items": RULE_SCHEMA})


def compile_rules(rules: Sequence[MappingType[str, Any]], pointer: str = "") -> Mapping:
    """Compile mapping rules.

    Args:
        rules: As the document holds them.
        pointer: JSON pointer of the list of rules.

    Raises:
        DocumentRefused: with every problem and its pointer.
    """
    texts, tables = TextCompiler(pointer), set[str]()
    for finding in _checker().findings(rules):
        texts.problem(finding.code, finding.pointer, finding.message)
    if texts.problems:
        raise DocumentRefused(texts.problems)
    targets = [_target(rule, index, texts) for index, rule in enumerate(rules)]
    _check_targets(rules, targets, texts)
    compiler = _RuleCompiler(texts, tables, rules, targets)
    compiled = [
        compiler.rule(rule, target, index)
        for index, (rule, target) in enumerate(zip(rules, targets, strict=True))
        if target is not None
    ]
    if any(problem.severity == "error" for problem in texts.problems):
        raise DocumentRefused(texts.problems)
    root = list if any(target and target[0] is EACH for target in targets) else dict
    return Mapping([rule for rule in compiled if rule is not None], root, texts, tables)


def _target(rule: MappingType[str, Any], index: int, texts: TextCompiler) -> Path | None:
    try:
        path = parse_path(str(rule.get("target") or ""))
    except ExpressionRefused as refused:
        texts.problem(refused.code, f"/{index}/target", refused.message, refused.hint)
        return None
    if any(isinstance(segment, int) and not 0 <= segment <= MAX_INDEX // 10 for segment in path):
        texts.problem("bad_path", f"/{index}/target", "A target's item number is from 0 to 1000.")
        return None
    return path


def _check_targets(rules: Sequence[MappingType[str, Any]], targets: list[Path | None], texts: TextCompiler) -> None:
    seen: dict[Path, int] = {}
    roots = {isinstance(target[0], str) for target in targets if target is not None}
    for index, target in enumerate(targets):
        if target is None:
            continue
        if len(roots) > 1 and not isinstance(target[0], str):
            texts.problem("mixed_targets", f"/{index}/target", "A mapping builds either an object or a list.")
        first = seen.setdefault(target, index)
        if first != index and not (rules[index].get("when") or rules[first].get("when")):
            texts.problem(
                "duplicate_target", f"/{index}/target",
                f"'{rules[index]['target']}' is already filled by rule {first}.",
                "Remove one, or say with `when` which one applies.", "warning",
            )  # fmt: skip


class _RuleCompiler:
    def __init__(
        self,
        texts: TextCompiler,
        tables: set[str],
        rules: Sequence[MappingType[str, Any]],
        targets: Sequence[Path | None],
    ) -> None:
        self._texts = texts
        self._chains = ChainCompiler(texts, tables)
        known = [(rule, target) for rule, target in zip(rules, targets, strict=True) if target is not None]
        self._inside = {target[:cut] for _, target in known for cut in range(1, len(target))}
        self._driven = {list_ for rule, target in known for list_ in _lists(target)[: _levels_of(rule)]}

    def rule(self, rule: MappingType[str, Any], target: Path, index: int) -> Rule | None:
        ways = [way for way in _WAYS if way in rule]
        if len(ways) != 1:
            said = f"It has {', '.join(ways)}." if ways else "It has none of them."
            self._texts.problem(
                "rule_source", f"/{index}", f"A rule has exactly one of {', '.join(_WAYS)}. {said}", "Keep one."
            )
            return None
        read = self._read(ways[0], rule, index)
        if read is None:
            return None
        raw, depth, origin, made = read
        calls = self._chains.calls(rule.get("transforms") or [], f"/{index}/transforms")
        levels = spreads(target)
        depths = (0, 1) if depth is None else (depth,)
        chains = {d: Chain(calls, d, levels) for d in depths}
        on_empty, plain = str(rule.get("on_empty", "omit")), levels == 0
        when = rule.get("when")
        return Rule(
            target=rule["target"],
            origin=origin,
            pointer=f"{self._texts.pointer}/{index}",
            read=raw,
            chains=chains,
            depth=depth,
            levels=levels,
            default=rule.get("default"),
            when=None if when is None else self._texts.either(when, f"/{index}/when"),
            on_empty=on_empty,
            copies=made or bool(calls) or target in self._inside,
            write=plain_writer(target) if plain else None,
            tree=TreeWriter(target, self._places(target), on_empty != "null"),
        )

    def _places(self, target: Path) -> frozenset[int]:
        return frozenset(len(list_) - 1 for list_ in _lists(target) if list_ in self._driven)

    def _read(
        self, way: str, rule: MappingType[str, Any], index: int
    ) -> tuple[Callable[[Scope], Any], int | None, str, bool] | None:
        """The raw reader, its list depth, words for where it comes from, and whether its values are freshly made."""
        path = f"/{index}/{way}"
        if way == "source":
            source = compile_source(rule["source"], path, self._texts)
            return None if source is None else (source[0], source[1], rule["source"], False)
        if way == "sources":
            return self._several(rule["sources"], path)
        if way == "value":
            template = self._texts.template(rule["value"], path)
            return template, None, "fixed value", False
        return self._texts.either(rule["expression"], path), None, rule["expression"], True

    def _several(self, texts: list[str], path: str) -> tuple[Callable[[Scope], Any], int, str, bool] | None:
        sources = [compile_source(text, f"{path}/{i}", self._texts) for i, text in enumerate(texts)]
        found = [source for source in sources if source is not None]
        if len(found) < len(texts):
            return None
        depth = max(levels for _, levels in found)

        def read(scope: Scope) -> Any:
            return _zip([(source(scope), levels) for source, levels in found], depth)

        return read, depth, ", ".join(texts), True


def _lists(target: Path) -> list[Path]:
    """The target up to each of its `[]`."""
    return [target[: place + 1] for place, segment in enumerate(target) if segment is EACH]


def _levels_of(rule: MappingType[str, Any]) -> int:
    """How many list levels the rule's value may have, as far as its text tells."""
    if "expression" in rule or isinstance(rule.get("value"), list):
        return 1
    texts = [rule.get("source"), *(rule.get("sources") or ())]
    return max((text.count("[]") for text in texts if isinstance(text, str)), default=0)


def _zip(parts: list[tuple[Any, int]], depth: int) -> list[Any]:
    """Several values as lists of one value of each, item by item where they go through lists."""
    if not depth:
        return [value for value, _ in parts]
    count = max(len(value) for value, levels in parts if levels == depth)
    return [_zip([_item(value, levels, depth, index) for value, levels in parts], depth - 1) for index in range(count)]


def _item(value: Any, levels: int, depth: int, index: int) -> tuple[Any, int]:
    if levels < depth:
        return value, levels
    return (value[index] if index < len(value) else None), levels - 1


def problems_of(rules: Sequence[MappingType[str, Any]], pointer: str = "") -> list[Problem]:
    """Every problem of the rules, for the editor."""
    try:
        return list(compile_rules(rules, pointer).warnings)
    except DocumentRefused as refused:
        return list(refused.problems)
