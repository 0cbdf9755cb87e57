"""The forms that `./gw make` writes: every form of ours, and the tables that lines send. What each cannot carry stands here.

In: a manifest, a profile, an order. Out: bytes, for tables by way of pages, which faults can be put into.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from gateway.carrier import Carrier
from gateway.formats.forms import FORMS, fitting
from gateway.formats.raw import HEADER_FIELDS, PERSON_FIELDS
from gateway.formats.writing import WriteOrder
from gateway.make import page
from gateway.make.fill import pages
from gateway.make.layouts import LABELLED, LAYOUTS, Layout, of_carrier
from gateway.make.page import Page
from gateway.manifest import ListKind, Manifest

Family = Literal["common-json", "common-xml", "emswe", "paxlst", "text", "workbook"]

OWN_LETTERS: Final = "own letters"
"""Stands among the fields for names as their holder writes them, beside their Latin form."""

ANY_SIGN: Final = "any sign"
"""Stands among the fields for a form whose names can hold every sign of Unicode."""

ONE_NAME: Final = "one name"
"""Stands among the fields for a form that can say of somebody that they have no given name."""

ANY_VALUE: Final = "any value"
"""Stands among the fields for a form that says a value as it is, even where its reader would take it for another."""

_EVERYTHING: Final = frozenset((*PERSON_FIELDS, *HEADER_FIELDS, OWN_LETTERS, ANY_SIGN, ONE_NAME, ANY_VALUE))
_ZONE: Final = frozenset(("mrz1", "mrz2", "mrz3"))
_EMSWE: Final = (
    _ZONE
    | frozenset(
        field
        for field in HEADER_FIELDS
        if field.startswith(("vessel.", "voyage.", "departure.", "arrival.", "counts."))
    )
    | {
        "rank",
        "cabin",
        "booking_reference",
        "vehicle_registration",
        "carrier_reference",
        "remarks",
        OWN_LETTERS,
        ONE_NAME,
    }
)  # the ship, the leg and the counts are other formalities' (NOA, MAI); a single name is repeated
_FLIGHT: Final = (
    _ZONE
    | frozenset(field for field in HEADER_FIELDS if field.startswith(("vessel.", "voyage.")))
    | {
        "special_care",
        "emergency_contact",
        "remarks",
        "vehicle_registration",
        "carrier_reference",
        "birth_place",
        "rank",
        "reference",
        "direction",
        "departure.estimated",
        "arrival.estimated",
        "counts.on_board",
        OWN_LETTERS,
        ANY_VALUE,
    }
)  # the ship and the voyage are said as text only, times without their offset, words in capitals
CANNOT_CARRY: Final = {
    "common-json": frozenset[str](),
    "common-xml": frozenset[str](),
    "emswe-xml": _EMSWE,
    "emswe-json": _EMSWE,
    "paxlst-sea": _ZONE
    | {"special_care", "emergency_contact", "remarks", "direction", "counts.on_board", "vessel.call_sign", OWN_LETTERS},
    "paxlst-gtas": _FLIGHT | {"document.issued"},
    "paxlst-gotravel": _FLIGHT,
}
"""Form -> the fields that are lost in it, of those that an invented list has. A table carries what it has columns for."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One form. `kinds`: of which lists; `layout` for tables."""

    name: str
    family: Family
    ending: str
    kinds: tuple[ListKind, ...]
    layout: Layout | None = None
    book: Callable[[Sequence[Page]], bytes] | None = None

    def of(self, carrier: Carrier | None) -> "Target":
        """The form as this line fills it in."""
        return msgspec.structs.replace(self, layout=of_carrier(self.layout, carrier)) if self.layout else self

    def carries(self, kind: ListKind) -> frozenset[str]:
        """The fields that a reader can get back out of it; of a mixed list, those of both kinds."""
        if self.layout is None:
            return _EVERYTHING - CANNOT_CARRY[self.name]
        kinds = self.layout.columns if kind is ListKind.MIXED else (kind,)
        fields = frozenset.intersection(*(self.layout.fields(one) for one in kinds)) | {ONE_NAME, ANY_VALUE}
        own = set() if self.layout.is_latin else {OWN_LETTERS}
        own |= {ANY_SIGN} if own and (self.book or self.layout.encoding == "utf-8") else set()
        return fields | own | (LABELLED if self.layout.is_labelled else set())

    def pages(self, manifest: Manifest) -> list[Page]:
        """The list as pages; none where the form is no table."""
        return pages(manifest, self.layout, as_text=self.book is None) if self.layout else []

    def write(self, manifest: Manifest, drawn: Sequence[Page], order: WriteOrder) -> bytes:
        """The bytes, without whoever the form cannot carry."""
        if self.layout is None:
            form = FORMS[self.name]
            return form.write(fitting(manifest, form)[0], order)
        return self.book(drawn) if self.book else page.delimited(drawn, self.layout.delimiter, self.layout.encoding)


_ENDINGS: Final = {"application/json": "json", "application/xml": "xml", "application/edifact": "edi"}
_FAMILIES: Final[dict[str, Family]] = {
    "common-json": "common-json", "common-xml": "common-xml", "emswe-xml": "emswe", "emswe-json": "emswe", "paxlst-sea": "paxlst",
    "paxlst-gtas": "paxlst", "paxlst-gotravel": "paxlst",
}  # fmt: skip


def _table(name: str, layout: Layout, ending: Literal["csv", "xlsx", "ods"]) -> Target:
    kinds = (*layout.columns, ListKind.MIXED) if len(layout.columns) > 1 else tuple(layout.columns)
    book = {"csv": None, "xlsx": page.xlsx, "ods": page.ods}[ending]
    return Target(
        name=name, family="workbook" if book else "text", ending=ending, kinds=kinds, layout=layout, book=book
    )


TARGETS: Final = {
    target.name: target
    for target in (
        *(
            Target(
                name=form.name,
                family=_FAMILIES[form.name],
                ending=_ENDINGS[form.media_type],
                kinds=(ListKind.PASSENGERS, ListKind.CREW) if form.split else tuple(ListKind),
            )
            for form in FORMS.values()
            if form.name in _FAMILIES  # of the forms that we read as well
        ),
        _table("uk-fal5", LAYOUTS["uk-fal5"], "xlsx"),
        _table("uk-fal6", LAYOUTS["uk-fal6"], "xlsx"),
        _table("imo-xlsx", LAYOUTS["imo"], "xlsx"),
        *(_table(f"{fal}-{ending}", LAYOUTS[fal], ending) for fal in ("fal5", "fal6") for ending in ("csv", "xlsx", "ods")),
        _table("ferry-csv", LAYOUTS["ferry"], "csv"),
    )
}  # fmt: skip
"""Every form, by name."""
