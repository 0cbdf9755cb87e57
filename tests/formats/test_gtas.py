"""PAXLST for GTAS and goTravel: what it says, that GTAS' grammar and load checks take it, and that it can be read again."""

import csv
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes.surrogates import port_of, surrogate
from gateway.formats import paxlst
from gateway.formats.forms import FORMS, Form, fitting, parts
from gateway.formats.paxlst_fitness import NO_PAPERS, NO_WITHDRAWAL, NOBODY, lacking
from gateway.formats.paxlst_writer_header import voyage_code
from gateway.formats.raw import RawList
from gateway.formats.writing import Declarant, WriteOrder
from gateway.make import FAULTS, Order, chosen, make
from gateway.make.targets import TARGETS
from gateway.manifest import (
    Call,
    Document,
    DocumentType,
    Function,
    ListKind,
    Manifest,
    Nationality,
    Permit,
    Person,
    Port,
    Role,
)
from gateway.normalise import normalise
from tests.gtas_oracle import Verdict, judge
from tests.manifests import manifests
from tests.often import often
from tests.specimen import (
    NOW,
    TODAY,
    VOYAGE,
    crew_manifest,
    crew_member,
    large_manifest,
    passenger,
    passenger_manifest,
)

GTAS, GOTRAVEL = FORMS["paxlst-gtas"], FORMS["paxlst-gotravel"]
BOTH = pytest.mark.parametrize("form", [GTAS, GOTRAVEL], ids=lambda form: form.name)
ORDER = WriteOrder(
    message_id="0f1d3b7e-0a53-5c8e-9a44-4d1f6d1c7b10",
    at=NOW,
    sender="SEAGATEWAY",
    recipient="UTOPIAPIU",
    control=7,
    declarant=Declarant(id="X", name="GATEWAY", phone="+302100000000", email="duty@example.org"),
)


def segments(manifest: Manifest, form: str = "paxlst-gtas") -> list[str]:
    written = FORMS[form].write(manifest, ORDER).decode("ascii")
    return [text for text in re.split(r"(?<!\?)'", written[9:]) if text]


def judged(data: bytes) -> Verdict:
    return judge(data, NOW)


def of(person: Person, form: str = "paxlst-gtas") -> list[str]:
    """A person's own segments."""
    written = segments(passenger_manifest(persons=(person,)), form)
    return written[next(at for at, text in enumerate(written) if text.startswith("NAD+") and "+MS+" not in text) : -4]


