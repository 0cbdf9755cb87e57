"""Checks on names: there, whole, of letters, and nothing but the name.

In: facts about a list. Out: hits on `family_name` and `given_names`. ICAO Doc 9303-3 (letters, no titles), FAL Convention 3.13
(family name first), EMSWe MIG 2.0 (principles P33 and P35: no placeholders), UK NMSW templates (English letters, 35 of them).
A name is doubted, never refused: what looks odd to us may be what the passport says.
"""

import re
from collections.abc import Callable
from unicodedata import east_asian_width

from gateway.checks.check import AUTHORITY, ERROR, INFO, WARNING, Hit, Hits, at, check
from gateway.checks.examples import arrival, both, person, unchanged
from gateway.checks.facts import LATIN_NAME, Facts
from gateway.codes.names import is_placeholder

NAMES = ("family_name", "given_names")
_ICAO = "ICAO Doc 9303-3"
_TITLES = frozenset(
    [
        "MR",
        "MRS",
        "MS",
        "MISS",
        "MSTR",
        "MASTER",
        "DR",
        "PROF",
        "CAPT",
        "SIR",
        "REV",
        "HERR",
        "FRAU",
        "DHR",
        "MEVR",
        "MME",
        "MLLE",
        "SIGRA",
        "SRA",
        "SRTA",
        "MR.",
        "MRS.",
        "MS.",
        "DR.",
        "PROF.",
    ]
)
_BOOKED_UNNAMED = frozenset(["TEST", "PAX", "PASSENGER", "GUEST", "ADULT", "CHILD", "INFANT", "NULL"])
_BROKEN = re.compile("\ufffd|[\u00c2\u00c3][\u0080-\u00bf\u2010-\u203a\u20ac]|[\u0000-\u001f\u007f-\u009f]")


def _in_names(facts: Facts, found: Callable[[str], object]) -> list[Hit]:
    return [hit for name in NAMES for hit in at(name, facts.where(name, found), facts.column(name))]


def _with_signs(facts: Facts, wrong: Callable[[str], bool]) -> list[Hit]:
    return [hit for name in NAMES for hit in at(name, facts.with_signs(name, wrong), facts.column(name))]


@check(
    "P-01",
    ERROR,
    "this person has no name",
    hint="give the family name and the given names, or the reason why they are not known",
    cites="98/41/EC art. 5; FAL Convention 2.6.1 and 2.7.3; EMSWe DE-035-02, DE-035-03",
    good=person(family_name=None, given_names=None, name_reason="unknown"),
    bad=person(family_name=None, given_names=None),
)
def nameless(facts: Facts) -> Hits:
    given, reason = facts.column("given_names"), facts.column("name_reason")
    return at("family_name", [i for i in facts.missing("family_name") if not given[i] and not reason[i]])


@check(
    "P-02",
    ERROR,
    "the family name is missing, and no reason is given",
    hint="give the family name, or say that the person has none",
    cites="98/41/EC art. 5; FAL Convention 2.6.1 and 2.7.3; EMSWe DE-035-02",
    good=person(family_name=None, name_reason="no family name"),
    bad=person(family_name=None),
)
def family_name_missing(facts: Facts) -> Hits:
    given, reason = facts.column("given_names"), facts.column("name_reason")
    return at("family_name", [i for i in facts.missing("family_name") if given[i] and not reason[i]])


@check(
    "P-03",
    ERROR,
    "the given name is missing, and no reason is given",
    hint="give all given names, or say that the person has none",
    cites="98/41/EC art. 5; FAL Convention 2.6.1 and 2.7.3; EMSWe DE-035-03",
    good=person(given_names=None, name_reason="no given name"),
    bad=person(given_names=None),
)
def given_names_missing(facts: Facts) -> Hits:
    family, reason = facts.column("family_name"), facts.column("name_reason")
    return at("given_names", [i for i in facts.missing("given_names") if family[i] and not reason[i]])


