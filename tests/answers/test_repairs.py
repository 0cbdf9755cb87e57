"""Only what needs no decision is written anew, and the list says afterwards what it said before."""

from collections.abc import Sequence
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers import Copy, NotMade, repairs
from gateway.carrier import Carrier, parse
from gateway.findings import Severity
from gateway.process import hand_back, same
from gateway.process.understand import NO_HINTS
from gateway.sent import File
from tests.answers.reading import NOW, codes, corrected, read
from tests.answers.test_cusres import LIST as PAXLST
from tests.often import often
from tests.specimen import passenger, passenger_manifest

HEADERS = (
    "Surname",
    "First name",
    "Sex",
    "Date of birth",
    "Nationality",
    "Passport No.",
    "Date of expiry",
    "Port of embarkation",
)
ANNA = ("ERIKSSON", "ANNA MARIA", "F", "1974-08-12", "NOR", "L898902C3", "2031-01-05", "GRPIR")


def table(*people: Sequence[str]) -> bytes:
    return "\n".join(";".join(row) for row in (HEADERS, *people)).encode() + b"\n"


def person(**changed: str) -> Sequence[str]:
    names = dict(zip(("family", "given", "sex", "born", "nationality", "number", "expiry", "port"), ANNA, strict=True))
    return tuple((names | changed).values())


def becomes(*people: Sequence[str]) -> list[list[str]]:
    return [line.split(";") for line in corrected(table(*people)).data.decode().splitlines()[1:]]


def what(copy: Copy) -> list[str]:
    return [repair.what for repair in copy.repairs]


@pytest.mark.parametrize(
    ("field", "was", "is_now", "how"),
    [
        ("nationality", "Norway", "NOR", repairs.COUNTRY),
        ("nationality", "Norwegian", "NOR", repairs.COUNTRY),
        ("nationality", " no ", "NOR", repairs.COUNTRY),
        ("sex", "female", "F", repairs.SEX),
        ("sex", "Kvinde", "F", repairs.SEX),
        ("born", "25/12/1974", "1974-12-25", repairs.DATE),
        ("born", "5 May 1974", "1974-05-05", repairs.DATE),
        ("expiry", "25.12.2031", "2031-12-25", repairs.DATE),
        ("port", "Piraeus", "GRPIR", repairs.PORT),
        ("family", "  ERIKSSON", "ERIKSSON", repairs.TRIMMED),
        ("given", "ANNA\u200b  MARIA\u00a0", "ANNA MARIA", repairs.TRIMMED),
        ("number", "L898902C3\u200e", "L898902C3", repairs.TRIMMED),
    ],
)
def test_what_can_only_mean_one_thing_is_written_so(field: str, was: str, is_now: str, how: str) -> None:
    people = (person(**{field: was}), person(family="TESTPERSON", number="TP1047239"))
    copy = corrected(table(*people))
    assert becomes(*people) == [list(person(**{field: is_now})), list(person(family="TESTPERSON", number="TP1047239"))]
    assert what(copy) == [how]
    assert str(copy.repairs[0].place).startswith("line 2")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("nationality", "America"),  # by custom
        ("nationality", "Korea"),  # two of them
        ("nationality", "Atlantis"),
        ("born", "03/04/1974"),  # either way
        ("born", "25/12/74"),  # no century
        ("born", "31/02/1974"),
        ("sex", "Q"),
        ("port", "Atlantis Harbour"),
        ("given", "Mr OLE"),  # a title is the sender's to take out
        ("given", "BJÃ˜RN"),  # garbled
        ("number", "l898902c3"),
    ],
)
def test_what_needs_a_decision_is_left_alone(field: str, text: str) -> None:
    people = (person(**{field: text}), person(family="TESTPERSON", number="TP1047239"))
    assert corrected(table(*people)).repairs == ()


def test_dates_of_a_column_are_written_anew_together_or_not_at_all() -> None:
    """The two digits of the third owe their order to the first."""
    days = ("25/12/1974", "03/04/1974", "03/04/75")
    people = [person(family=f"TEST{at}", number=f"TP{at}", born=day) for at, day in zip("ABC", days, strict=True)]
    assert corrected(table(*people)).repairs == ()
    assert [row[3] for row in becomes(*people[:2])] == ["1974-12-25", "1974-04-03"]


def test_letters_for_the_sex_that_may_be_spanish_are_left_alone() -> None:
    people = [person(family=f"TEST{at}", number=f"TP{at}", sex=sex) for at, sex in zip("ABC", "HMH", strict=True)]
    assert corrected(table(*people)).repairs == ()


