"""Delimited text: any delimiter, any quoting, any encoding that lines send, and the right line for every value."""

import csv
import time
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import HEAD, delimited, encodings, recognise
from gateway.formats.raw import RawList, Reading
from gateway.formats.tables import headers
from tests.often import often

HEADER = "Surname;First name;Sex;Date of birth;Nationality\r\n"
ANNA = "ERIKSSON;ANNA MARIA;F;1974-08-12;UTO\r\n"
OLE = "TESTPERSON;OLE;M;1968-02-29;NOR\r\n"


def read(text: str | bytes, options: Mapping[str, Any] | None = None) -> Reading:
    return delimited.read(text.encode() if isinstance(text, str) else text, options or {})


def only(reading: Reading) -> RawList:
    assert len(reading.lists) == 1, reading.findings
    found = reading.lists[0]
    assert isinstance(found, RawList)
    assert all(len(texts) == found.size for texts in (*found.columns.values(), *found.extras.values()))
    return found


def said(reading: Reading, code: str) -> list[str]:
    return [str(finding.place) for finding in reading.findings if finding.code == code]


# Delimiters, quotes, lines


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_delimiter_and_line_end(delimiter: str, end: str) -> None:
    text = (HEADER + ANNA + OLE).replace(";", delimiter).replace("\r\n", end)
    assert delimited.recognise(text.encode())
    found = only(read(text))
    assert found.columns["family_name"] == ["ERIKSSON", "TESTPERSON"]
    assert str(found.places.at("birth_date", 1)) == 'line 3, column "Date of birth"'


def test_the_delimiter_is_the_one_that_makes_headers() -> None:
    found = only(read("Surname;First name;Address, city, country\nERIKSSON;ANNA;1, A, B\nTESTPERSON;OLE;2, A, B\n"))
    assert found.columns["given_names"] == ["ANNA", "OLE"]
    assert (
        only(read("Nimi1|Nimi2\nA,B,C|D,E,F\n", {"columns": {"Nimi1": "family_name", "Nimi2": "given_names"}})).size
        == 1
    )


def test_the_first_line_or_the_profile_decides_the_delimiter() -> None:
    text = HEADER + ANNA
    for told, options in (
        ("sep=;\r\n" + text, {}),
        (text.replace(";", "~"), {"delimiter": "~"}),
        ("SEP=~\n" + text.replace(";", "~"), {}),
    ):
        reading = read(told, options)
        assert only(reading).columns["sex"] == ["F"]
        assert only(reading).places.rows == [told.count("\n")]  # type: ignore[union-attr]
    wrong = read(text, {"delimiter": "tab"})
    assert only(wrong).size == 1
    assert said(wrong, "T-46")


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd\ufeff"), max_size=12
)
# Blank, or not to be taken for a word of a form: a first row of two such words ("m", "a3") is read as help, and said to be.
NAMES = st.just("") | CELLS.map(lambda text: "Zq" + text)
PEOPLE = st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=8)


@often(40)
@given(
    people=PEOPLE,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([0, 1]),
    end=st.sampled_from(["\n", "\r\n"]),
    data=st.data(),
)
def test_what_was_written_is_read(
    people: list[tuple[str, ...]], delimiter: str, quoting: int, end: str, data: st.DataObject
) -> None:
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["Surname", "First name", "Place of birth", "Nationality", "Date of birth", "Document number"])
    lines, line = [], 2
    for family, given_names, place in people:
        place += data.draw(st.sampled_from(["", '"', "\n", 'x"y', "'", delimiter]))
        writer.writerow([family, given_names, place, "UTO", "1974-08-12", "L898902C3"])
        lines.append(line)
        line += 1 + place.count("\n")
    found = only(read(out.getvalue().encode("utf-8"), {"delimiter": delimiter}))
    assert found.places.rows == lines  # type: ignore[union-attr]
    for field, at in (("family_name", 0), ("given_names", 1)):
        assert found.columns[field] == [person[at] if person[at].strip() else None for person in people]


def test_quotes_inside_and_around() -> None:
    reading = read(
        HEADER + '"O""TESTER";"MARY\nJANE; ""MJ""";F;2015-05-17;IRL\r\n' + "X \"Y\" Z;'OLE';M;1968-02-29;NOR\r\n"
    )
    found = only(reading)
    assert found.columns["family_name"] == ['O"TESTER', 'X "Y" Z']
    assert found.columns["given_names"] == ['MARY\nJANE; "MJ"', "'OLE'"]
    assert found.places.rows == [2, 4]  # type: ignore[union-attr]