@check(
    "P-04",
    WARNING,
    "the name is not known to the line, or was refused",
    hint="ask the person at the gangway and send the list again; authorities look at such persons first",
    cites="98/41/EC art. 5; EMSWe DE-035-02",
    good=person(given_names=None, name_reason="no given name"),
    bad=person(family_name=None, given_names=None, name_reason="refused"),
    purposes=AUTHORITY,
)
def name_withheld(facts: Facts) -> Hits:
    return at("family_name", facts.where("name_reason", lambda reason: reason in ("unknown", "refused")))


@check(
    "P-05",
    WARNING,
    "the name holds a digit",
    hint="write the name alone; seat, cabin and ticket numbers have fields of their own",
    cites=_ICAO,
    good=unchanged,
    bad=person(given_names="ANNA 2"),
)
def digits(facts: Facts) -> Hits:
    return _with_signs(facts, str.isdigit)


@check(
    "P-06",
    WARNING,
    "the name is a single letter",
    hint="write names out as the document has them; if the document has one letter, nothing is to be done",
    cites=f"{_ICAO}; EMSWe ERR-028",
    good=person(given_names="JO"),
    bad=person(given_names="A."),
)
def initial(facts: Facts) -> Hits:
    return _in_names(facts, lambda name: len(name) < 3 and len(name.rstrip(".")) == 1 and _is_letter(name[0]))


def _is_letter(char: str) -> bool:
    """Of an alphabet: one Han character or Hangul syllable is a whole name."""
    return char.isalpha() and east_asian_width(char) not in "WF"


@check(
    "P-07",
    WARNING,
    "the name holds a title",
    hint="leave out MR, MRS, MISS, MSTR, DR and the like, unless the document has it as part of the name",
    cites=_ICAO,
    good=person(given_names="MISSY MAY"),
    bad=person(given_names="ANNA MARIA MRS"),
)
def title(facts: Facts) -> Hits:
    hits = at("given_names", facts.where("given_names", _has_title), facts.column("given_names"))
    # a family name may well be Master or Sir; two words of which one is a title may not
    family = facts.where("family_name", lambda name: " " in name and _has_title(name))
    return hits + at("family_name", family, facts.column("family_name"))


def _has_title(name: str) -> bool:
    words = name.upper().split()
    return bool(words) and (words[-1] in _TITLES or words[0] in _TITLES)


@check(
    "P-08",
    INFO,
    "the name is longer than 35 characters and will be cut for the United Kingdom",
    hint="nothing is to be done; the whole name is kept here and sent where there is room for it",
    cites="UK NMSW templates FAL 5 and FAL 6 (35 characters)",
    good=both(arrival(code="GBSOU"), person(given_names="ANNA MARIA")),
    bad=both(arrival(code="GBSOU"), person(given_names="ANNA MARIA FREDERIKA WILHELMINA JOSEFA")),
)
def too_long_for_the_uk(facts: Facts) -> Hits:
    return _in_names(facts, lambda name: len(name) > 35) if facts.touches("GB") else []


@check(
    "P-09",
    WARNING,
    "the name is longer than the 70 characters that a single window takes",
    hint="check that the cell holds one name; the end will be cut",
    cites="EMSWe DE-035-02, DE-035-03 (an..70)",
    good=unchanged,
    bad=person(given_names="ANNA MARIA " * 7),
)
def too_long(facts: Facts) -> Hits:
    return _in_names(facts, lambda name: len(name) > 70)


@check(
    "P-10",
    INFO,
    "the name has letters that the United Kingdom does not take; the Latin form will be sent there",
    hint="nothing is to be done, unless the Latin form differs from the machine-readable zone of the document",
    cites="UK NMSW templates FAL 5 and FAL 6 (English letters)",
    good=both(arrival(code="GBSOU"), person(2, given_names="ZOE")),
    bad=both(arrival(code="GBSOU"), person(2, given_names="ZOÉ")),
)
def not_english(facts: Facts) -> Hits:
    return _with_signs(facts, lambda _: True) if facts.touches("GB") else []