def test_a_repair_that_would_make_a_copy_read_otherwise_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repairs, "_some_dates_stay", lambda field, column: False)
    days = ("25/12/1974", "03/04/75")
    people = [
        person(family=f"TEST{at}", number=f"TP{at}", born=day, sex="female") for at, day in zip("AB", days, strict=True)
    ]
    assert set(what(corrected(table(*people)))) == {repairs.SEX}


def test_a_copy_that_would_be_read_otherwise_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same, "otherwise", lambda *args: frozenset((same.ALL,)))
    with pytest.raises(NotMade, match="read otherwise"):
        corrected(table(person()))


def test_the_line_s_own_words_are_kept_to() -> None:
    """H and M are a man and a woman in this line's profile: an M for a man would be a woman."""
    text = 'name = "Line"\ncontact = "desk@line.example"\nservice = "ferry"\n[lookup.sex]\n"hombre" = "M"\n"M" = "F"\n'
    carrier = parse("es-line", text)
    assert isinstance(carrier, Carrier), carrier
    data = table(person(sex="hombre", nationality="Norway"), person(family="TESTPERSON", number="TP1047239", sex="M"))
    copy = hand_back.corrected(File(data), carrier, NO_HINTS, NOW)
    assert what(copy) == [repairs.COUNTRY]
    assert read(copy.data).lists


CELL = st.sampled_from(
    ["Norway", "NOR", "norsk", "America", "Korea", "M", "H", "V", "female", "12/08/1974", "25/12/1974", "1.2.74", "740812", "1974-08-12",
     "Piraeus", "GRPIR", "Malta", " x ", "A\u200bB", "=1", "+30 1", "", "-", "UNKNOWN", "Mr OLE", "X, Y"]
)  # fmt: skip


@often(25)
@given(st.lists(st.tuples(*[CELL] * len(HEADERS)), min_size=1, max_size=5))
def test_whatever_the_list_its_persons_stay_who_they_were(rows: list[tuple[str, ...]]) -> None:
    data = table(*rows)
    before, after = read(data), read(corrected(data).data)
    assert [one.manifest.persons for one in before.lists] == [one.manifest.persons for one in after.lists]
    assert after.count(Severity.ERROR) <= before.count(Severity.ERROR)


# --- our own JSON ------------------------------------------------------------------------------------------------


def test_json_is_mended_where_a_value_did_not_fit_and_means_one_thing() -> None:
    document = msgspec.to_builtins(passenger_manifest(persons=(passenger(0), passenger(1))))
    one = document["persons"][0]
    one["sex"], one["birth_date"], one["residence_country"] = "female", "25/12/1974", "Norway"
    one["family_name"] = f" {one['family_name']} "
    document["persons"][1]["birth_date"] = "03/04/1974"
    data = msgspec.json.encode(document)
    copy = corrected(data)
    assert set(what(copy)) >= {repairs.SEX, repairs.DATE, repairs.TRIMMED}
    mended = read(copy.data).lists[0].manifest.persons[0]
    assert (mended.sex, mended.birth_date, mended.family_name) == ("F", "1974-12-25", one["family_name"].strip())
    assert read(copy.data).count(Severity.ERROR) < read(data).count(Severity.ERROR)
    assert b"03/04/1974" in copy.data
    assert codes(copy.data).count("J-03") == 1


@pytest.mark.parametrize(
    "extras", [b"[" * 600 + b"]" * 600, b'"\\ud800"', b"NaN", b"1" * 5000], ids=["deep", "half a pair", "NaN", "huge"]
)
def test_json_that_no_one_could_write_again_is_a_sentence_or_a_copy(extras: bytes) -> None:
    data = b'{"kind": "passengers", "persons": [], "x": ' + extras + b"}"
    with suppress(NotMade):
        assert corrected(data).data


def test_what_cannot_be_corrected_is_said() -> None:
    for data, why in (
        (b"%PDF", "no list"),
        (b"PK\x03\x04 half a workbook", "no list"),
        (PAXLST, "corrections are made in"),
    ):
        with pytest.raises(NotMade, match=why):
            corrected(data)


def test_nothing_is_lost_by_a_correction() -> None:
    whole = {"a": ["x ", None], "b": {"c": "1"}}
    assert same.holds(whole, {"a": ["x", "y"], "b": {"c": "1", "d": 2}})
    for less in ({"a": ["x"], "b": {"c": "1"}}, {"a": ["x", None], "b": {"c": "2"}}, {"a": ["x", None], "b": None}):
        assert not same.holds(whole, less)
