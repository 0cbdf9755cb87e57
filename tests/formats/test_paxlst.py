"""PAXLST lists: header, parts, envelopes, what is refused; nothing makes the reader raise, and nothing cut off passes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.formats import paxlst
from gateway.formats.raw import RawList, Reading
from gateway.manifest import ListKind
from tests.formats.paxlst_text import ANNA, HEADER, LEG, OLE, TRANSPORT, codes, interchange, message, one, read
from tests.often import often


def header(*segments: str) -> tuple[dict[str, str], list[str]]:
    """The header's texts and the findings of a list of one person with these segments before it."""
    reading = read(*segments, *ANNA, "CNT+42:1")
    values = {field: value.text for field, value in one(reading).header.items()}
    return {f: text for f, text in values.items() if f not in ("issued", "counts.passengers")}, codes(reading)


def itinerary(*segments: str) -> list[tuple[str, str | None, str | None]]:
    raw = one(read("BGM+745", *segments, *ANNA))
    return [(call.port, call.arrival, call.departure) for call in raw.itinerary]


def test_the_native_sea_form() -> None:
    values, findings = header("BGM+745+LIST0001+5", "RFF+ATZ:GRPIR-2026-000123", *HEADER[1:])
    assert findings == []
    assert values == {
        "reference": "LIST0001", "function": "5", "voyage.visit_id": "GRPIR-2026-000123", "voyage.number": "0417",
        "voyage.operator": "ZZZZ", "vessel.imo": "9999993", "vessel.name": "EXAMPLE STAR", "vessel.flag": "GRC",
        "departure.port": "ITBRI", "departure.estimated": "202605311800", "arrival.port": "GRPIR",
        "arrival.estimated": "202606010500",
    }  # fmt: skip


def test_the_airline_form() -> None:
    raw = one(
        read(
            "BGM+745",
            "RFF+TN:BART1:::1",
            "TDT+20+ZZ0417+++ZZ",
            "LOC+125+T01",
            "DTM+189:2605311800:201",
            "LOC+87+M01",
            *ANNA,
        )
    )
    texts = {field: value.text for field, value in raw.header.items()}
    assert texts == {
        "reference": "BART1", "voyage.number": "ZZ0417", "voyage.operator": "ZZ", "departure.port": "T01",
        "departure.estimated": "2605311800", "arrival.port": "M01", "issued": "2606011200",
    }  # fmt: skip
    assert str(raw.header["departure.estimated"].place) == "message 1, segment 7, DTM"


@pytest.mark.parametrize(
    ("transport", "field", "text"),
    [
        ("9999993:146:11:STAR", "vessel.imo", "9999993"),
        ("IMO9999993:::STAR", "vessel.imo", "IMO9999993"),
        ("9999993", "vessel.imo", "9999993"),
        ("SVZZ:103::STAR", "vessel.call_sign", "SVZZ"),
        ("SVZZ", "vessel.call_sign", "SVZZ"),
        ("229000007", "vessel.mmsi", "229000007"),
        ("229000007:MMSI", "vessel.mmsi", "229000007"),
        (":::EXAMPLE STAR", "vessel.name", "EXAMPLE STAR"),
    ],
)
def test_the_ship(transport: str, field: str, text: str) -> None:
    values, findings = header("BGM+745", f"TDT+20+0417+1+++++{transport}", *LEG)
    assert (values[field], findings) == (text, [])


def test_the_ship_in_references() -> None:
    values, findings = header("BGM+745", "RFF+VON:0417", "RFF+VM:9999993", "RFF+ACW:0815", *LEG)
    assert (values["voyage.number"], values["vessel.imo"], findings) == ("0417", "9999993", ["E-22"])
    assert header("BGM+745", "TDT+20+++++++04801234:ENI::BARGE", *LEG)[1] == ["E-22"]


def test_a_voyage_number_that_contradicts_another_is_said() -> None:
    values, findings = header("BGM+745", "RFF+VON:0417", "TDT+20+0418", *LEG)
    assert (values["voyage.number"], findings) == ("0417", ["E-22"])


