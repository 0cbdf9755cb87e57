"""What GTAS' and goTravel's users hold and export is read with the right persons: our reader beside the oracle's, on every sample."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.codes.names import latin
from gateway.codes.surrogates import surrogate
from gateway.formats import paxlst, pnrgov
from gateway.formats.raw import RawList
from gateway.manifest import Manifest, Person, Purpose
from gateway.normalise import normalise
from tests.gtas_oracle import Person as Known
from tests.gtas_oracle import judge
from tests.specimen import TODAY

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)

OTHERWISE = {
    "synthetic/gtas-probe/08_dob_ccyymmdd_102.edi": "GTAS reads a date of eight digits as another one",
}
"""Samples whose persons GTAS takes for others; ours are checked by name elsewhere."""


def samples(root: Path) -> dict[str, bytes]:
    files = (path for path in sorted(root.rglob("*")) if path.suffix in (".edi", ".txt"))
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def lists(data: bytes) -> list[Manifest]:
    return [
        normalise(raw, None, today=TODAY).manifest for raw in paxlst.read(data, {}).lists if isinstance(raw, RawList)
    ]


def persons(data: bytes) -> list[tuple[str, str, str | None, tuple[str, ...]]]:
    return [ours(one) for manifest in lists(data) for one in manifest.persons]


def ours(person: Person) -> tuple[str, str, str | None, tuple[str, ...]]:
    given = person.given_names_latin or ""
    numbers = (*(one.number for one in person.documents), *(one.number for one in person.visas))
    return (
        _plain(person.family_name_latin or ""),
        _plain(given),
        person.birth_date,
        tuple(sorted(one.upper() for one in numbers if one)),
    )


def theirs(known: Known) -> tuple[str, str, str | None, tuple[str, ...]]:
    born = datetime.fromtimestamp(known.born / 1000, UTC).date().isoformat() if known.born is not None else None
    given = " ".join(one for one in (known.given, known.middle) if one)
    return (_plain(known.family), _plain(given), born, tuple(sorted(number for _, number, _, _ in known.documents)))


def _plain(name: str) -> str:
    return "" if name == "FNU" else " ".join(re.sub("[^A-Z]+", " ", latin(name)).split())


def test_every_sample_that_gtas_loads_has_the_same_persons_for_us(shared_data: Path) -> None:
    compared, wrong = 0, {}
    for name, data in samples(shared_data / "edifact").items():
        found = judge(data, NOW)
        if not found.loads or name in OTHERWISE:
            continue
        (manifest,) = lists(data)
        compared += len(found.persons)
        if (mine := [ours(one) for one in manifest.persons]) != (known := [theirs(one) for one in found.persons]):
            wrong[name] = [pair for pair in zip(mine, known, strict=False) if pair[0] != pair[1]]
    assert not wrong
    assert compared > 60


def test_the_projection_is_read_as_it_stands(shared_data: Path) -> None:
    """Its port codes are its own, not ours: they are left as they are."""
    data = (shared_data / "edifact/synthetic/gtas-probe/33_projection_recommended.edi").read_bytes()
    (manifest,) = lists(data)
    assert [(one.family_name, one.given_names) for one in manifest.persons] == [
        ("PAPADOPOULOS", "MARIA ELENI"),
        ("SANTOS", "JOSE"),
    ]
    assert manifest.voyage.departure is None or manifest.voyage.departure.port.code is None
    marked = data.replace(b"+000000001'", b"+000000001++SEAPORTS-1'", 1)
    marked = marked.replace(b"T01", f"{surrogate('TRIST')}".encode()).replace(b"M01", f"{surrogate('MTMLA')}".encode())
    (manifest,) = lists(marked)
    assert manifest.voyage.departure
    assert manifest.voyage.arrival
    assert (manifest.voyage.departure.port.code, manifest.voyage.arrival.port.code) == ("TRIST", "MTMLA")
    assert {one.embarkation and one.embarkation.code for one in manifest.persons} == {"TRIST"}


def test_the_raw_text_that_gtas_keeps_is_read(shared_data: Path) -> None:
    """It stores a message from UNA on, in capitals, with a line end behind every segment."""
    for name, data in samples(shared_data / "edifact/gtas/paxlst").items():
        text = data.decode()
        end = text[8] if text.startswith("UNA") else "'"
        kept = text.replace("\n", "").replace("\r", "").replace(end, end + "\n").upper()
        assert persons(kept.encode()) == persons(data), name
        assert len(persons(data)) in (2, 8, 10), name


BOOKED = {
    "loader_pnr1": [
        ("SMITHJR", "MRJONATHON ROBERT", "1964-07-12", ("123456789",)),
        ("JONES", "WILLIAMNEVELL", "1964-07-12", ()),
    ],
    "parsers_pnrMessagePg75": [
        ("PARK", "SEJOON", "1972-09-10", ("JR3364288",)),
        ("KIM", "KONG CHUN", "1957-02-15", ("M17072944",)),
    ],
    "parsers_pnrMessagePg76": [("DORON", "NINA", "1953-02-05", ()), ("LENDROT", "CHARLOTTE", "1952-02-14", ())],
    "parsers_pnrMessagePg77": [("VANDENBERG", "KEVIN MICHAEL", "1980-07-04", ("548721687",))],
}
"""Counted and compared with the files by eye: TIF and SSR DOCS of each traveller."""


@pytest.mark.parametrize("name", BOOKED)
def test_bookings_have_the_right_travellers(shared_data: Path, name: str) -> None:
    reading = pnrgov.read((shared_data / "edifact/gtas/pnrgov" / f"{name}.txt").read_bytes(), {})
    found = [normalise(raw, None, today=TODAY).manifest for raw in reading.lists if isinstance(raw, RawList)]
    assert [ours(one) for manifest in found for one in manifest.persons] == BOOKED[name]
    assert {manifest.purposes for manifest in found} == {(Purpose.BOOKING,)}