@pytest.mark.parametrize("after", [0, 1, 30, 5000])
def test_a_quote_left_open_costs_its_own_line_and_no_other(after: int) -> None:
    reading = read(HEADER + ANNA + 'SPECIMEN;"ZOE;X;1991-11-03;NLD\r\n' + OLE * after)
    assert only(reading).columns["family_name"] == ["ERIKSSON"] + ["TESTPERSON"] * after
    assert said(reading, "T-42") == ["line 3"]


def test_many_quotes_left_open_come_to_an_end() -> None:
    began = time.process_time()
    bad = 'SPECIMEN;"ZOE;X;1991-11-03;NLD\r\n'
    assert len(said(read(HEADER + ANNA + bad * 900 + OLE), "T-42")) == 900
    reading = read(HEADER + ANNA + bad * 5000)
    assert said(reading, "T-45")
    assert not reading.lists
    assert time.process_time() - began < 3


def test_lines_with_more_or_fewer_values() -> None:
    reading = read(
        HEADER + ANNA + "TESTPERSON;OLE;M;1968-02-29;NOR;more\n" + "SPECIMEN;ZOE;X;1991-11-03\n" + OLE.strip() + ";;\n"
    )
    assert said(reading, "T-43") == ["line 3"]
    assert said(reading, "T-44") == ["line 4"]
    assert only(reading).columns["nationality"] == ["UTO", "NOR", None, "NOR"]


def test_what_stands_above_and_below_the_table() -> None:
    text = "Vessel;SPECIMEN STAR\r\n\r\nVoyage: SP1147\r\n" + HEADER + ANNA + "Total passengers;1\r\n"
    found = only(read(text))
    assert {field: value.text for field, value in found.header.items()} == {
        "vessel.name": "SPECIMEN STAR",
        "voyage.number": "SP1147",
        "counts.passengers": "1",
    }
    assert [str(found.header[field].place) for field in ("vessel.name", "voyage.number", "counts.passengers")] == [
        "line 1",
        "line 3",
        "line 6",
    ]
    assert str(found.places.at("sex", 0)) == 'line 5, column "Sex"'


def test_a_ferrys_list_without_documents() -> None:
    found = only(read("Booking ref,Lead,Title,Surname,Forename,Sex,DOB,Nationality,Vehicle reg,PRM\nB1,Y,MS,ERIKSSON,ANNA,F,12/08/1974,UTO,TE57 ABC,WCHR\n"))  # fmt: skip
    assert found.columns.keys() >= {"booking_reference", "vehicle_registration", "special_care"}
    assert list(found.extras) == ["Lead", "Title"]


# Encodings

