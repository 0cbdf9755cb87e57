"""Faults of the whole list: the same person twice, numbers that disagree, the ship and the leg.

In: nothing. Out: `FAULTS`, put into the manifest before it is written.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec.structs import replace

from gateway.make.draft import Draft, Fault
from gateway.make.targets import Family
from gateway.manifest import ListKind, Manifest, Person, Port

_NUMBER: Final = "document.number"
_TOLD: Final[frozenset[Family]] = frozenset(("common-json", "common-xml", "text", "workbook"))
_BUT_EMSWE: Final[frozenset[Family]] = _TOLD | {"paxlst"}


def _has_document(person: Person) -> bool:
    return bool(person.documents) and bool(person.given_names) and not person.master


def _twice(draft: Draft) -> Sequence[tuple[int | None, str]]:
    """Somebody of the last kind listed stands at the end of the list once more."""
    last = draft.manifest.persons[-1].role
    index = draft.choose(lambda person: _has_document(person) and person.role is last)
    if index is None:
        return ()
    persons = draft.manifest.persons
    again = replace(persons[index], sequence=len(persons) + 1)
    draft.manifest = replace(draft.manifest, persons=(*persons, again), counts=_one_more(draft.manifest))
    draft.taken.add(len(persons))
    return ((index, _NUMBER), (len(persons), _NUMBER))


def _one_more(manifest: Manifest) -> Any:
    counts, is_crew = manifest.counts, manifest.kind is not ListKind.PASSENGERS
    added = {"crew": (counts.crew or 0) + 1} if is_crew else {"passengers": (counts.passengers or 0) + 1}
    return replace(counts, **added, **({"on_board": counts.on_board + 1} if counts.on_board else {}))


def _pair(
    change: Callable[[Person, Person], Person], field: str
) -> Callable[[Draft], Sequence[tuple[int | None, str]]]:
    """`change` makes the second person agree with the first in what should be theirs alone."""

    def apply(draft: Draft) -> Sequence[tuple[int | None, str]]:
        one = draft.choose(_has_document)
        if one is None:
            return ()
        first = draft.manifest.persons[one]
        other = draft.choose(
            lambda person: _has_document(person) and person.role is first.role and _differ(person, first)
        )
        if other is None:
            return ()
        draft.put(other, change(draft.manifest.persons[other], first))
        return ((one, field), (other, field))

    return apply


def _differ(one: Person, other: Person) -> bool:
    return one.birth_date != other.birth_date and one.given_names != other.given_names


def _of_another(person: Person, other: Person) -> Person:
    document = replace(person.documents[0], number=other.documents[0].number, issuer=other.documents[0].issuer)
    return replace(person, documents=(document,), mrz=())


def _namesake(person: Person, other: Person) -> Person:
    return replace(
        person, family_name=other.family_name, given_names=other.given_names, birth_date=other.birth_date, mrz=(),
        family_name_latin=other.family_name_latin, given_names_latin=other.given_names_latin,
    )  # fmt: skip


def _of_list(
    name: str, means: str, codes: str, field: str, change: Callable[[Manifest], Manifest],
    families: frozenset[Family] = _BUT_EMSWE, kinds: tuple[ListKind, ...] = tuple(ListKind),
) -> Fault:  # fmt: skip
    """A fault of the header."""

    def apply(draft: Draft) -> Sequence[tuple[int | None, str]]:
        if field in draft.stated_wrong:
            return ()
        draft.stated_wrong.add(field)
        draft.manifest = change(draft.manifest)
        return ((None, field),)

    return Fault(
        name=name, means=means, codes=tuple(codes.split()), stage="list", apply=apply, needs=frozenset((field,)),
        families=families, kinds=kinds,
    )  # fmt: skip


def _ship(**changes: Any) -> Callable[[Manifest], Manifest]:
    return lambda manifest: replace(manifest, vessel=replace(manifest.vessel, **changes))


def _call(end: str, **changes: Any) -> Callable[[Manifest], Manifest]:
    def change(manifest: Manifest) -> Manifest:
        call = replace(getattr(manifest.voyage, end), **changes)
        return replace(manifest, voyage=replace(manifest.voyage, **{end: call}))

    return change


def _arrives_before(manifest: Manifest) -> Manifest:
    """The two times are in each other's place."""
    departs = manifest.voyage.departure and manifest.voyage.departure.estimated_departure
    arrives = manifest.voyage.arrival and manifest.voyage.arrival.estimated_arrival
    return _call("arrival", estimated_arrival=departs)(_call("departure", estimated_departure=arrives)(manifest))


def _count(kind: str) -> Callable[[Manifest], Manifest]:
    return lambda m: replace(m, counts=replace(m.counts, **{kind: (getattr(m.counts, kind) or 0) + 3}))


FAULTS: Final = (
    Fault(name="person-twice", means="the same person stands on the list twice", codes=("C-20",), stage="list", apply=_twice,
          needs=frozenset((_NUMBER, "document.issuer", "birth_date")), families=_BUT_EMSWE),
    Fault(name="document-of-another", means="two persons have one document", codes=("C-21",), stage="list", apply=_pair(_of_another, _NUMBER),
          needs=frozenset((_NUMBER, "document.issuer", "birth_date"))),
    Fault(name="namesakes", means="two persons share name and date of birth", codes=("C-22",), stage="list",
          apply=_pair(_namesake, "family_name"), needs=frozenset(("birth_date",))),
    _of_list("count-of-passengers", "three passengers more are declared than listed", "C-01", "counts.passengers", _count("passengers"),
             families=_TOLD, kinds=(ListKind.PASSENGERS,)),
    _of_list("count-of-crew", "three crew members more are declared than listed", "C-02", "counts.crew", _count("crew"), families=_TOLD,
             kinds=(ListKind.CREW,)),
    _of_list("imo-check-digit", "a digit of the IMO number was mistyped", "V-04", "vessel.imo", _ship(imo="9999841")),
    _of_list("imo-short", "the IMO number has six digits", "V-03 N-31 J-03", "vessel.imo", _ship(imo="999984")),
    _of_list("ship-not-named", "the ship's name is blank", "V-01", "vessel.name", _ship(name=None)),
    _of_list("flag-unknown", "the flag is no State's", "V-06 N-20", "vessel.flag", _ship(flag="QQQ")),
    _of_list("call-sign", "the call sign holds other signs", "V-08", "vessel.call_sign", _ship(call_sign="SV.X-1"), families=_TOLD),
    _of_list("departure-unknown", "the port of departure is in no list", "V-23", "departure.port", _call("departure", port=Port(code="GRQQX"))),
    _of_list("arrival-not-known", "the sign for an unknown port stands for the arrival", "V-25", "arrival.port",
             _call("arrival", port=Port(code="ZZUKN"))),
    _of_list("arrival-first", "the ship would arrive before it departs", "V-44", "arrival.estimated", _arrives_before),
)  # fmt: skip
