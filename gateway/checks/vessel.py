"""Checks on the ship: can everyone tell which one it is?

In: facts about a list. Out: hits on `vessel.*`. IMO FAL.14(46), EMSWe MIG 2.0 (VID, NOA), Finland's national rules on names.
An IMO number is doubted, never refused: hulls with a wrong check digit sail, and one typing error in eight goes unseen.
"""

import re

from gateway.checks.check import AUTHORITY, ERROR, INFO, WARNING, Hit, Hits, check
from gateway.checks.examples import unchanged, vessel
from gateway.checks.facts import Facts
from gateway.codes import countries, imo
from gateway.manifest import NationalityKind

_NAME = re.compile(r"[A-Za-z0-9 .'\-]+")
_CALL_SIGN = re.compile(r"[A-Z0-9]{3,7}")
_MMSI = re.compile(r"[2-7][0-9]{8}")


@check(
    "V-01",
    ERROR,
    "the ship's name is missing",
    hint="give the name as it stands in the ship's papers",
    cites="FAL.14(46) forms 5 and 6, item 1.1",
    good=unchanged,
    bad=vessel(name=None),
    purposes=AUTHORITY,
)
def name_missing(facts: Facts) -> Hits:
    return [] if facts.manifest.vessel.name else [Hit("vessel.name")]


@check(
    "V-02",
    WARNING,
    "the ship's IMO number is missing",
    hint="give the seven digits; a ship that has none is told by its MMSI number or call sign",
    cites="FAL.14(46) forms 5 and 6, item 1.2; EMSWe C-GENERAL-001",
    good=vessel(imo=None, mmsi=None, call_sign=None),  # then V-10 says so
    bad=vessel(imo=None),
    purposes=AUTHORITY,
)
def imo_missing(facts: Facts) -> Hits:
    ship = facts.manifest.vessel
    return [Hit("vessel.imo")] if not ship.imo and (ship.mmsi or ship.call_sign) else []


@check(
    "V-03",
    WARNING,
    "the IMO number has not seven digits",
    hint="copy it from the ship's certificates; do not take the MMSI number (nine digits) or the official number for it",
    cites="EMSWe ERR-026",
    good=vessel(imo="1234567"),
    bad=vessel(imo="123456"),
)
def imo_form(facts: Facts) -> Hits:
    number = facts.manifest.vessel.imo
    return [Hit("vessel.imo", value=number)] if number and not imo.is_well_formed(number) else []


@check(
    "V-04",
    WARNING,
    "the check digit of the IMO number does not agree with the other digits",
    hint="compare it with the ship's certificates; if it is right there, nothing is to be done",
    cites="EMSWe ERR-026",
    good=vessel(imo="1234567"),
    bad=vessel(imo="1234568"),
)
def imo_check_digit(facts: Facts) -> Hits:
    number = facts.manifest.vessel.imo
    doubtful = number and imo.is_well_formed(number) and not imo.is_valid(number)
    return [Hit("vessel.imo", value=number)] if doubtful else []


@check(
    "V-05",
    WARNING,
    "the ship's flag is missing",
    hint="give the flag State as a three-letter code",
    cites="FAL.14(46) forms 5 and 6, item 4; Finland NR-NOA-110",
    good=unchanged,
    bad=vessel(flag=None),
    purposes=AUTHORITY,
)
def flag_missing(facts: Facts) -> Hits:
    return [] if facts.manifest.vessel.flag else [Hit("vessel.flag")]


@check(
    "V-06",
    WARNING,
    "the flag is not a State of ISO 3166-1",
    hint="give the flag State as a three-letter code, such as MLT",
    cites="FAL.14(46) forms 5 and 6, item 4; IMO Compendium IMO0138",
    good=vessel(flag="BHS"),
    bad=vessel(flag="XXA"),
)
def flag_unknown(facts: Facts) -> Hits:
    flag = facts.manifest.vessel.flag
    if not flag:
        return []
    state = countries.country(flag)
    return [] if state and state.kind is NationalityKind.STATE else [Hit("vessel.flag", value=flag)]


@check(
    "V-07",
    INFO,
    "the ship's call sign is missing",
    hint="give it where the ship has one",
    cites="FAL.14(46) forms 5 and 6, item 1.3",
    good=unchanged,
    bad=vessel(call_sign=None),
    purposes=AUTHORITY,
)
def call_sign_missing(facts: Facts) -> Hits:
    ship = facts.manifest.vessel
    return [Hit("vessel.call_sign")] if not ship.call_sign and (ship.imo or ship.mmsi) else []


@check(
    "V-08",
    WARNING,
    "the call sign is not made of three to seven capital letters and digits",
    hint="give the call sign alone, without spaces or remarks",
    cites="EMSWe DE-005-05 (an..7)",
    good=vessel(call_sign="LAAA7"),
    bad=vessel(call_sign="CHANNEL 16"),
)
def call_sign_form(facts: Facts) -> Hits:
    sign = facts.manifest.vessel.call_sign
    return [Hit("vessel.call_sign", value=sign)] if sign and not _CALL_SIGN.fullmatch(sign) else []


@check(
    "V-09",
    WARNING,
    "the MMSI number is not one of a ship: nine digits, the first from 2 to 7",
    hint="compare it with the ship's radio licence; do not take the IMO number (seven digits) for it",
    cites="EMSWe DE-005-04 (9 digits)",
    good=vessel(mmsi="230999990"),
    bad=vessel(mmsi="1234567"),
)
def mmsi_form(facts: Facts) -> Hits:
    number = facts.manifest.vessel.mmsi
    return [Hit("vessel.mmsi", value=number)] if number and not _MMSI.fullmatch(number) else []


@check(
    "V-10",
    ERROR,
    "nothing identifies the ship: no IMO number, no MMSI number, no call sign",
    hint="give the IMO number, or one of the others where the ship has none",
    cites="EMSWe C-GENERAL-002",
    good=vessel(imo=None, mmsi=None),
    bad=vessel(imo=None, mmsi=None, call_sign=None),
    purposes=AUTHORITY,
)
def unidentified(facts: Facts) -> Hits:
    ship = facts.manifest.vessel
    return [] if ship.imo or ship.mmsi or ship.call_sign else [Hit("vessel.imo")]


@check(
    "V-11",
    WARNING,
    "the ship's name holds other signs than Roman letters, Arabic numerals, space, full stop, hyphen and apostrophe",
    hint="write the name as it stands on the hull and in the certificates, without prefixes in brackets or remarks",
    cites="Finland NR-SID-002 (SOLAS I/15)",
    good=vessel(name="ST. SPECIMEN-7"),
    bad=vessel(name="SPECIMEN «STAR»"),
)
def name_letters(facts: Facts) -> Hits:
    name = facts.manifest.vessel.name
    return [Hit("vessel.name", value=name)] if name and not _NAME.fullmatch(name) else []


CHECKS = (
    name_missing,
    imo_missing,
    imo_form,
    imo_check_digit,
    flag_missing,
    flag_unknown,
    call_sign_missing,
    call_sign_form,
    mmsi_form,
    unidentified,
    name_letters,
)