NAMES = {
    "windows-1250": "Příjmení;Jméno;Národnost\nDVOŘÁK;JIŘÍ;CZE\nČERNÁ;ŽOFIE;CZE\n",
    "windows-1251": "Фамилия;Имя;Гражданство\nИВАНОВ;ПЁТР;RUS\nСИДОРОВА;АННА;RUS\n",
    "windows-1252": "Efternamn;Förnamn;Medborgarskap\nSÖDERSTRÖM;ÅSE;SWE\nMÜLLER;JÖRG;DEU\n",
    "windows-1253": "Επώνυμο;Όνομα;Υπηκοότητα\nΠΑΠΑΔΟΠΟΥΛΟΣ;ΓΙΩΡΓΟΣ;GRC\n",
    "windows-1254": "Soyadı;Adı;Uyruğu\nYILMAZ;AYŞE;TUR\nÇELİK;GÜLŞEN;TUR\n",
    "windows-1257": "Pavardė;Vardas;Pilietybė\nKAZLAUSKAS;ŽIVILĖ;LTU\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_certain(encoding: str) -> None:
    for text in NAMES.values():
        data = text.encode(encoding)
        assert recognise(data) is delimited, encoding
        read_text, findings = encodings.decode(data)
        assert read_text == text
        assert not findings


@pytest.mark.parametrize("encoding", NAMES)
def test_other_encodings_are_guessed_and_said(encoding: str) -> None:
    data = NAMES[encoding].encode(encoding)
    assert recognise(data) is delimited
    reading = read(data)
    assert reading.findings[0].code == "T-40"
    assert encoding in reading.findings[0].text.lower()
    assert only(reading).columns["family_name"] == only(read(NAMES[encoding])).columns["family_name"]
    agreed = read(data, {"encoding": encoding})
    assert not said(agreed, "T-40")
    assert only(agreed).columns == only(reading).columns
    assert said(read(data, {"encoding": "klingon"}), "T-46")


def test_one_line_in_another_encoding_does_not_spoil_the_rest() -> None:
    good = "".join(f"SÖDERSTRÖM;ÅSE{n};F;1974-08-12;SWE\r\n" for n in range(8)).encode()
    reading = read(HEADER.encode() + good + "MÜLLER;JÖRG;M;1968-02-29;DEU\r\n".encode("windows-1252"))
    assert only(reading).columns["family_name"][:8] == ["SÖDERSTRÖM"] * 8
    assert said(reading, "T-41") == ["line 10"]


# Whatever the bytes


@often(100)
@given(
    st.binary(max_size=600)
    | st.text(max_size=300).map(str.encode)
    | st.text('"\r\n;,\t\x00aé1', max_size=200).map(lambda text: (HEADER + text).encode())
)
def test_any_bytes_are_lists_or_findings(data: bytes) -> None:
    delimited.recognise(data[:HEAD])
    reading = read(data)
    assert reading.lists or reading.findings
    for one in reading.lists:
        only(Reading(lists=[one]))


@pytest.mark.parametrize(
    "data",
    [b"\n" * (2 << 20), b"\r;" * (2 << 20), b";" * (2 << 20), b'"' * (1 << 20), b'"\n' * 100_000, b"a;b\n" * 150_000, b"x" * (4 << 20)],
    ids=["line ends", "returns", "delimiters", "quotes", "open quotes", "lines", "one value"],
)  # fmt: skip
def test_floods_end_soon(data: bytes) -> None:
    began = time.process_time()
    assert [finding.code for finding in read(data).findings]
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0",
        b"%PDF-1.7, x",
        b"<a;b>",
        b'{"a": 1, "b": 2}',
        b"[1, 2]",
        b"UNB+UNOC:3+A,B",
        b"\x89PNG\r\n\x1a\n;;",
        b"words only",
    ],
)
def test_what_is_no_delimited_text(data: bytes) -> None:
    assert not delimited.recognise(data)


def test_no_finding_holds_a_value() -> None:
    text = 'Canaryheader;Surname;First name;Sex\r\nCANARY;CANARY;CANARY;CANARY;CANARY\r\n"CANARY;CANARY\r\nTotal CANARY;2\r\nCANARY'
    for data in (text.encode(), text.encode() + b"\xff", (text + "\ufffd").encode()):
        assert "CANARY" not in str(read(data).findings)


def test_a_line_end_that_was_lost_makes_no_message_of_a_person() -> None:
    """The first person's values are headers then; a header is only shown where it is made of the words of headers."""
    text = (
        "Surname;Forename;Sex;DOB;Deck;Document number XTE338104;ERIKSSON;ANNA\nTESTPERSON;OLE;M;1968-02-29;5;XT1;x;y\n"
    )
    reading = delimited.read(text.encode(), {})
    told = " ".join(f"{one.text} {one.hint} {one.place}" for one in reading.findings)
    assert "'Deck'" in told
    assert "'G, 8 letters'" in told
    assert not [value for value in ("XTE338104", "ERIKSSON", "ANNA") if value in told]


def test_a_long_line_beside_letters_of_an_unknown_encoding_is_soon_read() -> None:
    """Fifteen thousand characters once took ten seconds, and a megabyte would have taken a day."""
    began = time.process_time()
    reading = delimited.read(
        b'{"a":' * 200_000 + b"\nSurname;Forename;Sex;DOB\nS\xd6DERSTR\xd6M;\xc5SE;F;29/02/1968\n", {}
    )
    assert time.process_time() - began < 5
    assert reading.findings


def test_the_header_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    find = headers.find
    monkeypatch.setattr(headers, "find", lambda *given: looked.append(1) or find(*given))
    reading = delimited.read(b"Surname;Forename;Sex;DOB\nSAMPLE;ANNA;F\n", {})
    assert {"T-44"} <= {one.code for one in reading.findings}
    assert len(looked) == 1
