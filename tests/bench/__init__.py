"""The benchmarks: `python -m tests.bench` prints one JSON line per figure.

They drive the real product as real processes on the loopback interface, beside a hand-written script of the same
work (the yardstick) under the same load. pytest does not collect this folder.
"""
