"""Ports: codes, names, namesakes, placeholders, zones; and UNECE's whole list beside ours."""

import csv
import re
from pathlib import Path
from time import perf_counter
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes import ports, tables
from gateway.codes.letters import folded
from gateway.codes.ports import EDITION, country_of, is_sea_port, port, port_zone, position
from tests.often import often


def lines(name: str) -> list[list[str]]:
    return [line.split("\t") for line in tables.lines(name)]


@pytest.mark.parametrize(
    ("text", "hint", "code", "status"),
    [
        ("GRPIR", None, "GRPIR", "code"), ("gr pir", None, "GRPIR", "code"), ("GB\nSOU", None, "GBSOU", "code"),
        ("  GB-SOU ", None, "GBSOU", "code"), ("GBDVR", None, "GBDVR", "code"), ("SOU", "GB", "GBSOU", "code"),
        ("SOU", "GBR", "GBSOU", "code"), ("SOU", "United Kingdom", "GBSOU", "code"), ("XZAAD", None, "XZAAD", "code"),
        ("Piraeus", None, "GRPIR", "name"), ("PIREAS", None, "GRPIR", "alias"), ("Peiraias", None, "GRPIR", "alias"),
        ("Πειραιάς", None, "GRPIR", "alias"), ("ΠΕΙΡΑΙΑΣ", None, "GRPIR", "alias"), ("Port of Piraeus", None, "GRPIR", "name"),
        ("Piraeus, Greece", None, "GRPIR", "name"), ("PIRAEUS - GR", None, "GRPIR", "name"), ("Piraeus (Greece)", None, "GRPIR", "name"),
        ("Göteborg", None, "SEGOT", "name"), ("GOTEBORG", None, "SEGOT", "name"), ("Goeteborg", None, "SEGOT", "name"),
        ("Gothenburg", None, "SEGOT", "alias"), ("KØBENHAVN", None, "DKCPH", "name"), ("Copenhagen", None, "DKCPH", "alias"),
        ("Heraklion", None, "GRHER", "name"), ("Iraklion", None, "GRHER", "name"), ("Leningrad", None, "RULED", "name"),
        ("St. Petersburg", "RUS", "RULED", "name"), ("Naples", "IT", "ITNAP", "alias"), ("Southampton, UK", None, "GBSOU", "name"),
        ("Brest", None, "FRBES", "name"), ("BREST", None, "FRBES", "name"), ("Aqaba", None, "JOAQB", "name"),
        ("AQABA", "JO", "JOAQB", "name"), ("Truk", "FM", "FMTKK", "name"), ("Saint Malo", None, "FRSML", "name"),
    ],
)  # fmt: skip
def test_what_lists_write(text: str, hint: str | None, code: str, status: str) -> None:
    found = port(text, hint)
    assert (found.code, found.status) == (code, status)
    assert found.name


@pytest.mark.parametrize(
    "text", ["GBDOV", "SOU", "A", "Atlantis", "QQQQQ", "GB", "Greece", "x" * 10_000, "12345", "\x00GRPIR"]
)
def test_the_unknown_is_said_to_be_unknown(text: str) -> None:
    assert port(text) == ports.PortMatch(None, None, "unknown")


@pytest.mark.parametrize(
    "text", ["", " ", "ZZUKN", "XXXXX", "?????", "???", "GBXXX", "NL XXX", "-", "unknown", "TBA", "N/A", "at sea"]
)
def test_placeholders(text: str) -> None:
    assert port(text) == ports.PortMatch(None, None, "placeholder")


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("Southampton", {"GBSOU", "BMSOU"}),
        ("Naples", {"ITNAP"}),
        ("Freeport", {"BSFPO", "TTFRE"}),
        ("AQABA", {"JOAQB", "AQABA"}),
    ],
)
def test_namesakes_are_not_guessed_between(text: str, among: set[str]) -> None:
    found = port(text)
    assert (found.code, found.status) == (None, "ambiguous")
    assert among < set(found.candidates) or among == set(found.candidates)


