"""Our own JSON: nothing that is wrong with it is passed over, and nothing that is right is lost for it."""

import copy
import json
import resource
import time
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.checks import CHECKS
from gateway.checks.facts import Context, Facts
from gateway.findings import Finding, Severity, shape
from gateway.formats import commonjson, emswe_json, recognise
from gateway.formats.fit import members, required
from gateway.formats.paths import HEADER_PATHS, PERSON_PATHS, field_at, places
from gateway.formats.published import json_schema
from gateway.formats.raw import FIELDS, PERSON_FIELDS, Reading
from gateway.formats.writing import WriteOrder
from gateway.manifest import ListKind, Manifest, Nationality, NationalityKind, Person
from tests.manifests import manifests
from tests.often import often
from tests.specimen import NOW, crew_manifest, large_manifest, passenger_manifest

GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "common-json").iterdir())
ORDER = WriteOrder(message_id="1", at=NOW, sender="XX0", recipient="NSW")
VALIDATOR = jsonschema_rs.validator_for(json_schema())


def read(document: Any) -> Reading:
    return commonjson.read(json.dumps(document).encode(), {})


def only(reading: Reading) -> Manifest:
    (manifest,) = reading.lists
    assert isinstance(manifest, Manifest)
    return manifest


def told(reading: Reading) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.place.path) for finding in reading.findings]


def specimen() -> dict[str, Any]:
    """A clean list of five, as JSON."""
    document: dict[str, Any] = json.loads(commonjson.write(passenger_manifest(), ORDER))
    return document


def changed(path: str, value: Any) -> dict[str, Any]:
    """The specimen with `value` at `path`; "-" as the last step of a list appends."""
    document = specimen()
    *way, last = path.strip("/").split("/")
    holder: Any = document
    for step in way:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    if isinstance(holder, list):
        holder[int(last)] = value
    else:
        holder[last] = value
    return document


# --- golden -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.name)
def test_golden(case: Path) -> None:
    data = (case / "input.json").read_bytes()
    expected = json.loads((case / "expected.json").read_bytes())
    assert recognise(data) is commonjson
    reading = commonjson.read(data, {})
    shown = [f"{one.code} {one.place}: {one.text}{f' ({one.shape})' if one.shape else ''}" for one in reading.findings]
    assert {"manifests": json.loads(msgspec.json.encode(reading.lists)), "findings": shown} == expected


def test_there_are_cases() -> None:
    assert len(GOLDEN) >= 4


# --- there and back -----------------------------------------------------------------------------------------------


@often(30)
@given(manifests())
def test_what_is_written_is_read_back(manifest: Manifest) -> None:
    data = commonjson.write(manifest, ORDER)
    reading = commonjson.read(data, {})
    assert not reading.findings
    assert only(reading) == manifest
    assert VALIDATOR.is_valid(json.loads(data))


def test_an_array_and_an_object_of_manifests() -> None:
    one, other = json.loads(commonjson.write(crew_manifest(), ORDER)), specimen()
    for document in ([one, other], {"manifests": [one, other], "findings": []}):
        reading = read(document)
        assert [manifest.kind for manifest in reading.lists] == [ListKind.CREW, ListKind.PASSENGERS]
        assert not reading.findings


def test_what_follows_from_the_rest_is_filled_in() -> None:
    person = {"sequence": 1, "family_name": "Пробная", "nationalities": [{"code": "GBN"}]}
    manifest = only(read({"kind": "passengers", "persons": [person]}))
    assert manifest.persons[0].family_name_latin == "PROBNAIA"
    assert manifest.persons[0].nationalities == (Nationality("GBN", "GBR", NationalityKind.BRITISH_SUBTYPE),)


def test_a_latin_form_that_was_given_stays() -> None:
    person = {"sequence": 1, "family_name": "Müller", "family_name_latin": "MULLER"}
    assert only(read({"kind": "crew", "persons": [person]})).persons[0].family_name_latin == "MULLER"


