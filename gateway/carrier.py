"""What is particular to one shipping line, as data: its columns, words, date order, tolerances and expectations.

In: an identifier and TOML text. Out: a `Carrier`, or every problem of the text at once, each with its key. Readers take
`options_for`, `normalise` the lookups and date orders; whether a tolerated finding code exists is for the caller to ask,
who knows the rules. Nothing is read from disk here.

[reads.table]: `sheet` (the tab), `header` (the row of the headers, from 1), `encoding` and `delimiter` of texts, and `file_name`
for a line that writes the sailing into the file's name, such as "{port}_{direction}_{date}_{vessel}": `formats.tables.filename`
says which values there are; own abbreviations of ports go to [lookup.port].
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal, get_args

import msgspec

from gateway.codes import countries, documents, imo, ports, sex
from gateway.formats.raw import FIELDS, PERSON_FIELDS
from gateway.formats.tables import filename
from gateway.keyring.contacts import Contact, parse_contacts

Service = Literal["cruise", "ferry"]
DateOrder = Literal["dmy", "mdy", "ymd"]
LookupKind = Literal["country", "sex", "port", "document", "rank", "role", "transit"]

PLACEHOLDER = "FILL IN"
"""What a draft (`gateway.learn`) has where only the line can tell; no profile until somebody has."""

EVERY_DATE = "all"
"""The key of `[dates]` that speaks for every date of the list without a key of its own."""

_TOP = {"name", "contact", "service", "ignore", "vessels", "reads", "columns", "lookup", "dates", "codes"}
_TOP |= {"tolerate", "expect", "alerts"}
_CODES = {"document.type": ("api", "un1001", "uk", "spms"), "sex": ("iso5218", "emswe", "edifact")}
_DATES = frozenset(
    field
    for field in FIELDS
    if field.endswith(("birth_date", ".expiry", ".issued", ".estimated", ".actual"))
    or field in ("birth", "issued", "embarked_at", "disembarks_on")
)

_EVERYDAY = {
    "family_name": "surname last_name lastname familyname",
    "given_names": "first_name firstname forename forenames given_name christian_name",
    "full_name": "name passenger_name",
    "sex": "gender",
    "birth_date": "dob birthday date_of_birth born",
    "birth_place": "place_of_birth pob",
    "nationality": "citizenship country",
    "document.type": "document doctype travel_document",
    "document.number": "passport passport_number passport_no document_no document_id id_number",
    "document.issuer": "issuing_country issuing_state country_of_issue",
    "document.expiry": "expiry expiry_date expires valid_until",
    "document.issued": "issue_date date_of_issue",
    "embarkation": "boarding_port port_of_embarkation",
    "disembarkation": "landing_port port_of_disembarkation",
    "booking_reference": "pnr booking booking_no reservation",
    "special_care": "assistance disability wheelchair",
    "emergency_contact": "next_of_kin",
    "phone": "telephone mobile",
    "vessel.name": "ship vessel ship_name",
    "vessel.imo": "imo imo_number",
    "vessel.flag": "flag flag_state",
    "departure.estimated": "etd",
    "arrival.estimated": "eta",
}
_MEANT = {word: field for field, said in _EVERYDAY.items() for word in said.split()}
"""What people call a field whose own name is spelled nothing like it."""

_DIALECTS = {field: (None, *lists) for field, lists in _CODES.items()}
_OUR_WORDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "country": (lambda word: countries.country(word) is not None, "a country, such as DNK (ISO 3166-1 alpha-3)"),
    "sex": (
        lambda word: any(sex.sex(word, of) is not sex.UNREADABLE for of in _DIALECTS["sex"]),
        "M, F or X",
    ),
    "port": (
        lambda word: ports.port(word).code is not None or ports.port(word).status == "placeholder",
        "a UN/LOCODE, such as DKCPH, or ZZUKN for a port that is not known",
    ),
    "document": (
        lambda word: any(documents.document_type(word, of) is not None for of in _DIALECTS["document.type"]),
        "passport, identity-card, residence-document, seafarer-book, visa or other",
    ),
}


class Toleration(msgspec.Struct, frozen=True):
    """An error that the authority agreed to take as a warning: why, and through which day."""

    reason: str
    until: date


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What the line's lists of passengers usually look like. Outside it, their export has probably changed.

    `filled`: field -> the least share of persons (0 to 1) for whom it is given.
    """

    fewest: int | None = None
    most: int | None = None
    filled: dict[str, float] = {}


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """One shipping line. `vessels`: IMO number -> name. `reads`: format family -> its options."""

    id: str
    name: str
    contact: str
    service: Service
    vessels: dict[str, str] = {}
    reads: dict[str, dict[str, Any]] = {}
    columns: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
    lookups: dict[str, dict[str, str]] = {}
    dates: dict[str, str] = {}
    codes: dict[str, str] = {}
    tolerate: dict[str, Toleration] = {}
    expect: Expectation = Expectation()
    alerts: tuple[Contact, ...] = ()

    def options_for(self, family: str) -> dict[str, Any]:
        """What a reader of this family (`table`, `json`, …) is told: its own options, our columns, what to leave out."""
        return {**self.reads.get(family, {}), "columns": self.columns, "ignore": self.ignore}

    def tolerated(self, code: str, today: date) -> str:
        """The reason why this finding is tolerated today, or an empty text."""
        agreed = self.tolerate.get(code)
        return agreed.reason if agreed and today <= agreed.until else ""