@pytest.mark.parametrize(
    ("table", "folder", "rows"),
    [("synthetic/gtas-probe-results.tsv", "synthetic/gtas-probe", 59), ("gtas-results-on-real-samples.tsv", ".", 36)],
)
def test_the_oracle_agrees_with_gtas(shared_data: Path, table: str, folder: str, rows: int) -> None:
    root = shared_data / "edifact"
    text = (root / table).read_text("utf-8").splitlines()
    told = list(csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(told) == rows
    for row in told:
        found = judge((root / folder / row["file"]).read_bytes(), datetime(2026, 11, 21, 12, tzinfo=UTC))
        assert said(found) == expected(row["verdict"], row["note"]), row["file"]
        assert (
            ", ".join("null" if one is None else one for one in found.key) == row["prime key"][1:].partition("]")[0]
        ), row["file"]


def said(found: Verdict) -> tuple[str, str]:
    return found.outcome, found.reason


def expected(verdict: str, note: str) -> tuple[str, str]:
    if verdict.startswith("REJECTED "):
        return "rejected", verdict.split()[1].rstrip(":")
    if verdict == "loader: PNR":
        return "pnr", ""
    if exception := re.search(r"NumberFormatException|NPE", verdict):
        return "fails to load", exception[0].replace("NPE", "NullPointerException")
    return ("fails to load", note) if note else ("loads", "")


def test_the_message_segment_by_segment() -> None:
    person = passenger(
        4, transit=True, birth_place="Corcaigh", phone="1", vehicle_registration="A1", residence_country="IRL"
    )
    assert segments(passenger_manifest(persons=(person,))) == [
        "UNB+UNOA:4+SEAGATEWAY:ZZ+UTOPIAPIU:ZZ+261121:1200+000000007++SEAPORTS-1",
        "UNG+PAXLST+SEAGATEWAY:ZZ+UTOPIAPIU:ZZ+261121:1200+1+UN+D:05B",
        "UNH+1+PAXLST:D:05B:UN:IATA+0F1D3B7E-0A53-5C8E-9A44-4D1F6D1C7B1+01:F",
        "BGM+745",
        "RFF+TN:0F1D3B7E-0A53-5C8E-9A44-4D1F6D1C7B10",
        "NAD+MS+++SPECIMEN STAR:IMO 1234567 VOYAGE SP1147",
        "COM+?+302100000000:TE+DUTY@EXAMPLE.ORG:EM",
        f"TDT+20+ZZ{voyage_code(passenger_manifest())}+++ZZ",
        f"LOC+125+{surrogate('GRPIR')}",
        "DTM+189:2611231800:201",
        f"LOC+87+{surrogate('MTMLA')}",
        "DTM+232:2611250730:201",
        "NAD+DDU+++O?'TESTER:MARY-JANE",
        "ATT+2++F",
        "DTM+329:150517",
        "LOC+174+IRL",
        f"LOC+178+{surrogate('GRPIR')}",
        f"LOC+179+{surrogate('MTMLA')}",
        "LOC+180+IRL:::CORCAIGH",
        "NAT+2+IRL",
        "RFF+AVF:BK5047",
        "RFF+SEA:7052",
        "DOC+P:110:111+TS4471902",
        "DTM+36:310415",
        "LOC+91+IRL",
        "CNT+42:1",
        "UNT+25+1",
        "UNE+1+1",
        "UNZ+1+000000007",
    ]  # fmt: skip


def test_gtas_understands_it_as_it_was_meant() -> None:
    found = judged(GTAS.write(passenger_manifest(), ORDER))
    [flight] = found.flights
    assert found.loads
    assert (port_of(flight.origin), port_of(flight.destination)) == ("GRPIR", "MTMLA")
    assert (flight.carrier, len(flight.number)) == ("ZZ", 4)
    assert datetime.fromtimestamp(flight.departs / 1000, UTC) == datetime(2026, 11, 23, 18, tzinfo=UTC)
    who = found.persons[4]
    assert (who.family, who.given, who.kind, who.sex, who.nationality) == ("O'TESTER", "MARY-JANE", "P", "F", "IRL")
    assert datetime.fromtimestamp((who.born or 0) / 1000, UTC) == datetime(2015, 5, 17, tzinfo=UTC)
    expiry = int(datetime(2031, 4, 15, tzinfo=UTC).timestamp()) * 1000
    assert (who.booking, who.seats, who.documents) == ("BK5047", ["7052"], [("P", "TS4471902", expiry, "IRL")])


def test_crew_is_crew_and_gotravel_is_told_more() -> None:
    found = judged(GTAS.write(crew_manifest(), ORDER))
    assert found.loads
    assert {one.kind for one in found.persons} == {"C"}
    assert [text for text in segments(crew_manifest()) if text.startswith(("BGM", "CNT"))] == ["BGM+250", "CNT+41:3"]
    person = passenger(0, phone="1", nationalities=(Nationality("SWE", "SWE"), Nationality("NOR", "NOR")))
    more = set(of(person, "paxlst-gotravel")) - set(of(person))
    assert more == {"COM+1:TE", "NAT+2+NOR", "DTM+182:210415"}


@BOTH
def test_whatever_we_make_of_the_corpus_loads(form: Form) -> None:
    name = form.name
    for seed in range(14):
        kind = TARGETS[name].kinds[seed % 2]
        order = Order(form=name, persons=510 if seed == 0 else 15, seed=seed, on=TODAY, kind=kind)
        faults = tuple(one for one in chosen(order, 3) if FAULTS[one].stage != "file") if seed % 2 else ()
        made = make(msgspec.structs.replace(order, faults=faults))
        whole, _ = fitting(made.manifest, FORMS[name])
        found = [judged(one) for one in FORMS[name].separate(made.data)]
        assert all(one.loads for one in found), (seed, faults, [said(one) for one in found])
        assert sum(len(one.persons) for one in found) == len(whole.persons)
        assert len({(one.flights[0].number, one.flights[0].departs) for one in found}) == 1


@given(manifests(), st.sampled_from([GTAS, GOTRAVEL]))
@often(20)
def test_whatever_the_list_it_loads_or_is_refused(manifest: Manifest, form: Form) -> None:
    leg = {"departure": VOYAGE.departure, "arrival": VOYAGE.arrival}
    manifest = msgspec.structs.replace(manifest, voyage=msgspec.structs.replace(manifest.voyage, **leg))
    for part in parts(manifest, form):
        whole, _ = fitting(part, form)
        if form.refuses(whole):
            continue
        for one in form.separate(form.write(whole, ORDER)):
            found = judged(one)
            assert found.loads, said(found)
            assert len(found.persons) == len(whole.persons)
            assert b"\n" not in one
            assert one.isascii()


SIGNS = st.text(st.sampled_from("AB1 ?'+:~\\$@/\n<é"), max_size=8)


@given(SIGNS, SIGNS, SIGNS, SIGNS)
@often(30)
def test_no_sign_in_a_text_breaks_its_message(family: str, booking: str, cabin: str, number: str) -> None:
    person = passenger(
        0, family_name=family, family_name_latin=family, booking_reference=booking, cabin=cabin, rank=cabin, birth_place=booking,
        documents=(Document(DocumentType.PASSPORT, number, "SWE"), Document(DocumentType.OTHER, booking)),
    )  # fmt: skip
    whole, left_out = fitting(passenger_manifest(persons=(person, passenger(1))), GTAS)
    found = judged(GTAS.write(whole, ORDER))
    assert found.loads
    assert len(found.persons) == 2 - len(left_out)
    assert found.persons[-1].family == "TESTPERSON"
    assert found.persons[-1].documents[0][1] == "TP1047239"


def test_a_long_list_is_several_files_of_one_list() -> None:
    manifest = large_manifest(1_003)
    files = GTAS.separate(GTAS.write(manifest, ORDER))
    assert [len(judged(one).persons) for one in files] == [500, 500, 3]
    assert all(judged(one).loads for one in files)
    heads = [re.search(rb"UNH\+1\+PAXLST:D:05B:UN:IATA\+(\S+?)\+(.*?)'", one) for one in files]
    assert [head and head[2] for head in heads] == [b"01:C", b"02", b"03:F"]
    assert len({head and head[1] for head in heads}) == 1
    assert len({one[one.rindex(b"UNZ") :] for one in files}) == 3
    reading = paxlst.read(b"".join(files), {})
    [raw] = reading.lists
    assert list(reading.findings) == []
    assert isinstance(raw, RawList)
    assert raw.size == 1_003
    assert raw.header["counts.passengers"].text == "1003"


def test_one_file_is_put_together_again_byte_by_byte() -> None:
    written = GTAS.write(large_manifest(1_003), ORDER)
    assert b"".join(GTAS.separate(written)) == written
    odd = passenger_manifest(persons=(passenger(0, cabin="UNA:+.? '"),))
    assert GTAS.separate(GTAS.write(odd, ORDER)) == [GTAS.write(odd, ORDER)]


def carried(person: Person, sequence: int, *, to_gotravel: bool) -> Person:
    """What the form carries of somebody whose words are in capitals."""
    documents = tuple(one if to_gotravel else msgspec.structs.replace(one, issued=None) for one in person.documents)
    return msgspec.structs.replace(
        person, sequence=sequence, family_name=person.family_name_latin, given_names=person.given_names_latin,
        transit=person.transit or None, embarkation=_code_of(person.embarkation), disembarkation=_code_of(person.disembarkation),
        birth_place=(person.birth_place or "").upper().replace("Ö", "OE") or None, rank=person.rank and person.rank.upper(),
        rank_code=None, documents=documents,
    )  # fmt: skip


def _code_of(port: Port | None) -> Port | None:
    return port and Port(code=port.code)


@BOTH
@pytest.mark.parametrize("manifest", [passenger_manifest(), crew_manifest()], ids=["passengers", "crew"])
def test_read_again_it_is_what_was_written(form: Form, manifest: Manifest) -> None:
    name = form.name
    reading = paxlst.read(FORMS[name].write(manifest, ORDER), {})
    [raw] = reading.lists
    assert isinstance(raw, RawList)
    assert list(reading.findings) == []
    done = normalise(raw, None, today=TODAY)
    assert list(done.findings) == []
    back = done.manifest
    assert [msgspec.structs.replace(one, rank_code=None) for one in back.persons] == [
        carried(one, at, to_gotravel=name == "paxlst-gotravel") for at, one in enumerate(manifest.persons, 1)
    ]
    assert back.voyage == msgspec.structs.replace(
        VOYAGE, number=f"ZZ{voyage_code(manifest)}", operator="ZZ", direction=None,
        departure=Call(port=Port(code="GRPIR"), estimated_departure="2026-11-23T18:00"),
        arrival=Call(port=Port(code="MTMLA"), estimated_arrival="2026-11-25T07:30"),
    )  # fmt: skip
    assert back.kind is manifest.kind


def test_without_its_mark_a_code_of_three_signs_is_nobodys_port() -> None:
    written = GTAS.write(passenger_manifest(), ORDER).replace(b"SEAPORTS-1", b"APIS")
    [raw] = paxlst.read(written, {}).lists
    assert isinstance(raw, RawList)
    assert raw.header["departure.port"].text == surrogate("GRPIR")
    assert normalise(raw, None, today=TODAY).manifest.voyage.departure != VOYAGE.departure


def test_the_code_of_a_voyage() -> None:
    def code(**changes: object) -> str:
        return voyage_code(passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, **changes)))

    assert code() == code(itinerary=(Call(port=Port(code="ITBRI")),), departure=None)
    assert len({code(), code(number="SP1148"), code(operator="Other Line"), code(number=None)}) == 4
    assert code(number=None) != code(
        number=None, departure=Call(port=Port(code="GRPIR"), estimated_departure="2026-11-23T19:00")
    )
    later = passenger_manifest(function=Function.REPLACE, persons=(), issued=None)
    assert voyage_code(later) == code()
    made = {code(number=str(number)) for number in range(3_000)}
    assert len(made) > 2_980
    assert all(re.fullmatch("[0-9A-Y]{4}", one) and "M" not in one for one in made)


