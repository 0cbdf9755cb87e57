"""Dated law as data: what a passenger ship has to report, to whom, by when, under which clause.

In: the TOML of `schemas/obligations/`, one file a jurisdiction, and the authority's register of live requests in the same
form. Out: a `Law`, and every problem of the text at once. An obligation that cannot be read is left out and named;
the others stand. Nothing in a file is evaluated: conditions are named facts, deadlines are an anchor and a duration.

`confidence` says how sure we are of the text: "confirmed" was read in a named source, "parameter" is a number that the State
sets or on which sources differ, "unconfirmed" still has to be checked. Only what is confirmed may be enforcing, and only
what is enforcing is ever counted against a carrier.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from gateway.formats.raw import FIELDS
from gateway.manifest import Purpose
from gateway.obligations.calls import UNKNOWN_PORT, Service, is_in, is_place

Anchor = Literal["etd", "eta", "atd", "ata", "boarding_closed"]
Product = Literal["count", "list", "nominal-list", "crew-list", "passenger-list", "noa"]
Recipient = Literal["nsw", "border", "sar", "port", "piu", "company"]
Confidence = Literal["confirmed", "parameter", "unconfirmed"]
Status = Literal["enforcing", "advisory", "draft"]

SIX_MONTHS = timedelta(days=184)  # the longest six months, July to December


class Stated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a law file may state: a misspelt key is a problem, never silence."""


class Condition(Stated, frozen=True):
    """Facts about a sailing, all of which must hold. Countries are alpha-2 codes or names of sets: EU, EEA, SCHENGEN.

    `outside`: a port of the itinerary that is known lies outside all of these. `international`: the two ports are in
    different States. `capacity_over`: more passengers than this may be carried (12 makes a passenger ship, SOLAS I/2).
    """

    service: tuple[Service, ...] = ()
    departs: tuple[str, ...] = ()
    departs_not: tuple[str, ...] = ()
    arrives: tuple[str, ...] = ()
    arrives_not: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    international: bool = False
    distance_over_nm: float | None = None
    leg_at_least: timedelta | None = None
    leg_under: timedelta | None = None
    capacity_over: int | None = None

    def may_hold(self, service: Service, departure_port: str, arrival_port: str) -> bool:
        """False where the service or the two ports alone say no; a port that is not known says nothing."""
        leaves, arrives = departure_port != UNKNOWN_PORT, arrival_port != UNKNOWN_PORT
        return (
            (not self.service or service in self.service)
            and not (leaves and self.departs and not is_in(departure_port, self.departs))
            and not (leaves and self.departs_not and is_in(departure_port, self.departs_not))
            and not (arrives and self.arrives and not is_in(arrival_port, self.arrives))
            and not (arrives and self.arrives_not and is_in(arrival_port, self.arrives_not))
            and not (leaves and arrives and self.international and departure_port[:2] == arrival_port[:2])
        )

    @property
    def countries(self) -> tuple[str, ...]:
        return self.departs + self.departs_not + self.arrives + self.arrives_not + self.outside


class Limit(Stated, frozen=True):
    """A point in time: an anchor and an ISO 8601 duration (PT24H; a day is 24 hours, whatever the clocks do).

    "by" takes the point itself in, "before" leaves it out.
    """

    anchor: Anchor
    offset: timedelta = timedelta()
    relation: Literal["before", "by"] = "by"


class Branch(Stated, frozen=True):
    """All of `limits` must be kept, where `when` holds. The first branch that holds is the deadline."""

    limits: tuple[Limit, ...]
    when: Condition = Condition()


class Validity(Stated, frozen=True):
    """The first and the last day of a law, both included, in local time of the port where the duty falls."""

    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Retention(Stated, frozen=True):
    """How long the recipient may keep it: in words, and at most this long after departure, where the law says so."""

    until: str
    at_most: timedelta | None = None


