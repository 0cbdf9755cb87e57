"""Every published or probing message at hand: read with the right number of persons, or refused for a stated reason.

The expectations were counted by hand or with grep in the files; `_persons_by_eye` counts NAD again in its own way.
"""

import re
from pathlib import Path

import pytest

from gateway.formats import paxlst
from gateway.formats.raw import RawList
from gateway.manifest import ListKind

REFUSED = {
    "misc/pnrgov_log_multipart_norway.txt": "E-12",
    "misc/mcl_master_crew_delete_D05B_template.edi": "E-16",
    **{f"gtas/pnrgov/{name}.txt": "E-12" for name in ("loader_pnr1", *(f"parsers_pnrMessagePg{n}" for n in (75, 76, 77)))},
    **{
        f"astra_iapi_china/t{name}.edi": "E-12"
        for name in (
            "01_02_CUSRES_bgm962", "02_02_CUSRES_bgm962", "03_02_CUSRES_bgm962", "03_04_CUSRES_bgm962", "04_02_CUSRES_bgm962",
            "07_02_CUSRES_bgm962", "08_02_CUSRES_bgm962", "09_02_CUSRES_bgm962", "09_03_CUSRES_bgm132", "09_04_CUSRES_bgm312",
            "09_05_CUSRES_bgm132", "09_06_CUSRES_bgm312",
        )
    },
}  # fmt: skip

PERSONS = {
    "gtas/paxlst/Test1.txt": [8],
    "gtas/paxlst/airline2.edi": [10],
    "gtas/paxlst/apisMessage.txt": [2],
    "gtas/paxlst/flight1.txt": [10],
    "gtas/paxlst/flight2.txt": [10],
    "ediclean/original/A.txt": [1],
    "ediclean/original/B.txt": [1],
    "ediclean/original/C.txt": [3],
    "ediclean/reference/C.txt": [3],
    "misc/dirty_D02B_empty_values.edi": [2],
    "wco-guide/example_5.1_single_sector_D15B.edi": [1],
    "wco-guide/example_5.2_crew_D15B.edi": [1],
    "wco-guide/example_5.3_progressive_D15B.edi": [2],
    "astra_iapi_china/t01_01_PAXLST_bgm745.edi": [2],
    "astra_iapi_china/t02_01_PAXLST_bgm745.edi": [2],
    "astra_iapi_china/t04_01_PAXLST_bgm745.edi": [2],
    "astra_iapi_china/t08_01_PAXLST_bgm745.edi": [2],
    "synthetic/gtas-probe/14d_two_cnt_42_and_41.edi": [2],
    "synthetic/gtas-probe/15_two_messages.edi": [1, 1],
    "synthetic/gtas-probe/33_projection_recommended.edi": [2],
    "synthetic/gtas-probe/34_doc39_nad_cpe.edi": [2],
    "synthetic/gtas-probe/32_clob_flightclose_266.edi": [0],  # a number, and nobody by name
    **{
        f"gtas/from-tests/PaxlstParserUNedifactTest__test{legs}.edi": [0]
        for legs in ("MultipleTdtWithLoc92", "MultipleTdtWithOneLegEach", "SingleTdtWithLoc92", "SingleTdtWithOneLeg")
    },
}

KINDS = {
    "gtas/paxlst/Test1.txt": ListKind.CREW,
    "wco-guide/example_5.2_crew_D15B.edi": ListKind.CREW,
    "synthetic/gtas-probe/06_crew_250.edi": ListKind.CREW,
    "synthetic/gtas-probe/14d_two_cnt_42_and_41.edi": ListKind.MIXED,
    "synthetic/gtas-probe/33_projection_recommended.edi": ListKind.MIXED,
    "synthetic/gtas-probe/34_doc39_nad_cpe.edi": ListKind.MIXED,
}

EXPECTED_FINDINGS = {
    "ediclean/original/A.txt": {"E-05", "E-08", "E-17", "E-31"},  # Type B around it, UNT, CNT 47, part 2 of a list
    "gtas/paxlst/airline2.edi": {"E-08", "E-17", "E-31"},
    "gtas/paxlst/apisMessage.txt": {"E-20"},
    "synthetic/gtas-probe/33_projection_recommended.edi": set(),
    "synthetic/gtas-probe/16_no_unz.edi": {"E-07", "E-08"},
    "synthetic/gtas-probe/24_lowercase_utf8.edi": {"E-03", "E-08"},
    "synthetic/gtas-probe/07b_bgm_785.edi": {"E-08", "E-19"},
    "misc/dirty_D02B_empty_values.edi": {"E-03", "E-08", "E-17", "E-26"},
}