@pytest.mark.parametrize(
    ("times", "field", "text"),
    [
        ("DTM+133:202605311800:203", "departure.estimated", "202605311800"),
        ("DTM+136:202605311800:203", "departure.actual", "202605311800"),
        ("DTM+186:202605311800:203", "departure.actual", "202605311800"),
        ("DTM+189:202605311800?+0300:205", "departure.estimated", "202605311800+0300"),
        ("DTM+189:260531:101", "departure.estimated", "260531"),
    ],
)
def test_times_of_the_leg(times: str, field: str, text: str) -> None:
    values, findings = header("BGM+745", "TDT+20+1", "LOC+125+ITBRI", times, "LOC+87+GRPIR", "DTM+178:2606010500:201")
    assert (values[field], values["arrival.actual"], findings) == (text, "2606010500", [])


def test_times_right_behind_the_transport() -> None:
    values, findings = header("BGM+745", "TDT+20+1", "DTM+189:1:", "DTM+232:2", "LOC+125+ITBRI", "LOC+87+GRPIR")
    assert (values["departure.estimated"], values["arrival.estimated"], findings) == ("1", "2", [])


def test_ports_by_name_and_other_qualifiers() -> None:
    values, _ = header("BGM+745", "LOC+5+ITBRI:139:6:BRINDISI", "LOC+60+:::PIRAEUS")
    assert (values["departure.port"], values["departure.port_name"], values["arrival.port_name"]) == (
        "ITBRI",
        "BRINDISI",
        "PIRAEUS",
    )
    values, findings = header("BGM+745", "LOC+94+ITBRI", "LOC+61+GRPIR")
    assert (values["last_port"], values["next_port"], findings) == ("ITBRI", "GRPIR", ["E-20"])


def test_a_cruise_of_several_legs() -> None:
    legs = (
        "TDT+20+0417", "LOC+92+GRPIR", "DTM+189:2605300800:201", "LOC+92+ITBRI", "DTM+232:2605310700:201",
        "TDT+20+0417", "LOC+125+ITBRI", "DTM+189:2605311800:201", "LOC+87+GRCFU", "DTM+232:2606010500:201",
        "TDT+20+0417", "LOC+92+GRCFU", "DTM+189:2606012000:201", "LOC+92+HRDBV", "DTM+232:2606020700:201",
        "TDT+20+0417", "LOC+92+HRDBV", "DTM+189:2606021900:201", "LOC+92+ITVCE", "DTM+232:2606030700:201",
    )  # fmt: skip
    calls = [
        ("GRPIR", None, "2605300800"), ("ITBRI", "2605310700", None), ("GRCFU", None, "2606012000"),
        ("HRDBV", "2606020700", "2606021900"), ("ITVCE", "2606030700", None),
    ]  # fmt: skip
    assert itinerary(*legs) == calls
    assert itinerary(*legs[5:], *legs[:5]) == calls  # in the order of travel, whatever the order of the legs
    values, findings = header("BGM+745", *legs)
    assert (values["departure.port"], values["arrival.port"], findings) == ("ITBRI", "GRCFU", [])


def test_the_transport_of_the_border_leg_is_taken() -> None:
    values, findings = header("BGM+745", "TDT+20+1", "LOC+92+GRPIR", "TDT+20+2", *LEG)
    assert (values["voyage.number"], findings) == ("2", [])


def test_two_border_legs_are_said() -> None:
    values, findings = header("BGM+745", "TDT+20+1", *LEG, "LOC+125+GRCFU", "LOC+87+HRDBV")
    assert (values["departure.port"], values["arrival.port"], findings) == ("ITBRI", "GRPIR", ["E-21", "E-21"])


@pytest.mark.parametrize(
    ("beginning", "function", "reference"),
    [
        ("BGM+745", None, None),
        ("BGM+745+L1", None, "L1"),
        ("BGM+745+L1+1", "1", "L1"),
        ("BGM+745+CP", "4", None),
        ("BGM+745++9", "9", None),
    ],
)
def test_what_the_message_does(beginning: str, function: str | None, reference: str | None) -> None:
    values, _ = header(beginning, TRANSPORT, *LEG)
    assert (values.get("function"), values.get("reference")) == (function, reference)


def test_the_transaction_goes_before_the_number_of_the_document() -> None:
    values, _ = header("BGM+745+L1", "RFF+TN:T1", TRANSPORT, *LEG)
    assert values["reference"] == "T1"