class Obligation(Stated, frozen=True):
    """One duty. `port` is where it falls. `fields` are names of `formats.raw.FIELDS` that must be filled for each person.

    `satisfied_by` names obligations whose filing for the same sailing does for this one too. With `on_request` it exists
    only while a `Request` for it is live, and the request sets the time.
    """

    id: str
    jurisdiction: str
    title: str
    clause: str
    port: Literal["departure", "arrival"]
    product: Product
    purposes: tuple[Purpose, ...]
    recipients: tuple[Recipient, ...]
    valid: Validity
    confidence: Confidence
    status: Status
    fields: tuple[str, ...] = ()
    applies: Condition = Condition()
    deadline: tuple[Branch, ...] = ()
    retention: Retention | None = None
    satisfied_by: tuple[str, ...] = ()
    on_request: bool = False
    note: str = ""

    @property
    def is_enforcing(self) -> bool:
        return self.status == "enforcing" and self.confidence == "confirmed"


class Request(Stated, frozen=True):
    """An authority's written request, as it stands in its register: whom it binds, when, and the time that it states.

    Empty `carriers` or `vessels` (IMO numbers) means all of them.
    """

    id: str
    obligation: str
    reference: str
    valid: Validity
    limits: tuple[Limit, ...]
    carriers: tuple[str, ...] = ()
    vessels: tuple[str, ...] = ()


class Law(msgspec.Struct, frozen=True, dict=True):
    """Obligations and live requests, of one file or of all."""

    obligations: tuple[Obligation, ...] = ()
    requests: tuple[Request, ...] = ()

    def between(self, service: Service, departure_port: str, arrival_port: str) -> tuple[Obligation, ...]:
        """The obligations that may bind a sailing between these ports, whatever else is true of it: one in eight, of most."""
        route = service, departure_port, arrival_port
        if route not in self._between:
            self._between[route] = tuple(one for one in self.obligations if one.applies.may_hold(*route))
        return self._between[route]

    @cached_property
    def _between(self) -> dict[tuple[str, str, str], tuple[Obligation, ...]]:
        return {}

    @property
    def counting(self) -> "Law":
        """What can count against anybody, and what does for it."""
        ids = {one.id for one in self.obligations if one.is_enforcing}
        ids |= {other for one in self.obligations if one.is_enforcing for other in one.satisfied_by}
        return Law(tuple(one for one in self.obligations if one.id in ids), self.requests)

    @property
    def fields(self) -> frozenset[str]:
        """Every field that any of it asks for."""
        return frozenset(field for one in self.obligations for field in one.fields)


def parse_law(name: str, text: str) -> tuple[Law, list[str]]:
    """What the file `name` states, and all that is wrong with it, each with its place."""
    try:
        stated = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return Law(), [f"{name}: this is not TOML: {error}"]
    problems: list[str] = []
    whose = {"jurisdiction": stated.pop("jurisdiction", None)}
    if not isinstance(whose["jurisdiction"], str) or not whose["jurisdiction"].strip():
        problems.append("jurisdiction: say at the top of the file whose law this is")
        whose = {"jurisdiction": ""}
    obligations = _read(stated, "obligation", Obligation, whose, _wrong_with_obligation, problems)
    requests = _read(stated, "request", Request, {}, _wrong_with_request, problems)
    problems += [f"unknown key {key!r}: known are jurisdiction, [[obligation]] and [[request]]" for key in stated]
    return Law(obligations, requests), [f"{name}: {problem}" for problem in problems]


