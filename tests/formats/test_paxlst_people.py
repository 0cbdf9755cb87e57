"""Persons of PAXLST: every form of every segment, and nothing that a sender wrote is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats.paxlst import RULES
from gateway.formats.raw import FIELDS
from gateway.manifest import ListKind
from tests.formats.paxlst_text import ANNA, HEADER, OLE, TEACHER, codes, one, person, read
from tests.often import often

NAME = {"role": "FL", "family_name": "ERIKSSON", "given_names": "ANNA"}


@pytest.mark.parametrize(
    ("segment", "values"),
    [
        ("ATT+2++X", {"sex": "X"}),
        ("ATT+1++Y", {"ATT+1": "Y"}),
        ("DTM+329:740812", {"birth_date": "740812"}),
        ("DTM+329:740812:101", {"birth_date": "740812"}),
        ("DTM+329:19740812:102", {"birth_date": "19740812"}),
        ("DTM+329:1974:602", {"birth_date": "1974XXXX"}),
        ("DTM+329:197408:610", {"birth_date": "197408XX"}),
        ("DTM+329", {}),
        ("DTM+36:300101", {"document expiry": "300101"}),
        ("LOC+22+GRPIR", {"LOC+22": "GRPIR"}),
        ("LOC+174+SWE:162:5", {"residence_country": "SWE"}),
        ("LOC+178+GRPIR:139:6", {"embarkation": "GRPIR"}),
        ("LOC+179+:::PIRAEUS", {"disembarkation": "PIRAEUS"}),
        ("LOC+179+GRPIR:139:6:PIRAEUS", {"disembarkation": "GRPIR", "LOC+179 name": "PIRAEUS"}),
        ("LOC+178+GR PIR", {"embarkation": "GR PIR"}),
        ("LOC+180+SWE:::UTOPIA", {"birth_country": "SWE", "birth_place": "UTOPIA"}),
        ("LOC+180+SUHH:162:5:UTOPIA", {"birth_country": "SUHH", "birth_place": "UTOPIA"}),
        ("LOC+180+SWE", {"birth_country": "SWE"}),
        ("LOC+180+:::UTOPIA SWE", {"birth_place": "UTOPIA SWE"}),
        ("LOC+180+UTOPIA", {"birth_place": "UTOPIA"}),
        ("LOC+174+", {}),
        ("NAT+2+SWE", {"nationality": "SWE"}),
        ("NAT+2+:::SWEDISH", {"nationality": "SWEDISH"}),
        ("NAT+1+SWE", {"NAT+1": "SWE"}),
        ("RFF+AVF:AB12CD", {"booking_reference": "AB12CD"}),
        ("RFF+ABO:P?+1", {"carrier_reference": "P+1"}),
        ("RFF+SEA:7012", {"cabin": "7012"}),
        ("RFF+SEA:12345678:102", {"cabin": "12345678", "RFF+SEA more": "102"}),
        ("RFF+SEA:70+12", {"cabin": "70", "RFF+SEA more": "12"}),
        ("RFF+SEA: 7012 ", {"cabin": "7012"}),
        ("RFF+SEA:7??", {"cabin": "7?"}),
        ("RFF+YZY:784", {"ticket_number": "784"}),
        ("RFF+AEA:99:1", {"RFF+AEA": "99", "RFF+AEA more": "1"}),
        ("COM+?+302:TE+a@example.org:EM+33:FX", {"phone": "+302", "email": "a@example.org", "COM+FX": "33"}),
        ("EMP+1+CR1:110:111", {"rank_code": "CR1"}),
        ("EMP+1++:::SECOND OFFICER", {"rank": "SECOND OFFICER"}),
        ("EMP+1+CR1:110:111+2O:::SECOND OFFICER", {"rank_code": "2O", "rank": "SECOND OFFICER", "EMP": "CR1"}),
        ("EMP+1++++MASTER", {"rank": "MASTER"}),
        ("MEA+WT++KGM:20", {"MEA+WT": "KGM 20"}),
        ("GEI+4+173", {"GEI+4": "173"}),
        ("FTX+BAG+++AB123456:3", {"FTX+BAG": "AB123456 3"}),
        ("TDT+10++3+++++ABC123", {"vehicle_registration": "ABC123"}),
        ("TDT+10+ABC123+3+++++:::VAN", {"vehicle_registration": "VAN", "TDT": "ABC123"}),
        ("DOC+39+AE123", {"document.type": "39", "document.number": "AE123"}),
        ("DOC+P:110:111+AE123", {"document.type": "P", "document.number": "AE123"}),
        ("DOC+:::LAISSEZ-PASSER+AE123", {"document.type": "LAISSEZ-PASSER", "document.number": "AE123"}),
        ("DOC+F:::FERRY CARD+1", {"document.type": "F", "document.other_type": "FERRY CARD", "document.number": "1"}),
        ("DOC++AE123", {"document.number": "AE123"}),
        ("DOC+", {}),
        ("DOC+V+77", {"visa.number": "77"}),
        ("DOC+F:::CARD+2", {"document.type": "F", "document.other_type": "CARD", "document.number": "2"}),
        ("DOC+P:110:111+AE?'1", {"document.type": "P", "document.number": "AE'1"}),
        ("DOC+P:110:111+AE1:2", {"document.type": "P", "document.number": "AE1", "DOC more": "2"}),
        ("DOC+P:110:111+AE1+X", {"document.type": "P", "document.number": "AE1", "DOC more": "X"}),
    ],
)  # fmt: skip
def test_a_segment(segment: str, values: dict[str, str]) -> None:
    _, found, findings = person(segment)
    assert found == NAME | values
    assert findings == []


@pytest.mark.parametrize(
    ("nad", "values"),
    [
        ("NAD+FL+++ERIKSSON:ANNA", {"family_name": "ERIKSSON", "given_names": "ANNA"}),
        ("NAD+FL+++ERIKSSON:ANNA:MARIA", {"family_name": "ERIKSSON", "given_names": "ANNA", "middle_names": "MARIA"}),
        ("NAD+FL+++ERIKSSON:ANNA:", {"family_name": "ERIKSSON", "given_names": "ANNA"}),
        ("NAD+FL+++ERIKSSON", {"family_name": "ERIKSSON"}),
        ("NAD+FL+++DE LA SPECIMEN:", {"family_name": "DE LA SPECIMEN"}),
        ("NAD+FL+++:ANNA", {"given_names": "ANNA"}),
        ("NAD+FL+++ERIKSSON, ANNA MARIA", {"full_name": "ERIKSSON, ANNA MARIA"}),
        ("NAD+FL+++ERIKSSON/ANNA", {"full_name": "ERIKSSON/ANNA"}),
        ("NAD+FL++ERIKSSON ANNA", {"full_name": "ERIKSSON ANNA"}),
        ("NAD+FL+++O?'TEST:J?+HN", {"family_name": "O'TEST", "given_names": "J+HN"}),
        ("NAD+FL+77++ERIKSSON:ANNA", {"family_name": "ERIKSSON", "given_names": "ANNA", "NAD party": "77"}),
        (
            "NAD+FL+++ERIKSSON:ANNA:M:DR+1 QUAY:FLAT 2+UTOPIA++99+SWE",
            {
                "family_name": "ERIKSSON", "given_names": "ANNA", "middle_names": "M", "NAD name": "DR",
                "NAD address": "1 QUAY FLAT 2, UTOPIA, 99, SWE",
            },
        ),
        ("NAD+FL", {}),
        ("NAD+DDU+++ERIKSSON:ANNA", {"role": "DDU", "family_name": "ERIKSSON", "given_names": "ANNA"}),
        ("NAD+ZZZ+++ERIKSSON:ANNA", {"family_name": "ERIKSSON", "given_names": "ANNA"}),
    ],
)  # fmt: skip
def test_a_name(nad: str, values: dict[str, str]) -> None:
    _, found, _ = person(nad=nad)
    assert found == {"role": "FL"} | values


def test_what_stands_before_a_name_is_not_lost_the_second_time() -> None:
    raw = one(read(*HEADER, *["NAD+FL+77++ERIKSSON:ANNA", "NAD+FL++TITLE+ERIKSSON:ANNA"] * 2, "CNT+42:4"))
    assert list(raw.extras["NAD party"]) == ["77", None, "77", None]
    assert list(raw.extras["NAD text"]) == [None, "TITLE", None, "TITLE"]


def test_documents_and_visas_whatever_stands_between() -> None:
    _, found, findings = person(
        "DOC+P+AA1", "LOC+91+SWE", "DTM+36:300101", "LOC+178+GRPIR", "DOC+V+VV1", "DTM+36:270101", "LOC+91+GRC", "DTM+182:250101",
        "NAT+2+SWE", "DOC+", "DTM+36:", "DOC+I+BB2", "DTM+182:200101", "DOC+AC+CC3", "DOC+V+VV2",
    )  # fmt: skip
    assert findings == []
    assert found == NAME | {
        "embarkation": "GRPIR", "nationality": "SWE",
        "document.type": "P", "document.number": "AA1", "document.issuer": "SWE", "document.expiry": "300101",
        "document2.type": "I", "document2.number": "BB2", "document2.issued": "200101",
        "document3.type": "AC", "document3.number": "CC3",
        "visa.number": "VV1", "visa.expiry": "270101", "visa.issuer": "GRC", "visa.issued": "250101", "visa2.number": "VV2",
    }  # fmt: skip


def test_documents_beyond_the_third_are_kept_and_said() -> None:
    _, found, findings = person(*(f"DOC+P+AA{n}" for n in range(1, 6)), "DTM+36:300101")
    assert findings == ["E-27", "E-27"]
    assert found["further document.number"] == "AA4; AA5"
    assert found["further document.expiry"] == "300101"


def test_several_nationalities() -> None:
    _, found, findings = person("NAT+2+SWE", "NAT+2+NOR", "NAT+2+SWE", "NAT+2+GRC", "NAT+2+ITA", "NAT+2+FRA")
    assert [found["nationality"], found["nationality2"], found["nationality3"]] == ["SWE", "NOR", "GRC"]
    assert found["nationality3, another"] == "ITA; FRA"
    assert findings == []


def test_a_value_given_twice_is_kept_beside_and_said() -> None:
    raw, found, findings = person("DTM+329:740812", "DTM+329:740812", "DTM+329:750812", "RFF+AEA:1", "RFF+AEA:2")
    assert (found["birth_date"], found["birth_date, another"], found["RFF+AEA"]) == ("740812", "750812", "1; 2")
    assert findings == ["E-26"]
    assert raw.places.at("birth_date", 2).segment == 11 + 2 * len(TEACHER)


def test_an_unknown_segment_is_kept_and_said_once() -> None:
    reading = read(*HEADER, *ANNA, "XYZ+1+KEPT", *ANNA, "XYZ+1+TOO", "CNT+42:2")
    assert codes(reading) == ["E-28"]
    assert list(one(reading).extras["XYZ+1"]) == ["KEPT", "TOO"]


def test_a_date_that_misses_its_format() -> None:
    reading = read(*HEADER, *ANNA[:1], "DTM+329:740812:102", *ANNA[:1], "DTM+329:740812:102", "CNT+42:2")
    assert [(f.code, f.place.segment, f.place.person) for f in reading.findings] == [("E-29", 11, 1), ("E-29", 13, 2)]
    assert list(one(reading).columns["birth_date"]) == ["740812", "740812"]


def test_an_unknown_code_of_a_person_counts_by_the_kind_of_list() -> None:
    reading = read("BGM+250", *HEADER[1:], "NAD+QQ+++TEST:A", "CNT+41:1")
    assert codes(reading) == ["E-25"]
    assert list(one(reading).columns["role"]) == ["FM"]
    assert one(reading).kind is ListKind.CREW
    assert read("BGM+250", "NAD+QQ+++TEST:A", *HEADER[2:], "NAD+FM+++TEST:B").findings == []


def test_places_name_segment_tag_and_person() -> None:
    raw = one(read(*HEADER, *ANNA, *OLE, "NAT+2+NOR", "CNT+42:1", "CNT+41:1"))
    assert str(raw.places.at("birth_date", 1)) == "message 1, segment 15, DTM, person 2"
    assert str(raw.places.at("family_name", 1)) == "message 1, segment 13, NAD, person 2"
    assert str(raw.places.at("nationality", 1)) == "message 1, segment 16, NAT, person 2"
    assert str(raw.places.at("nationality", 0)) == "message 1, segment 10, NAD, person 1"
    assert set(raw.columns) <= FIELDS
    assert all(len(column) == raw.size for column in (*raw.columns.values(), *raw.extras.values()))


def test_alike_findings_are_counted() -> None:
    reading = read(*HEADER, *(ANNA[0], "DTM+329:740812:102") * 130, "CNT+42:130")
    assert codes(reading).count("E-29") == 100
    assert reading.findings[-1].text == "E-29 is true 30 more times in this file"


_QUALIFIED = st.sampled_from([
    "ATT+2++{}", "ATT+7++{}", "DTM+329:{}", "DTM+36:{}", "DTM+182:{}", "DTM+97:{}", "LOC+22+{}", "LOC+174+{}", "LOC+178+{}",
    "LOC+179+{}:139:6:{}", "LOC+180+:::{}", "LOC+180+AAA:::{}+{}", "LOC+91+{}", "LOC+91+{}:162:5:{}", "NAT+2+{}", "NAT+2+:::{}",
    "RFF+AVF:{}", "RFF+ABO:{}", "RFF+SEA:{}:{}", "RFF+ZZ:{}", "COM+{}:TE", "COM+{}:EM+{}:XX", "EMP+1+{}:110:111+{}:::{}+++{}",
    "MEA+CT++{}:{}", "GEI+4+{}", "FTX+BAG+++{}:{}:{}", "FTX+AAI+++{}", "TDT+10+{}+3+++++{}:::{}", "DOC+{}+{}", "DOC+P:110:111+{}",
    "DOC+V+{}", "DOC+F:::{}+{}:{}+{}", "XYZ+{}:{}+{}", "QTY+1:{}", "GID+{}+{}", "CPI+{}", "ZZZZ{}", "DOC++{}", "DOC", "LOC", "DTM",
])  # fmt: skip


@given(st.lists(_QUALIFIED, max_size=25), st.booleans())
@often(125)
def test_every_text_of_a_person_is_somewhere(templates: list[str], releases: bool) -> None:
    texts: list[str] = []

    def filled(template: str) -> str:
        start = len(texts)
        texts.extend(f"T{start + n}{'+' if releases and n % 2 else 'X'}" for n in range(template.count("{}")))
        return template.format(*(text.replace("+", "?+") for text in texts[start:]))

    raw, found, _ = person(*(filled(template) for template in templates))
    kept = " ".join((*found, *found.values()))
    assert [text for text in texts if text not in kept] == []
    assert raw.size == 3


def test_a_file_of_odd_qualifiers_makes_no_columns_without_end() -> None:
    _, found, _ = person(*(f"RFF+{n:03}:text{n}" for n in range(500)))
    assert len(found) < 80
    assert "RFF+499 text499" in found["other segments"]


def test_rules_have_codes_of_their_own() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(id_.startswith(("E-", "H-")) for id_ in ids)
