"""Whole files of tables against what a person once found right in them: tests/golden/<format>/<case>/expected.json.

python -m tests.formats.test_tables_golden      writes the expected files anew; read the difference before committing it
"""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway import jail
from gateway.formats.raw import CellPlaces, RawList, Reading

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(
    file
    for format in ("workbook", "delimited", "uk-nmsw", "spms-fixed")
    for file in (GOLDEN / format).glob("*/input.*")
)


def as_json(reading: Reading) -> dict[str, Any]:
    """Everything that a reading says, in an order that reads well."""
    lists = []
    for one in reading.lists:
        assert isinstance(one, RawList)
        assert isinstance(one.places, CellPlaces)
        lists.append(
            {
                "format": one.format,
                "kind": one.kind.value,
                "size": one.size,
                "header": {field: [value.text, str(value.place)] for field, value in one.header.items()},
                "rows": one.places.rows,
                "columns": {field: [one.places.columns[field], *texts] for field, texts in one.columns.items()},
                "dialects": dict(one.dialects),
                "extras": {name: list(texts) for name, texts in one.extras.items()},
            }
        )
    findings = [f"{found.code} {found.severity.value} {found.place}: {found.text}" for found in reading.findings]
    return {"lists": lists, "findings": findings}


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parts[-3]}/{file.parts[-2]}")
def test_golden(file: Path) -> None:
    expected = json.loads((file.parent / "expected.json").read_text("utf-8"))
    assert as_json(jail.read_file(file.read_bytes())) == expected


if __name__ == "__main__":
    for file in CASES:
        text = json.dumps(as_json(jail.read_file(file.read_bytes())), indent=1, ensure_ascii=False)
        (file.parent / "expected.json").write_text(text + "\n", "utf-8")
