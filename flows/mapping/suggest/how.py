"""How a suggested source fills its target: which transform, by which rule of the mapping, and what the samples become.

The word goes to the answer of the API; the transforms are those of the catalogue and are run on the field's own
samples before they are suggested: one that fails is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.engine.errors import PYTHON_FAILURES, StepFailed
from flows.engine.outcomes import NoTables
from flows.engine.values import to_json
from flows.mapping.suggest.fields import FieldView
from flows.mapping.suggest.groups import DATE_MEANINGS, MONEY, NUMERIC, PARTIES
from flows.mapping.transforms import CATALOGUE

_IDS: Final = frozenset(("id", "number", "code", "reference", "sku"))
_STREETS: Final = frozenset(("street", "line_one", "line_two"))


@dataclass(frozen=True, slots=True)
class How:
    """The word of the transform, the rule's transforms (of the catalogue), and what a sample becomes."""

    word: str
    transforms: tuple[dict[str, Any], ...] = ()
    example: Any = None


def how(source: FieldView, target: FieldView) -> How:
    """How the source fills the target."""
    word = _word(source, target)
    transforms = _transforms(word, source, target)
    if transforms and source.examples and not source.composite:
        done = _tried(source.examples[0], transforms)
        return How(word, transforms, done) if done is not None else How(word)
    return How(word, transforms)


def _word(source: FieldView, target: FieldView) -> str:
    if source.composite:
        return source.composite
    if target.type == "boolean" and source.type != "boolean" and source.kind != "boolean":
        return "bool"
    if source.type == "boolean" or source.kind == "boolean":
        return "copy" if target.type in ("boolean", "text", "") else "enum"
    if _is_date(source) and (_is_date(target) or target.own & {"year", "month", "hour"}):
        return _date_word(source, target)
    if _is_minor(source) and not _is_minor(target):
        return "scale"
    if target.own & {"line_one", "line_two"} and "street" in source.own and not source.ordinal:
        return "split"
    if target.own & {"first_name", "last_name"} and source.own & {"full_name", "name"} and not source.own & target.own:
        return "split"
    return _reference_word(source, target)


def _date_word(source: FieldView, target: FieldView) -> str:
    if target.own & {"year", "month"} or target.type != source.type or target.type in ("datetime", "date"):
        same = source.type == target.type and source.type in ("date", "datetime")
        return "copy" if same and not target.own & {"year", "month"} else "date"
    return "date" if source.kind or source.type != "text" else "copy"


def _reference_word(source: FieldView, target: FieldView) -> str:
    if target.type == "enum" or (source.type == "enum" and target.type in ("enum", "whole")):
        return "enum"
    if target.type == "reference":
        return "lookup"
    if "unit_of_measure" in target.own and source.kind in ("unit", "word"):
        return "enum"
    points = bool(target.leaf) and target.leaf[-1] in _IDS and bool(target.own & PARTIES)
    if points and "sku" not in target.own and source.type not in NUMERIC:
        return "lookup" if source.type == "reference" or source.text != target.text else "copy"
    if source.type == "reference" and target.type in ("code", "text"):
        return "lookup"
    if source.type == "list" and target.type not in ("list", ""):
        return "first" if not source.own & PARTIES else "lookup"
    if source.levels > target.levels and target.levels == 0 and target.type in NUMERIC:
        return "calc"
    return "copy"


def _is_date(view: FieldView) -> bool:
    if view.type in ("date", "datetime") or view.kind in ("date", "datetime", "epoch"):
        return True
    return (
        view.type in ("text", "") and not view.kind and bool(view.own & (DATE_MEANINGS - {"delivery", "start", "end"}))
    )


def _is_minor(view: FieldView) -> bool:
    """Amounts in the smallest unit of their currency: whole numbers that say so, or whole amounts beside a currency."""
    words = view.path.lower()
    if any(word in words for word in ("cents", "minor", "pence")):
        return True
    return view.type == "whole" and view.kind in ("whole", "") and bool(view.own & MONEY) and view.composite == ""


def _transforms(word: str, source: FieldView, target: FieldView) -> tuple[dict[str, Any], ...]:
    """The catalogue's transforms for the word, as far as the fields alone tell them."""
    if word == "concat":
        return ({"fn": "join", "separator": " "},)
    if word == "scale":
        return ({"fn": "minor_to_decimal", "exponent": 2},)
    if word == "first":
        return ({"fn": "first"},)
    if word == "bool":
        return ({"fn": "bool"},)
    if word == "date":
        return _date_transforms(source, target)
    if word == "split" and "last_name" in target.own:
        return ({"fn": "split", "separator": " ", "index": -1},)
    if word == "split" and "first_name" in target.own:
        return ({"fn": "split", "separator": " ", "index": 0},)
    if word == "copy" and source.type in NUMERIC and target.type in ("text", "code"):
        return ({"fn": "to_text"},)
    if word == "copy" and source.kind in ("decimal", "whole") and source.type == "text" and target.type in NUMERIC:
        return ({"fn": "number"},)
    return ()


def _date_transforms(source: FieldView, target: FieldView) -> tuple[dict[str, Any], ...]:
    part = {"year": "%Y", "month": "%m", "hour": "%H"}
    wanted = next((part[word] for word in target.leaf if word in part), None)
    form = wanted or ("datetime" if target.type == "datetime" else "date")
    if source.kind == "epoch" or (source.type == "whole" and not source.kind):
        return ({"fn": "unix_to_date", "format": form},)
    return ({"fn": "format_date", "format": form},)


def _tried(value: Any, transforms: Sequence[dict[str, Any]]) -> Any:
    """What the transforms make of a sample; None when one of them fails."""
    try:
        for call in transforms:
            transform = CATALOGUE[call["fn"]]
            params = {name: given for name, given in call.items() if name != "fn"}
            if transform.prepare is not None:
                transform.prepare(params)
            value = transform.apply(value, params, NoTables())
        return to_json(value)
    except (StepFailed, *PYTHON_FAILURES):
        return None
