"""Blank objects in the present API shape, read from `shapes.json`.

The families start every new object from here, so that no field is ever left out of an answer.
It never fills anything in.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

BLANK: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "shapes.json").read_text("utf-8"))


def blank(name: str) -> dict[str, Any]:
    return copy.deepcopy(BLANK[name])
