"""Each rule stands on a clause and does what its examples say; a clean list is clean; nothing about a person is told."""

import re
from collections.abc import Iterator
from unittest.mock import patch

import msgspec
import pytest

from gateway import checks
from gateway.checks import CHECKS, Check, Context
from gateway.checks.duplicates import ACROSS, AcrossCheck
from gateway.checks.facts import Facts
from gateway.findings import Finding, Rule, Severity
from gateway.formats.raw import FIELDS, PathPlaces
from gateway.manifest import ListKind, Manifest, Purpose
from tests.specimen import NOW, TODAY, crew_manifest, passenger_manifest

EVERY_PURPOSE = tuple(Purpose)
CONTEXT = Context(today=TODAY, now=NOW, places=PathPlaces())
BY_ID = {check.rule.id: check for check in CHECKS}

CLAUSES = (
    r"FAL Convention \d|FAL\.14\(46\)|IMO Compendium (BR \d\d|IMO\d{4})|98/41/EC art\. \d|Schengen Borders Code Annex VI"
    r"|EMSWe ([RCG]-[A-Z]+-\d{3}|DE-\d{3}-\d\d|ERR-\d{3}|principles P33)|ICAO Doc 9303-\d|UN/LOCODE|Finland NR-[A-Z]+-\d{3}"
    r"|UK NMSW templates? FAL|WCO/IATA/ICAO PAXLST guide|PNR Directive \(EU\) 2016/681 art\.|SafeSeaNet XML Messaging"
)

COMPARED = {"C-20": {1}, "C-21": {1}, "C-22": {1}, "P-66": {2}}
"""Rules that compare two persons, and the position of the one whom their bad example leaves as he was."""

every_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.rule.id)
every_across = pytest.mark.parametrize("check", ACROSS, ids=lambda check: check.rule.id)


def specimen_for(check: Check) -> Manifest:
    return crew_manifest() if check.example_kind is ListKind.CREW else passenger_manifest()


def found_by(check: Check, manifest: Manifest) -> list[Finding]:
    with patch.object(checks, "CHECKS", (check,)):
        return checks.run(manifest, CONTEXT)


def test_there_are_rules_for_every_subject() -> None:
    rules = checks.catalogue()
    assert len(rules) >= 60
    assert {rule.id[0] for rule in rules} == {"V", "P", "D", "C"}
    assert len({rule.id for rule in rules}) == len(rules), "two rules share an id"
    assert len({rule.text for rule in rules}) >= len(rules) - 2, "rules say the same of different things"


@pytest.mark.parametrize("id", ["D-33", "D-43"])
def test_an_ended_document_is_measured_by_the_arrival_only_where_that_is_known(id: str) -> None:
    ended = BY_ID[id].bad(passenger_manifest())
    (known,) = found_by(BY_ID[id], ended)
    assert known.text.endswith("is no longer valid when the ship arrives")
    voyage = msgspec.structs.replace(ended.voyage, arrival=None)
    assert found_by(BY_ID[id], msgspec.structs.replace(ended, voyage=voyage)) == []
    later = msgspec.structs.replace(CONTEXT, today=TODAY.replace(month=12))
    with patch.object(checks, "CHECKS", (BY_ID[id],)):
        (unknown,) = checks.run(msgspec.structs.replace(ended, voyage=voyage), later)
    assert unknown.text.endswith("is no longer valid today; when the ship arrives is not known")


@pytest.mark.parametrize("rule", checks.catalogue(), ids=lambda rule: rule.id)
def test_a_rule_says_what_is_wrong_what_to_do_and_who_asks(rule: Rule) -> None:
    assert re.fullmatch(r"[VPDC]-\d\d", rule.id)
    assert len(rule.text) > 15
    assert len(rule.hint) > 20
    for words in (rule.text, rule.hint):
        assert not words.endswith("."), "the page adds the stop"
        assert words[0].islower() or words.split()[0] in ("UN/LOCODE", "99,999") or words.startswith("{"), words
    for clause in rule.cites.split("; "):
        bare = re.sub(r"^(R-|C-|G-|ERR-|DE-)", r"EMSWe \1", clause.split(", ")[0])
        assert re.match(CLAUSES, bare) or re.match(r"GDPR art|IMO Compendium|EMSWe", bare), clause


@pytest.mark.parametrize("manifest", [passenger_manifest(), crew_manifest()], ids=["passengers", "crew"])
@pytest.mark.parametrize("purposes", [(p,) for p in Purpose] + [EVERY_PURPOSE], ids=str)
def test_the_specimens_are_clean(manifest: Manifest, purposes: tuple[Purpose, ...]) -> None:
    assert checks.run(manifest, msgspec.structs.replace(CONTEXT, purposes=purposes)) == []


@every_check
def test_the_good_example_is_good(check: Check) -> None:
    assert found_by(check, check.good(specimen_for(check))) == []


@every_check
def test_the_bad_example_is_found_in_its_place(check: Check) -> None:
    clean = specimen_for(check)
    bad = check.bad(clean)
    findings = found_by(check, bad)
    assert findings, "the rule does not find its own bad example"
    changed = changed_persons(clean, bad)
    for finding in findings:
        assert finding.severity is check.rule.severity
        assert finding.hint
        assert finding.cites == check.rule.cites
        assert "{" not in finding.text
        assert finding.place.person is None or finding.place.person in changed | COMPARED.get(check.rule.id, set())
        assert finding.place.field is None or re.sub(r"\d", "", finding.place.field) in {
            re.sub(r"\d", "", field) for field in FIELDS
        } | {"extras"}