def test_a_corrected_list_is_no_duplicate_and_the_same_one_is() -> None:
    """GTAS compares an MD5 of BGM..UNT in ASCII, in which every accented letter is the same."""
    later = msgspec.structs.replace(ORDER, message_id="another")
    first, again, new = (GTAS.write(passenger_manifest(), order) for order in (ORDER, ORDER, later))
    payloads = [one[one.index(b"BGM") : one.index(b"UNT")] for one in (first, again, new)]
    assert payloads[0] == payloads[1] != payloads[2]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"family_name": None, "family_name_latin": None, "given_names": None, "given_names_latin": None}, ["family_name"]),
        ({"family_name_latin": "??"}, ["family_name"]),
        ({"family_name": None, "family_name_latin": None}, []),
        ({"given_names": None, "given_names_latin": None}, []),
        ({"birth_date": "1926-11-23"}, ["birth_date within the 100 years before the sailing"]),
        ({"birth_date": "1926-12-23"}, ["birth_date within the 100 years before the sailing"]),
        ({"birth_date": "1926-12-25"}, []),
        ({"birth_date": "1900-02-29"}, []),
        ({"birth_date": "2026-11-24"}, ["birth_date within the 100 years before the sailing"]),
        ({"birth_date": "1920"}, []),
        ({"birth_date": None, "sex": None, "nationalities": (), "documents": ()}, []),
    ],
)  # fmt: skip
def test_who_is_left_out(changes: dict[str, object], missing: list[str]) -> None:
    person, manifest = passenger(0, **changes), passenger_manifest()
    assert lacking(person, manifest) == missing
    whole, left_out = fitting(passenger_manifest(persons=(passenger(1), person)), GTAS)
    assert left_out == ([(1, missing)] if missing else [])
    found = judged(GTAS.write(whole, ORDER))
    assert found.loads
    assert len(found.persons) == len(whole.persons)


