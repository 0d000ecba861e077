"""Where in a text an expression cannot be read, and what is wrong there in words.

Called by `expressions.py` once a text was refused, and by the preview for the editor. Parses the text again while
noting how far the parser came; never evaluates anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import TokenStream
from jinja2.parser import Parser

Place = tuple[int, int]

_CLOSING: Final = {")": "(", "]": "[", "}": "{"}
_END: Final = re.compile(r"end of (template|print statement|statement block)")


def syntax_problem(
    environment: Environment, text: str, reason: TemplateSyntaxError, template: bool
) -> tuple[str, Place]:
    """The words and the place (from, to) for a text that the parser refused."""
    message = reason.message or ""
    start, end = _place(environment, text, template)
    found = re.match(r"unexpected char (.+) at (\d+)", message)
    if found is not None:
        start = int(found.group(2))
        sign = text[start : start + 1]
        if sign in ("'", '"'):
            return "A text in quotes is not closed.", (start, len(text))
        return f"“{sign}” cannot be used here.", (start, start + 1)
    if re.search("unexpected '?end", message) or _END.search(message.partition("got")[2]):
        missing = re.search(r"expected token '([^']+)'", message)
        if missing is not None and missing.group(1) in _CLOSING:
            return f"A closing {missing.group(1)} is missing.", (start, end)
        opened = _left_open(text[:start])
        if opened is not None:
            return f"A closing {opened} is missing.", (start, end)
        return "Something is missing here: the expression ends too early.", (start, end)
    stray = re.fullmatch(r"unexpected '([)\]}])'(?:, expected '(.)')?", message)
    if stray is not None and stray.group(2):
        return f"A closing {stray.group(2)} is missing.", (start, end)
    if stray is not None:
        start = text.find(stray.group(1), start)
        return f"This {stray.group(1)} closes nothing.", (start, start + 1)
    at = text[start:end]
    if at in _CLOSING and "expected token" not in message:
        return f"This {at} closes nothing.", (start, end)
    if "end of print statement" in message:
        return f"“{at}” does not fit here; an operator, a bar or }}}} may be missing before it.", (start, end)
    wanted = re.search(r"expected token '([^']+)'", message)
    if wanted is not None and at:
        return f"“{at}” does not fit here; “{wanted.group(1)}” was expected.", (start, end)
    if "expected name or number" in message:
        return "A name is missing after the dot.", (start, end)
    return f"This cannot be read: {message}.", (start, end)


def leftover(environment: Environment, text: str) -> tuple[str, Place]:
    """The hint and the place for a bare expression that goes on after its end."""
    start, end = _place(environment, text, template=False)
    hint = "To compare, write == with two signs." if text[start:end] == "=" else "Write one expression only."
    return hint, (start, end)


def _left_open(text: str) -> str | None:
    """The sign that would close the last bracket left open; quoted text does not count."""
    waiting: list[str] = []
    for sign in re.sub(r"'[^']*'|\"[^\"]*\"", "", text):
        if sign in _CLOSING.values():
            waiting.append(next(close for close, opening in _CLOSING.items() if opening == sign))
        elif waiting and sign == waiting[-1]:
            waiting.pop()
    return waiting[-1] if waiting and waiting[-1] != "}" else None


def place_of_name(text: str, message: str) -> Place | None:
    """Where the name stands that a message puts in quotes."""
    quoted = re.search(r"'([^']+)'", message)
    if quoted is None:
        return None
    name = quoted.group(1).removeprefix("is ")
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", text) or re.search(re.escape(name), text)
    return found.span() if found is not None else None


def _place(environment: Environment, text: str, template: bool) -> Place:
    """The place of the token at which the parser stops; the end of the text when it wants more."""
    state = None if template else "variable"
    seen: list[Place] = []
    parser = Parser(environment, "")
    counted = _counted(environment.lexer.tokeniter(text, None, None, state), seen, len(text))
    try:
        parser.stream = TokenStream(environment.lexer.wrap(counted, None, None), None, None)
        parser.parse() if template else parser.parse_expression()
    except (TemplateSyntaxError, ValueError, RecursionError):
        pass
    return seen[-1] if seen else (0, len(text))


def _counted(tokens: Iterable[Any], seen: list[Place], length: int) -> Iterator[Any]:
    offset = 0
    for token in tokens:
        end = offset + len(token[2])
        seen.append((offset, end))
        offset = end
        yield token
    seen.append((length, length))