def test_a_byte_order_mark_and_an_integer_with_a_point_are_json() -> None:
    reading = commonjson.read(b'\xef\xbb\xbf {"kind":"passengers","persons":[{"sequence":7.0}]}', {})
    assert only(reading).persons[0].sequence == 7
    assert not reading.findings


# --- departures from the schema -----------------------------------------------------------------------------------

MISFITS = [
    ("persons/2/birth_date", "12.08.1974", "J-03", "birth_date"),
    ("persons/2/birth_date", "１９７４", "J-03", "birth_date"),
    ("persons/0/sex", "Q", "J-03", "sex"),
    ("persons/0/sex", ["F"], "J-03", "sex"),
    ("persons/1/sequence", 0, "J-03", "sequence"),
    ("persons/1/sequence", True, "J-03", "sequence"),
    ("persons/1/sequence", 1.5, "J-03", "sequence"),
    ("persons/1/sequence", 10**400, "J-03", "sequence"),
    ("persons/1/master", 1, "J-03", "master"),
    ("persons/1/name_reason", "who knows", "J-03", "name_reason"),
    ("persons/3/nationalities/0/code", "SE", "J-03", "nationality"),
    ("persons/3/nationalities", {"code": "SWE"}, "J-03", "nationalities"),
    ("persons/3/documents/0/expiry", "2031", None, None),
    ("persons/3/documents/0/expiry", 2031, "J-03", "document.expiry"),
    ("persons/3/documents/0", "L898902C3", "J-03", "documents"),
    ("persons/3/extras", [["Deck", 7]], "J-03", "extras"),
    ("persons/3/extras", [["Deck"]], "J-03", "extras"),
    ("persons/3/embarkation/code", "PIR", "J-03", "embarkation"),
    ("persons/4", None, "J-03", None),
    ("persons/4", "MUSTERMANN", "J-03", None),
    ("vessel/imo", "IMO1234567", "J-03", "vessel.imo"),
    ("vessel", [], "J-03", "vessel"),
    ("voyage/departure/port", "GRPIR", "J-03", "departure.port"),
    ("voyage/departure/estimated_departure", 5, "J-03", "departure.estimated"),
    ("counts/crew", -1, "J-03", "counts.crew"),
    ("counts/crew", 10**20, "J-03", "counts.crew"),
    ("counts/basis", "guessed", "J-03", "counts"),
    ("code_lists", {"ports": 5}, "J-03", "code_lists"),
    ("schema", "2", "J-03", "schema"),
    ("persons/0/shoe_size", 44, "J-04", None),
    ("shoe_size", 44, "J-04", None),
]


@pytest.mark.parametrize(("path", "value", "code", "field"), MISFITS, ids=lambda case: str(case)[:40])
def test_a_misfit_is_told_at_its_path_and_costs_itself_alone(path: str, value: Any, code: str, field: str) -> None:
    document = changed(path, value)
    reading = read(document)
    if code is None:
        assert not reading.findings
        return
    (finding,) = reading.findings
    assert finding.code == code
    assert f"{finding.place.path}/".startswith(f"/{path}/")
    assert finding.place.field == field
    assert finding.place.person == (int(path.split("/")[1]) + 1 if path.startswith("persons/") else None)
    manifest, clean = only(reading), only(read(specimen()))
    assert len(manifest.persons) == len(clean.persons)
    untouched = [at for at in range(5) if not path.startswith(f"persons/{at}")]
    assert [manifest.persons[at] for at in untouched] == [clean.persons[at] for at in untouched]


def test_a_name_that_was_nearly_right_is_recognised() -> None:
    document = changed("persons/0/birthdate", "1974-08-12")
    assert read(document).findings[0].text.endswith("did you mean 'birth_date'?")


def test_a_person_with_one_bad_value_keeps_the_rest() -> None:
    clean = only(read(specimen())).persons[3]
    kept = only(read(changed("persons/3/birth_date", "25/06/1983"))).persons[3]
    assert kept == msgspec.structs.replace(clean, birth_date=None)
    kept = only(read(changed("persons/3/documents/0/number", 5))).persons[3]
    assert kept.documents[0] == msgspec.structs.replace(clean.documents[0], number=None)


