"""Checks on the rest of what is told about a person: care, contacts, cabin, number on the list, lengths, what must not be sent.

In: facts about a list. Out: hits on these fields. EMSWe MIG 2.0 (DE-035-25 to -31, R-GENERAL-021), 98/41/EC art. 5, the UK's FAL 6
template; the PNR Directive and the GDPR on sensitive data.
"""

import re
from collections import Counter

from gateway.checks.check import BORDER, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import arrival, both, listing, person, unchanged
from gateway.checks.facts import Facts
from gateway.manifest import Purpose, Role

_NOTHING = frozenset(
    [
        "NO",
        "N",
        "NONE",
        "NIL",
        "NULL",
        "NA",
        "N/A",
        "NOT",
        "NEIN",
        "NEJ",
        "NON",
        "NOTHING",
        "-",
        "--",
        ".",
        "0",
        "FALSE",
    ]
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9 ()/.\-]{6,35}")
_CABIN = re.compile(r"[A-Za-z0-9 ./\-]{1,35}")
_LENGTHS = {"birth_place": 35, "special_care": 256, "remarks": 256, "ticket_number": 16, "emergency_contact": 256}
_SENSITIVE = re.compile(
    r"religi|faith|ethnic|\brace\b|\bdiet|\bmeal|allerg|diagnos|politic|trade union|sexual", re.IGNORECASE
)


@check(
    "P-60",
    WARNING,
    "special care is told on a list that is not for safety: it is health data, and is meant for rescue alone",
    hint="send it with the list for safety (SUB-02), and leave it out here",
    cites="98/41/EC art. 5; EMSWe DE-035-25; GDPR art. 9",
    good=person(special_care="Wheelchair"),
    bad=both(listing(purposes=(Purpose.BORDER,)), person(special_care="Wheelchair")),
)
def care_without_safety(facts: Facts) -> Hits:
    return [] if Purpose.SAFETY in facts.purposes else at("special_care", facts.where("special_care", bool))


@check(
    "P-61",
    INFO,
    "the field for special care says that nothing is needed",
    hint="leave it empty; whoever reads the list in distress looks for filled fields",
    cites="EMSWe principles P33 and P35; 98/41/EC art. 5",
    good=person(special_care="Wheelchair"),
    bad=person(special_care="Nein"),
)
def no_care(facts: Facts) -> Hits:
    return at("special_care", facts.where("special_care", lambda text: text.strip().upper() in _NOTHING))


@check(
    "P-62",
    WARNING,
    "the emergency contact holds no telephone number",
    hint="give a number with its country code; a name may stand beside it",
    cites="98/41/EC art. 5; EMSWe DE-035-29",
    good=person(emergency_contact="OLE TESTPERSON +47 555 01 234"),
    bad=person(emergency_contact="OLE TESTPERSON"),
)
def contact_without_number(facts: Facts) -> Hits:
    wrong = facts.where("emergency_contact", lambda text: sum(map(str.isdigit, text)) < 6)
    return at("emergency_contact", wrong, facts.column("emergency_contact"))


@check(
    "P-63",
    WARNING,
    "this is not a telephone number of at most 35 characters",
    hint="give the number with its country code, digits only",
    cites="EMSWe DE-035-30, ERR-015",
    good=person(phone="+46 (70) 555-0123"),
    bad=person(phone="see booking"),
)
def phone(facts: Facts) -> Hits:
    return at("phone", facts.where("phone", lambda text: not _PHONE.fullmatch(text)), facts.column("phone"))


@check(
    "P-64",
    WARNING,
    "this is not an e-mail address",
    hint="give one address, or leave the field empty",
    cites="EMSWe DE-035-31, ERR-016",
    good=person(email="anna.eriksson@example.org"),
    bad=person(email="anna.eriksson at example.org"),
)
def email(facts: Facts) -> Hits:
    wrong = facts.where("email", lambda text: len(text) > 256 or not _EMAIL.fullmatch(text))
    return at("email", wrong, facts.column("email"))


