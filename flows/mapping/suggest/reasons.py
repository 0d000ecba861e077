"""Says in a sentence why a field is suggested, from the signals that spoke for it.

Called by `suggest.py` for the candidates it answers. Words are for the person who maps.
"""

from __future__ import annotations

from typing import Final

from flows.mapping.suggest.candidates import Candidate
from flows.mapping.suggest.features import NAMES
from flows.mapping.suggest.fields import FieldView

_AT: Final = {name: place for place, name in enumerate(NAMES)}
_KINDS: Final = {
    "email": "e-mail addresses", "url": "web addresses", "phone": "phone numbers", "currency": "currency codes",
    "language": "languages", "date": "dates", "datetime": "dates", "country": "countries", "boolean": "yes or no",
}  # fmt: skip


def reason(candidate: Candidate, target: FieldView) -> str:
    """One sentence, the strongest ground first."""
    signals, source = candidate.features, candidate.source
    grounds = [
        _names(signals, source, target),
        f"its values are {_KINDS[source.kind]}" if source.kind in _KINDS and signals[_AT["value_agrees"]] else "",
        "it stands in the same part of the record" if signals[_AT["parents"]] > 0.6 else "",
        "its description speaks of it" if signals[_AT["told_in_own"]] > 0.5 else "",
        "they allow the same values" if signals[_AT["choices"]] > 0.3 else "",
    ]
    said = [ground for ground in grounds if ground][:3]
    text = ", ".join(said) or "it is the closest of all fields"
    return f"{text[0].upper()}{text[1:]}."


def _names(signals: list[float], source: FieldView, target: FieldView) -> str:
    if source.composite:
        return "together they make what is wanted"
    if signals[_AT["same_text"]]:
        return "they have the same name"
    shared = sorted(source.own & target.own)
    if signals[_AT["own_exact"]] or (shared and signals[_AT["own"]] > 0.55):
        return f"both are about {' and '.join(word.replace('_', ' ') for word in shared[:3])}"
    if signals[_AT["own"]] > 0.4:
        return "their names mean nearly the same"
    if signals[_AT["letters"]] > 0.4:
        return "their names are spelled alike"
    return ""