def _messages(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.suffix in (".edi", ".txt"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _persons_by_eye(data: bytes) -> int:
    text = re.sub(rb"[\r\n]", b"", data)
    return len(re.findall(rb"['$#] *NAD[+*](?:FL|FM|DDU|DDT|CPE|ZZZ)[+*]", text))


def _lists(data: bytes) -> list[RawList]:
    return [one for one in paxlst.read(data, {}).lists if isinstance(one, RawList)]


def test_every_message(shared_data: Path) -> None:
    messages = _messages(shared_data / "edifact")
    assert len(messages) == 111
    for name, data in messages.items():
        assert paxlst.recognise(data[: 1 << 16]), name
        reading = paxlst.read(data, {})
        sizes = [one.size for one in _lists(data)]
        if name in REFUSED:
            assert not reading.lists, name
            assert [f.code for f in reading.findings if f.severity == "error"] == [REFUSED[name]], name
        else:
            assert sum(sizes) == _persons_by_eye(data) or "266" in name, name
            assert sizes == PERSONS.get(name, [1]), name
            assert {str(one.kind) for one in _lists(data)} == {KINDS.get(name, "passengers")}, name
        if name in EXPECTED_FINDINGS:
            assert {finding.code for finding in reading.findings} == EXPECTED_FINDINGS[name], name


def test_dirty_messages_read_like_their_clean_references(shared_data: Path) -> None:
    for name in "ABC":
        dirty, clean = (
            _lists((shared_data / "edifact/ediclean" / kind / f"{name}.txt").read_bytes())[0]
            for kind in ("original", "reference")
        )
        assert dirty.columns == clean.columns
        assert {f: v.text for f, v in dirty.header.items()} == {f: v.text for f, v in clean.header.items()}


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("gtas/paxlst/flight1.txt", "visa.number", ["57131424", None, "86443634", None]),
        ("gtas/paxlst/airline2.edi", "document.expiry", ["180221"] * 4),
        ("misc/us_guide_style_bag_address_D05B.edi", "phone", ["502-555-1234"]),
        ("misc/dirty_D02B_empty_values.edi", "document.number", [None, "M709842"]),
        ("synthetic/gtas-probe/19_double_release_end.edi", "family_name", ["DOE?"]),
        ("synthetic/gtas-probe/19b_release_before_terminator.edi", "booking_reference", ["ABC?"]),
        ("synthetic/gtas-probe/19c_release_colon_apostrophe.edi", "family_name", ["O'BRIEN:X"]),
        ("synthetic/gtas-probe/13_mononym.edi", "family_name", ["SUHARTO"]),
        ("synthetic/gtas-probe/24_lowercase_utf8.edi", "given_names", ["Zoë"]),
        ("synthetic/gtas-probe/25b_loc_placeofbirth_text.edi", "birth_place", ["PIRAEUS GRC"]),
        ("synthetic/gtas-probe/25c_loc_qualified_country.edi", "document.issuer", ["GRC"]),
        ("synthetic/gtas-probe/09b_doc_loc_before_dtm.edi", "document.expiry", ["301021"]),
        ("synthetic/gtas-probe/23_tdt_per_pax_group7.edi", "vehicle_registration", ["XX1"]),
        ("synthetic/gtas-probe/29_ddu_transit.edi", "role", ["DDU"]),
        ("synthetic/gtas-probe/34_doc39_nad_cpe.edi", "role", ["FL", "CPE"]),
        ("astra_iapi_china/t01_01_PAXLST_bgm745.edi", "ticket_number", ["7842836432717C2", "7842836432722C2"]),
    ],
)  # fmt: skip
def test_single_values(shared_data: Path, name: str, field: str, values: list[str | None]) -> None:
    column = _lists((shared_data / "edifact" / name).read_bytes())[0].columns[field]
    assert list(column[: len(values)]) == values


def test_headers(shared_data: Path) -> None:
    def header(name: str) -> dict[str, str]:
        raw = _lists((shared_data / "edifact/synthetic/gtas-probe" / name).read_bytes())[0]
        return {field: value.text for field, value in raw.header.items()} | {
            "calls": " ".join(c.port for c in raw.itinerary)
        }

    sea = header("02_sea_qualified_locode.edi")
    assert (sea["departure.port"], sea["arrival.port"], sea["vessel.imo"]) == ("GRPIR", "MTMLA", "9999993")
    assert (sea["vessel.name"], sea["vessel.flag"], sea["voyage.number"]) == ("MV SYNTHETIC STAR", "MLT", "0417")
    assert header("17d_tdt_then_rff.edi")["vessel.imo"] == "9999993"
    assert header("08e_etd_133_estimated.edi")["departure.estimated"] == "2511211800"
    cruise = header("21_cruise_multi_leg.edi")
    assert (cruise["departure.port"], cruise["arrival.port"], cruise["calls"]) == ("HER", "MLA", "PIR HER MLA CTA")
    assert header("20_loc92_only.edi")["calls"] == "PIR MLA"
