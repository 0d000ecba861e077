"""`python -m tests.bench [--quick] [PART…]`: run the benchmarks and print one JSON line per figure.

Figures go to standard output, progress and failures to standard error. A part that fails does not keep the others
from running; the exit code tells.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.bench.figures import say
from tests.bench.parts import FULL, PARTS, QUICK


def main(arguments: list[str]) -> int:
    """Run the chosen parts; 0 when all of them gave their figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a short form for a first look; its figures are rough")
    parser.add_argument("part", nargs="*", help=f"which parts: {', '.join(PARTS)} (default: all)")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.part if name not in PARTS]:
        parser.error(f"unknown part: {', '.join(unknown)}")
    failed = 0
    for name in options.part or PARTS:
        started = time.monotonic()
        say(f"{name} …")
        try:
            with tempfile.TemporaryDirectory(prefix="ipaas-bench-") as folder:
                for figure in PARTS[name](Path(folder), QUICK if options.quick else FULL):
                    figure.print()
        except Exception:
            failed += 1
            traceback.print_exc()
        say(f"{name}: {time.monotonic() - started:.0f} s, load of the machine {os.getloadavg()[0]:.1f}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
