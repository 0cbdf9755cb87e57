"""Ports: UN/LOCODE 2023-1, its sea ports (function 1) by code and by name, and its other places by code alone.

In: what a list says (`GRPIR`, `GR PIR`, a code broken over two lines, its last three letters, a name in one of several
languages, with or without a country) and, where known, the country. Out: a `PortMatch`. A name that several ports
have is "ambiguous" and lists them; a code of UNECE's list without a sea port is told from one that does not exist.
`ZZUKN`, `XXXXX`, `?????` and `GBXXX` say that the sender does not know the port or that it has no code.

The tables are read when first needed. Time zones are those of the tz database; a country split between zones has one
only where the port's subdivision tells it.
"""

import re
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import msgspec

from gateway.codes import tables
from gateway.codes.countries import country
from gateway.codes.letters import folded, latin_letters, spelled_out

EDITION = "UN/LOCODE 2023-1"

Status = Literal["code", "name", "alias", "not-a-sea-port", "ambiguous", "unknown", "placeholder"]

_CODE = re.compile(r"([A-Z]{2})[\s-]*([A-Z2-9]{3})")
_UNKNOWN_PORT = re.compile(
    r"ZZUKN|X+|\?+|-+|\.+|[A-Z]{2}\s*XXX|N/?A|TB[ACDN]|UNKNOWN|UKN|UNK|AT SEA|HIGH SEAS|FOR ORDERS"
)
_SAINT = re.compile(r"\bst\b\.?", re.IGNORECASE)
_PARTS = re.compile(r"[(),/]| - ")
_PREFIX = re.compile(
    r"^\s*(?:port (?:of |de |d')?|puerto de |porto di |hafen )|\s+(?:port|harbou?r|hafen|havn|hamn)\s*$", re.I
)
_NAMESAKES = frozenset(("AQABA", "CANNE", "FJELL", "FRANO", "PAMEL", "SEGRE"))
"""Codes of sea ports that spell the name of another one: AQABA is a base in Antarctica, Aqaba is JOAQB."""
_LONGEST = 100


class PortMatch(msgspec.Struct, frozen=True, gc=False):
    """What a text means as a port. `code` and `name` are there for "code", "name", "alias" and "not-a-sea-port".

    `candidates` are the codes of an ambiguous name.
    """

    code: str | None
    name: str | None
    status: Status
    candidates: tuple[str, ...] = ()


class _Entry(NamedTuple):
    subdivision: str
    position: str
    names: str


_UNKNOWN = PortMatch(None, None, "unknown")
_PLACEHOLDER = PortMatch(None, None, "placeholder")


@lru_cache(maxsize=8192)
def port(text: str, country_hint: str | None = None) -> PortMatch:
    """The port that `text` means; `country_hint` (any form that `countries.country` reads) decides between namesakes."""
    upper = " ".join(text.upper().split())
    if len(upper) > _LONGEST:
        return _UNKNOWN
    if not upper or _UNKNOWN_PORT.fullmatch(upper):
        return _PLACEHOLDER
    hint = _iso2(country_hint)
    by_code = _by_code(upper, hint)
    if by_code and by_code.status == "code" and not (_reads_as_name(text) or upper in _NAMESAKES):
        return by_code
    by_name = _by_name(text, hint)
    if by_code and by_code.status == "code" and by_name.code and not hint and text.isupper():
        return PortMatch(None, None, "ambiguous", tuple(sorted((by_code.code or "", by_name.code))))
    return by_name if by_name.status != "unknown" or not by_code else by_code


def country_of(code: str) -> str:
    """The alpha-2 country of a UN/LOCODE; XZ is the high seas."""
    return code[:2]


def is_sea_port(code: str) -> bool:
    """Whether `code` is in UN/LOCODE with function 1."""
    return code in _ports()


@lru_cache(maxsize=1024)
def port_zone(code: str) -> str | None:
    """The port's IANA time zone, or None where code and subdivision do not tell it."""
    zones, entry = _zones(), _entry(code)
    for where, subdivision in ((code, "*"), (code[:2], entry.subdivision if entry else ""), (code[:2], "")):
        if (zone := zones.get((where, subdivision))) is not None:
            return zone or None
    return None