def merge(laws: Iterable[Law]) -> tuple[Law, list[str]]:
    """One law out of several files: an id is used once, and what is referred to exists."""
    laws = list(laws)
    problems: list[str] = []
    obligations: dict[str, Obligation] = {}
    for obligation in (o for law in laws for o in law.obligations):
        if obligation.id in obligations:
            problems.append(f"{obligation.id}: this id is used twice; the first one stands")
        obligations.setdefault(obligation.id, obligation)
    for obligation in obligations.values():
        unknown = [other for other in obligation.satisfied_by if other not in obligations]
        problems += [f"{obligation.id}: satisfied_by names {other!r}, which is nowhere" for other in unknown]
    requests = tuple(request for law in laws for request in law.requests)
    for request in requests:
        asked = obligations.get(request.obligation)
        if asked is None or not asked.on_request:
            problems.append(f"request {request.id}: {request.obligation!r} is no obligation that is due on request")
    return Law(tuple(obligations.values()), requests), problems


S = TypeVar("S", Obligation, Request)


def _read(
    stated: dict[str, Any],
    key: str,
    kind: type[S],
    default: dict[str, Any],
    wrong_with: Callable[[S], list[str]],
    problems: list[str],
) -> tuple[S, ...]:
    """The sound entries of [[key]]; `problems` gets what is wrong with the others."""
    entries = stated.pop(key, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problems.append(f"{key}: write [[{key}]] before each")
        return ()
    sound: list[S] = []
    for number, entry in enumerate(entries, 1):
        where = f"{key} {entry.get('id') or number}"
        whole = {**default, **entry}
        found = list(_mismatches(whole, kind, where))
        if not found:
            made = msgspec.convert(whole, kind)
            found = [f"{where}: {said}" for said in wrong_with(made)]
            sound += [] if found else [made]
        problems += found
    return tuple(sound)


def _mismatches(value: Any, kind: Any, where: str) -> Iterator[str]:
    """Every place of `value` that does not fit the type; msgspec alone would stop at the first."""
    if get_origin(kind) in (Union, UnionType):  # X | None: TOML has no null, so an absent key is the None
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _mismatches(item, get_args(kind)[0], f"{where} {number}")
    elif isinstance(kind, type) and issubclass(kind, Stated) and isinstance(value, dict):
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        yield from (f"{where}: unknown key {key!r}" for key in value if key not in fields)
        for name, field in fields.items():
            if name in value:
                yield from _mismatches(value[name], field.type, f"{where}: {name}")
            elif field.required:
                yield f"{where}: {name} is missing"
    else:
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            yield f"{where}: {error}"


def _wrong_with_obligation(obligation: Obligation) -> list[str]:
    """What the types alone do not say."""
    needed = ("id", "jurisdiction", "title", "clause", "recipients", "purposes")
    said = [f"{key} is empty" for key in needed if not getattr(obligation, key)]
    said += [f"fields: {field!r} is no field of a list" for field in obligation.fields if field not in FIELDS]
    if obligation.status == "enforcing" and obligation.confidence != "confirmed":
        said.append("status: only a confirmed text can be enforcing")
    if obligation.status == "enforcing" and not (obligation.deadline or obligation.on_request):
        said.append("deadline: an enforcing obligation has one")
    if obligation.deadline and obligation.on_request:
        said.append("deadline: the request states the time, leave it out here")
    said += [f"deadline {n}: limits is empty" for n, branch in enumerate(obligation.deadline, 1) if not branch.limits]
    for condition in (obligation.applies, *(branch.when for branch in obligation.deadline)):
        said += [f"{name!r} is neither a country nor a known set" for name in condition.countries if not is_place(name)]
    return said + _wrong_with_validity(obligation.valid)


def _wrong_with_request(request: Request) -> list[str]:
    """A request lasts six months at most and may be renewed (UK: Immigration Act 1971 Sch 2 para 27B)."""
    said = [] if request.limits else ["limits is empty: a request states the time"]
    until = request.valid.until
    if until is None or until - request.valid.since > SIX_MONTHS:
        said.append("valid: a request has an end, at most six months after its start")
    return said + _wrong_with_validity(request.valid)


def _wrong_with_validity(valid: Validity) -> list[str]:
    return ["valid: until is before since"] if valid.until and valid.until < valid.since else []