def test_the_kind_is_that_of_the_persons() -> None:
    def kind(beginning: str, *persons: str) -> tuple[ListKind, list[str]]:
        reading = read(beginning, *HEADER[1:], *persons)
        return one(reading).kind, codes(reading)

    assert kind("BGM+745", *ANNA) == ("passengers", [])
    assert kind("BGM+250", *OLE) == ("crew", [])
    assert kind("BGM+336+G", *OLE) == ("crew", [])
    assert kind("BGM+745", *ANNA, *OLE) == ("mixed", [])
    assert kind("BGM+745", *OLE) == ("crew", ["E-19"])
    assert kind("BGM+250", *ANNA) == ("passengers", ["E-19"])
    assert kind("BGM+10", *ANNA) == ("passengers", ["E-19"])
    assert kind("BGM+250") == ("crew", ["E-23"])


@pytest.mark.parametrize(
    ("counts", "fields", "findings"),
    [
        (["CNT+42:1", "CNT+41:1"], {"counts.passengers": "1", "counts.crew": "1"}, []),
        (["CNT+42:2"], {"counts.on_board": "2"}, []),
        (["CNT+42:1"], {"counts.passengers": "1"}, []),
        (["CNT+42:47"], {"counts.passengers": "47"}, ["E-17"]),
        (["CNT+42:2", "CNT+41:1"], {"counts.passengers": "2", "counts.crew": "1"}, ["E-17"]),
        (["CNT+42+1"], {"counts.passengers": "1"}, []),
        (["CNT+3:2"], {}, ["E-18"]),
        (["CNT+42:many"], {}, ["E-18"]),
        ([], {}, []),
    ],
)
def test_counts(counts: list[str], fields: dict[str, str], findings: list[str]) -> None:
    reading = read(*HEADER, *ANNA, *OLE, *counts)
    assert {f: v.text for f, v in one(reading).header.items() if f.startswith("counts")} == fields
    assert codes(reading) == findings


# Parts


def _part(number: int, part: str, *persons: str, access: str = "V1", header: tuple[str, ...] = HEADER) -> str:
    return message(*header, *persons, f"CNT+42:{len(persons)}", reference=str(number), access=access, part=part)


def _name(text: str) -> str:
    return f"NAD+FL+++TEST{text}:A"


def _names(reading: Reading) -> list[list[str | None]]:
    return [list(raw.columns["family_name"]) for raw in reading.lists if isinstance(raw, RawList)]


def test_parts_are_joined_in_order() -> None:
    parts = [_part(1, "02", _name("B")), _part(2, "01:C", _name("A")), _part(3, "03:F", _name("C"), _name("D"))]
    reading = paxlst.read(interchange(*parts).encode(), {})
    assert _names(reading) == [["TESTA", "TESTB", "TESTC", "TESTD"]]
    assert codes(reading) == []
    raw = one(reading)
    assert raw.header["counts.passengers"].text == "4"
    assert [raw.places.at("family_name", n).segment for n in (0, 1)] == [21, 10]
    apart = paxlst.read("\n".join(map(interchange, parts)).encode(), {})
    assert _names(apart) == _names(reading)


def test_every_part_may_count_the_whole_list() -> None:
    parts = [message(*HEADER, _name(n), "CNT+42:2", part=p) for n, p in (("A", "01:C"), ("B", "02:F"))]
    reading = paxlst.read(interchange(*parts).encode(), {})
    assert (codes(reading), one(reading).header["counts.passengers"].text) == ([], "2")


