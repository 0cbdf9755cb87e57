"""Countries, nationalities and what ICAO writes in their place, from whatever a list says.

In: a code or a name in any of some thirty languages. Out: a `Country`, or None where the text is unknown *or could be
two* (Congo, Korea, Guinea): `readings` tells which. Read in this order: ISO 3166-1 alpha-2 and alpha-3, ICAO Doc
9303-3 codes (8th edition 2021), ISO 3166-3 alpha-4 and former alpha-3 and alpha-2, then names, demonyms and aliases
without regard to case, accents, punctuation, "the" and "and". Kosovo is RKS, whether it came as RKS, XKX or XXK;
UNK stays itself (a document of UNMIK). D is Germany, and no other single letter is read.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Literal

import msgspec

from gateway.codes import tables
from gateway.codes.letters import folded, latin_letters, spelled_out
from gateway.manifest import Nationality, NationalityKind

Match = Literal["code", "name", "alias"]

_LONGEST = 100  # characters; the longest name in the table has 60


class Country(msgspec.Struct, frozen=True, gc=False):
    """`code` as a `Nationality` writes it (DEU, RKS, GBN, XXA, SUHH); `match` says how the text was understood.

    `iso3` and `iso2` are the ISO 3166-1 state: for a British subtype the United Kingdom, for a former state the one
    that carries on whole under another name, for an organisation none.
    """

    code: str
    name: str
    iso3: str | None = None
    iso2: str | None = None
    kind: NationalityKind = NationalityKind.STATE
    match: Match = "code"


@lru_cache(maxsize=8192)
def country(text: str) -> Country | None:
    """The country that `text` means, or None: not known, or not only one (see `readings`)."""
    compact = text.strip().upper()
    if len(compact) <= 4 and (found := _codes().get(compact)):
        return found
    meant = _meant(text)
    if len(meant) != 1:
        return None
    ((code, match),) = meant.items()
    return msgspec.structs.replace(_codes()[code], match=match)


def readings(text: str) -> tuple[str, ...]:
    """The codes that `text` may stand for: one, several where it is ambiguous, none where it is unknown."""
    found = country(text)
    return (found.code,) if found else tuple(sorted(_meant(text)))


def nationality(text: str) -> Nationality | None:
    """`text` as a nationality."""
    found = country(text)
    return Nationality(found.code, found.iso3, found.kind) if found else None


def iso2_of(code: str) -> str | None:
    """The alpha-2 code of a country code in use, as EMSWe wants an issuer; None for what is no ISO 3166-1 state."""
    found = _codes().get(code)
    return found.iso2 if found else None


@cache
def _codes() -> dict[str, Country]:
    """Every code that is read, weakest first, so that what is in use overrides what was."""
    codes: dict[str, Country] = {}
    reused: set[str] = set()
    for row in tables.rows("former_countries"):
        successor = row["successor"] or None
        former = Country(row["alpha4"], row["name"], successor, None, NationalityKind.FORMER_STATE)
        codes[row["alpha4"]] = codes[row["alpha3"]] = former
        reused |= {row["alpha2"]} if row["alpha2"] in codes else set()
        codes[row["alpha2"]] = former
    for alpha2 in reused:  # CS was Czechoslovakia, then Serbia and Montenegro
        del codes[alpha2]
    iso2 = {row["iso3"]: row["iso2"] for row in tables.rows("countries")}
    for code, former in codes.items():
        codes[code] = msgspec.structs.replace(former, iso2=iso2.get(former.iso3 or ""))
    for row in tables.rows("countries"):
        state = Country(row["iso3"], row["name"], row["iso3"], row["iso2"])
        codes[row["iso3"]] = codes[row["iso2"]] = state
    for row in tables.rows("icao_special"):
        kind = NationalityKind(row["kind"])
        codes[row["code"]] = Country(row["code"], row["name"], row["iso3"] or None, row["iso2"] or None, kind)
    codes["D"] = codes["DEU"]
    return codes


def _meant(text: str) -> dict[str, Match]:
    """code -> how, for the names, demonyms and aliases that `text` may be."""
    names = _names()
    key = folded(text[:_LONGEST])
    if not key or len(text) > _LONGEST:
        return {}
    return names.get(key) or names.get(folded(latin_letters(text))) or {}


@cache
def _names() -> dict[str, dict[str, Match]]:
    index: dict[str, dict[str, Match]] = defaultdict(dict)

    def add(entries: Iterable[tuple[str, str]], match: Match) -> None:
        codes, names = zip(*((code, name) for code, listed in entries for name in listed.split("|")), strict=True)
        text = "\n".join(names)
        for spelling in (text, spelled_out(text)):  # Österreich is also Oesterreich
            for code, key in zip(codes, folded(spelling).split("\n"), strict=True):
                index[key].setdefault(code, match)

    add(((row["code"], row["names"]) for row in tables.rows("country_names")), "name")
    add(((row["iso3"], row["name"]) for row in tables.rows("countries")), "name")
    add(((row["code"], row["name"]) for row in tables.rows("icao_special")), "name")
    former = (row for row in tables.rows("former_countries") if not row["successor"])  # Burma is Myanmar's alias
    add(((row["alpha4"], row["name"]) for row in former), "name")
    add(((row["code"], row["demonyms"]) for row in tables.rows("demonyms")), "name")
    aliases = tables.rows("country_aliases")
    add(((code, row["alias"]) for row in aliases for code in row["codes"].split()), "alias")
    return dict(index)


def _members(union: str) -> frozenset[str]:
    members = (row for row in tables.rows("country_sets") if row["set"] == union)
    return frozenset(code for row in members for code in (row["iso2"], row["iso3"]))


EU = _members("EU")
"""EU member states and the parts of them with a code of their own where EU law applies (since 2020-02-01)."""
EEA = EU | _members("EEA")
"""EU and Iceland, Liechtenstein, Norway."""
SCHENGEN = _members("SCHENGEN")
"""States without checks at their common sea borders (since 2025-01-01). All three hold alpha-2 and alpha-3, for `in`."""
