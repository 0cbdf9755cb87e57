"""Small changes of a clean list, of which the rules' examples are made: `person(family_name=None)`.

In: what to change. Out: a function from a manifest to the changed manifest. Which list is changed is for those to say
who run the examples; person 0 is the first.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from gateway.manifest import Call, Counts, Document, Manifest, Permit, Person, Port

Change = Callable[[Manifest], Manifest]


def unchanged(manifest: Manifest) -> Manifest:
    """The clean list as it is."""
    return manifest


def listing(**changes: Any) -> Change:
    """The list with other header fields."""
    return lambda manifest: replace(manifest, **changes)


def both(*changes: Change) -> Change:
    """All changes, one after the other."""

    def all_of(manifest: Manifest) -> Manifest:
        for change in changes:
            manifest = change(manifest)
        return manifest

    return all_of


def vessel(**changes: Any) -> Change:
    return lambda manifest: replace(manifest, vessel=replace(manifest.vessel, **changes))


def voyage(**changes: Any) -> Change:
    return lambda manifest: replace(manifest, voyage=replace(manifest.voyage, **changes))


def counts(**changes: Any) -> Change:
    return lambda manifest: replace(manifest, counts=replace(manifest.counts or Counts(), **changes))


def departure(**changes: Any) -> Change:
    """The departure with other times, or `code=` another port."""
    return lambda manifest: voyage(departure=_call(manifest.voyage.departure, changes))(manifest)


def arrival(**changes: Any) -> Change:
    """The arrival with other times, or `code=` another port."""
    return lambda manifest: voyage(arrival=_call(manifest.voyage.arrival, changes))(manifest)


def _call(call: Call | None, changes: dict[str, Any]) -> Call:
    call = call or Call(port=Port())
    if "code" in changes:
        port = Port(code=changes["code"], name=changes.get("name"))
        changes = {"port": port} | {key: value for key, value in changes.items() if key not in ("code", "name")}
    return replace(call, **changes)


def person(index: int = 0, **changes: Any) -> Change:
    """One person changed."""
    return lambda manifest: _one(manifest, index, lambda before: replace(before, **changes))


def everyone(**changes: Any) -> Change:
    """All persons changed alike."""
    return lambda manifest: replace(manifest, persons=tuple(replace(one, **changes) for one in manifest.persons))


def document(index: int = 0, **changes: Any) -> Change:
    """One person's first document changed."""

    def change(before: Person) -> Person:
        first = before.documents[0] if before.documents else Document()
        return replace(before, documents=(replace(first, **changes), *before.documents[1:]))

    return lambda manifest: _one(manifest, index, change)


def visa(index: int = 0, **fields: Any) -> Change:
    """One person with one visa."""
    return person(index, visas=(Permit(**fields),))


def permit(index: int = 0, **fields: Any) -> Change:
    """One person with one residence permit."""
    return person(index, residence_permits=(Permit(**fields),))


def repeated(times: int, **changes: Any) -> Change:
    """The list with its first person `times` more at the end, under other sequence numbers, each changed alike."""

    def change(manifest: Manifest) -> Manifest:
        last = len(manifest.persons)
        more = tuple(replace(manifest.persons[0], sequence=last + n + 1, **changes) for n in range(times))
        return replace(manifest, persons=manifest.persons + more)

    return change


def _one(manifest: Manifest, index: int, change: Callable[[Person], Person]) -> Manifest:
    persons = list(manifest.persons)
    persons[index] = change(persons[index])
    return replace(manifest, persons=tuple(persons))
