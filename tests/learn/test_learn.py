"""How well a line's columns are understood, measured; and that a draft is true, fits our grammar, and tells of nobody."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import learn
from gateway.carrier import Carrier, parse
from gateway.formats.grid import Column, Grid, Sheet
from gateway.learn import Sure, of_table, sheets
from gateway.learn.profile import questions, summary, toml
from gateway.learn.sample import filled
from tests.learn.corpus import STYLES, TODAY, Case, Style, by_reader, files, generated, nonsense, published
from tests.often import often

SEEDS = int(os.environ.get("LEARN_SEEDS", "1"))  # a hundred takes five minutes


class Score(NamedTuple):
    """Columns with values: all, those with the right field, those stated as certain, and certain ones that are wrong."""

    columns: int
    right: int
    certain: int
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        share = f"{self.right / max(self.columns, 1):.1%}"
        return (
            f"{self.right} of {self.columns} right ({share}), {self.certain} certain, {len(self.wrong)} of these wrong"
        )


def scored(cases: Iterable[Case]) -> Score:
    columns = right = certain = 0
    wrong = []
    for case in cases:
        for _, table, found in learn.study([case.sample], TODAY):
            for one in found:
                place = (table.sheet.name, one.column.at)
                if one.column.values.filled and place in case.truth:
                    is_right, is_certain = one.field == case.truth[place], one.sure is Sure.CERTAIN
                    columns, right, certain = columns + 1, right + is_right, certain + is_certain
                    wrong += [f"{case.name} {place}: {one.field}"] if is_certain and not is_right else []
    return Score(columns, right, certain, tuple(wrong))


def styles(seeds: int) -> list[tuple[Style, int]]:
    """The styles that are written down, and as many more as asked for, with how many persons."""
    made = [(style, 40) for style in STYLES]
    for seed in range(1, seeds + 1):
        random = Random(seed)
        style = Style(
            date_order=random.choice(("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%Y-%m-%d", "%d %b %Y", "%y%m%d", "%m-%d-%y", "%Y/%m/%d")),
            country=random.choice(("alpha-3", "alpha-2", "demonym")), sex=random.choice(("MF", "UD", "HM", "12")),
            single_name=random.random() < 0.3, delimiter=random.choice(";,\t"), encoding=random.choice(("utf-8", "windows-1252")),
            titles=random.randint(0, 6), order=random.randint(0, 99),
        )  # fmt: skip
        made.append((style, random.choice((8, 25, 60, 120))))
    return made


@pytest.fixture(scope="module")
def real() -> list[Case]:
    return [by_reader(name, data) for name, data in files()]


@pytest.fixture(scope="module")
def authorities(shared_data: Path) -> list[Case]:
    folders = ("formats/uk-nmsw/fixtures/Fal5-Files", "formats/uk-nmsw/fixtures/Fal6-Files", "formats/kystverket")
    return [by_reader(*file) for folder in folders for file in published(shared_data / folder)]


@pytest.fixture(scope="module")
def invented() -> list[Case]:
    return [generated(style, number) for style, number in styles(SEEDS)]


@pytest.mark.parametrize(
    ("of", "least"), [(lambda case: case, 0.95), (nonsense, 0.7)], ids=["their headers", "headers of nonsense"]
)
def test_the_files_at_hand(
    real: list[Case], of: Callable[[Case], Case], least: float, record_property: Callable[[str, object], None]
) -> None:
    """The golden files hold three persons each and less, and the UK's forty mistakes are in them."""
    score = scored(map(of, real))
    print(score)
    record_property("learn", str(score))
    assert score.wrong == ()
    assert score.right >= least * score.columns


@pytest.mark.parametrize(
    ("of", "least"), [(lambda case: case, 0.95), (nonsense, 0.88)], ids=["their headers", "headers of nonsense"]
)
def test_invented_lines_of_all_styles(invented: list[Case], of: Callable[[Case], Case], least: float) -> None:
    score = scored(map(of, invented))
    print(score)
    assert score.wrong == ()
    assert score.right >= least * score.columns


def test_headers_that_are_abbreviated() -> None:
    score = scored(generated(style._replace(words="abbreviated"), number) for style, number in styles(SEEDS))
    print(score)
    assert score.wrong == ()
    assert score.right >= 0.9 * score.columns
    assert score.certain >= 0.6 * score.columns, "header and values agree, so that is no question"


@pytest.mark.parametrize("of", [lambda case: case, nonsense], ids=["their headers", "headers of nonsense"])
def test_what_authorities_publish(authorities: list[Case], of: Callable[[Case], Case]) -> None:
    """The UK's fixtures hold one to seven persons with a mistake each, so that content says little."""
    score = scored(map(of, authorities))
    print(score)
    assert score.wrong == ()
    assert of is nonsense or score.right >= 0.95 * score.columns > 100


