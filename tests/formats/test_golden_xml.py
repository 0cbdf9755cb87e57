"""Invented XML lists and what must be read out of them: tests/golden/<format>/<case>/input.xml and expected.json.

python -m tests.formats.test_golden_xml      writes the expected files anew; read the difference before committing it
"""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.formats import enoad, epc, recognise
from gateway.formats.raw import RawList, Reading

GOLDEN = Path(__file__).parents[1] / "golden"
READERS = {"epc": epc, "enoad": enoad}
CASES = sorted(file for format in READERS for file in (GOLDEN / format).glob("*/input.xml"))


def as_json(reading: Reading) -> dict[str, Any]:
    """Everything that a reading says, in an order that reads well."""
    lists = [
        {
            "format": one.format,
            "kind": one.kind.value,
            "size": one.size,
            "header": {field: [value.text, str(value.place)] for field, value in one.header.items()},
            "itinerary": [[call.port, call.arrival, call.departure, str(call.place)] for call in one.itinerary],
            "columns": {
                field: [one.places.at(field, 0).path, *texts] if texts else [] for field, texts in one.columns.items()
            },
            "dialects": dict(one.dialects),
            "extras": {name: list(texts) for name, texts in one.extras.items()},
        }
        for one in reading.lists
        if isinstance(one, RawList)
    ]
    findings = [f"{found.code} {found.severity.value} {found.place}: {found.text}" for found in reading.findings]
    return {"lists": lists, "findings": findings}


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parts[-3]}/{file.parts[-2]}")
def test_golden(file: Path) -> None:
    data = file.read_bytes()
    reader = READERS[file.parts[-3]]
    assert recognise(data) is reader
    assert as_json(reader.read(data, {})) == json.loads((file.parent / "expected.json").read_text("utf-8"))


if __name__ == "__main__":
    for file in CASES:
        text = json.dumps(as_json(READERS[file.parts[-3]].read(file.read_bytes(), {})), indent=1, ensure_ascii=False)
        (file.parent / "expected.json").write_text(text + "\n", "utf-8")
