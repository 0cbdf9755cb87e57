"""A machine-readable zone as a witness: it never contradicts its own person, in any script, and says which side looks wrong."""

import re
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.checks import zone_names, zones
from gateway.checks.facts import Context, Facts
from gateway.codes.mrz import decode
from gateway.codes.mrz_misread import confused, taken_for
from gateway.codes.mrz_names import Difference, differences
from gateway.findings import Finding
from gateway.manifest import Document, DocumentType, Permit, Sex
from tests.core.zone_builder import zone
from tests.often import often
from tests.specimen import NOW, TODAY, passenger, passenger_manifest


def found(lines: tuple[str, ...], **changes: Any) -> list[Finding]:
    """What is said about the zone of the specimen passenger with these changes."""
    manifest = passenger_manifest(persons=(passenger(0, mrz=lines, **changes),))
    facts = Facts(manifest, Context(today=TODAY, now=NOW, purposes=manifest.purposes))
    hits = ((check.rule, hit) for check in (*zones.CHECKS, *zone_names.CHECKS) for hit in check.find(facts))
    return [rule.at(facts.place(hit.field, hit.person), **hit.parts) for rule, hit in hits]


def codes(lines: tuple[str, ...], **changes: Any) -> list[str]:
    return sorted(finding.code for finding in found(lines, **changes))


# --- a person never disagrees with their own zone -----------------------------------------------------------------

LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÅÆÖØÜÑßÞÐŁÉÈÇŠŽČĆŐŰŞĞİĀĘÝ"
CYRILLIC = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁЄІЇҐЎЂЋЉЊЏЃЌЅ"
GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏΪΫ"


def names(letters: str) -> st.SearchStrategy[str]:
    word = st.text(alphabet=letters, min_size=2, max_size=14)
    return st.builds(
        lambda first, rest, sign: sign.join((first, *rest)), word, st.lists(word, max_size=2), st.sampled_from(" -")
    )


anybody = st.sampled_from((LATIN, CYRILLIC, GREEK, "ABCDEXAUENOST'", "AEOUÄÖÜÅ")).flatmap(
    lambda letters: st.tuples(names(letters), names(letters))
)


@given(anybody, st.sampled_from(("TD1", "TD2", "TD3", "MRV-A", "MRV-B")), st.data())
@often(100)
def test_a_person_never_disagrees_with_their_own_zone(
    person: tuple[str, str], layout: str, data: st.DataObject
) -> None:
    family, given_names = person

    def choose(ways: Any) -> Any:
        return data.draw(st.sampled_from(ways))

    number = data.draw(st.sampled_from(("L898902C3", "D23145890734" if layout in ("TD1", "TD2") else "TP1", "A1")))
    code = {"TD3": "P", "MRV-A": "V", "MRV-B": "V"}.get(layout, "I")
    lines = zone(family, given_names, layout=layout, number=number, code=code, choose=choose)
    kind = DocumentType.PASSPORT if code == "P" else DocumentType.IDENTITY_CARD
    papers: Any = (
        {"visas": (Permit(number, "SWE", "2031-04-15"),)}
        if code == "V"
        else {"documents": (Document(kind, number, "SWE", "2031-04-15"),)}
    )
    read = decode(lines)
    assert read is not None
    assert read.is_consistent
    assert codes(lines, family_name=family, given_names=given_names, **papers) == []


@given(anybody, st.data())
@often(50)
def test_the_order_of_given_names_and_names_left_out_are_no_difference(
    person: tuple[str, str], data: st.DataObject
) -> None:
    family, given_names = person
    assume(not re.search("' | '", given_names))  # a state prints D' TEST as one word, of which none is left out
    lines = zone(family, given_names)
    words = given_names.split()
    left_out = data.draw(st.sets(st.sampled_from(range(1, 4))))
    fewer = data.draw(st.permutations([word for at, word in enumerate(words) if at not in left_out]))
    assert codes(lines, family_name=family, given_names=" ".join(fewer)) == []


# --- and other persons do ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "given_names", "zone_family", "zone_given", "truncated", "expected"),
    [
        ("MÜLLER", "ANNA", "MUXXLLER", "ANNA", False, None),
        ("MUELLER", "ANNA", "MULLER", "ANNA", False, None),
        ("Ñandú", "Ana", "NXXANDU", "ANA", False, None),
        ("Þórsdóttir", "Æsa", "THORSDOTTIR", "AESA", False, None),
        ("O'Tester", "Mary-Jane", "OTESTER", "MARYJANE", False, None),
        ("van der Test", "Ann", "VANDERTEST", "ANN", False, None),
        ("ТЕСТОВА", "ОЛЬГА", "TESTOVA", "OLHA", False, None),
        ("GARCIA LOPEZ", "ANA", "GARCIA", "ANA", False, None),
        ("ERIKSSON", "A.", "ERIKSSON", "ANNA MARIA", False, None),
        ("BENNELONGTEST", "DINGO", "BENNELONGTE", "D", True, None),
        ("اختبار", "شخص", "IKHTIBAR", "SHAKHS", False, None),
        ("اختبار", "شخص", "AXKHTBAR", "XSHXKHXSS", False, None),
        ("اختبار", "شخص", "ANYTHING", "ELSE", False, Difference.FAMILY),
        ("اختبار", "شخص", "IKHTIBAR", "ELSE", False, Difference.GIVEN),
        ("شخص", "اختبار", "IKHTIBAR", "SHAKHS", False, Difference.DIVIDED),
        ("اختبار", "شخص عبد الرحمن", "IKHTIBAR", "SHAKHS ABDURRAH", True, None),
        ("اختبار", "ANNA", "IKHTIBAR", "ANNA", False, None),
        ("試驗", "安娜", "ANYTHING", "ELSE", False, None),
        ("בדיקה", "אנה", "ANYTHING", "ELSE", False, None),
        ("ทดสอบ", "แอนนา", "ANYTHING", "ELSE", False, None),
        ("ERIKSSON", "ANNA", "ERIKSEN", "ANNA", False, Difference.FAMILY),
        ("ERIKSSON", "ANNA", "ERIKSSON", "ANNE", False, Difference.GIVEN),
        ("ANNA", "ERIKSSON", "ERIKSSON", "ANNA", False, Difference.DIVIDED),
        ("ERIKSSON ANNA", "MARIA", "ERIKSSON", "ANNA MARIA", False, None),
        ("TESTOVA", "ANNA", "ТЕСТ", "", False, None),
        ("", "ANNA", "ANNA", "", False, None),
        ("BENNELONGTEST", "DINGO", "BENNEWRONG", "D", True, Difference.FAMILY),
    ],
)  # fmt: skip
def test_names(
    family: str, given_names: str, zone_family: str, zone_given: str, truncated: bool, expected: Difference | None
) -> None:
    assert differences(family, given_names, zone_family, zone_given, truncated=truncated) is expected