def test_what_cannot_stand_without_a_part_goes_with_it() -> None:
    nobody = only(read(changed("persons/3/nationalities/0/code", 5))).persons[3]
    assert nobody.nationalities == ()
    manifest = only(read(changed("voyage/arrival/port", 5)))
    assert manifest.voyage.arrival is None
    assert manifest.voyage.departure is not None


def test_every_person_keeps_the_place() -> None:
    document = specimen()
    document["persons"] = [None, {}, {"sequence": 3, "family_name": "PROBE"}, {"family_name": "TESTPERSON"}, 5]
    reading = read(document)
    assert [person.sequence for person in only(reading).persons] == [1, 2, 3, 4, 5]
    assert [person.family_name for person in only(reading).persons] == [None, None, "PROBE", "TESTPERSON", None]
    assert told(reading) == [
        ("J-03", "/persons/0"), ("J-05", "/persons/1"), ("J-05", "/persons/3"), ("J-03", "/persons/4"),
    ]  # fmt: skip
    assert {finding.place.field for finding in reading.findings if finding.code == "J-05"} == {"sequence"}


@pytest.mark.parametrize(
    "document", [{"persons": []}, {"kind": "cargo", "persons": []}, {"kind": "crew", "persons": {}}]
)
def test_without_kind_or_persons_there_is_no_list(document: dict[str, Any]) -> None:
    reading = read(document)
    assert not reading.lists
    assert reading.findings[0].severity is Severity.ERROR


@pytest.mark.parametrize("document", [{}, [], 5, "manifest", None, {"manifests": []}, {"manifests": {}}, [[]], ["x"]])
def test_what_is_no_manifest_is_said(document: Any) -> None:
    reading = read(document)
    assert not reading.lists
    assert [finding.code for finding in reading.findings] == ["J-02"]
    assert '{"manifests": [...]}' in reading.findings[0].text
    assert "{{" not in reading.findings[0].text


def test_of_several_lists_each_is_named() -> None:
    reading = read([specimen(), changed("persons/2/sex", "Q"), 5])
    assert [(one.place.message, one.place.path) for one in reading.findings] == [(2, "/1/persons/2/sex"), (3, "/2")]
    assert len(reading.lists) == len(reading.places) == 2
    assert reading.places[1].people.at("sex", 2).path == "/1/persons/2/sex"


@often(75)
@given(st.data())
def test_a_finding_wherever_the_json_schema_finds_one(data: st.DataObject) -> None:
    """The reader and the published schema agree about every mutated document."""
    document = specimen()
    holder, step = data.draw(st.sampled_from(_places_in(document)))
    how = data.draw(st.sampled_from(("change", "remove", "rename")))
    if how == "change":
        holder[step] = data.draw(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.just([]), st.just({})
            )
        )
    elif how == "remove":
        del holder[step]
    elif isinstance(holder, dict):
        holder[f"{step}_"] = holder.pop(step)
    reading = read(document)
    assert bool(reading.findings) == (not VALIDATOR.is_valid(document))
    for manifest in reading.lists:
        assert isinstance(manifest, Manifest)
        assert VALIDATOR.is_valid(msgspec.to_builtins(manifest))


def _places_in(value: Any) -> list[tuple[Any, Any]]:
    steps = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for step in steps for place in ((value, step), *_places_in(value[step]))]


