"""A form that came as a file of its own, such as FAL 1, speaks for the lists beside it.

In: the lists of all files of a submission, as they were read. Out: the same lists, with what the form says of ship, voyage,
ports, times and numbers where they say nothing themselves, each value with its place in the form; and findings. A form that
differs from a list in what tells one sailing from another is not used for that list. A form that speaks for a list is no list
of its own any more; one beside no list stays one. (FAL.14(46), forms 1, 5 and 6; UK NMSW.)
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats.raw import CellPlaces, HeaderValue, RawList
from gateway.manifest import Call, ListKind, Manifest, Port
from gateway.normalise.voyage import is_said_otherwise

JOINED = Rule(
    id="Z-10",
    severity=Severity.INFO,
    text="what this form says of the ship, the voyage and the numbers on board was taken for {lists} of this submission",
    hint="nothing to do",
    cites="IMO FAL forms 1, 5 and 6",
)
DIFFERS = Rule(
    id="Z-11",
    severity=Severity.WARNING,
    text="the list and the form ({form}) of the same submission differ in {fields}, so the form was not used for the list",
    hint="correct the one that is wrong, or send lists of different sailings one by one",
    cites="IMO FAL forms 1, 5 and 6",
)
SEVERAL = Rule(
    id="Z-12",
    severity=Severity.WARNING,
    text="{count} forms of this submission fit this list, so none of them was used for it",
    hint="send each form with its own lists",
)
RULES = (JOINED, DIFFERS, SEVERAL)

_OF_THE_FORM = ("reference", "issued", "function")
"""What a form says of itself, and of no list."""


_NO_CALL = Call(port=Port())


class Listed(msgspec.Struct):
    """One list on its way. `where`: its file and its name in an archive, as far as places need them. `gone`: its lists speak
    for it now, so that it is none."""

    raw: RawList
    where: Place
    findings: list[Finding] = []
    gone: bool = False


def join(lists: Sequence[Listed], header_of: Callable[[RawList], Manifest]) -> None:
    """Joins forms and lists of different files, in place. `header_of`: what the header alone is, normalised."""
    forms = [one for one in lists if _is_form(one.raw)]
    others = [one for one in lists if not _is_form(one.raw)]
    if not forms or not others:
        return
    said = [header_of(form.raw) for form in forms]
    taken: list[list[Listed]] = [[] for _ in forms]
    for one in others:
        own = header_of(one.raw)
        differing = [differences(own, form) for form in said]
        fitting = [at for at, fields in enumerate(differing) if not fields]
        if len(fitting) == 1:
            taken[fitting[0]].append(one)
        elif fitting:
            one.findings.append(SEVERAL.at(_place(one.raw), count=len(fitting)))
        else:
            one.findings += _told(one, forms, differing)
    for form, header, of_it in zip(forms, said, taken, strict=True):
        if of_it:
            _give(form, header, of_it)


def _is_form(raw: RawList) -> bool:
    """A sheet of boxes without a table of persons."""
    return not raw.size and isinstance(raw.places, CellPlaces) and not raw.places.columns


def _place(raw: RawList) -> Place:
    return Place(sheet=raw.places.sheet) if isinstance(raw.places, CellPlaces) else Place()


def _told(one: Listed, forms: Sequence[Listed], differing: Sequence[Sequence[str]]) -> Iterator[Finding]:
    for form, fields in zip(forms, differing, strict=True):
        value = one.raw.header.get(fields[0])
        place = value.place if value else _place(one.raw)
        yield DIFFERS.at(place, form=form.where, fields=", ".join(f"'{field}'" for field in fields))


def differences(list_: Manifest, form: Manifest) -> list[str]:
    """The fields in which both speak, and of different sailings."""
    one, other = dict(_telling(list_)), dict(_telling(form))
    if one["vessel.imo"] and other["vessel.imo"]:
        one["vessel.name"] = None  # a ship is its number; its name is spelled in many ways
    return [
        field for field, value in one.items() if value and other[field] and not _same(field, value, other[field] or "")
    ]


def _same(field: str, one: str, other: str) -> bool:
    """Of names, "SPECIMEN STAR" and "MS Specimen Star" are one."""
    return one == other or (field == "vessel.name" and (one in other or other in one))


def _telling(manifest: Manifest) -> Iterable[tuple[str, str | None]]:
    """What tells one sailing from another, as texts to compare."""
    voyage, vessel = manifest.voyage, manifest.vessel
    departure, arrival = voyage.departure, voyage.arrival
    yield "vessel.imo", vessel.imo
    yield "vessel.name", _letters(vessel.name)
    yield "voyage.number", _letters(voyage.number)
    yield "direction", voyage.direction
    yield "departure.port", departure.port.code if departure else None
    yield "arrival.port", arrival.port.code if arrival else None
    yield "departure.estimated", _day(departure.estimated_departure if departure else None)
    yield "arrival.estimated", _day(arrival.estimated_arrival if arrival else None)


def _letters(text: str | None) -> str | None:
    return "".join(filter(str.isalnum, text.casefold())) if text else None


def _day(time: str | None) -> str | None:
    return time[:10] if time else None


def _give(form: Listed, header: Manifest, lists: Sequence[Listed]) -> None:
    """What the form says goes to the lists, its numbers too: several lists of one kind are versions, each of which should have
    that number, or become one list, which should. Only a mixed list beside others may hold anybody."""
    given = dict(_given(form, header))
    is_mixed = [one.raw.kind is ListKind.MIXED for one in lists]
    form.gone = True
    for one, mixed in zip(lists, is_mixed, strict=True):
        silent = {
            field: value
            for field, value in given.items()
            if field not in one.raw.header
            and not is_said_otherwise(field, one.raw.header)
            and not (mixed and field.startswith("counts.") and not all(is_mixed))
        }
        one.raw = msgspec.structs.replace(one.raw, header={**silent, **one.raw.header})
    told = "the list" if len(lists) == 1 else f"{len(lists)} lists"
    form.findings.append(JOINED.at(_place(form.raw), lists=told))


def _given(form: Listed, header: Manifest) -> Iterator[tuple[str, HeaderValue]]:
    """The form's values at their places. Times as ISO 8601, for each list has its own way of writing them."""
    times = dict(_times(header))
    for field, value in form.raw.header.items():
        if field not in _OF_THE_FORM:
            place = msgspec.structs.replace(value.place, file=form.where.file, member=form.where.member)
            yield field, HeaderValue(times.get(field) or value.text, place)


def _times(header: Manifest) -> Iterator[tuple[str, str | None]]:
    departure, arrival = header.voyage.departure or _NO_CALL, header.voyage.arrival or _NO_CALL
    yield "departure.estimated", departure.estimated_departure
    yield "departure.actual", departure.actual_departure
    yield "arrival.estimated", arrival.estimated_arrival
    yield "arrival.actual", arrival.actual_arrival