def test_a_place_without_a_sea_port_is_told_from_one_that_does_not_exist() -> None:
    assert port("DEMUC") == ports.PortMatch("DEMUC", None, "not-a-sea-port")
    assert port("ADALV").status == "not-a-sea-port"
    assert port("ADLVC").status == "unknown"  # ALV and CAN follow one another in the table
    assert not is_sea_port("DEMUC")
    assert is_sea_port("GRPIR")


def test_the_namesakes_of_codes_are_all_listed() -> None:
    sea = {code for code, *_ in lines("ports")}
    names = {
        folded(name).upper(): code for code, _, _, listed in lines("ports") for name in re.split(r"[|(),/]", listed)
    }
    clashes = {name for name, code in names.items() if name in sea and code != name}
    assert clashes == ports._NAMESAKES


def test_every_alias_names_a_port() -> None:
    for row in tables.rows("port_aliases"):
        found = port(row["alias"], row["code"][:2])
        assert row["code"] in (found.code, *found.candidates), row


def test_zones() -> None:
    zones = {
        code: port_zone(code)
        for code in ("GRPIR", "ESBCN", "ESLPA", "PTPDL", "USMIA", "USPNS", "RULED", "FIHEL", "XZAAD")
    }
    assert zones == {
        "GRPIR": "Europe/Athens", "ESBCN": "Europe/Madrid", "ESLPA": "Atlantic/Canary", "PTPDL": "Atlantic/Azores",
        "USMIA": "America/New_York", "USPNS": "America/Chicago", "RULED": "Europe/Moscow", "FIHEL": "Europe/Helsinki",
        "XZAAD": None,
    }  # fmt: skip
    assert {row["zone"] for row in tables.rows("zones")} - {""} <= available_timezones()
    without = sum(port_zone(code) is None for code, *_ in lines("ports"))
    assert without < 500  # of 17,497: countries that are split and ports whose part of them is not known


def test_every_port_of_the_eea_has_a_zone() -> None:
    from gateway.codes.countries import EEA

    assert [c for c, *_ in lines("ports") if c[:2] in EEA and c != "PTSMI" and not port_zone(c)] == []


def test_positions() -> None:
    assert position("GRPIR") == (37.9333, 23.6167)
    assert position("USNYC") == (40.7, -74.0)
    assert position("GBSOU") is None
    assert position("QQQQQ") is None
    broken = [code for code, _, written, _ in lines("ports") if written and not position(code)]
    assert broken == []


def test_edition_and_country() -> None:
    assert tables.edition("ports") == tables.edition("places") == EDITION
    assert country_of("GRPIR") == "GR"


def test_every_sea_port_and_every_other_code_of_unece_is_known(shared_data: Path) -> None:
    with (shared_data / "reference/unlocode-2023-1-ports.csv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == 17_573
    assert {row["locode"] for row in listed if not is_sea_port(row["locode"])} == set()
    sea = {row["locode"] for row in listed}
    unread = {c for c in sea if not c.endswith("XXX") and port(c).code != c} - ports._NAMESAKES
    assert unread == {"XXXXX"} & sea
    everything = set((shared_data / "reference/unlocode-2023-1-all-codes.txt").read_text().split())
    ours = {
        country + suffixes[at : at + 3] for country, suffixes in lines("places") for at in range(0, len(suffixes), 3)
    }
    assert ours == everything - sea


def test_every_sea_port_is_found_by_name_and_country(shared_data: Path) -> None:
    with (shared_data / "reference/unlocode-2023-1-ports.csv").open(encoding="utf-8") as file:
        sample = list(csv.DictReader(file))[::40]
    for row in sample:
        found = port(row["name"], row["locode"][:2])
        assert row["locode"] in (found.code, *found.candidates) or port(row["name"]).status == "placeholder", row


def test_a_code_is_looked_up_once() -> None:
    port("GRPIR")
    started = perf_counter()
    for _ in range(10_000):
        port("GRPIR")
    assert perf_counter() - started < 0.1


@often(75)
@given(st.one_of(st.text(max_size=12), st.from_regex(r"[A-Z]{2} ?[A-Z0-9]{3}", fullmatch=True)))
def test_any_text_has_an_answer(text: str) -> None:
    found = port(text)
    assert (found.code is not None) == (found.status in ("code", "name", "alias", "not-a-sea-port"))
    assert bool(found.candidates) == (found.status == "ambiguous")