# --- which side looks wrong --------------------------------------------------------------------------------------

LINES = zone("ERIKSSON", "ANNA MARIA")


def documents(**changes: Any) -> dict[str, Any]:
    (one,) = passenger(0).documents
    return {"documents": (msgspec.structs.replace(one, **changes),)}


def misread(old: str, new: str) -> tuple[str, ...]:
    assert old in LINES[1]
    return LINES[0], LINES[1].replace(old, new, 1)


@pytest.mark.parametrize(
    ("lines", "changes", "code", "words"),
    [
        (LINES, documents(number="L898902G3"), "D-52", "digit holds, so the list looks wrong"),
        (LINES, documents(number="L89890ZC3"), "D-52", "list looks wrong (2 and Z look alike)"),
        (LINES, documents(number="V898902C3"), "D-52", "both fit the check digit"),  # V is 31, L is 21
        (LINES, {"birth_date": "1974-12-08"}, "D-53", "list looks wrong (day and month are exchanged)"),
        (LINES, {"birth_date": "1974-08-13"}, "D-53", "list looks wrong"),
        (LINES, documents(expiry="2031-04-16"), "D-54", "list looks wrong"),
        (misread("L898902C3", "L8989O2C3"), {}, "D-51", "number, whose value in the list fits the digit (0 and O look alike)"),
        (misread("L898902C3", "L8989O2C3"), documents(number=None), "D-51", "number, where 0 and O may have been taken"),
        (misread("L898902C3", "LB98902C3"), documents(number=None), "D-51", "number, where 2 and Z, 8 and B may have been taken"),
        (misread("740812", "74O8I2"), {"birth_date": None}, "D-51", "birth, where 0 and O, 1 and I may have been taken"),
        (misread("740812", "740813"), {}, "D-51", "birth, whose value in the list fits the digit"),
        (misread("310415", "310416"), documents(expiry="2029-01-01"), "D-51", "misread: expiry"),
        (LINES, documents(issuer="NOR"), "V-54", "though the number is the same"),
        (LINES, documents(type=DocumentType.IDENTITY_CARD), "V-55", "another type"),
        (LINES, {"sex": Sex.MALE}, "D-55", "no check digit"),
        (LINES, {"given_names": "TESTNAME"}, "V-51", "either may be wrong"),
        (LINES, {"family_name": "ANNA", "given_names": "MARIA ERIKSSON"}, "V-52", "divided otherwise"),
    ],
)  # fmt: skip
def test_which_side_looks_wrong(lines: tuple[str, ...], changes: dict[str, Any], code: str, words: str) -> None:
    (finding,) = found(lines, **changes)
    assert (finding.code, words in finding.text) == (code, True), finding.text


def test_a_zone_that_agrees_says_nothing_and_findings_hold_no_value() -> None:
    assert found(LINES) == []
    said = repr(
        found(misread("L898902C3", "L8989O2C3"), family_name="SECRETNAME", given_names="OTHER", birth_date="1999-01-02")
    )
    assert said.count("Finding(") >= 3
    assert not [secret for secret in ("SECRET", "OTHER", "898902", "ERIKSSON", "1999") if secret in said]


def test_look_alikes() -> None:
    assert taken_for("L8989O2C3", "L898902C3") == "0 and O"
    assert taken_for("L898902C3", "L898902C4") == ""
    assert taken_for("A", "AA") == ""
    read = decode(LINES)
    assert read is not None
    assert confused(read, "birth") == ""


# --- however a zone comes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given_as",
    [
        ["\n".join(LINES)], ["\r\n".join(LINES)], ["".join(LINES)], [line.replace("<<", "«") for line in LINES],
        [LINES[0].rstrip("<"), LINES[1]], [LINES[0].rstrip("<") + "\n" + LINES[1]], [*LINES, ""],
    ],
)  # fmt: skip
def test_lines_in_one_cell_or_without_their_last_fillers(given_as: list[str]) -> None:
    assert decode(given_as) == decode(LINES)


def test_short_lines_of_a_card() -> None:
    card = zone("TESTPERSON", "OLE", layout="TD1", code="I")
    assert decode([card[0].rstrip("<"), card[1], card[2].rstrip("<")]) == decode(card)
    assert decode([card[0], card[1][:-1], card[2]]) is None


def test_partly_known_births() -> None:
    lines = zone("ERIKSSON", "ANNA MARIA", birth="7408<<")
    assert codes(lines) == []
    assert codes(lines, birth_date="1974") == []
    assert codes(lines, birth_date="1974-09-12") == ["D-53"]
