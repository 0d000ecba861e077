"""Writing values to target paths of the object a mapping builds.

Used by `rules.py`. Containers are made on the way; containers that came from a source are never written into, because
rules copy such values before (`Rule.copies`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flows.mapping.paths import EACH, Path

Writer = Callable[[Any, Any], None]


def new_container(segment: Any) -> Any:
    """The container a segment is written into."""
    return {} if isinstance(segment, str) else []


def plain_writer(path: Path) -> Writer | None:
    """A direct writer for a path of keys only; None for any other."""
    if not all(isinstance(segment, str) for segment in path):
        return None
    *above, last = path

    def write(root: Any, value: Any) -> None:
        for name in above:
            child = root.get(name)
            if type(child) is not dict:
                child = root[name] = {}
            root = child
        root[last] = value

    def write_flat(root: Any, value: Any) -> None:
        root[last] = value

    return write if above else write_flat


class TreeWriter:
    """Writes a value to a path that goes through lists.

    Args:
        path: The target.
        driven: Places of `[]` where some rule decides how many items there are; elsewhere one item is made.
        omit: Whether nothing is left out instead of written.
    """

    __slots__ = ("_driven", "_omit", "_path")

    def __init__(self, path: Path, driven: frozenset[int], omit: bool) -> None:
        self._path = path
        self._driven = driven
        self._omit = omit

    def write(self, root: Any, value: Any, depth: int) -> None:
        """Write a value of `depth` nested list levels; levels the value lacks are repeated over existing items.

        A list for a target that ends with `[]` gives its items.
        """
        self._write(root, 0, value, depth)

    def _write(self, node: Any, place: int, value: Any, depth: int) -> None:
        segment = self._path[place]
        last = place == len(self._path) - 1
        if segment is EACH:
            self._each(node, place, value, depth)
        elif last:
            if value is not None or not self._omit:
                _put(node, segment, value)
        else:
            following = self._path[place + 1]
            child = _get(node, segment)
            wanted = dict if isinstance(following, str) else list
            if type(child) is not wanted:
                child = new_container(following)
                _put(node, segment, child)
            self._write(child, place + 1, value, depth)

    def _each(self, node: list[Any], place: int, value: Any, depth: int) -> None:
        last = place == len(self._path) - 1
        if last and not depth and isinstance(value, list):
            depth = 1
        count = len(value) if depth else (len(node) or (0 if place in self._driven else 1))
        for _ in range(len(node), count):
            node.append(None if last else new_container(self._path[place + 1]))
        for index in range(count):
            part = value[index] if depth else value
            if last:
                node[index] = part
                continue
            following = self._path[place + 1]
            if type(node[index]) is not (dict if isinstance(following, str) else list):
                node[index] = new_container(following)
            self._write(node[index], place + 1, part, depth - 1 if depth else 0)


def _get(node: Any, segment: Any) -> Any:
    if isinstance(segment, str):
        return node.get(segment)
    return node[segment] if segment < len(node) else None


def _put(node: Any, segment: Any, value: Any) -> None:
    if isinstance(segment, str):
        node[segment] = value
        return
    while len(node) <= segment:
        node.append(None)
    node[segment] = value