@check(
    "P-65",
    INFO,
    "the cabin is not made of letters and digits, as the United Kingdom takes it",
    hint="give the cabin's number alone",
    cites="UK NMSW template FAL 6, column L",
    good=both(arrival(code="GBSOU"), person(cabin="7-012")),
    bad=both(arrival(code="GBSOU"), person(cabin="7012 & 7014")),
)
def cabin(facts: Facts) -> Hits:
    if not facts.touches("GB"):
        return []
    return at("cabin", facts.where("cabin", lambda text: not _CABIN.fullmatch(text)), facts.column("cabin"))


@check(
    "P-66",
    ERROR,
    "this number on the list is given to more than one person",
    hint="number the persons 1, 2, 3 …",
    cites="EMSWe R-GENERAL-021",
    good=unchanged,
    bad=person(sequence=2),
)
def number_twice(facts: Facts) -> Hits:
    numbers = facts.column("sequence")
    if len(facts.distinct("sequence")) == len(numbers):
        return []
    seen = Counter(numbers)
    return at("sequence", [i for i, number in enumerate(numbers) if seen[number] > 1])


@check(
    "P-67",
    ERROR,
    "the number on the list is not between 1 and 99,999",
    hint="number the persons 1, 2, 3 …",
    cites="EMSWe R-GENERAL-002, DE-001-02; IMO Compendium BR 09",
    good=unchanged,
    bad=person(sequence=0),
)
def number_out_of_range(facts: Facts) -> Hits:
    return at("sequence", facts.where("sequence", lambda number: not 1 <= number <= 99_999))


@check(
    "P-68",
    INFO,
    "the numbers on the list do not run 1, 2, 3 …",
    hint="nothing is to be done: single windows get the persons numbered anew, in this order",
    cites="EMSWe G-GENERAL-002",
    good=unchanged,
    bad=person(4, sequence=9),
)
def numbers_not_in_order(facts: Facts) -> Hits:
    numbers = facts.column("sequence")
    return [] if numbers == list(range(1, len(numbers) + 1)) else [Hit("sequence")]


@check(
    "P-69",
    WARNING,
    "the text is longer than the {length} characters that a single window takes",
    hint="shorten it; the end will be cut",
    cites="EMSWe DE-035-06, DE-035-25, DE-035-27, DE-035-29, DE-038-02",
    good=person(birth_place="Llanfair"),
    bad=person(birth_place="Llanfairpwllgwyngyllgogerychwyrndrobwll"),
)
def too_long(facts: Facts) -> Hits:
    longer = [(name, most, _longer(facts, name, most)) for name, most in _LENGTHS.items()]
    return [Hit(name, index, parts={"length": most}) for name, most, persons in longer for index in persons]


def _longer(facts: Facts, name: str, most: int) -> list[int]:
    return facts.where(name, lambda text: len(text) > most)


@check(
    "P-70",
    WARNING,
    "a column of the list seems to tell health, religion or other sensitive things",
    hint="leave the column out: no authority may take such data from a passenger list",
    cites="PNR Directive (EU) 2016/681 art. 6(4) and 13; GDPR art. 9",
    good=person(extras=(("Deck", "7"),)),
    bad=person(extras=(("Meal preference", "vegetarian"),)),
)
def sensitive(facts: Facts) -> Hits:
    headers = {header for extras in facts.distinct("extras") for header, _ in extras}
    return [Hit("extras")] if any(_SENSITIVE.search(header) for header in headers) else []


@check(
    "P-71",
    WARNING,
    "a stowaway is on board",
    hint="tell the border guards of the next port at once; the list alone is not enough",
    cites="EMSWe R-PXA-002; Schengen Borders Code Annex VI 3.1",
    good=unchanged,
    bad=person(role=Role.STOWAWAY),
    purposes=BORDER,
)
def stowaway(facts: Facts) -> Hits:
    return at("role", facts.having(Role.STOWAWAY))


CHECKS = (
    care_without_safety,
    no_care,
    contact_without_number,
    phone,
    email,
    cabin,
    number_twice,
    number_out_of_range,
    numbers_not_in_order,
    too_long,
    sensitive,
    stowaway,
)
