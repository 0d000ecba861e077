"""Form bodies and query strings with nested brackets, and typed reading of the values in them.

The front desk decodes once per request; the resource families read through `Params`.
It never guesses: a value of the wrong type becomes Stripe's own 400 naming the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from connectors.library.stripe.simulation.problems import empty, invalid, missing, unknown_parameter

BRACKETS = re.compile(r"\[([^\[\]]*)\]")
PLACE = re.compile(r"[0-9]{1,6}")
WHOLE = re.compile(r"-?[0-9]{1,15}")
DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
DEEPEST = 12
LONGEST_TEXT = 5000


def pairs(raw: str) -> list[tuple[str, str]]:
    return parse_qsl(raw, keep_blank_values=True, max_num_fields=5000)


def decode(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][]=x` becomes `{"a": {"b": {"0": "x"}}}`: only who reads a group knows whether it is a list."""
    tree: dict[str, Any] = {}
    for name, value in fields:
        if "\x00" in name or "\x00" in value:
            raise invalid("Text may not hold NUL characters.", param=name.replace("\x00", ""))
        _insert(tree, name, value)
    return tree


def _insert(tree: dict[str, Any], name: str, value: str) -> None:
    head, _, rest = name.partition("[")
    keys = [head, *BRACKETS.findall("[" + rest)] if rest else [head]
    if not head or len(keys) > DEEPEST or name != head + "".join(f"[{key}]" for key in keys[1:]):
        raise invalid(f"The parameter name {name[:100]} cannot be read.", param=name[:100])
    place = tree
    for key in keys[:-1]:
        child = place.setdefault(str(len(place)) if key == "" else key, {})
        if not isinstance(child, dict):
            raise invalid(f"{head} is given both as a value and as a group of values.", param=head)
        place = child
    last = str(len(place)) if keys[-1] == "" else keys[-1]
    if isinstance(place.get(last), dict):
        raise invalid(f"{head} is given both as a value and as a group of values.", param=head)
    place[last] = value


def _entries(group: Any) -> list[Any] | None:
    """A group with numbers for names as a list, in their order."""
    if not isinstance(group, dict) or not all(PLACE.fullmatch(name) for name in group):
        return None
    return [group[name] for name in sorted(group, key=int)]


class Params:
    """Typed access to one level of decoded parameters."""

    def __init__(self, values: dict[str, Any], prefix: str = "") -> None:
        self.values = values
        self.prefix = prefix

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def label(self, name: str) -> str:
        return f"{self.prefix}[{name}]" if self.prefix else name

    def cleared(self, name: str) -> bool:
        return self.values.get(name) == ""

    def only(self, allowed: Collection[str]) -> None:
        for name in self.values:
            if name not in allowed:
                raise unknown_parameter(self.label(name))

    def text(self, name: str, *, longest: int = LONGEST_TEXT) -> str | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise invalid(f"{self.label(name)} must be text.", param=self.label(name))
        if len(value) > longest:
            message = f"{self.label(name)} holds {len(value)} characters; at most {longest} are allowed."
            raise invalid(message, code="parameter_invalid_string", param=self.label(name))
        return value

    def need_text(self, name: str) -> str:
        if name not in self.values:
            raise missing(self.label(name))
        value = self.text(name)
        if value is None:
            raise empty(self.label(name))
        return value

    def integer(self, name: str, *, least: int | None = None, most: int | None = None) -> int | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not WHOLE.fullmatch(value):
            message = f"Invalid integer: {str(value)[:60]}"
            raise invalid(message, code="parameter_invalid_integer", param=self.label(name))
        number = int(value)
        if least is not None and number < least:
            message = f"{self.label(name)} must be at least {least}."
            raise invalid(message, code="parameter_invalid_integer", param=self.label(name))
        if most is not None and number > most:
            message = f"{self.label(name)} must be at most {most}."
            raise invalid(message, code="parameter_invalid_integer", param=self.label(name))
        return number

    def need_integer(self, name: str, *, least: int | None = None, most: int | None = None) -> int:
        if name not in self.values:
            raise missing(self.label(name))
        number = self.integer(name, least=least, most=most)
        if number is None:
            raise empty(self.label(name))
        return number

    def boolean(self, name: str) -> bool | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if value not in ("true", "false"):
            message = f"Invalid boolean: {str(value)[:60]}"
            raise invalid(message, code="parameter_invalid_boolean", param=self.label(name))
        return value == "true"

    def decimal(self, name: str) -> Decimal | None:
        value = self.text(name, longest=40)
        if value is None:
            return None
        if not DECIMAL.fullmatch(value):
            raise invalid(f"Invalid decimal: {value}", param=self.label(name))
        return Decimal(value)

    def choice(self, name: str, options: Collection[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in options:
            message = f"Invalid {self.label(name)}: must be one of {', '.join(sorted(options))}"
            raise invalid(message, param=self.label(name))
        return value

    def child(self, name: str) -> Params | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise invalid("Invalid object", code="parameter_invalid_object", param=self.label(name))
        return Params(value, self.label(name))

    def children(self, name: str) -> list[Params]:
        value = self.values.get(name)
        if value is None or value == "":
            return []
        entries = _entries(value)
        if entries is None or not all(isinstance(entry, dict) for entry in entries):
            raise invalid("Invalid array", code="parameter_invalid_array", param=self.label(name))
        return [Params(entry, f"{self.label(name)}[{place}]") for place, entry in enumerate(entries)]

    def strings(self, name: str) -> list[str]:
        value = self.values.get(name)
        if value is None or value == "":
            return []
        entries = _entries(value)
        if entries is None or not all(isinstance(entry, str) for entry in entries):
            raise invalid("Invalid array", code="parameter_invalid_array", param=self.label(name))
        return entries