def changed_persons(clean: Manifest, bad: Manifest) -> set[int]:
    """The positions of those who are not as they were, or were not there before."""
    before = dict(enumerate(clean.persons, 1))
    return {n for n, person in enumerate(bad.persons, 1) if before.get(n) != person}


@pytest.mark.parametrize(
    ("id", "person", "field"),
    [
        ("P-02", 1, "family_name"),
        ("P-20", 1, "sex"),
        ("P-27", 1, "nationality"),
        ("D-06", 1, "document.issuer"),
        ("D-17", 1, "document2.number"),
        ("D-40", 1, "visa.number"),
        ("D-42", 1, "permit.issuer"),
        ("P-84", 2, "rank"),
        ("P-69", 1, "birth_place"),
        ("V-03", None, "vessel.imo"),
        ("V-26", None, "arrival.port"),
    ],
)
def test_a_finding_points_at_the_field(id: str, person: int | None, field: str) -> None:
    check = BY_ID[id]
    places = [finding.place for finding in found_by(check, check.bad(specimen_for(check)))]
    assert [(place.person, place.field) for place in places] == [(person, field)]


CANARY = "QXCANARYXQ"


def test_one_han_character_is_a_whole_name() -> None:
    (check,) = (check for check in CHECKS if check.rule.id == "P-06")
    person = passenger_manifest().persons[0]
    for name, many in (("试", 0), ("견", 0), ("S", 1), ("Ş.", 1)):
        named = msgspec.structs.replace(person, given_names=name)
        assert len(found_by(check, msgspec.structs.replace(passenger_manifest(), persons=(named,)))) == many


def canaried(manifest: Manifest) -> Manifest:
    """The list with a mark in every text of every person that a rule does not judge by its form."""
    persons = tuple(
        msgspec.structs.replace(
            person,
            family_name=f"{CANARY}A{n}",
            given_names=f"{CANARY} B{n}",
            birth_place=f"{CANARY}C",
            documents=tuple(msgspec.structs.replace(d, number=f"{CANARY}{n}") for d in person.documents),
            booking_reference=CANARY,
            remarks=CANARY,
            special_care=CANARY,
            emergency_contact=CANARY,
            phone=CANARY,
            email=CANARY,
            cabin=f"{CANARY}!",
            extras=((CANARY, CANARY),),
        )
        for n, person in enumerate(manifest.persons)
    )
    return msgspec.structs.replace(manifest, persons=persons)


def values_of(manifest: Manifest) -> Iterator[str]:
    """Every text about a person that is long enough to be told from the words of a finding."""
    for person in manifest.persons[:50]:
        for value in _texts(msgspec.to_builtins(person)):
            if len(value) >= 4 and value not in (
                "passenger",
                "passport",
                "crew",
                "other",
                "unknown",
                "Master",
                "border",
            ):
                yield value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in ("embarkation", "disembarkation", "role", "type", "kind", "name_reason"):
                yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def told(finding: Finding) -> str:
    return "\n".join(
        (finding.text, finding.hint, finding.shape, finding.tolerated, str(finding.place), repr(finding.place))
    )


@pytest.mark.parametrize("check", [c for c in CHECKS if c.rule.id != "C-10"], ids=lambda check: check.rule.id)
@pytest.mark.parametrize("with_canary", [False, True], ids=["plain", "canary"])
def test_no_finding_tells_a_value(check: Check, with_canary: bool) -> None:
    specimen = canaried(specimen_for(check)) if with_canary else specimen_for(check)
    bad = check.bad(specimen)
    findings = checks.run(bad, CONTEXT)
    assert findings
    words = "\n".join({told(finding) for finding in findings})
    assert CANARY not in words
    assert [value for value in set(values_of(bad)) if value in words] == []


@every_across
def test_rules_across_lists(check: AcrossCheck) -> None:
    for examples, expected in ((check.good, False), (check.bad, True)):
        lists = [change(m) for change, m in zip(examples, (passenger_manifest(), crew_manifest()), strict=True)]
        found = checks.run_across([(manifest, CONTEXT) for manifest in lists])
        assert len(found) == 2
        assert any(finding.code == check.rule.id for findings in found for finding in findings) is expected
        for manifest in lists:
            words = "\n".join(told(finding) for findings in found for finding in findings)
            assert [value for value in values_of(manifest) if value in words] == []


def test_the_same_document_on_both_lists_is_found_on_both() -> None:
    check = next(check for check in ACROSS if check.rule.id == "C-30")
    lists = [change(m) for change, m in zip(check.bad, (passenger_manifest(), crew_manifest()), strict=True)]
    passengers, crew = checks.run_across([(manifest, CONTEXT) for manifest in lists])
    assert [finding.place.person for finding in passengers] == [1]
    assert [finding.place.person for finding in crew] == [1]
    assert "the crew list, /persons/0/document.number, person 1" in passengers[0].text
    assert "the passengers list" in crew[0].text


def test_lists_of_different_legs_are_not_compared() -> None:
    lists = [
        passenger_manifest(),
        passenger_manifest(voyage=msgspec.structs.replace(passenger_manifest().voyage, number="2")),
    ]
    assert checks.run_across([(manifest, CONTEXT) for manifest in lists]) == [[], []]


def test_repr_of_facts_tells_nothing() -> None:
    assert repr(Facts(passenger_manifest(), CONTEXT)) == "<Facts of <Manifest passengers 5 persons>>"


def test_severities_are_used() -> None:
    assert {rule.severity for rule in checks.catalogue()} == set(Severity)
