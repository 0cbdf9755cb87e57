"""What is normal stays as it is: normalising a manifest's own values changes nothing and finds nothing.

And: whatever texts stand in whatever fields, `normalise` does not raise, and no finding holds a text of a person.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from gateway.findings import Place
from gateway.formats.raw import HEADER_FIELDS, PERSON_FIELDS, HeaderValue, PathPlaces, RawList
from gateway.manifest import ListKind, Manifest, Permit, Person
from gateway.normalise import Normalised, normalise
from tests.often import often

TODAY = date(2026, 11, 21)


def as_raw(columns: Mapping[str, list[str | None]], header: Mapping[str, str], kind: ListKind) -> RawList:
    size = max((len(column) for column in columns.values()), default=0)
    values = {field: HeaderValue(text, Place(path=field)) for field, text in header.items()}
    return RawList(format="test", kind=kind, size=size, columns=dict(columns), places=PathPlaces(), header=values)


def given_visas(person: Person) -> tuple[Permit, ...]:
    """Those that two columns of visas can hold: a visa without any detail has no text."""
    return tuple(visa for visa in person.visas if visa != Permit())[:2]


def spelled(person: Person) -> dict[str, str | None]:
    """A person's values as texts of a list."""
    ports = {name: getattr(person, name) for name in ("embarkation", "disembarkation")}
    texts: dict[str, Any] = {
        name: getattr(person, name)
        for name in (
            "sex", "birth_date", "birth_place", "birth_country", "residence_country", "embarked_at", "disembarks_on", "rank",
            "rank_code", "cabin", "booking_reference", "booked_at", "carrier_reference", "ticket_number", "special_care", "emergency_contact", "phone",
            "email", "vehicle_registration", "remarks",
        )
    }  # fmt: skip
    texts |= {name: port and (port.code or port.name) for name, port in ports.items()}
    texts |= {"sequence": str(person.sequence), "transit": None if person.transit is None else "NY"[person.transit]}
    texts |= {
        field: one.code
        for field, one in zip(("nationality", "nationality2", "nationality3"), person.nationalities, strict=False)
    }
    texts |= {"family_name": person.family_name, "given_names": person.given_names}
    texts |= {"mrz1": "\n".join(person.mrz) or None, "role": "master" if person.master else person.role}
    for prefix, papers in (
        ("document", person.documents),
        ("visa", person.visas),
        ("permit", person.residence_permits),
    ):
        for slot, paper in zip((prefix, f"{prefix}2", f"{prefix}3"), papers, strict=False):
            texts |= {f"{slot}.{part}": getattr(paper, part, None) for part in ("type", "number", "issuer", "expiry")}
            if prefix == "document":
                texts |= {f"{slot}.issued": paper.issued, f"{slot}.other_type": paper.native_type}
    if person.documents:
        texts["document.issuer_name"] = person.documents[0].issuer_name
    return texts


def spelled_header(manifest: Manifest) -> dict[str, str]:
    voyage, vessel, counts = manifest.voyage, manifest.vessel, manifest.counts
    texts: dict[str, Any] = {
        f"vessel.{name}": getattr(vessel, name) for name in ("name", "imo", "call_sign", "mmsi", "flag")
    }
    texts |= {f"voyage.{name}": getattr(voyage, name) for name in ("number", "operator", "visit_id")}
    texts |= {f"counts.{name}": getattr(counts, name) for name in ("on_board", "passengers", "crew")}
    texts |= {
        "reference": manifest.reference,
        "issued": manifest.issued,
        "function": manifest.function,
        "direction": voyage.direction,
    }
    for end, call in (("departure", voyage.departure), ("arrival", voyage.arrival)):
        if call:
            texts |= {f"{end}.port": call.port.code, f"{end}.port_name": call.port.name}
            texts |= {f"{end}.{kind}": getattr(call, f"{kind}_{end}") for kind in ("estimated", "actual")}
    return {field: str(text) for field, text in texts.items() if text is not None}


