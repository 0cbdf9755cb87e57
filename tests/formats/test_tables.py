"""Tables: the header is found by what it says, the persons by where they stand, and nothing is passed over unsaid."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from gateway import jail
from gateway.findings import Severity
from gateway.formats import delimited, tables, workbook
from gateway.formats.grid import Column, Grid, Sheet
from gateway.formats.raw import FIELDS, CellPlaces, RawList, Reading
from gateway.formats.tables import RULES
from gateway.formats.tables.words import COLUMNS, LABELS, key
from gateway.manifest import ListKind
from tests.formats.books import ANNA, HEADERS, OLE, ZOE, book
from tests.often import often

LANGUAGES = {
    "sv": "Efternamn|Förnamn|Kön|Födelsedatum|Medborgarskap|Passnummer|Giltigt till",
    "nb": "Etternavn|Fornavn|Kjønn|Fødselsdato|Statsborgerskap|Passnummer|Utløpsdato",
    "da": "Efternavn|Fornavn|Køn|Fødselsdato|Statsborgerskab|Pasnummer|Udløbsdato",
    "de": "Nachname|Vorname|Geschlecht|Geburtsdatum|Staatsangehörigkeit|Reisepassnummer|Gültig bis",
    "nl": "Achternaam|Voornamen|Geslacht|Geboortedatum|Nationaliteit|Paspoortnummer|Geldig tot",
    "fr": "NOM|Prénom(s)|Sexe|Date de naissance|Nationalité|N° de passeport|Date d'expiration",
    "es": "Apellidos|Nombre|Sexo|Fecha de nacimiento|Nacionalidad|Nº pasaporte|Fecha de caducidad",
    "pt": "Apelido|Nome próprio|Sexo|Data de nascimento|Nacionalidade|Número do passaporte|Validade",
    "it": "Cognome|Nome|Sesso|Data di nascita|Cittadinanza|N. documento|Scadenza",
    "el": "Επώνυμο|Όνομα|Φύλο|Ημερομηνία γέννησης|Υπηκοότητα|Αριθμός διαβατηρίου|Ημερομηνία λήξης",
    "fi": "Sukunimi|Etunimet|Sukupuoli|Syntymäaika|Kansalaisuus|Passin numero|Voimassa asti",
    "et": "Perekonnanimi|Eesnimi|Sugu|Sünniaeg|Kodakondsus|Passi number|Kehtiv kuni",
    "lv": "Uzvārds|Vārds|Dzimums|Dzimšanas datums|Pilsonība|Pases numurs|Derīgs līdz",
    "lt": "Pavardė|Vardas|Lytis|Gimimo data|Pilietybė|Paso numeris|Galioja iki",
    "pl": "Nazwisko|Imię|Płeć|Data urodzenia|Obywatelstwo|Nr paszportu|Data ważności",
    "cs": "Příjmení|Jméno|Pohlaví|Datum narození|Státní příslušnost|Číslo pasu|Platnost do",
    "sk": "Priezvisko|Meno|Pohlavie|Dátum narodenia|Štátna príslušnosť|Číslo pasu|Platné do",
    "hu": "Vezetéknév|Utónév|Neme|Születési idő|Állampolgárság|Útlevélszám|Lejárat",
    "ro": "Nume|Prenume|Sex|Data nașterii|Cetățenie|Număr pașaport|Valabil până la",
    "bg": "Фамилия|Име|Пол|Дата на раждане|Гражданство|Номер на паспорт|Валиден до",
    "hr": "Prezime|Ime|Spol|Datum rođenja|Državljanstvo|Broj putovnice|Vrijedi do",
    "sl": "Priimek|Ime|Spol|Datum rojstva|Državljanstvo|Številka potnega lista|Velja do",
    "mt": "Kunjom|Isem|Sess|Data tat-twelid|Nazzjonalità|Numru tal-passaport|Data ta' skadenza",
    "ga": "Sloinne|Céadainm|Gnéas|Dáta breithe|Náisiúntacht|Uimhir phas|Dáta éaga",
    "ru": "ФАМИЛИЯ|Имя|Пол|Дата рождения|Гражданство|Номер паспорта|Действителен до",
    "tr": "SOYADI|Adı|Cinsiyeti|Doğum tarihi|Uyruğu|Pasaport No.|Geçerlilik tarihi",
    "is": "Kenninafn|Eiginnafn|Kyn|Fæðingardagur|Ríkisfang|Vegabréfsnúmer|Gildir til",
}
SEVEN = ["family_name", "given_names", "sex", "birth_date", "nationality", "document.number", "document.expiry"]


def read(*rows: Sequence[Any], options: Mapping[str, Any] | None = None, **more: Any) -> Reading:
    return workbook.read(book(*rows, **more), options or {})


def only(reading: Reading) -> RawList:
    assert len(reading.lists) == 1, reading.findings
    found = reading.lists[0]
    assert isinstance(found, RawList)
    assert all(len(texts) == found.size for texts in (*found.columns.values(), *found.extras.values()))
    assert found.columns.keys() <= FIELDS
    assert found.header.keys() <= FIELDS
    return found


def fields(*headers: str, above: Sequence[Any] = ()) -> dict[str, str]:
    """Field -> letter, for a table of these headers with one person under them."""
    rows = [above] * bool(above) + [headers, ["x"] * len(headers)]
    found = only(read(*rows))
    assert isinstance(found.places, CellPlaces)
    return {field: letter for field, letter in found.places.columns.items() if field in found.columns}


def said(reading: Reading, code: str) -> list[str]:
    return [f"{finding.place}: {finding.text}" for finding in reading.findings if finding.code == code]


# Headers


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_languages_of_europe(language: str) -> None:
    found = fields(*LANGUAGES[language].split("|"))
    assert [field for field in found if field != "document.type"] == SEVEN
    assert "".join(found[field] for field in SEVEN) == "ABCDEFG"


def test_every_word_of_the_tables_stands_for_a_field() -> None:
    slots = {"document.nature", "seabook.number", "seabook.expiry", "seabook.issuer", "seabook.issued", "idcard.number"}
    assert set(COLUMNS.values()) <= FIELDS | slots
    ends = {f"{end}.{part}" for end in ("arrival", "departure", "this") for part in ("date", "time", "port")}
    assert set(LABELS.values()) <= FIELDS | ends | {"-"}
    assert "" not in COLUMNS
    assert all(key(word) == word or word == "#" for word in COLUMNS)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (["No.", "Family\nname ", "GIVEN_NAMES", "D.O.B."], ["sequence", "family_name", "given_names", "birth_date"]),
        (["7. Family name", "8. Given names", "9. Nationality"], ["family_name", "given_names", "nationality"]),
        (["Passenger surname", "Guest First Name", "Pax gender"], ["family_name", "given_names", "sex"]),
        (["Nom / Surname", "Prénom / First name", "Sexe / Sex"], ["family_name", "given_names", "sex"]),
        (["Name", "Vorname", "Kabine"], ["family_name", "given_names", "cabin"]),
        (["Nome", "Sexo", "Nacionalidade"], ["full_name", "sex", "nationality"]),
        (["Full name", "Sex (M, F or Other)", "Date of birth (dd/mm/yyyy)"], ["full_name", "sex", "birth_date"]),
        (["Surname", "Name", "Sex", "Nationality", "Nationality"], ["family_name", "full_name", "sex", "nationality", "nationality2"]),
        (
            ["Family name, given names", "Rank or rating", "Nature and No. of identity document", "Date and place of birth"],
            ["full_name", "rank", "document.combined", "birth"],
        ),
        (
            ["Surname", "Given names", "Passport No.", "Expiry date", "Seaman's book No.", "Seaman's book expiry date", "Visa number"],
            ["family_name", "given_names", "document.number", "document.expiry", "document2.number", "document2.expiry", "visa.number"],
        ),
        (
            ["Surname", "Given names", "ID card No.", "Document number"],
            ["family_name", "given_names", "document2.number", "document.number"],
        ),
    ],
)  # fmt: skip
def test_headers_as_lines_write_them(headers: list[str], expected: list[str]) -> None:
    found = {letter: field for field, letter in fields(*headers).items() if not field.endswith(".type")}
    assert [found["ABCDEFG"[at]] for at in range(len(headers))] == expected


def test_groups_above_the_headers_and_headers_that_span_two_rows() -> None:
    def touch(sheet: Worksheet) -> None:
        for area in ("A2:A3", "B2:B3", "C2:E2", "F2:G2"):
            sheet.merge_cells(area)

    group = ("Surname", "Given names", "Passport", None, None, "Visa", None)
    under = (None, None, "Number", "Country of issue", "Expiry date", "No.", "Expiry date")
    person = ("ERIKSSON", "ANNA MARIA", "L898902C3", "UTO", "2030-04-15", "V1", "2027-01-01")
    for how in (touch, None):
        found = only(read(("PASSENGER LIST",), group, under, person, touch=how))
        expected = dict(
            zip(
                "ABCDE",
                ["family_name", "given_names", "document.number", "document.issuer", "document.expiry"],
                strict=True,
            )
        )
        assert isinstance(found.places, CellPlaces)
        assert (
            expected.items()
            <= {letter: field for field, letter in found.places.columns.items() if field != "document.type"}.items()
        )
        assert found.places.rows == [4]
        assert found.columns["document.type"] == ["passport"]
    merged = only(read(("PASSENGER LIST",), group, under, person, touch=touch))
    assert merged.columns["visa.number"] == ["V1"]
    assert merged.columns["visa.expiry"] == ["2027-01-01"]


def test_a_sheet_that_starts_far_from_a1_has_its_own_letters_and_rows() -> None:
    rows: list[Sequence[Any]] = [()] * 11
    found = only(read(*rows, (None, None, None, *HEADERS), (None, None, None, *ANNA)))
    assert str(found.places.at("birth_date", 0)) == 'sheet "Passengers", cell G13, column "Date of birth"'


def test_the_profile_comes_first_and_what_nobody_knows_is_kept_and_said() -> None:
    headers = (
        "Surname",
        "First name",
        "Sex",
        "Nat.",
        "Deck",
        "Loyalty tier",
        "A header so long that it might well hold somebody's name",
    )
    rows = (headers, ("ERIKSSON", "ANNA", "F", "UTO", "7", "gold", "x"))
    reading = read(
        *rows, options={"columns": {"nat": "nationality", "Deck": "cabin", "Gone": "rank"}, "ignore": ["LOYALTY TIER"]}
    )
    found = only(reading)
    assert found.columns["nationality"] == ["UTO"]
    assert found.columns["cabin"] == ["7"]
    assert list(found.extras) == [headers[6]]
    (unknown,) = said(reading, "T-21")
    assert "the column 'G, 1 letter, 1 space, 6 letters," in unknown
    assert "somebody" not in unknown
    assert len(said(reading, "T-38")) == 1
    renamed = only(read(*rows, options={"columns": {"Surname": "given_names", "First name": "family_name"}}))
    assert renamed.columns["family_name"] == ["ANNA"]


def test_the_profile_says_which_tab_and_which_row() -> None:
    other = ("Family name", "Given names", "Sex", "Date of birth", "Nationality", "Passport No.", "Cabin")
    data = {"Old": (other, (*OLE, "1"))}
    assert [one.size for one in read(HEADERS, ANNA, ZOE, **data).lists] == [2, 1]  # type: ignore[union-attr]
    assert only(read(HEADERS, ANNA, ZOE, options={"sheet": "old"}, **data)).columns["cabin"] == ["1"]
    assert said(read(HEADERS, ANNA, options={"sheet": "Crew"}), "T-15")
    assert only(read(other, HEADERS, ANNA, options={"header": 2})).places.rows == [3]  # type: ignore[union-attr]


def test_two_columns_of_the_same_name() -> None:
    reading = read((*HEADERS, "Surname"), (*ANNA, "SON"))
    assert only(reading).extras == {"Surname": ["SON"]}
    assert said(reading, "T-22") == ["sheet \"Passengers\", cell G1: the column 'Surname' says the same as another one, which was read; this one was kept unread"]  # fmt: skip


def test_no_header_and_nobody() -> None:
    assert [finding.code for finding in read(("some", "words"), ("and", "more")).findings] == ["T-20"]
    empty = read(HEADERS)
    assert not empty.lists
    assert [(finding.code, finding.severity) for finding in empty.findings] == [("T-23", Severity.ERROR)]
    nil = only(read(("Number of passengers", 0), HEADERS))
    assert (nil.size, nil.header["counts.passengers"].text) == (0, "0")


# Rows


LABELS_ABOVE = (
    ["Ship", "Sample Star"],
    ["IMO number", "9999840"],
    ["Port of arrival", "GRPIR"],
    ["Number of passengers", "2"],
    [],
)


def test_persons_below_labels_but_without_headers_are_not_lost_unsaid() -> None:
    reading = read(*LABELS_ABOVE, ["#1", "#2", "#3", "#4", "#5"], ANNA, OLE)
    assert said(reading, "T-20")[0].startswith('sheet "Passengers", cell A6: no row of column headers')
    assert said(read(*LABELS_ABOVE), "T-20") == []


def test_a_table_that_states_persons_and_lists_none_says_so() -> None:
    assert len(said(read(*LABELS_ABOVE, HEADERS), "T-23")) == 1
    assert said(read(*LABELS_ABOVE[:3], ["Number of passengers", "0"], [], HEADERS), "T-23") == []


def test_rows_that_are_no_persons_are_passed_over_and_said() -> None:
    reading = read(
        ("CREW LIST",),
        (*HEADERS, "Rank"),
        (
            "as in passport",
            "as in passport",
            "M, F or X",
            "yyyy-mm-dd",
            "Enter the 3-letter code of the country",
            "text",
            "Enter the rank",
        ),
        ("last name of ship master", "first name of ship master", None, None, None, None, "MASTER"),
        (*ANNA, "Master"),
        (),
        (None, None, None, None, None, None, None, "a note beside the list"),
        (*HEADERS, "Rank"),
        (*OLE, "Cook"),
        ("SUM", "LI"),
        ("TOTAL CREW", 3),
        ("Signature of the master: ____________",),
        ("Page 1 of 1",),
    )
    found = only(reading)
    assert found.columns["family_name"] == ["ERIKSSON", "TESTPERSON", "SUM"]
    assert found.places.rows == [5, 9, 10]  # type: ignore[union-attr]
    assert found.header["counts.crew"].text == "3"
    assert str(found.header["counts.crew"].place) == 'sheet "Passengers", cell B11'
    passed = [line.split("passed over as no persons: ") for line in said(reading, "T-25")]
    assert sorted((where.split(": ")[1].strip(), what) for where, what in passed) == [
        ("row 11", "a total"),
        ("row 3", "help"),
        ("row 4", "an example"),
        ("row 7", "something only outside the columns of the persons"),
        ("row 8", "the header again"),
        ("rows 12, 13", "a signature or a page number"),
    ]


def test_a_numbered_capacity_of_empty_rows_is_no_crowd() -> None:
    found = only(read(("SrNo", *HEADERS), *[(n, *ANNA) if n == 1 else (n,) for n in range(1, 2000)]))
    assert found.size == 1


def test_a_person_with_one_value_is_a_person() -> None:
    found = only(read(("TYPE OF TRAVEL DOCUMENT", *HEADERS), ("Passport",), (), (None, *ANNA)))
    assert found.places.rows == [2, 4]  # type: ignore[union-attr]


def test_titles_inside_a_table_are_roles() -> None:
    found = only(read(HEADERS, ("CREW",), ANNA, OLE, ("PASSENGERS",), ZOE, title="Souls on board"))
    assert found.kind is ListKind.MIXED
    assert found.columns["role"] == ["crew", "crew", "passenger"]


@pytest.mark.parametrize(
    ("tab", "above", "headers", "kind"),
    [
        ("Crew List", "", HEADERS, ListKind.CREW),
        ("FAL 5", "", HEADERS, ListKind.CREW),
        ("Besatzung", "", HEADERS, ListKind.CREW),
        ("Lista pasażerów", "", HEADERS, ListKind.PASSENGERS),
        ("Επιβάτες", "", HEADERS, ListKind.PASSENGERS),
        ("Sheet1", "IMO CREW LIST", HEADERS, ListKind.CREW),
        ("Sheet1", "Crew and passenger list", HEADERS, ListKind.MIXED),
        ("Sheet1", "", (*HEADERS[:5], "Rank or rating"), ListKind.CREW),
        ("Sheet1", "", (*HEADERS[:5], "Cabin"), ListKind.PASSENGERS),
        ("Sheet1", "", HEADERS, ListKind.PASSENGERS),
    ],
)
def test_whose_list_it_is(tab: str, above: str, headers: Sequence[str], kind: ListKind) -> None:
    reading = read((above,), headers, ANNA, title=tab)
    assert only(reading).kind is kind
    assert bool(said(reading, "T-28")) is (tab == "Sheet1" and not above and headers is HEADERS)


def test_cells_merged_over_several_persons_count_for_each() -> None:
    def touch(sheet: Worksheet) -> None:
        sheet.merge_cells("G2:G3")

    reading = read((*HEADERS, "Cabin"), (*ANNA, "4117"), OLE, (*ZOE, "12"), touch=touch)
    assert only(reading).columns["cabin"] == ["4117", "4117", "12"]
    assert said(reading, "T-27")


# What stands above


def test_labels_above_the_table() -> None:
    reading = read(
        ("1.1 Name of ship", None, "SPECIMEN STAR", "1.2 IMO number", "IMO 1234567"),
        ("Voyage number: SP1147", None, None, "Call sign", "9HTS7"),
        ("Arrival/Departure", "Arrival"),
        ("2. Port of arrival/departure", "MTMLA", None, "3. Date of arrival/departure", datetime.date(2026, 11, 25)),
        ("Flag State of ship", "Last port of call", "Next port"),
        ("MLT", "GRPIR", "ITSIR"),
        ("Name of master", "JOHAN SAMPLE"),
        (),
        HEADERS,
        ANNA,
    )
    found = only(reading)
    assert {field: value.text for field, value in found.header.items()} == {
        "vessel.name": "SPECIMEN STAR",
        "vessel.imo": "IMO 1234567",
        "voyage.number": "SP1147",
        "vessel.call_sign": "9HTS7",
        "direction": "Arrival",
        "arrival.port": "MTMLA",
        "arrival.estimated": "2026-11-25",
        "vessel.flag": "MLT",
        "last_port": "GRPIR",
        "next_port": "ITSIR",
    }
    assert str(found.header["vessel.imo"].place) == 'sheet "Passengers", cell E1'
    assert str(found.header["next_port"].place) == 'sheet "Passengers", cell C6'
    assert found.header["arrival.estimated"].place.field == "arrival.estimated"
    assert said(reading, "T-34") == ['sheet "Passengers": boxes of the form that belong to no list of persons were left out: Name of master']  # fmt: skip


def test_a_port_of_arrival_or_departure_without_a_direction_is_not_guessed() -> None:
    reading = read(("Port of arrival/departure", "MTMLA"), HEADERS, ANNA)
    assert not only(reading).header
    assert len(said(reading, "T-35")) == 1


def test_a_label_without_a_value_takes_none_from_its_neighbours() -> None:
    found = only(
        read(("Your reference (optional)",), ("Ship name", "IMO number", "1234567"), ("PASSENGER LIST",), HEADERS, ANNA)
    )
    assert {field: value.text for field, value in found.header.items()} == {"vessel.imo": "1234567"}


def test_columns_about_the_sailing_are_of_the_list() -> None:
    headers = ("Vessel", "Sailing", "Departure port", "Arrival port", *HEADERS)
    rows = [("MV SPECIMEN", "S1", "GBDVR", "FRCQF", *person) for person in (ANNA, OLE)]
    found = only(read(headers, *rows))
    assert {field: value.text for field, value in found.header.items()} == {
        "vessel.name": "MV SPECIMEN",
        "voyage.number": "S1",
        "departure.port": "GBDVR",
        "arrival.port": "FRCQF",
    }
    rows[1] = ("MV SPECIMEN", "S2", "GBDVR", "FRDKK", *OLE)
    reading = read(headers, *rows)
    assert only(reading).columns["disembarkation"] == ["FRCQF", "FRDKK"]
    assert [finding.severity for finding in reading.findings if finding.code == "T-37"] == [Severity.ERROR]


# Sheets


def test_each_sheet_with_persons_is_a_list_and_a_form_beside_them_tells_of_the_voyage() -> None:
    reading = read(
        HEADERS, ANNA, OLE,
        Voyage=(("Ship name", "SPECIMEN STAR"), ("IMO number", 1234567), ("Number of crew", 1), ("Number of passengers", 2)), Crew=((*HEADERS, "Rank"), (*ZOE, "Cook")), Codes=(("GBR", "United Kingdom"), ("NOR", "Norway")),
    )  # fmt: skip
    first, second = reading.lists
    assert isinstance(first, RawList)
    assert isinstance(second, RawList)
    assert (first.kind, first.size, second.kind, second.size) == (ListKind.PASSENGERS, 2, ListKind.CREW, 1)
    for one in (first, second):
        assert one.header["vessel.imo"].text == "1234567"
        assert one.header["counts.passengers"].text == "2"
        assert one.header["counts.crew"].place.sheet == "Voyage"
    assert said(reading, "T-14") == ['the list as a whole: no list was found on: "Codes"']


def test_hidden_sheets() -> None:
    def touch(sheet: Worksheet) -> None:
        sheet.parent["Last month"].sheet_state = "hidden"

    both = {"Last month": (HEADERS, OLE)}
    reading = read(HEADERS, ANNA, touch=touch, **both)
    assert only(reading).columns["family_name"] == ["ERIKSSON"]
    assert len(said(reading, "T-12")) == 1
    alone = read(("nothing",), touch=touch, **both)
    assert only(alone).size == 1
    assert len(said(alone, "T-13")) == 1


# What a spreadsheet does to values


def test_numbers_dates_and_truths_as_they_were_typed() -> None:
    headers = ("Surname", "Given names", "Date of birth", "Document number", "Transit", "Cabin", "Embarkation date")
    rows = (
        (
            "ERIKSSON",
            "ANNA",
            datetime.date(1974, 8, 12),
            123456001,
            True,
            4117,
            datetime.datetime.fromisoformat("2026-11-23T18:05"),
        ),
        ("TESTPERSON", "OLE", "29/02/1968", "0012345", "N", "A1", None),
        ("SPECIMEN", "ZOE", 33545, 1234567890123456, "", datetime.date(2026, 3, 4), None),
        ("PROBE", "PIA", 1991, -5, None, 1.5, None),
    )
    reading = read(headers, *rows)
    found = only(reading)
    assert found.columns["birth_date"] == ["1974-08-12", "29/02/1968", "1991-11-03", "1991"]
    assert found.columns["document.number"] == ["123456001", "0012345", "1234567890123456", "-5"]
    assert found.columns["transit"] == ["true", "N", None, None]
    assert found.columns["cabin"] == ["4117", "A1", "2026-03-04", "1.5"]
    assert found.columns["embarked_at"][0] == "2026-11-23T18:05"
    places = {finding.code: (str(finding.place), finding.severity) for finding in reading.findings}
    where = 'sheet "Passengers", cell '
    assert places["T-30"] == (where + 'D2, column "Document number"', Severity.WARNING)
    assert places["T-31"] == (where + 'D4, column "Document number"', Severity.ERROR)
    assert places["T-32"] == (where + 'C4, column "Date of birth"', Severity.WARNING)
    assert places["T-36"] == (where + 'F4, column "Cabin"', Severity.WARNING)


def test_a_column_of_numbers_alone_is_not_mixed() -> None:
    rows = [(*ANNA[:5], 123456000 + n) for n in range(3)]
    reading = read(HEADERS, *rows)
    assert only(reading).columns["document.number"] == ["123456000", "123456001", "123456002"]
    assert not said(reading, "T-30")


def test_both_date_systems() -> None:
    def touch(sheet: Worksheet) -> None:
        sheet.parent.epoch = datetime.datetime.fromisoformat("1904-01-01")

    rows = (HEADERS, ("ERIKSSON", "ANNA", "F", datetime.date(1974, 8, 12), "UTO", "L1"))
    assert (
        only(read(*rows)).columns["birth_date"]
        == only(read(*rows, touch=touch)).columns["birth_date"]
        == ["1974-08-12"]
    )


def test_a_header_that_asks_for_an_order_of_day_and_month() -> None:
    for hint, order in (
        ("(dd/mm/yyyy)", "dmy"),
        ("(mm/dd/yyyy)", "mdy"),
        ("(jj/mm/aaaa)", "dmy"),
        ("(TT.MM.JJJJ)", "dmy"),
    ):
        found = only(read(("Surname", "Given names", f"Date of birth {hint}"), ("ERIKSSON", "ANNA", "03/04/1970")))
        assert found.dialects == {"birth_date": order}
    assert only(read(HEADERS, ANNA)).dialects == {}


# Whatever the grid

WORDS = st.sampled_from(
    [
        *HEADERS,
        *ANNA,
        "Ship name",
        "IMO number: 1",
        "TOTAL CREW",
        "CREW",
        "Port",
        "Visa",
        "Number",
        "12345",
        "1974",
        "\n",
        "?",
    ]
)
COLUMN = st.tuples(
    st.lists(st.none() | WORDS | st.text(max_size=4), max_size=12), st.sampled_from("tndcb"), st.booleans()
).map(lambda made: Column(made[0], (made[1] * len(made[0]) if made[2] else made[1]) or "t"))
AREA = st.tuples(*[st.integers(0, 14)] * 4)
SHEET = st.builds(
    Sheet,
    name=st.none() | st.sampled_from(["Crew", "FAL 1", ""]),
    columns=st.lists(COLUMN, max_size=9),
    hidden=st.booleans(),
    merged=st.lists(AREA, max_size=3),
)


@often(40)
@given(sheets=st.lists(SHEET, max_size=3), header=st.none() | st.integers(-1, 20))
def test_any_grid_is_lists_or_findings(sheets: list[Sheet], header: int | None) -> None:
    reading = tables.read(
        Grid(sheets=sheets), {"header": header, "columns": {"?": "rank"}, "ignore": ["Visa"]}, "workbook"
    )
    assert reading.lists or reading.findings
    for one in reading.lists:
        found = only(Reading(lists=[one]))
        assert not found.size or found.columns
        for field in found.columns:
            for index in range(found.size):
                assert found.places.at(field, index).person == index + 1


# Findings


def test_no_finding_holds_a_value() -> None:
    values = ("CANARYNAME", "CANARYGIVEN", "F", 99999.5, "CANARYLAND", 1234567890123456789)
    noisy: tuple[Sequence[Any], ...] = (("Ship", "CANARYSHIP"), ("Port", "CANARYPORT"), (*HEADERS, "Odd"))
    reading = read(
        *noisy, (*values, "CANARYODD"), ("CANARYNAME", None, None, None, None, "TEXT"), ("Total CANARYTOTAL", 2)
    )
    shown = " ".join(f"{finding} {finding.place}" for finding in reading.findings)
    assert "CANARY" not in shown
    assert "1234567890" not in shown


def test_rules_have_one_id_each() -> None:
    rules = {*workbook.RULES, *delimited.RULES, *jail.RULES}
    assert {*RULES} < rules
    assert len({rule.id for rule in rules}) == len(rules)


# --- a group of columns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "headers", "expected"),
    [
        (";;;Passport;;", "Surname;Forename;DOB;Number;Expiry;Nationality", "document.number document.expiry nationality"),
        (";;;Passport;;", "Surname;Forename;DOB;Type;Number;Sex", "document.type document.number sex"),
        (";;;Travel document;;", "Surname;Forename;DOB;Country;No.;Cabin", "document.issuer document.number cabin"),
        (";;;Reisepass;;", "Familienname;Vorname;Geburtsdatum;Nummer;Gültig bis;Kabine", "document.number document.expiry cabin"),
        (";;;Passeport;;", "Nom;Prénom;Date de naissance;Numéro;Expiration;Cabine", "document.number document.expiry cabin"),
        (";;;Document;;Visa", "Surname;Forename;DOB;Type;Number;Number", "document.type document.number visa.number"),
        (";;;Embarkation;;", "Surname;Forename;DOB;Port;Date;Cabin", "embarkation embarked_at cabin"),
        ("Name;;Birth;;;", "Family;Given;Date;Place;Cabin;Sex", "birth_place cabin sex"),
        ("Passport list;;;;;", "No.;Surname;Forename;DOB;Cabin;Sex", "birth_date cabin sex"),  # a title, no group
        (";;;Passport;;", "Surname;Forename;DOB;Number;Cabin;No.", "document.number cabin sequence"),  # the group ends at what is none of its
    ],
)  # fmt: skip
def test_a_group_holds_for_the_columns_below_it(above: str, headers: str, expected: str) -> None:
    """A CSV, or a sheet whose cells are not merged, has the group above its first column only."""
    sheet = Sheet(
        None,
        [
            Column([upper or None, header, "x"])
            for upper, header in zip(above.split(";"), headers.split(";"), strict=True)
        ],
    )
    header = tables.header_of(sheet, {})
    assert header is not None
    fields = {at: field for field, at in header.columns.items()}
    assert [fields.get(at, "?") for at in (3, 4, 5)] == expected.split()
    assert not above.startswith("Passport list") or fields[0] == "sequence"


# --- columns of the very same header -----------------------------------------------------------------------------

PERSONS = [("SAMPLE", "ANNA", "1970-05-01"), ("TESTPERSON", "OLE", "1968-02-29"), ("SPECIMEN", "EVA", "1990-01-02")]


@pytest.mark.parametrize(
    ("header", "values", "expected", "code"),
    [
        ("Nationality", ("SWE", "NOR"), {"nationality": 3, "nationality2": 4}, "T-60"),
        ("Expiry date", ("2031-05-01", "2032-05-01"), {"document.expiry": 3}, "T-22"),
        ("Number", ("XS1234567", "{}"), {"sequence": 4}, "T-22"),
        ("Number", ("{}", "XS1234567"), {"sequence": 3}, "T-22"),
        ("Date", ("1970-05-01", "2032-05-01"), {}, "T-21"),
    ],
)
def test_what_two_columns_of_one_header_are_is_said(
    header: str, values: tuple[str, str], expected: dict[str, int], code: str
) -> None:
    rows = [(*person, *(value.format(at) for value in values)) for at, person in enumerate(PERSONS, 1)]
    reading = read(("Surname", "Forename", "DOB", header, header), *rows)
    places = only(reading).places
    assert isinstance(places, CellPlaces)
    fields = {field: "ABCDE".index(letter) for field, letter in places.columns.items()}
    assert {field: at for field, at in fields.items() if at > 2} == expected
    assert [told for told in said(reading, code) if header in told]


def test_name_and_name_are_the_family_name_and_the_given_names() -> None:
    reading = read(("Name", "Name", "DOB", "Sex"), *[(*person, "F") for person in PERSONS])
    assert only(reading).columns["family_name"] == ["SAMPLE", "TESTPERSON", "SPECIMEN"]
    assert only(reading).columns["given_names"] == ["ANNA", "OLE", "EVA"]
    (told,) = said(reading, "T-60")
    assert "taken as given names" in told
    whole = read(
        ("Name", "Name", "DOB", "Sex"), *[(f"{family}, {given}", given, born, "F") for family, given, born in PERSONS]
    )
    assert only(whole).columns["full_name"] == ["SAMPLE, ANNA", "TESTPERSON, OLE", "SPECIMEN, EVA"]
    assert said(whole, "T-22")


def test_two_documents_under_the_same_headers_stay_two() -> None:
    headers = ("Surname", "Forename", "DOB", "Document number", "Expiry date", "Document number", "Expiry date")
    reading = read(
        headers, *[(*person, f"XS1{at}", "2031-05-01", f"TI9{at}", "2032-05-01") for at, person in enumerate(PERSONS)]
    )
    assert only(reading).columns["document2.expiry"] == ["2032-05-01"] * 3
    assert not {"T-22", "T-60"} & {one.code for one in reading.findings}
