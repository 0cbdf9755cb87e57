"""No bytes make a reader raise, hang, or tell a passenger's value: damaged samples for every reader there is.

A new reader joins by being in `gateway.formats.FORMATS`; its samples are its folder under tests/golden and whatever `./gw make`
writes that it recognises. What once broke a reader lies in saved/<format>/ and comes first. A longer run, examples for each reader:

    GATEWAY_SEARCH=700 ./gw test tests/fuzz
"""

import re
import time
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from gateway import formats, jail
from gateway.formats import FORMATS, Format
from gateway.formats.raw import RawList, Reading
from gateway.make import Order, make
from gateway.make.targets import TARGETS
from gateway.manifest import Manifest
from gateway.normalise import normalise
from tests.fuzz.damage import damaged
from tests.often import often

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
SHORT = 30
LONGEST = (
    10.0  # seconds of this process' own work: on a busy machine a reader may wait for half a minute without hanging
)
ON = date(2026, 11, 22)
SAVED = sorted(path for path in (HERE / "saved").rglob("*") if path.is_file() and path.suffix != ".md")
_PRIVATE = (
    "family_name",
    "given_names",
    "full_name",
    "document.number",
    "birth_place",
    "phone",
    "email",
    "emergency_contact",
)
_LONG = 7  # letters: shorter ones turn up in other words


def _files() -> Iterator[bytes]:
    for path in sorted(GOLDEN.rglob("input.*")):
        yield path.read_bytes()
    for name, target in TARGETS.items():
        for kind in target.kinds[:2]:
            yield make(Order(form=name, persons=4, kind=kind, seed=7, on=ON)).data


@cache
def samples() -> dict[str, list[bytes]]:
    """Format -> what its reader recognises, the smaller ones: a mutation of them is tried in milliseconds."""
    found: dict[str, list[bytes]] = {}
    for data in _files():
        reader = formats.recognise(data)
        if reader and len(data) < 40_000:
            found.setdefault(reader.NAME, []).append(data)
    return found


@cache
def values(format: str) -> re.Pattern[str]:
    """What the samples of a format say of their people."""
    found = set()
    for data in samples()[format]:
        reader = formats.named(format)
        assert reader is not None
        for one in reader.read(data, {}).lists:
            columns = one.columns if isinstance(one, RawList) else _columns(one)
            found |= {text for name in _PRIVATE for text in columns.get(name, ()) if text and len(text) >= _LONG}
    return re.compile("|".join(map(re.escape, sorted(found))))


def _columns(manifest: Manifest) -> dict[str, list[str | None]]:
    columns = {name: [getattr(person, name, None) for person in manifest.persons] for name in _PRIVATE}
    numbers = [document.number for person in manifest.persons for document in person.documents]
    return {**columns, "document.number": numbers}


def is_safe(reader: Format, data: bytes) -> None:
    """A reading, soon, that tells no value; the lists in it can be normalised. A reader in a jail is run as the gateway does."""
    began = time.process_time()
    reading = jail.read_file(data, {}, format=reader.NAME) if reader.JAILED else reader.read(data, {})
    assert isinstance(reading, Reading)
    findings = list(reading.findings)
    for one in reading.lists:
        assert isinstance(one, RawList | Manifest)
        if isinstance(one, RawList):
            assert all(len(column) == one.size for column in one.columns.values())
            findings += normalise(one, None, today=ON).findings
    assert time.process_time() - began < LONGEST
    told = " ".join(f"{finding.text} {finding.hint} {finding.shape} {finding.place}" for finding in findings)
    assert not values(reader.NAME).search(told)
    assert reading.lists or reading.findings or not data, "nothing was read and nothing was said"


@pytest.mark.parametrize("path", SAVED, ids=lambda path: str(path.relative_to(HERE / "saved")))
def test_what_once_broke_a_reader(path: Path) -> None:
    reader = formats.named(path.parent.name)
    assert reader is not None
    is_safe(reader, path.read_bytes())


def test_every_reader_has_samples() -> None:
    assert {reader.NAME for reader in FORMATS} <= samples().keys()


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("reader", FORMATS, ids=lambda reader: reader.NAME)
def test_damage_is_read_or_said(reader: Format) -> None:
    @often(20 if reader.JAILED else SHORT, suppress_health_check=list(HealthCheck))
    @given(damaged(samples()[reader.NAME]))
    def run(data: bytes) -> None:
        is_safe(reader, data)

    run()


@pytest.mark.timeout(7200)
@often(SHORT, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_junk_is_recognised_or_refused(data: bytes) -> None:
    """Whoever recognises it can read it; recognising never raises."""
    for reader in FORMATS:
        assert reader.recognise(data) in (True, False)
        if not reader.JAILED:
            is_safe(reader, data)