def test_lists_with_other_keys_stay_apart() -> None:
    parts = [
        _part(1, "01:C", _name("A")),
        _part(2, "01:F", _name("B")),
        _part(3, "02:F", _name("C")),
        _part(4, "01:F", _name("D")),
    ]
    assert _names(paxlst.read(interchange(*parts).encode(), {})) == [["TESTA", "TESTC"], ["TESTB"], ["TESTD"]]
    parts = [_part(1, "01:C", _name("A")), _part(2, "02:F", _name("B"), access="V2")]
    reading = paxlst.read(interchange(*parts).encode(), {})
    assert _names(reading) == [["TESTA"], ["TESTB"]]
    assert codes(reading) == ["E-31", "E-31"]


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        (["01:C", "03:F"], "E-31", "lacks number 2"),
        (["02", "05:F"], "E-31", "lacks number 1, 3, 4"),
        (["01:C"], "E-31", "lacks those behind number 1"),
        (["08"], "E-31", "number 1, 2, 3, 4, 5, 6, 7"),
        (["01"], "E-32", "taken as all"),
        (["01", "02"], "E-32", "taken as all"),
    ],
)
def test_unfinished_lists_are_read_and_said(parts: list[str], code: str, words: str) -> None:
    messages = [_part(n, part, _name(str(n))) for n, part in enumerate(parts)]
    reading = paxlst.read(interchange(*messages).encode(), {})
    assert codes(reading) == [code]
    assert words in reading.findings[0].text
    assert len(_names(reading)[0]) == len(parts)


def test_a_part_that_comes_twice() -> None:
    first, again = _part(1, "01:C", _name("A")), _part(2, "01:C", _name("A"))
    other, last = _part(3, "01:C", _name("X")), _part(4, "02:F", _name("B"))
    reading = paxlst.read(interchange(first, again, last).encode(), {})
    assert (codes(reading), _names(reading)) == (["E-33"], [["TESTA", "TESTB"]])
    reading = paxlst.read(interchange(first, other, last).encode(), {})
    assert (codes(reading), _names(reading)) == (["E-33"], [["TESTX", "TESTB"]])


def test_parts_that_disagree() -> None:
    other = ("BGM+250", *(segment.replace("0417", "0500") for segment in HEADER[1:]))
    parts = [_part(1, "01:C", _name("A")), _part(2, "02:F", _name("B"), header=other)]
    reading = paxlst.read(interchange(*parts).encode(), {})
    assert codes(reading) == ["E-24", "E-24"]
    assert one(reading).header["voyage.number"].text == "0417"


# Envelopes


def test_several_lists_of_one_file() -> None:
    crew = message("BGM+250", *HEADER[1:], *OLE, "CNT+41:1", reference="2")
    both = interchange(message(*HEADER, *ANNA, "CNT+42:1"), crew)
    reading = paxlst.read((both + "\n" + both).encode(), {})
    assert [(raw.kind, raw.size) for raw in reading.lists if isinstance(raw, RawList)] == [
        ("passengers", 1),
        ("crew", 1),
    ] * 2
    assert [raw.places.message for raw in reading.lists if isinstance(raw, RawList)] == [1, 2, 3, 4]
    assert codes(reading) == []


def test_groups_are_counted() -> None:
    inner = message(*HEADER, *ANNA)
    grouped = f"UNB+UNOA:4+A+B+260601:1200+9'UNG+PAXLST+A+B+260601:1200+7+UN+D:05B'{inner}{inner}UNE+2+7'UNZ+1+9'"
    assert codes(paxlst.read(grouped.encode(), {})) == []
    wrong = grouped.replace("UNE+2+7", "UNE+1+8").replace("UNZ+1+9", "UNZ+5+9")
    assert codes(paxlst.read(wrong.encode(), {})) == ["E-08", "E-09", "E-08"]


def test_wrong_counts_and_references_are_warnings() -> None:
    text = interchange(message(*HEADER, *ANNA)).replace("UNT+12+1", "UNT+X+2")
    reading = paxlst.read(text.encode(), {})
    assert codes(reading) == ["E-08", "E-09"]
    assert {f.severity for f in reading.findings} == {"warning"}
    assert one(reading).size == 1


def test_a_test_is_said() -> None:
    text = interchange(message(*HEADER, *ANNA)).replace("+C1'UNH", "+C1++APIS++++1'UNH")
    assert codes(paxlst.read(text.encode(), {})) == ["E-10"]


@pytest.mark.parametrize("type_", ["PNRGOV", "CUSRES", "IFTDGN", "12345"])
def test_other_messages_are_refused(type_: str) -> None:
    reading = paxlst.read(interchange(message("BGM+962", kind=type_)).encode(), {})
    assert (list(reading.lists), codes(reading)) == ([], ["E-12"])