# --- the whole file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"kind":"crew","kind":"passengers"}', "the same key twice: kind"),
        (b'{"kind":"crew","persons":[{"sequence":1,"sequence":2}]}', "the same key twice: sequence"),
        (b'{"kind":"crew","ERIKSSON ANNA":1,"ERIKSSON ANNA":2}', "twice: (8 letters, 1 space, 4 letters)"),
        (b'{"kind":"crew","counts":{"crew":NaN}}', "NaN is not a JSON number"),
        (b'{"kind":"crew","counts":{"crew":-Infinity}}', "-Infinity is not a JSON number"),
        (b'{"kind":"crew","carrier":"\\ud83d"}', "surrogate"),
        (b'{"kind":"crew","\\udc00":"x"}', "surrogate"),
        (b'{"kind":"crew","carrier":"\xff"}', "UTF-8"),
        (b'{"kind":"crew",}', "syntax error"),
        (b'{"kind":"crew"', "syntax error"),
        (b'{"kind":"crew"} {"kind":"crew"}', "syntax error"),
        (b'{"kind":"crew","counts":{"crew":' + b"9" * 5000 + b"}}", "too large"),
        (b"[" * 100_000, "too deeply"),
        (b'{"a":' * 100_000, "too deeply"),
        (b"", "syntax error"),
        (b"\xef\xbb\xbf", "syntax error"),
    ],
    ids=lambda case: str(case)[:36],
)
def test_what_two_parsers_could_read_differently_is_refused(data: bytes, why: str) -> None:
    reading = commonjson.read(data, {})
    (finding,) = reading.findings
    assert not reading.lists
    assert finding.code == "J-01"
    assert why in finding.text


def test_the_line_of_a_syntax_error_is_told() -> None:
    assert commonjson.read(b'{\n"kind":\n"crew",}', {}).findings[0].place.line == 3
    assert commonjson.read(b'{\n"kind":\n"\xff"}', {}).findings[0].place.line == 3


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert only(commonjson.read(b'{"kind":"crew","carrier":"\\ud83d\\ude00"}', {})).carrier == "\U0001f600"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"kind":"crew","persons":[' + b"{}," * 1_200_000 + b"{}]}", "J-07"),
        (b'{"kind":"crew","persons":[' + b"0," * 8_000_000 + b"0]}", "J-07"),
        (b'{"kind":"crew","persons":[' + b"0," * 100_000 + b"0]}", "J-07"),
        (b"[" + b'{"kind":"crew"},' * 1_001 + b"5]", "J-07"),
        (b'{"kind":"crew","x":' + b"[" * 900 + b"]" * 900 + b"}", "J-04"),
        (b'{"kind":"crew","persons":[' + b"0," * 90_000 + b"0]}", "J-03"),
        (b'{"kind":"crew","persons":[{"mrz":[' + b"0," * 900_000 + b"0]}]}", "J-03"),
    ],
    ids=["objects", "values", "persons", "lists", "depth", "misfits", "misfits in one"],
)
def test_no_file_takes_much_time_or_memory(data: bytes, code: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    reading = commonjson.read(data, {})
    assert reading.findings[0].code == code
    assert len(reading.findings) <= 1_001
    assert time.process_time() - began < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500 * 1024


def test_what_is_not_told_one_by_one_is_counted() -> None:
    reading = read({"kind": "crew", "persons": [{"sequence": "?"}] * 1_200})
    assert len(reading.findings) == 1_001
    assert reading.findings[-1].code == "J-06"
    assert reading.findings[-1].text.startswith("200 ")
    assert len(only(reading).persons) == 1_200


def test_five_thousand_persons_are_read_in_a_second() -> None:
    data = commonjson.write(large_manifest(5000), ORDER)
    began = time.process_time()
    assert len(only(commonjson.read(data, {})).persons) == 5000
    assert time.process_time() - began < 2  # some 0.25 s alone on a slow core


JUNK = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(("manifests", "kind", "persons", "voyage", "vessel", "sequence", "documents", "x")),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    ).map(lambda document: json.dumps(document).encode()),
)


@often(100)
@given(JUNK)
def test_any_bytes_are_lists_or_findings(data: bytes) -> None:
    reading = commonjson.read(data, {})
    assert reading.lists or reading.findings
    assert len(reading.places) == len(reading.lists)


