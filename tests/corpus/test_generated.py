"""The corpus that we make: every seeded fault is found at its place, a good list has no error, nothing raises or hangs.

A short run by default. All of it:  GATEWAY_CASES=12000 ./gw test tests/corpus -n 2 --dist load
"""

import os
import resource
from collections.abc import Mapping
from typing import Any

import pytest

from gateway import formats, jail
from gateway.formats.raw import Reading
from gateway.make import Order, make
from gateway.make.targets import TARGETS
from tests.corpus.cases import ON, case, problems

SHORT = 120
CASES = int(os.environ.get("GATEWAY_CASES", SHORT))
PARTS = 8
MOST_GROWTH = 256 << 10  # KiB


@pytest.fixture(autouse=True)
def without_jail(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the short run workbooks are decoded here: a child process for each would take most of the time."""

    def read_file(data: bytes, options: Mapping[str, Any] | None = None, **named: Any) -> Reading:
        reader = formats.recognise(data)
        return reader.read(data, options or {}) if reader else Reading(findings=[jail.NOT_RECOGNISED.at()])

    if CASES <= SHORT:
        monkeypatch.setattr(jail, "read_file", read_file)


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_fault_is_found_and_nothing_else(part: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wrong = {}
    for number in range(part, CASES, PARTS):
        one = case(number)
        if found := problems(one):
            wrong[str(one)] = found
    assert not wrong, "\n".join(f"{name}\n    " + "\n    ".join(found) for name, found in list(wrong.items())[:20])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_GROWTH


@pytest.mark.parametrize("form", TARGETS)
def test_the_same_order_gives_the_same_bytes(form: str) -> None:
    order = Order(form=form, persons=9, seed=4, on=ON)
    assert make(order).data == make(order).data
