"""The forms a list can be written in: one table, name -> how to write it, its media type, and what it cannot carry.

In: a form's name from the route register or the command line. Out: a `Form`. Adding a form is one module and one row.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from gateway.formats import commonjson, commonxml, emswe, emswe_counts, gtas_json, paxlst_fitness, paxlst_writer
from gateway.formats.writing import WriteOrder
from gateway.manifest import Function, ListKind, Manifest, Person, Role


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """`split`: the form takes passengers or crew, not both in one list. `lacking`: required fields that a person on a list is
    without. `refuses`: why the form cannot say a list at all, whoever is on it; an empty text where it can.
    `separate`: the files that a message is for its reader."""

    name: str
    media_type: str
    write: Callable[[Manifest, WriteOrder], bytes]
    split: bool = False
    lacking: Callable[[Person, Manifest], list[str]] = lambda person, manifest: []
    refuses: Callable[[Manifest], str] = lambda manifest: ""
    separate: Callable[[bytes], list[bytes]] = lambda body: [body]


FORMS: Final = {
    form.name: form
    for form in (
        Form(name="common-json", media_type="application/json", write=commonjson.write),
        Form(name="common-xml", media_type="application/xml", write=commonxml.write),
        Form(
            name="emswe-json",
            media_type="application/json",
            write=emswe.write_json,
            split=True,
            lacking=lambda person, _: emswe.cannot_carry(person),
            refuses=emswe.refuses,
        ),
        Form(
            name="emswe-xml",
            media_type="application/xml",
            write=emswe.write_xml,
            split=True,
            lacking=lambda person, _: emswe.cannot_carry(person),
            refuses=emswe.refuses,
        ),
        Form(
            name="emswe-notice-json",
            media_type="application/json",
            write=emswe_counts.write_json,
            refuses=emswe_counts.refuses,
        ),
        Form(
            name="emswe-notice-xml",
            media_type="application/xml",
            write=emswe_counts.write_xml,
            refuses=emswe_counts.refuses,
        ),
        Form(name="paxlst-sea", media_type="application/edifact", write=paxlst_writer.write),
        Form(
            name="paxlst-gtas",
            media_type="application/edifact",
            write=lambda manifest, order: paxlst_writer.write(manifest, order, "paxlst-gtas"),
            split=True,
            lacking=paxlst_fitness.lacking,
            refuses=paxlst_fitness.refuses,
            separate=paxlst_writer.separate,
        ),
        Form(
            name="paxlst-gotravel",
            media_type="application/edifact",
            write=lambda manifest, order: paxlst_writer.write(manifest, order, "paxlst-gotravel"),
            split=True,
            lacking=paxlst_fitness.lacking,
            refuses=paxlst_fitness.gotravel_refuses,
            separate=paxlst_writer.separate,
        ),
        Form(
            name="gtas-json",
            media_type="application/json",
            write=gtas_json.write,
            split=True,
            lacking=gtas_json.lacking,
            refuses=gtas_json.refuses,
        ),
    )
}


def parts(manifest: Manifest, form: Form) -> list[Manifest]:
    """The lists to write: the manifest itself, or its passengers and its crew apart where the form takes one kind.

    A cancelled list may name nobody, and still there are two lists to withdraw.
    """
    if not form.split or manifest.kind is not ListKind.MIXED:
        return [manifest]
    crew = tuple(person for person in manifest.persons if person.role is Role.CREW)
    others = tuple(person for person in manifest.persons if person.role is not Role.CREW)
    kinds = ((ListKind.PASSENGERS, others), (ListKind.CREW, crew))
    is_withdrawn = manifest.function is Function.CANCEL
    return [
        msgspec.structs.replace(manifest, kind=kind, persons=persons)
        for kind, persons in kinds
        if persons or is_withdrawn
    ]


def fitting(manifest: Manifest, form: Form) -> tuple[Manifest, list[tuple[int, list[str]]]]:
    """The list without the persons whom the form cannot carry, and who they are: (index from 0, lacking fields)."""
    left_out = [
        (i, lacking) for i, person in enumerate(manifest.persons) if (lacking := form.lacking(person, manifest))
    ]
    if not left_out:
        return manifest, []
    gone = {index for index, _ in left_out}
    stay = tuple(person for i, person in enumerate(manifest.persons) if i not in gone)
    return msgspec.structs.replace(manifest, persons=stay), left_out