def test_recognised_by_what_it_is() -> None:
    assert commonjson.recognise(b'\xef\xbb\xbf\r\n {"kind"')
    assert commonjson.recognise(b"[{")
    assert recognise(b'{"env:Envelope":{}}') is emswe_json
    assert not commonjson.recognise(b"UNA:+.? '")
    assert not commonjson.recognise(b"")


# --- nobody's values, and places ---------------------------------------------------------------------------------

CANARY = "Kanarienvogel"


def _text(findings: list[Finding]) -> str:
    return json.dumps(msgspec.to_builtins(findings)).lower()


@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: [v], lambda v: {v: v}, lambda v: {v.upper(): {v.upper(): v}}])
def test_no_value_of_a_person_is_in_a_finding(wrap: Any) -> None:
    found: list[Finding] = []
    for name in Person.__struct_fields__:
        found += read({"kind": "passengers", "persons": [{"sequence": 1, name: wrap(CANARY)}]}).findings
    found += read({"kind": "passengers", "persons": [wrap(CANARY), [CANARY]], "code_lists": {CANARY: 5}}).findings
    found += read({"kind": "passengers", "persons": [{CANARY: 1, f"{CANARY} {CANARY}": 1}]}).findings
    found += commonjson.read(f'{{"kind": "{CANARY}, oops}}'.encode(), {}).findings
    assert len(found) > 10
    assert CANARY.lower() not in _text(found)


def test_repr_of_what_is_passed_around_tells_nothing() -> None:
    departures: list[Any] = []
    members({"family_name": 5, CANARY: CANARY}, Person, (), departures.append)
    assert CANARY not in repr(departures[0])


def test_every_field_of_a_list_has_its_path() -> None:
    """Every rule that has an example tells a JSON path for it, and what stands there exists or could."""
    where = places((), None)
    known = set(FIELDS) - {"full_name", "middle_names", "birth", "document.combined", "document.other_type"}
    for field in sorted(known & set(PERSON_FIELDS)):
        steps = where.people.at(field, 0).path.split("/")[3:]
        assert _fits_schema(Person, steps), field
    for field in HEADER_PATHS:
        assert _fits_schema(Manifest, where.header[field].path.split("/")[1:]), field
    for field, path in {**PERSON_PATHS, **HEADER_PATHS}.items():
        assert field_at(tuple(int(step) if step.isdigit() else step for step in path.split("/"))) == field


def _fits_schema(kind: type[msgspec.Struct], steps: list[str]) -> bool:
    schema = msgspec.json.schema(kind)
    here = schema["$defs"][kind.__name__]
    for step in steps:
        options = [here, *here.get("anyOf", ())]
        here = next((o for o in options if "$ref" in o or "items" in o or "properties" in o), here)
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rsplit("/", 1)[1]]
        if step.isdigit():
            here = here.get("items") or {}
        elif step in here.get("properties", {}):
            here = here["properties"][step]
        else:
            return False
    return True


def test_checks_are_told_with_json_paths() -> None:
    where = places(("manifests", 1), 2)
    for check in CHECKS:
        manifest = check.bad(crew_manifest() if check.example_kind is ListKind.CREW else passenger_manifest())
        context = Context(today=NOW.date(), now=NOW, places=where.people, header_places=where.header)
        facts = Facts(manifest, context)
        for hit in check.find(facts):
            path = facts.place(hit.field, hit.person).path
            if hit.person is not None:
                assert path.startswith(f"/manifests/1/persons/{hit.person}/")
            else:
                assert (path or "").startswith("/manifests/1/") == (hit.field in HEADER_PATHS), hit.field


def test_required_members_are_the_schemas() -> None:
    definitions = json_schema()["$defs"]
    assert list(required(Person)) == definitions["Person"]["required"]
    assert list(required(Manifest)) == definitions["Manifest"]["required"]


def test_a_shape_is_no_value() -> None:
    document = copy.deepcopy(specimen())
    document["persons"][0]["birth_date"] = "12 Aug 1974"
    (finding,) = read(document).findings
    assert finding.shape == shape("12 Aug 1974") == "2 digits, 1 space, 3 letters, 1 space, 4 digits"