def test_a_single_name_and_what_gtas_would_guess() -> None:
    assert of(passenger(0, family_name=None, family_name_latin=None))[0] == "NAD+FL+++ANNA MARIA:FNU"
    assert of(passenger(0, given_names=None, given_names_latin=None))[0] == "NAD+FL+++ERIKSSON:FNU"
    stateless = of(passenger(0, nationalities=()))
    assert not any(text.startswith("LOC+180") for text in stateless)  # else the place of birth becomes the nationality
    assert not any(text.startswith("DTM+329") for text in of(passenger(0, birth_date="1974-08")))
    assert "DTM+36" not in "".join(
        of(passenger(0, documents=(Document(DocumentType.PASSPORT, "A1", "SWE", "2099-12-31"),)))
    )
    assert of(passenger(0, role=Role.STOWAWAY))[0].startswith("NAD+FL")
    visa = of(passenger(0, visas=(Permit("V1", "GRC", "2027-01-01"),)))
    assert visa[-3:] == ["DOC+V:110:111+V1", "DTM+36:270101", "LOC+91+GRC"]
    assert "LOC+178+:::UTOPIA BAY" in of(passenger(0, embarkation=Port(name="Utopia Bay")))


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (passenger_manifest(function=Function.CANCEL), NO_WITHDRAWAL),
        (passenger_manifest(persons=()), NOBODY),
        (passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, departure=None)), "the port of departure is not"),
        (passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, arrival=Call(port=Port(code="MTQQX")))), "the port of arrival is not"),
        (passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, departure=Call(port=Port(code="GRPIR")))), "the time of departure"),
    ],
    ids=["cancelled", "empty", "no departure", "no sea port", "no time"],
)  # fmt: skip
@BOTH
def test_what_cannot_be_said(manifest: Manifest, reason: str, form: Form) -> None:
    assert form.refuses(manifest).startswith(reason)
    assert not form.refuses(passenger_manifest())


