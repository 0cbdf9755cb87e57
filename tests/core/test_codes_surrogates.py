"""Three characters for every sea port: unique, no airport's, and the same for ever; and what is exported of them."""

import csv
import hashlib
import io
import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codes import ports, surrogates, tables
from tests.cli.desk import gw
from tests.often import often

FIRST_EDITION = "65284954cf823beddc5ade722949867def016b0c1f49e19f1d542a2548b567f5"
PORTS = [line[:5] for line in tables.lines("ports")]


def test_every_sea_port_has_one_and_no_two_the_same() -> None:
    table = surrogates.table()
    assert set(table) == set(PORTS)
    assert len(set(table.values())) == len(table) == 17_497
    assert all(surrogates.port_of(code) == port for port, code in table.items())
    assert surrogates.surrogate("GRPIR") == "MX7"
    assert surrogates.surrogate("GRXXX") is None
    assert surrogates.port_of("PIR") is None


def test_none_is_an_airport_s() -> None:
    """An IATA location identifier is three letters; GTAS' own table has one with a digit. 1E5 is a number to a spreadsheet."""
    for code in surrogates.table().values():
        assert re.fullmatch("[A-Z0-9]{3}", code)
        assert not code.isalpha()
        assert not code.isdigit()
        assert not re.fullmatch(r"\d+E\d+", code)
        assert code != "DU9"


def test_the_first_edition_is_for_ever() -> None:
    """A receiver has loaded it: whatever is added, these pairs stand."""
    first = "\n".join(f"{port} {code}" for port, code in list(surrogates.table().items())[:17_497])
    assert hashlib.sha256(first.encode()).hexdigest() == FIRST_EDITION
    assert surrogates.edition() == 1
    assert surrogates.mark() == "SEAPORTS-1"


@given(st.sets(st.from_regex(r"[A-Z]{2}[A-Z2-9]{3}", fullmatch=True), max_size=30))
@often(10)
def test_what_is_added_changes_nothing_that_was_there(new: set[str]) -> None:
    before = surrogates.table()
    after = surrogates.extended(before, [*PORTS, *new])
    assert list(after.items())[: len(before)] == list(before.items())
    assert set(after) == set(before) | new
    assert len(set(after.values())) == len(after)
    assert surrogates.extended(after, new) == after


def test_there_is_room_for_five_thousand_more() -> None:
    assert len(list(surrogates.free_codes(surrogates.table().values()))) > 5_000


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("SEAPORTS-1", True), ("SEAPORTS-12", True), ("APIS", False), ("SEAPORTS-0", False), ("", False)],
)
def test_the_mark(text: str, is_one: bool) -> None:
    assert surrogates.is_mark(text) is is_one


def test_the_keeper_s_file_is_what_the_table_is() -> None:
    written = gw("ports", "gtas", "--extend").output
    assert written == surrogates.file_text(surrogates.table())
    assert surrogates.file_text({**surrogates.table(), "ZZNEW": "9ZZ"}).startswith("# edition: sea port surrogates 2, ")
    assert written.startswith(f"# edition: {tables.edition('gtas_ports')}\n")


def test_the_table_for_whoever_loads_it() -> None:
    rows = list(csv.DictReader(io.StringIO(gw("ports", "gtas", "--csv").output)))
    assert len(rows) == len(PORTS)
    [piraeus] = [row for row in rows if row["locode"] == "GRPIR"]
    latitude, longitude = ports.position("GRPIR") or (0.0, 0.0)
    assert (piraeus["iata"], piraeus["name"], piraeus["country"]) == ("MX7", "Piraeus", "GRC")
    assert (float(piraeus["latitude"]), float(piraeus["longitude"])) == (latitude, longitude)
    assert {row["locode"][:2] for row in rows if not row["country"]} <= {"XZ"}
    malta = list(csv.DictReader(io.StringIO(gw("ports", "gtas", "--csv", "--country", "mt", "--country", "GI").output)))
    assert {row["locode"][:2] for row in malta} == {"MT", "GI"}
    assert gw("ports", "gtas", "--country", "QQ").exit_code == 2


def test_the_statements_add_what_is_not_there_and_only_once() -> None:
    """In SQLite, which knows all of it but the names' character set."""
    store = sqlite3.connect(":memory:")
    columns = "name text, iata text, icao text, city text, country text, latitude real, longitude real, originId int"
    for name in ("airport", "airport_restore"):
        store.execute(f"CREATE TABLE {name} (id integer primary key, {columns})")
        store.execute(f"INSERT INTO {name} (name, iata, country) VALUES ('Malta International', 'MLA', 'MLT')")
    statements = gw("ports", "gtas", "--country", "MT").output.replace("SET NAMES utf8mb4;", "")
    for _ in range(2):
        store.executescript(statements)
    many = sum(port.startswith("MT") for port in PORTS)
    assert (
        store.execute("SELECT count(*), count(DISTINCT iata), count(originId) FROM airport").fetchone()
        == (many + 1,) * 3
    )
    assert store.execute("SELECT count(*) FROM airport_restore").fetchone() == (many + 1,)
    code = surrogates.surrogate("MTMLA")
    found = store.execute("SELECT name, city, country, icao FROM airport WHERE iata = ?", (code,)).fetchone()
    assert found == ("Valletta (port MTMLA)", "Valletta", "MLT", None)