@pytest.mark.parametrize(
    ("segments", "code"),
    [
        (["BGM+266+CLOB", *HEADER[1:], "NAD+ZZZ+++:"], "E-15"),
        (["BGM+745+XR", *HEADER[1:], *ANNA], "E-16"),
        (["BGM+336+H", *HEADER[1:], *OLE], "E-16"),
        (["BGM+745+LIST0001+3", *HEADER[1:], *ANNA], "E-16"),
        (["BGM+745", "UNS+D", "PDT+P/123:USA", "UNS+S"], "E-13"),
    ],
)
def test_what_is_no_list_is_refused(segments: list[str], code: str) -> None:
    reading = read(*segments)
    assert (list(reading.lists), codes(reading)) == ([], [code])
    assert reading.findings[0].severity == "error"


@pytest.mark.parametrize(
    ("variant", "counts", "function", "fields"),
    [
        ("CLOB", ["CNT+42:2", "CNT+41:1"], "4", {"counts.passengers": "2", "counts.crew": "1"}),
        ("CL", ["CNT+41:7"], "4", {"counts.crew": "7"}),
        ("XF", [], "1", {}),
    ],
)
def test_a_closed_list_tells_numbers_and_a_cancelled_sailing_withdraws(
    variant: str, counts: list[str], function: str, fields: dict[str, str]
) -> None:
    """Dossier 1.4, BGM 266: CL and CLOB are closed lists, XF a sailing that is cancelled. Nobody is named: a change, no list."""
    raw = one(read(f"BGM+266+{variant}", *HEADER[1:], "NAD+ZZZ+++:", "RFF+ABO:P1", *counts))
    assert (raw.size, raw.header["function"].text) == (0, function)
    assert {field: value.text for field, value in raw.header.items() if field.startswith("counts")} == fields


@pytest.mark.parametrize("variant", ["CLNB", "CF", "CLOB", ""])
def test_boarding_states_without_numbers_are_refused(variant: str) -> None:
    counts = ["CNT+42:2"] if variant in ("CLNB", "CF") else []
    reading = read(f"BGM+266+{variant}", *HEADER[1:], "NAD+ZZZ+++:", *counts)
    assert (list(reading.lists), codes(reading)) == ([], ["E-15"])


@pytest.mark.parametrize(
    ("time", "text"),
    [
        ("202605311800UTC:303", "202605311800+0000"), ("20260531180000Z:304", "202605311800+0000"),
        ("202605311800?+0300:205", "202605311800+0300"), ("20260531180000:204", "20260531180000"),
        ("202605311800CET:303", "202605311800CET"),
    ],
)  # fmt: skip
def test_times_with_a_zone(time: str, text: str) -> None:
    """UN/EDIFACT 2379; dossier 1.4. A zone that only a country knows is not guessed."""
    values, _ = header("BGM+745", "TDT+20+1", "LOC+125+ITBRI", f"DTM+189:{time}", "LOC+87+GRPIR")
    assert values["departure.estimated"] == text


def test_what_stands_behind_the_count_is_said() -> None:
    """Dossier 1.1: AUT is the only segment there."""
    assert codes(read(*HEADER, *ANNA, "CNT+42:1", "AUT+0000")) == []
    assert codes(read(*HEADER, *ANNA, "CNT+42:1", "FTX+AAI+++X", "RFF+AVF:1")) == ["E-36"]


def test_a_message_without_its_end() -> None:
    whole = interchange(message(*HEADER, *ANNA))
    cut_off = whole[: whole.index("UNT")]
    reading = paxlst.read(cut_off.encode(), {})
    assert (list(reading.lists), codes(reading)) == ([], ["E-07", "E-14"])
    reading = paxlst.read((cut_off + "UNZ+1+C1'").encode(), {})
    assert (one(reading).size, codes(reading)) == (1, ["E-11"])


# Whatever the bytes


def _sample() -> str:
    persons = (
        *ANNA,
        "NAT+2+SWE",
        "DOC+P:110:111+AA?'1",
        "DTM+36:300101",
        "LOC+91+SWE",
        *OLE,
        "EMP+1++:::MASTER",
        "DOC+V+1",
    )
    crew = message("BGM+250", *HEADER[1:], *OLE, "CNT+41:1", reference="2", part="01:C")
    return "UNA:+.? '\r\n" + interchange(message(*HEADER, *persons, "CNT+42:1", "CNT+41:1"), crew)