# --- the draft -----------------------------------------------------------------------------------------------------


def drafted(*cases: Case, **said: str) -> tuple[learn.Draft, str]:
    line = {"name": "A Line", "contact": "lists@a-line.example", "service": "ferry"}
    found = learn.draft([case.sample for case in cases], TODAY, learn.Given(**(line | said)))
    return found, toml(found)


def carrier(text: str) -> Carrier:
    parsed = parse("x", text)
    assert isinstance(parsed, Carrier), parsed
    return parsed


_TOLD = ("name", "number", "birth", "cabin", "reference", "email", "phone", "contact", "registration", "mrz")


def test_a_draft_is_a_profile_that_reads_no_less_and_tells_of_nobody(real: list[Case], invented: list[Case]) -> None:
    """No name, number, place, date or address of anybody is in it: header words, code words and the ship only."""
    cases = [*real, *invented[1:6:2], *map(nonsense, invented[:5:2])]
    for case in cases:
        found, text = drafted(case)
        read = filled(case.sample, carrier(text))
        assert read >= filled(case.sample, None), case.name
        assert found.values.drafted == read <= found.values.likely
        said = f"{text}\n" + "\n".join([*summary(found), *questions(found)])
        for ship in found.vessels:
            said = said.replace(ship.value, "")
        words = set(re.findall(r"[\w@.+/-]+", said))
        for table in sheets.find(case.sample.grid or Grid(), TODAY):
            for column in table.columns:
                if any(part in case.truth.get((table.sheet.name, column.at), "") for part in _TOLD):
                    leaked = {value for value in column.values.different if len(value) > 3} & words
                    assert not leaked, f"{case.name}: a value of column {column.at}"


def csv(*lines: str, name: str = "list.csv") -> Case:
    return by_reader(name, "\n".join(lines).encode())


def test_date_orders_come_with_their_evidence() -> None:
    people = [
        f"SAMPLE{chr(65 + day)};ANNA;{day:02}/05/19{60 + day};{14 + day % 14:02}/11/2030;SWE" for day in range(1, 25)
    ]
    found, text = drafted(csv("Surname;Forename;Date of birth;Expiry date;Nationality", *people))
    assert carrier(text).dates == {"all": "dmy"}
    assert "13 to 31 seen in first position in 12 of 24 rows" in text
    early = [line.replace(line.split(";")[2], f"0{1 + at % 9}/05/1970") for at, line in enumerate(people)]
    found, text = drafted(csv("Surname;Forename;Date of birth;Expiry date;Nationality", *early))
    assert carrier(text).dates == {"document.expiry": "dmy"}
    assert any(
        "birth_date" in one and "nothing tells day from month in" in one and "likely dmy" in one
        for one in questions(found)
    )


def test_values_that_speak_against_their_header_make_a_question() -> None:
    people = [f"SAMPLE{chr(65 + at)};ANNA;19{50 + at}-05-{at + 1:02};SWE" for at in range(20)]
    found, text = drafted(csv("Surname;Forename;Nationality;Date of birth", *people))
    assert not carrier(text).columns.keys() & {"Nationality", "Date of birth"}
    assert sum("so says the header, but" in one for one in questions(found)) == 2
    assert not found.is_certain


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("No", lambda at: f"XS{7000000 + at * 37}"),  # of documents
        ("No", lambda at: f"7{at * 13:03}"),  # of cabins
        ("Passenger", lambda at: ("Adult", "Child")[at % 2]),
        ("Name", lambda at: f"SAMPLE{chr(65 + at)}"),
        ("Passport", lambda at: ("Passport", "ID card")[at % 2]),
        ("Vehicle", lambda at: ("car", "van")[at % 2]),
        ("Mobile", lambda at: ("yes", "no")[at % 2]),
        ("Residence", lambda at: f"{at} Sample Street"),
        ("Position", lambda at: str(at)),
        ("Sex", lambda at: ("SWE", "NOR")[at % 2]),
        ("Date of birth", lambda at: f"20{27 + at % 9}-05-{at + 1:02}"),
        ("Date of issue", lambda at: f"20{27 + at % 9}-05-{at + 1:02}"),
        ("Expiry date", lambda at: f"19{40 + at * 2}-05-{at + 1:02}"),
        ("Land", lambda at: ("SWE", "NOR")[at % 2]),
        ("Status", lambda at: ("passenger", "crew")[at % 2]),
        ("Kol1", lambda at: str(1001 + at)),  # of tickets
        ("Kol1", lambda at: f"{1980 + at * 2}-05-{at + 1:02}"),  # a customer since
        ("Kol1", lambda at: "MF"[at % 2]),
        ("Insurance exp.", lambda at: f"20{27 + at % 9}-05-{at + 1:02}"),
    ],
)
def test_what_one_sort_of_evidence_says_is_not_certain(header: str, value: Callable[[int], str]) -> None:
    """Headers that many things are called, or that hold something else; values that many things look like."""
    people = [f"SAMPLE{chr(65 + at)};ANNA;{chr(97 + at)}@sample.example;{value(at)}" for at in range(22)]
    sheets_found = learn.study([csv(f"Surname;Forename;E-mail;{header}", *people).sample], TODAY)
    (found,) = [one for _, _, meanings in sheets_found for one in meanings if one.column.at == 3]
    assert found.sure is not Sure.CERTAIN, found.field