@lru_cache(maxsize=1024)
def position(code: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, where UN/LOCODE gives them (to a minute of arc)."""
    entry = _entry(code)
    if not entry or not entry.position:
        return None
    north, east = entry.position[:5], entry.position[5:]
    latitude = (int(north[:2]) + int(north[2:4]) / 60) * (-1 if north[4] == "S" else 1)
    longitude = (int(east[:3]) + int(east[3:5]) / 60) * (-1 if east[5] == "W" else 1)
    return round(latitude, 4), round(longitude, 4)


def _reads_as_name(text: str) -> bool:
    """ "Brest" is a name, BREST may be one, BR EST is a code."""
    stripped = text.strip()
    return stripped.isalpha() and stripped[1:].islower() and stripped[0].isupper()


def _iso2(hint: str | None) -> str | None:
    if not hint:
        return None
    found = country(hint)
    return found.iso2 if found else None


def _of(code: str, status: Status = "code") -> PortMatch:
    return PortMatch(code, _ports()[code].rpartition("\t")[2].partition("|")[0], status)


def _by_code(upper: str, hint: str | None) -> PortMatch | None:
    found = _CODE.fullmatch(upper)
    suffix_of_hint = hint and re.fullmatch("[A-Z2-9]{3}", upper)
    if not found and not suffix_of_hint:
        return None
    code = found[1] + found[2] if found else f"{hint}{upper}"
    if code in _ports():
        return _of(code)
    suffixes, suffix = _places().get(code[:2], ""), code[2:]
    at = suffixes.find(suffix)
    while at % 3 and at != -1:
        at = suffixes.find(suffix, at + 1)
    return PortMatch(code, None, "not-a-sea-port") if at != -1 else None


def _by_name(text: str, hint: str | None) -> PortMatch:
    """A name, whole; then without its country; then without "port of"."""
    for name, own_hint in ((text, hint), *_without_country(text), (_PREFIX.sub("", text), hint)):
        found = _named(_port_key(name), own_hint or hint)
        if found.status != "unknown":
            return found
    return _UNKNOWN


def _without_country(text: str) -> list[tuple[str, str | None]]:
    parts = [part.strip() for part in _PARTS.split(text) if part.strip()]
    if len(parts) < 2:
        return []
    last = country(parts[-1])
    return [(" ".join(parts[:-1]), last.iso2)] if last and last.iso2 else []


def _named(key: str, hint: str | None) -> PortMatch:
    if not key:
        return _UNKNOWN
    index = _names()
    found = [number for number in _lines_of(key) if not hint or index.codes[number][:2] == hint]
    codes = {index.codes[number] for number in found}
    if len(codes) == 1:
        return _of(codes.pop(), "name" if found[0] < index.first_alias else "alias")
    return PortMatch(None, None, "ambiguous", tuple(sorted(codes))) if codes else _UNKNOWN


def _port_key(text: str) -> str:
    saint = _SAINT.sub("saint", text)
    key = folded(saint)
    return key if key.isascii() else folded(latin_letters(saint))


@cache
def _ports() -> dict[str, str]:
    """code -> the rest of its line, which `_entry` takes apart: few of 17,500 are ever asked for."""
    return {line[:5]: line[6:] for line in tables.lines("ports")}


def _entry(code: str) -> _Entry | None:
    line = _ports().get(code)
    return _Entry(*line.split("\t")) if line is not None else None


@cache
def _places() -> dict[str, str]:
    """country -> the last three characters of its places without a sea port, run together."""
    return dict(line.split("\t") for line in tables.lines("places"))


@cache
def _zones() -> dict[tuple[str, str], str]:
    return {(row["where"], row["subdivision"]): row["zone"] for row in tables.rows("zones")}


class _Index(NamedTuple):
    """Folded names between line ends, and the code of each line: searched as one text, which costs nothing to build."""

    keys: str
    codes: list[str]
    first_alias: int


@cache
def _names() -> _Index:
    names = [(code, name) for code, line in _ports().items() for name in line.rpartition("\t")[2].split("|")]
    names += [(code, part) for code, name in names if _PARTS.search(name) for part in _own_parts(name)]
    names += [(code, spelled_out(name)) for code, name in names if not name.isascii()]  # Göteborg is also Goeteborg
    first_alias = len(names)
    aliases = [(row["code"], row["alias"]) for row in tables.rows("port_aliases")]
    names += aliases + [(code, spelled_out(alias)) for code, alias in aliases if not alias.isascii()]
    text = _SAINT.sub("saint", "\n".join(name for _, name in names))
    return _Index(f"\n{folded(text)}\n", [code for code, _ in names], first_alias)


def _lines_of(key: str) -> list[int]:
    keys, needle = _names().keys, f"\n{key}\n"
    at, number, found = -1, 0, []
    while (following := keys.find(needle, at + 1)) != -1:
        number += keys.count("\n", max(at, 0), following)
        found.append(number)
        at = following
    return found


def _own_parts(name: str) -> list[str]:
    """Names within a name: both of "Gent (Ghent)" and "Pula (ex Pola)"; the first of "Nordby, Fanø" and "Zayed/Dubai"."""
    first = re.split(r"[,/]| - ", name)[0]
    return [part.removeprefix("ex ") for part in re.split("[()]", first) if part.strip()]