def again(manifest: Manifest) -> Normalised:
    rows = [spelled(person) for person in manifest.persons]
    fields = {field for row in rows for field in row}
    columns = {field: [row.get(field) for row in rows] for field in sorted(fields)}
    return normalise(as_raw(columns, spelled_header(manifest), manifest.kind), None, today=TODAY)


def comparable(manifest: Manifest) -> Manifest:
    """Why a name is missing is not said in a column, a visa without any detail neither, and calls besides the leg's have
    no field of the header."""
    persons = tuple(
        msgspec.structs.replace(person, name_reason=None, visas=given_visas(person)) for person in manifest.persons
    )
    voyage = msgspec.structs.replace(manifest.voyage, itinerary=())
    return msgspec.structs.replace(manifest, persons=persons, voyage=voyage)


WORDS = st.sampled_from(
    [None, "", " ", "ERIKSSON", "Eriksson, Anna", "ERIKSSON/ANNA MR", "MR ANNA MRS", "Ζωή", "О'TEST", "FNU", "-", "UNKNOWN", "M", "f", "Male", "X", "H",
     "GRC", "D", "Germany", "England", "Congo", "03/04/1970", "30/12/1977", "12/30/1977", "1974", "740812", "12-Feb-22", "0001-01-01", "soon",
     "P", "O", "39", "SID", "Seaman's book", "visa", "V", "123456.0", "1.2E+10", "GRPIR", "GB SOU", "Valletta", "?????", "PIR", "Brest", "Master", "FM",
     "CPE", "DDU", "Y", "no", "0", "1", "99999", "7", "about 7", "9999993", "IMO 9999993", "2026-06-01 14:00", "A", "D", "5", "P<UTOERIKSSON<<ANNA",
     "Passport L898902C3", "12.08.1974 Athens", "Ã¼", "a\u200bb", "\x00", "a\nb", "x" * 300]
)  # fmt: skip
TEXTS = WORDS | st.none() | st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def lists(draw: st.DrawFn) -> RawList:
    fields = draw(st.lists(st.sampled_from(PERSON_FIELDS), unique=True, max_size=14))
    size = draw(st.integers(1, 4))
    columns = {field: draw(st.lists(TEXTS, min_size=size, max_size=size)) for field in fields}
    header = {
        field: draw(TEXTS) or "" for field in draw(st.lists(st.sampled_from(HEADER_FIELDS), unique=True, max_size=8))
    }
    raw = as_raw(columns, header, draw(st.sampled_from(ListKind)))
    raw.size = size
    raw.dialects = draw(
        st.sampled_from(
            [{}, {"dates": "edifact"}, {"birth_date": "uk", "document.type": "uk"}, {"sex": "iso5218", "dates": "dmy"}]
        )
    )
    return raw


@given(lists())
@often(125, suppress_health_check=[HealthCheck.too_slow])
def test_any_list_is_normalised_once_and_for_all(raw: RawList) -> None:
    once = normalise(raw, None, today=TODAY)
    assert len(once.manifest.persons) == raw.size
    twice = again(once.manifest)
    assert comparable(twice.manifest) == comparable(once.manifest)


@given(
    st.lists(
        st.tuples(st.sampled_from(PERSON_FIELDS), st.text("QXZ!#€Ж", min_size=4, max_size=9)),
        min_size=1,
        max_size=10,
        unique_by=lambda pair: pair[0],
    )
)
@often(50)
def test_no_finding_holds_a_value(values: list[tuple[str, str]]) -> None:
    done = normalise(as_raw({field: [text] for field, text in values}, {}, ListKind.MIXED), None, today=TODAY)
    said = "".join(msgspec.json.encode(finding).decode() for finding in done.findings)
    assert not [text for _, text in values if text in said]
    assert not [text for _, text in values if text in repr(done)]


@given(lists())
@often(30)
def test_a_manifest_fits_its_own_schema(raw: RawList) -> None:
    manifest = normalise(raw, None, today=TODAY).manifest
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=Manifest) == manifest
