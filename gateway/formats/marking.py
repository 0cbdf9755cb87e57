"""How a list may be used, said inside the list itself (WCO-UNOCT Arrangement, Article 4.9): where each form has it.

In: a manifest, the order that it is written by. Out: what the form puts into the message. The version of the list, and what
changed since, stand in the envelope's handling header alone: they are not known before the list has its place.

| form | where |
|---|---|
| common-json, common-xml | the member `handling`, as the published schemas have it |
| PAXLST | FTX+AAI on the first person of each message, since the directory has no FTX before the first person; a message without persons has none |
| emswe-xml | a comment at the beginning of the Envelope: MIG 2.0 has no element for it |
| emswe-json | nowhere: JSON has no comments and the schema is closed; the envelope's handling header carries it |
"""

from typing import Final

import msgspec

from gateway.formats.writing import WriteOrder
from gateway.keyring import Terms
from gateway.manifest import Manifest

MEMBER: Final = "handling"


class Marked(Manifest, frozen=True, omit_defaults=True, kw_only=True):
    """A manifest as it goes out. A reader passes `handling` over: it is ours to say, and no line's."""

    handling: Terms | None = None


def marked(manifest: Manifest, order: WriteOrder) -> Manifest:
    """The manifest with its terms, where the order says any."""
    if order.terms is None:
        return manifest
    return Marked(**msgspec.structs.asdict(manifest), handling=order.terms)


def said(terms: Terms) -> tuple[str, str, str, str, str]:
    """The terms in five lines of text: marking and purposes, legal basis, origin, onward rule, how it was passed on."""
    passed = terms.transfers or ()
    return (
        f"{terms.marking.upper()}, for {' and '.join(terms.purposes)} only",
        f"legal basis: {terms.legal_basis}",
        f"from {terms.originator}, as of {terms.as_of}, under {terms.route}",
        f"onward: {terms.onward}",
        "; ".join(f"passed on by {one.holder} to {one.receiver}, decision {one.decision}" for one in passed),
    )