def parse(id: str, text: str) -> Carrier | list[str]:
    """The carrier that `text` describes, or all that is wrong with the text."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        return [f"the file name {id!r} is no identifier: use small letters, digits and single hyphens"]
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [f"this is not TOML: {error}"]
    problems: list[str] = []
    _unknown(stated, _TOP, "", "key", problems)
    carrier = Carrier(
        id=id,
        name=_text(stated, "name", problems),
        contact=_contact(stated, problems),
        service=_service(stated, problems),
        vessels=_vessels(_table(stated, "vessels", problems), problems),
        reads=_reads(_table(stated, "reads", problems), problems),
        columns=_columns(_table(stated, "columns", problems), problems),
        ignore=_texts(stated, "ignore", problems),
        lookups=_lookups(_table(stated, "lookup", problems), problems),
        dates=_dates(_table(stated, "dates", problems), problems),
        codes=_codes(_table(stated, "codes", problems), problems),
        tolerate=_tolerate(_table(stated, "tolerate", problems), problems),
        expect=_expect(_table(stated, "expect", problems), problems),
        alerts=_alerts(stated.get("alerts", []), id, problems),
    )
    problems += [f"ignore: {h!r} is also under [columns]; choose one" for h in carrier.ignore if h in carrier.columns]
    return problems or carrier


def _unknown(stated: Iterable[str], known: Iterable[str], where: str, what: str, problems: list[str]) -> None:
    known = sorted(known)
    for key in stated:
        if key not in known:
            near = _near(key, known)
            meant = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known[:12])}"
            problems.append(f"{where}unknown {what} {key!r}; {meant}")


def _near(key: str, known: list[str]) -> list[str]:
    meant = _MEANT.get(re.sub(r"[^a-z]+", "_", key.casefold()))
    return [meant] if meant in known else get_close_matches(key, known, n=1, cutoff=0.5)


def _one_of(value: object, known: Iterable[str], where: str, what: str, problems: list[str]) -> bool:
    if isinstance(value, str) and value in known:
        return True
    if isinstance(value, str):
        _unknown([value], known, f"{where}: ", what, problems)
    else:
        problems.append(f"{where}: expected a text, found {_kind(value)}")
    return False


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", dict: "a table", list: "a list", date: "a date"}
    return names.get(type(value), "something else")


def _text(stated: Mapping[str, Any], key: str, problems: list[str]) -> str:
    value = stated.get(key)
    if _is_unfilled(key, value, problems):
        return ""
    if isinstance(value, str) and value.strip():
        return value
    problems.append(f"{key}: required, a text")
    return ""


def _is_unfilled(key: str, value: object, problems: list[str]) -> bool:
    is_unfilled = isinstance(value, str) and value.startswith(PLACEHOLDER)
    if is_unfilled:
        problems.append(f"{key}: this is a draft that still says {PLACEHOLDER} here; put what is true of the line")
    return is_unfilled


def _texts(stated: Mapping[str, Any], key: str, problems: list[str]) -> tuple[str, ...]:
    value = stated.get(key, [])
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    problems.append(f"{key}: expected a list of texts")
    return ()


def _table(stated: Mapping[str, Any], key: str, problems: list[str]) -> dict[str, Any]:
    value = stated.get(key, {})
    if isinstance(value, dict):
        return value
    problems.append(f"{key}: expected a table, [{key}]")
    return {}


def _contact(stated: Mapping[str, Any], problems: list[str]) -> str:
    contact = _text(stated, "contact", problems)
    if contact and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", contact):
        problems.append("contact: expected an e-mail address, to which mistakes in lists can be sent")
    return contact


def _service(stated: Mapping[str, Any], problems: list[str]) -> Service:
    if not _is_unfilled("service", stated.get("service"), problems):
        _one_of(stated.get("service", ""), get_args(Service), "service", "kind of service", problems)
    return "ferry" if stated.get("service") == "ferry" else "cruise"


def _vessels(table: dict[str, Any], problems: list[str]) -> dict[str, str]:
    for number, name in table.items():
        if not imo.is_valid(number):
            problems.append(f'vessels."{number}": not an IMO number of seven digits with its check digit')
        if not isinstance(name, str):
            problems.append(f'vessels."{number}": expected the name of the ship, found {_kind(name)}')
    return table


_READS: dict[str, dict[str, type]] = {
    "table": {"sheet": str, "header": int, "encoding": str, "delimiter": str, "file_name": str},
}


def _reads(table: dict[str, Any], problems: list[str]) -> dict[str, dict[str, Any]]:
    _unknown(table, _READS, "reads: ", "format family", problems)
    for family, options in table.items():
        known = _READS.get(family, {})
        if not isinstance(options, dict):
            problems.append(f"reads.{family}: expected a table, [reads.{family}]")
            continue
        _unknown(options, known, f"reads.{family}: ", "option", problems)
        problems += [
            f"reads.{family}.{key}: expected {'a number' if known[key] is int else 'a text'}, found {_kind(value)}"
            for key, value in options.items()
            if key in known and type(value) is not known[key]
        ]
        problems += _unreadable(options, f"reads.{family}")
    return table


def _unreadable(options: dict[str, Any], where: str) -> Iterator[str]:
    """Options that a reader could not follow."""
    encoding, delimiter = options.get("encoding"), options.get("delimiter")
    if isinstance(encoding, str) and not _is_encoding(encoding):
        yield f"{where}.encoding: no encoding of text has this name; expected such as 'utf-8', 'windows-1252' or 'iso-8859-7'"
    if isinstance(template := options.get("file_name"), str):
        yield from (f"{where}.file_name: {problem}" for problem in filename.problems(template))
    if isinstance(delimiter, str) and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        yield f"{where}.delimiter: expected one sign, such as ';' or ',' or \"\\t\", and no quotation mark or line end"


def _is_encoding(name: str) -> bool:
    try:
        return "a".encode(name) != b""
    except (LookupError, ValueError):  # also for codecs that are not of text, such as hex
        return False


def _columns(table: dict[str, Any], problems: list[str]) -> dict[str, str]:
    for header, field in table.items():
        _one_of(field, FIELDS, f'columns."{header}"', "field", problems)
    return table


def _lookups(table: dict[str, Any], problems: list[str]) -> dict[str, dict[str, str]]:
    _unknown(table, get_args(LookupKind), "lookup: ", "kind of lookup", problems)
    for kind, words in table.items():
        if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
            problems.append(f"lookup.{kind}: expected a table of their word = our word, both texts")
        elif kind in _OUR_WORDS:
            is_ours, expected = _OUR_WORDS[kind]
            problems += [
                f'lookup.{kind}."{theirs}": {ours!r} is not known; expected {expected}'
                for theirs, ours in words.items()
                if not is_ours(ours)
            ]
    return table


def _dates(table: dict[str, Any], problems: list[str]) -> dict[str, str]:
    _unknown(table, _DATES | {EVERY_DATE}, "dates: ", "date field", problems)
    for field, order in table.items():
        _one_of(order, get_args(DateOrder), f"dates.{field}", "order (dmy, mdy or ymd)", problems)
    return table


def _codes(table: dict[str, Any], problems: list[str]) -> dict[str, str]:
    _unknown(table, _CODES, "codes: ", "coded field", problems)
    for field, dialect in table.items():
        _one_of(dialect, _CODES.get(field, (dialect,)), f'codes."{field}"', "code list", problems)
    return table


def _tolerate(table: dict[str, Any], problems: list[str]) -> dict[str, Toleration]:
    agreed: dict[str, Toleration] = {}
    for code, stated in table.items():
        where = f'tolerate."{code}"'
        said = stated if isinstance(stated, dict) else {}
        _unknown(said, ("reason", "until"), f"{where}: ", "key", problems)
        reason, until = said.get("reason"), said.get("until")
        if not re.fullmatch(r"[A-Z]-\d\d", code):
            problems.append(f"{where}: not a finding code such as V-04")
        if not isinstance(reason, str) or not reason.strip():
            problems.append(f"{where}: say why and since when, reason = '…'")
        if type(until) is not date:
            problems.append(f"{where}: say until which day, until = 2027-01-01 (a date without quotes)")
        if isinstance(reason, str) and type(until) is date:
            agreed[code] = Toleration(reason, until)
    return agreed


def _expect(table: dict[str, Any], problems: list[str]) -> Expectation:
    _unknown(table, ("people", "filled"), "expect: ", "key", problems)
    people, filled = _table(table, "people", problems), _table(table, "filled", problems)
    _unknown(people, ("min", "max"), "expect.people: ", "key", problems)
    fewest, most = people.get("min"), people.get("max")
    _each(people, "expect.people", lambda n: type(n) is int and n >= 0, "a number of persons", problems)
    _unknown(filled, PERSON_FIELDS, "expect.filled: ", "field", problems)
    _each(
        filled, "expect.filled", lambda n: type(n) in (int, float) and 0 <= n <= 1, "a share between 0 and 1", problems
    )
    if type(fewest) is int and type(most) is int and fewest > most:
        problems.append("expect.people: min is greater than max")
    return Expectation(fewest=fewest, most=most, filled=filled)


def _alerts(tables: object, id: str, problems: list[str]) -> tuple[Contact, ...]:
    contacts, found = parse_contacts(tables, f"{id}.toml")
    problems += [f"{one.place}: {one.text}; {one.hint}" for one in found]
    return contacts


def _each(table: dict[str, Any], where: str, is_fit: Callable[[Any], bool], expected: str, problems: list[str]) -> None:
    problems += [f'{where}."{key}": expected {expected}' for key, value in table.items() if not is_fit(value)]