@check(
    "P-11",
    WARNING,
    "the name mixes Latin letters with Cyrillic or Greek ones",
    hint="type the name again in one alphabet: some letters only look alike, and searches will not find the person",
    cites=f"{_ICAO} section 6",
    good=person(family_name="ЭРИКССОН"),
    bad=person(family_name="ERIKSSОN"),
)
def mixed_alphabets(facts: Facts) -> Hits:
    foreign = [name for name in NAMES if any("\u0370" <= sign <= "\u052f" for sign in facts.signs(name))]
    return [hit for name in foreign for hit in at(name, facts.where(name, _mixes), facts.column(name))]


def _mixes(name: str) -> bool:
    return any("\u0370" <= sign <= "\u052f" for sign in name) and any("A" <= sign <= "z" for sign in name)


@check(
    "P-12",
    ERROR,
    "a placeholder stands where the name should be",
    hint="leave the name empty and give the reason: no given name, no family name, unknown, or refused",
    cites="EMSWe principles P33 and P35",
    good=person(given_names=None, name_reason="no given name"),
    bad=person(given_names="UNKNOWN"),
)
def placeholder(facts: Facts) -> Hits:
    return _in_names(facts, lambda name: is_placeholder(name) or name.upper() in _BOOKED_UNNAMED)


@check(
    "P-13",
    WARNING,
    "the name was garbled on its way: it holds signs that no name has",
    hint="export the list as UTF-8 and open it in no other program before sending",
    cites=f"{_ICAO}; EMSWe ERR-027",
    good=person(given_names="JOSÉ"),
    bad=person(given_names="JOSÃ\u0089"),
)
def garbled(facts: Facts) -> Hits:
    return _in_names(facts, _BROKEN.search) if any(_suspect(facts.signs(name)) for name in NAMES) else []


def _suspect(signs: frozenset[str]) -> bool:
    return any(sign in "\u00c2\u00c3\ufffd" or not sign.isprintable() for sign in signs)


@check(
    "P-14",
    WARNING,
    "family name and given name are the same",
    hint="correct the one that is wrong; if the person has one name only, give it as the family name and say so",
    cites=_ICAO,
    good=unchanged,
    bad=person(given_names="ERIKSSON"),
)
def the_same_twice(facts: Facts) -> Hits:
    pairs = zip(facts.column("family_name"), facts.column("given_names"), strict=True)
    return at("given_names", [i for i, (family, given) in enumerate(pairs) if given and family == given])


@check(
    "P-15",
    WARNING,
    "two names stand in one field, parted by a comma or stroke",
    hint="give family name and given names in fields of their own, the family name first",
    cites="FAL Convention 3.13",
    good=unchanged,
    bad=person(family_name="ERIKSSON/ANNA MARIA"),
)
def whole_name_in_one(facts: Facts) -> Hits:
    return _with_signs(facts, lambda sign: sign in ",/;")


@check(
    "P-16",
    WARNING,
    "the Latin form of the name holds other signs than capital letters, space, hyphen and apostrophe",
    hint="write it as the machine-readable zone of the document does, or leave it out: the gateway makes it",
    cites=f"{_ICAO} section 6",
    good=unchanged,
    bad=person(family_name_latin="ÉRIKSSON"),
)
def latin_form(facts: Facts) -> Hits:
    latin = [(name, facts.with_signs(f"{name}_latin", lambda _: True, LATIN_NAME)) for name in NAMES]
    return [hit for name, persons in latin for hit in at(name, persons, facts.column(f"{name}_latin"))]


CHECKS = (
    nameless,
    family_name_missing,
    given_names_missing,
    name_withheld,
    digits,
    initial,
    title,
    too_long_for_the_uk,
    too_long,
    not_english,
    mixed_alphabets,
    placeholder,
    garbled,
    the_same_twice,
    whole_name_in_one,
    latin_form,
)