def test_gotravel_wants_papers_in_each_message() -> None:
    bare = passenger(0, documents=(Document(DocumentType.PASSPORT),))
    assert GTAS.refuses(passenger_manifest(persons=(bare,))) == ""
    assert GOTRAVEL.refuses(passenger_manifest(persons=(bare,))) == NO_PAPERS
    assert GOTRAVEL.refuses(passenger_manifest(persons=(bare, passenger(1)))) == ""
    assert GOTRAVEL.refuses(passenger_manifest(persons=(*large_manifest(500).persons, bare))) == NO_PAPERS


def test_times_are_on_the_clocks_of_their_port() -> None:
    departure = Call(port=Port(code="GRPIR"), actual_departure="2026-11-23T23:30:00Z")
    written = segments(passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, departure=departure)))
    assert "DTM+189:2611240130:201" in written
    day = Call(port=Port(code="GRPIR"), estimated_departure="2026-11-23")
    assert "DTM+189:261123:101" in segments(passenger_manifest(voyage=msgspec.structs.replace(VOYAGE, departure=day)))


def test_a_mixed_list_becomes_two() -> None:
    mixed = passenger_manifest(kind=ListKind.MIXED, persons=(passenger(0), crew_member(1)))
    kinds = [judged(GTAS.write(part, ORDER)).persons[0].kind for part in parts(mixed, GTAS)]
    assert kinds == ["P", "C"]