def test_content_tells_columns_apart_whose_headers_say_nothing() -> None:
    """Neighbours share a family name; where no document is, no State issued it; 1 and 2 are sexes; places come again."""
    places = ("Sampleville", "Proeveby", "Villa Ejemplo", "Musterstadt", "Testby")
    people = [
        f"{chr(65 + at // 2)}ANNA;SAMPLE{chr(65 + at // 3)};{1 + at % 2};{places[at % 5]};qx;{1950 + at}-05-{at + 1:02};"
        + (f"SWE;XS{1000000 + at * 37};NOR" if at % 5 else "SWE;;")
        for at in range(24)
    ]
    case = csv("qa;qb;qc;qd;qe;qf;qg;qh;qi", *people)
    found = {m.column.at: m for _, _, meanings in learn.study([case.sample], TODAY) for m in meanings}
    fields = {at: m.field for at, m in found.items()}
    assert (fields[1], fields[0], fields[2]) == ("family_name", "given_names", "sex")
    assert (fields[6], fields[7], fields[8]) == ("nationality", "document.number", "document.issuer")
    assert fields[3] == "birth_place"
    assert not [m.field for at, m in found.items() if at in (0, 1, 2, 3, 6, 8) and m.sure is Sure.CERTAIN]


def test_what_is_guessed_of_the_line_or_its_files_does_not_count() -> None:
    """Lines that count are certain: the kind of service, the row of headers without known words and the delimiter are not."""
    people = [f"SAMPLE{chr(65 + at)};ANNA;F;{1950 + at}-05-{at + 1:02};SWE" for at in range(25)]
    found, text = drafted(csv("qa;qb;qc;qd;qe", *people), service="", name="", contact="")
    assert "# header    = 1 # likely" in text
    assert '# delimiter = ";" # likely' in text
    assert "# likely ferry: there are no documents" in text
    refused = parse("x", text)
    assert isinstance(refused, list)
    assert [one.partition(":")[0] for one in refused] == ["name", "contact", "service"]
    assert all("draft that still says FILL IN" in one for one in refused)
    assert isinstance(learn.checked(found), Carrier)
    assert carrier(drafted(csv("Surname;Forename;qc;DOB;qe", *people))[1]).reads == {"table": {"delimiter": ";"}}


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Name", ("SAMPLE", "ANNA")),
        ("Nationality", ("SWE", "NOR")),
        ("Expiry date", ("1950-05-{:02}", "2031-05-{:02}")),
        ("No", ("{}", "7{:03}")),
        ("Sex", ("F", "M")),
        ("E-mail", ("a{}@sample.example", "b{}@sample.example")),
        ("Kol", ("P<UTOSAMPLE<<ANNA<<<<<<<<<<<<<<<<<<<<<<<<<<<", "SWE")),
    ],
)
def test_of_two_columns_with_one_header_none_is_certain(header: str, values: tuple[str, str]) -> None:
    people = [
        f"{1960 + at}-05-{at + 1:02};XS{7000000 + at * 37};{';'.join(values).format(at + 1, at + 1)}"
        for at in range(22)
    ]
    case = csv(f"Date of birth;Document number;{header};{header}", *people)
    found = [one for _, _, meanings in learn.study([case.sample], TODAY) for one in meanings]
    assert {one.sure for one in found if one.column.at > 1} & {Sure.CERTAIN} == set()
    assert header not in carrier(drafted(case)[1]).columns


