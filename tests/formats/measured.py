"""What refusing a hostile file costs, measured in a process of its own, so that its peak memory is that of the guard."""

import os
import subprocess
import sys
from pathlib import Path

_CODE = """
import resource, sys, time
from gateway.formats import archive, workbook
data = sys.stdin.buffer.read()
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, began = peak(), time.perf_counter()
codes = [finding.code for finding in {guard}]
print(codes, peak() - before, time.perf_counter() - began)
"""


def cost(guard: str, data: bytes) -> tuple[str, int, float]:
    """The codes that `guard`, an expression over `data`, finds; KiB by which the peak grew; seconds."""
    done = subprocess.run(
        [sys.executable, "-c", _CODE.format(guard=guard)], input=data, capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    found, grown, seconds = done.stdout.decode().rsplit(" ", 2)
    return found, int(grown), float(seconds)
