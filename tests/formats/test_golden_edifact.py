"""Invented messages and what must be read out of them: a folder a case, `input.edi` and `expected.json`."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway import formats
from gateway.formats.raw import RawList

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(case for name in ("paxlst", "pnrgov") for case in (GOLDEN / name).iterdir())


def shown(raw: RawList) -> dict[str, Any]:
    return {
        "kind": raw.kind.value,
        "size": raw.size,
        "header": {field: value.text for field, value in raw.header.items()},
        "itinerary": [[call.port, call.arrival, call.departure] for call in raw.itinerary],
        "columns": {field: list(column) for field, column in sorted(raw.columns.items())},
        "extras": {label: list(column) for label, column in sorted(raw.extras.items())},
        "documents": raw.dialects.get("document.type"),
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_golden(case: Path) -> None:
    data = (case / "input.edi").read_bytes()
    expected = msgspec.json.decode((case / "expected.json").read_bytes())
    reader = formats.recognise(data)
    assert reader is formats.named(case.parent.name)
    assert reader is not None
    reading = reader.read(data, {})
    assert [shown(raw) for raw in reading.lists if isinstance(raw, RawList)] == expected["lists"]
    assert [f"{finding.code} {finding.place}" for finding in reading.findings] == expected["findings"]


def test_there_are_cases() -> None:
    assert len(CASES) >= 12