def test_no_prefix_of_a_file_makes_a_list_that_is_cut_off() -> None:
    data = _sample().encode()
    for length in range(len(data) + 1):
        reading = paxlst.read(data[:length], {})
        closed = data[:length].count(b"UNT")
        assert len(reading.lists) <= closed
        assert reading.findings or length > len(data) - 4


def test_no_prefix_of_a_dirty_file_makes_the_reader_raise(shared_data: Path) -> None:
    for name in ("A", "C"):
        data = (shared_data / f"edifact/ediclean/original/{name}.txt").read_bytes()
        for length in range(len(data)):
            assert isinstance(paxlst.read(data[:length], {}), Reading)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 4), st.binary(max_size=6)), min_size=1, max_size=12))
@often(150)
def test_no_damage_makes_the_reader_raise(damages: list[tuple[int, int, bytes]]) -> None:
    data = bytearray(_sample().encode())
    for at, gone, new in damages:
        data[at % len(data) : at % len(data) + gone] = new
        data = data or bytearray(b"'")
    reading = paxlst.read(bytes(data), {})
    for raw in reading.lists:
        assert isinstance(raw, RawList)
        assert all(len(column) == raw.size for column in (*raw.columns.values(), *raw.extras.values()))
        for field in raw.columns:
            assert all(raw.places.at(field, person).segment for person in range(raw.size))


@given(st.binary(max_size=300), st.lists(st.sampled_from(["UNB+UNOA:4'", "UNH+1+PAXLST:D'", "BGM+745'", "NAD+FL+++A:B'", "UNT+1+1'", "UNG'", "UNZ'", "DOC'", "CNT", "'", "+", ":", "?"]), max_size=30))  # fmt: skip
@often(150)
def test_no_junk_makes_the_reader_raise(junk: bytes, pieces: list[str]) -> None:
    for data in (junk, b"UNB+UNOA:4+" + junk, "".join(pieces).encode(), "".join(pieces).encode() + junk):
        assert isinstance(paxlst.read(data, {}), Reading)
        paxlst.recognise(data)


def test_findings_hold_nothing_of_a_person() -> None:
    secrets = ["SECRETNAME", "19991231", "PASS777", "99SECRET"]
    segments = (
        "NAD+QQ+++SECRETNAME:SECRETNAME",
        "DTM+329:19991231:101",
        "DOC+P+PASS777",
        "DOC+P+PASS777",
        "XQ9+99SECRET",
    ) * 5
    reading = read(*HEADER, *segments, "CNT+42:99SECRET")
    said = repr(reading.findings) + repr(reading)
    assert len(reading.findings) > 5
    assert not [secret for secret in secrets if secret in said]


@pytest.mark.parametrize("unit", ["UNH'", "UNH+1+PAXLST'NAD+FL'UNT'", "NAD+QQ'", "NAD+FL'", "CNT+42:1'", "TDT+20'LOC+92+A'DTM+189:1'", "DOC'", "UNG'UNE'", "RFF+TN:1'"])  # fmt: skip
def test_a_flood_of_one_kind_takes_no_more_than_its_share(unit: str) -> None:
    data = ("UNB+UNOA:4'UNH+1+PAXLST'" + unit * (400_000 // len(unit)) + "UNT'UNZ'").encode()
    reading = paxlst.read(data, {})
    assert isinstance(reading, Reading)
    assert len(reading.findings) < 1_000


def test_three_letters_that_are_no_tag_may_be_a_name_and_are_not_repeated() -> None:
    message = (
        "UNB+UNOC:3+A+B+260601:1200+1'UNH+1+PAXLST:D:05B:UN+X+01:F'BGM+745'TDT+20+V1+1++++++9999993:146:11:STAR'"
        "LOC+125+ITBRI:139:6'LOC+87+GRPIR:139:6'NAD+FL+++TESTER'QZQ:ANNA'CNT+42:1'UNT+8+1'UNZ+1+1'"
    )
    said = [f"{finding.place} {finding.text}" for finding in paxlst.read(message.encode(), {}).findings]
    assert any("a segment without a tag" in text for text in said)
    assert not any("QZQ" in text for text in said)
