"""Three characters for every sea port, for systems that know no port but by an airport's code (GTAS, commit dba5100).

In: a UN/LOCODE, or three characters that stand for one. Out: the other. Cutting a LOCODE down to three letters would make
Piraeus an airfield in South Dakota, so every port has a code of its own: at least one digit, which no IATA location
identifier has, and none that GTAS' airport table has (it holds one such, DU9). None reads as a number with an exponent, which
a spreadsheet would make of 1E5.

The table is append-only: a pair never changes and is never taken away, so that a receiver that loaded an older edition reads a
newer message right wherever it knows the port. `MARK` names the edition in the messages that use it (UNB 0026).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from string import ascii_uppercase, digits
from typing import Final

from gateway.codes import tables
from gateway.codes.countries import country
from gateway.codes.ports import EDITION, country_of, port, position

TABLE: Final = "gtas_ports"
_TAKEN: Final = frozenset(("DU9",))  # GTAS' own airport table (airports.sql, 5,901 rows): Dunnville
_MARK: Final = "SEAPORTS-"
_SOURCE: Final = "# source: assigned by this project, one to each sea port of ports.tsv. Columns: UN/LOCODE, the three characters that stand for it in GTAS' airport table. A pair never changes and is never taken away; `./gw ports gtas --extend` puts new ports at the end and raises the edition (gateway/codes/surrogates.py)"


def surrogate(locode: str) -> str | None:
    """The three characters that stand for a sea port; None for any other place."""
    return _by_port().get(locode)


def port_of(code: str) -> str | None:
    """The UN/LOCODE of the sea port that these three characters stand for."""
    return _by_surrogate().get(code)


def mark() -> str:
    """What a message with these codes calls their edition."""
    return f"{_MARK}{edition()}"


def is_mark(text: str) -> bool:
    """Whether a message says that its ports are coded by this table, in whichever edition."""
    return re.fullmatch(rf"{_MARK}[1-9]\d{{0,4}}", text) is not None


@cache
def edition() -> int:
    """The number of the table's edition; it goes up with every addition."""
    found = re.search(r"surrogates (\d+)", tables.edition(TABLE))
    return int(found[1]) if found else 0


def free_codes(taken: Iterable[str]) -> Iterator[str]:
    """The codes that are still to be had, in the order in which they are given out: first those that begin with a letter."""
    used = _TAKEN.union(taken)
    either = digits + ascii_uppercase
    first = ("".join(code) for code in product(ascii_uppercase, either, either) if not "".join(code).isalpha())
    then = ("".join(code) for code in product(digits, ascii_uppercase, ascii_uppercase))
    for codes in (first, then):
        yield from (code for code in codes if code not in used)


def extended(known: Mapping[str, str], ports: Iterable[str]) -> dict[str, str]:
    """The table with the ports that it lacks behind those that it has. No pair that was there changes."""
    codes = free_codes(known.values())
    new = {port: next(codes) for port in sorted(set(ports)) if port not in known}
    return {**known, **new}


def file_text(pairs: Mapping[str, str]) -> str:
    """The table as it is published: the edition goes up by one where a pair was added."""
    number = edition() + (len(pairs) > len(_by_port()))
    return f"# edition: sea port surrogates {number}, of {EDITION}\n{_SOURCE}\n" + "".join(
        f"{port}\t{code}\n" for port, code in pairs.items()
    )


def table() -> Mapping[str, str]:
    """UN/LOCODE -> its three characters, in the order in which they were given out."""
    return _by_port()


AirportRow = tuple[str, str, str, str, float | None, float | None]
"""name, the three characters, UN/LOCODE, country (alpha-3), latitude, longitude."""


def airport_rows(countries: Iterable[str] = ()) -> Iterator[AirportRow]:
    """What a receiver loads, of these countries (alpha-2) or of all. Where UN/LOCODE gives no position there is none."""
    wanted = frozenset(countries)
    for locode, code in _by_port().items():
        if wanted and country_of(locode) not in wanted:
            continue
        where, found = position(locode), country(country_of(locode))
        latitude, longitude = where or (None, None)
        yield port(locode).name or locode, code, locode, (found and found.iso3) or "", latitude, longitude


@cache
def _by_port() -> dict[str, str]:
    return dict(line.split("\t") for line in tables.lines(TABLE))


@cache
def _by_surrogate() -> dict[str, str]:
    return {code: port for port, code in _by_port().items()}