def test_an_unknown_column_is_never_left_out_in_silence() -> None:
    people = [f"SAMPLE{chr(65 + at)};ANNA;F;1970-05-{at + 1:02};SWE;plan {at % 3}" for at in range(20)]
    found, text = drafted(csv("Surname;Forename;Sex;Date of birth;Nationality;Tariffa", *people))
    assert '# ignore = ["Tariffa"] # ?' in text
    assert carrier(text).ignore == ()
    assert any('"Tariffa" is not known' in one for one in questions(found))
    assert not found.is_certain


def test_words_without_a_meaning_are_asked_for_and_names_are_not() -> None:
    people = [
        f"SAMPLE{chr(65 + at)};ANNA;{'UD'[at % 2]};1970-05-{at + 1:02};{'Utopisch' if at % 2 else 'SWE'}"
        for at in range(20)
    ]
    _found, text = drafted(csv("Surname;Forename;Sex;Date of birth;Nationality", *people))
    assert '[lookup.sex] # theirs = ours\n# "U" = "M" # likely: in 10 of 20 rows\n# "D" = "F" # likely' in text
    assert '# "Utopisch" = "UTO" # likely: in 10 of 20 rows' in text
    assert "ANNA" not in text
    assert not {"country", "sex"} & carrier(text).lookups.keys() or carrier(text).lookups == {"sex": {}, "country": {}}


def test_several_samples_make_one_profile() -> None:
    people = [f"SAMPLE{chr(65 + at)};ANNA;F;{at + 1:02}/05/1970;SWE" for at in range(25)]
    first = csv("IMO number;9999955", "Ship;Adria Esempio", "Surname;Forename;Sex;Date of birth;Nationality", *people)
    second = csv(
        "SURNAME;Forename;Sex;Date of birth;Nationality;Cabin", *(f"{line};70{at:02}" for at, line in enumerate(people))
    )
    found, text = drafted(first, second, name="Adria Lines", contact="a@adria.example", service="ferry")
    profile = carrier(text)
    assert (profile.name, profile.service, profile.vessels) == ("Adria Lines", "ferry", {"9999955": "Adria Esempio"})
    assert profile.columns["Cabin"] == "cabin"
    assert (profile.expect.fewest, profile.expect.most) == (8, 75)
    assert profile.expect.filled["birth_date"] == 0.95
    assert found.is_certain
    assert questions(found) == []


def test_a_seafarer_s_book_keeps_its_nature() -> None:
    """Naming its column would lose what its words say besides the field."""
    people = [f"SAMPLE{chr(65 + at)};ANNA;F;1970-05-{at + 1:02};SWE;XS12345{at:02}" for at in range(20)]
    found, text = drafted(csv("Surname;Forename;Sex;Date of birth;Nationality;Seaman's book no", *people))
    assert '"Seaman\'s book no" is read by its own words' in text
    assert carrier(text).columns.keys() == {"Surname", "Forename", "Sex", "Date of birth", "Nationality"}
    assert found.is_certain


def test_a_list_without_any_header_is_not_given_one_of_persons() -> None:
    people = [f"SAMPLE{chr(65 + at)};ANNA;F;1970-05-{at + 1:02};SWE" for at in range(20)]
    found, text = drafted(csv(*people))
    assert "SAMPLE" not in text
    assert found.entries == []


def test_what_a_file_s_name_holds_is_said_without_the_name() -> None:
    found, text = drafted(
        csv(
            "Surname;Forename;Sex;Date of birth", "SAMPLE;ANNA;F;1970-05-01", name="Eriksson 20261121 9999955 GRPIR.csv"
        )
    )
    assert "its name holds a date and an IMO number and ports" in text
    assert '# "9999955" = "?" # a valid IMO number stands in the file\'s name' in text
    assert "Eriksson" not in text + "\n".join(summary(found))


# --- any bytes -----------------------------------------------------------------------------------------------------

cells = st.one_of(
    st.none(), st.text(max_size=12),
    st.sampled_from(("F", "M", "SWE", "1970-05-01", "31/12/2030", "Surname", "Nationality", "P<UTO", "XS1234567", '"', "\\", "a\nb", "\x7f\x00", "7")),
)  # fmt: skip


@often(30)
@given(st.lists(st.lists(cells, min_size=1, max_size=6), max_size=8))
def test_any_table_makes_a_profile(columns: list[list[str | None]]) -> None:
    """Whatever stands in it, also as header: the draft is TOML and the gateway takes it."""
    head = ["Surname", "Forename", "Date of birth", "Sex"]
    known = [Column([word, *column]) for word, column in zip(head, columns, strict=False)]
    for sheet in (
        Sheet("S", [Column(column) for column in columns]),
        Sheet(None, known + [Column(c) for c in columns[4:]]),
    ):
        carrier(drafted(Case("any", of_table("any", "workbook", Grid([sheet])), {}))[1])
