"""The route register: which lists a recipient is owed, in which form, on which legal basis, from when until when.

In: `routes.toml` of a recipient's folder. Out: `Route`s, and the `Handling` header that goes out with every envelope.
Default is deny: what no entry names is never sent. Each entry carries what the laws ask of a standing transfer of
passenger data: a basis and an end (CJEU C-817/19, for routes inside the EU also the decision that
selected them), a reviewer, a marking and an onward rule (WCO-UNOCT Arrangement of 22 September 2022, Article 4).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Literal

import msgspec

from gateway.changes import Changes
from gateway.findings import Finding, Place, Rule, Severity
from gateway.manifest import ListKind, Purpose

Form = Literal[
    "common-json",
    "common-xml",
    "emswe-json",
    "emswe-xml",
    "emswe-notice-json",
    "emswe-notice-xml",
    "paxlst-sea",
    "paxlst-gtas",
    "paxlst-gotravel",
    "gtas-json",
]  # formats.forms.FORMS
Marking = Literal["non-confidential", "restricted", "confidential"]
Service = Literal["cruise", "ferry"]
Scope = Literal["any", "external", "schengen-border", "intra-eu"]
"""Where the leg leads. external: one end at least is outside the EU; schengen-border: the leg, or a cruise's itinerary,
touches a port outside the Schengen area (Schengen Borders Code, Annex VI 3.2); intra-eu: both ends are in the EU."""

RecipientKind = Literal["nsw", "piu", "port", "sar"]
PURPOSES_OF: dict[RecipientKind, frozenset[Purpose]] = {
    "nsw": frozenset(Purpose),
    "piu": frozenset({Purpose.BORDER, Purpose.BOOKING}),
    "port": frozenset(Purpose),  # a port gets counts, whatever the list is for
    "sar": frozenset({Purpose.SAFETY}),
}
"""The purpose lock: what each kind of recipient may have a list for, whatever a register says (98/41/EC art. 5(4))."""

_TEXT = "a text of 1 to 500 characters, the first no space"
_ID = "1 to 63 small letters, digits and hyphens, such as ut-nsw"
_COUNTRY = "two capital letters, such as FI (ISO 3166-1 alpha-2)"
_PORT = "a UN/LOCODE of five capital letters or digits, such as FIHEL"
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^\S", description=_TEXT)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description=_ID)]
CountryCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$", description=_COUNTRY)]
PortCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$", description=_PORT)]


class When(msgspec.Struct, frozen=True, kw_only=True):
    """The voyages an entry covers. An empty list does not narrow. `ports`: the leg begins or ends in one of them."""

    arrival_countries: tuple[CountryCode, ...] = ()
    departure_countries: tuple[CountryCode, ...] = ()
    ports: tuple[PortCode, ...] = ()
    scope: Scope = "any"
    services: tuple[Service, ...] = ()


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the register. `decision` is the number of the written decision or consent, where one is needed;
    `transfer_ground` why a recipient outside the EU may have the data (Directive 2016/680, Articles 35-38)."""

    id: Id
    lists: Annotated[tuple[ListKind, ...], msgspec.Meta(min_length=1)]
    purposes: Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1)]
    form: Form
    legal_basis: Text
    since: date = msgspec.field(name="from")
    until: date
    reviewer: Text
    when: When = When()
    decision: Text | None = None
    transfer_ground: Text | None = None
    marking: Marking = "restricted"
    onward: Text = "none"

    def in_force(self, day: date) -> bool:
        return self.since <= day <= self.until


class RoutesFile(msgspec.Struct, frozen=True, kw_only=True):
    """`routes.toml` as it is written."""

    route: tuple[Route, ...] = ()


class PassedOn(msgspec.Struct, frozen=True, kw_only=True):
    """One passing on by decision of the originating authority (Article 4.4, 4.8): who had the list, who got it, for what,
    on which legal basis, the number of the written decision, and when (ISO 8601)."""

    holder: str
    receiver: str
    purposes: tuple[Purpose, ...]
    legal_basis: str
    decision: str
    at: str


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How a list may be used (Arrangement, Article 4.2-4.10), as it stands in the list's own form.

    `as_of` is when the list was as it says, `onward` "none" or the written consent under which it may be passed on,
    `transfers` how it came here from the first recipient, oldest first; absent where it came straight from the gateway.
    The terms stay as they were when a list first went out, whatever becomes of the entry of the register (Article 4.10).
    """

    marking: Marking
    purposes: tuple[Purpose, ...]
    legal_basis: str
    route: str
    as_of: str
    originator: str
    onward: str = "none"
    transfers: tuple[PassedOn, ...] | msgspec.UnsetType = msgspec.UNSET


class Handling(Terms, frozen=True, kw_only=True):
    """The terms, and which version of the list this is. Goes with the data, readable and signed.

    `version` counts the versions of that list. `changes` counts what became of the persons of an earlier version, all
    of them as the line sent them, also those whom this recipient is not owed; absent where there is none to compare with.
    """

    version: int = 1
    changes: Changes | msgspec.UnsetType = msgspec.UNSET


ENDS_FIRST = Rule(
    id="K-10",
    severity=Severity.ERROR,
    text='"until" is before "from"',
    hint="correct one of the two dates; both days count",
)
SAME_ID = Rule(
    id="K-13", severity=Severity.ERROR, text="another entry has the same id", hint="give each entry its own id"
)
NO_LIST = Rule(
    id="K-14",
    severity=Severity.ERROR,
    text='"mixed" is not a list of its own',
    hint='write lists = ["passengers", "crew"]; a mixed list is sent as the two',
)
NOT_A_WINDOW = Rule(
    id="K-28",
    severity=Severity.ERROR,
    text="a ship's notification (emswe-notice) is for a national single window alone",
    hint="choose another form; a port gets its numbers in common-json",
    cites="Regulation (EU) 2019/1239",
)
INSIDE_EU = Rule(
    id="K-25",
    severity=Severity.ERROR,
    text="an entry for a Passenger Information Unit on voyages inside the EU names no decision",
    hint='add "decision" with the number of the time-limited decision that selected these routes or ports',
    cites="Directive (EU) 2016/681 with CJEU C-817/19",
)
OTHER_PURPOSE = Rule(
    id="K-15",
    severity=Severity.ERROR,
    text="this kind of recipient may not have lists for {purposes}",
    hint='take that out of "purposes"; data collected for safety at sea serve nothing else, and rescue needs no more',
    cites="Directive 98/41/EC art. 5(4)",
)
NO_CONSENT = Rule(
    id="K-16",
    severity=Severity.ERROR,
    text="confidential data, or data that may be passed on, needs a written authorisation",
    hint='add "decision" with the number of the authorisation or consent, or set onward = "none"',
    cites="WCO-UNOCT Arrangement art. 4.4 and 4.8",
)
NO_GROUND = Rule(
    id="K-17",
    severity=Severity.ERROR,
    text="an entry for a recipient in a third country names no ground for the transfer",
    hint='add "transfer_ground" (adequacy decision, agreement, or the case-by-case ground)',
    cites="Directive (EU) 2016/680 art. 35-38",
)
TOO_OPEN = Rule(
    id="K-18",
    severity=Severity.ERROR,
    text='records of persons are never marked below "restricted"',
    hint='set marking = "restricted" or "confidential"; only a port, which gets counts, may have "non-confidential"',
    cites="WCO-UNOCT Arrangement art. 4.2 and 4.9",
)
NO_DECLARANT = Rule(
    id="K-26",
    severity=Severity.ERROR,
    text="the form {form} names a declarant, and recipient.toml has none",
    hint="add [declarant] to recipient.toml, as keys/README.md shows, or choose another form",
    cites="EMSWe DE-004",
)
NO_ADDRESS = Rule(
    id="K-27",
    severity=Severity.ERROR,
    text="the form {form} goes out under interchange addresses, and recipient.toml has none",
    hint="add [edifact] with sender and recipient to recipient.toml, as keys/README.md shows, or choose another form",
    cites="UN/EDIFACT UNB 0004 and 0010",
)


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a register's recipient; None where that could not be read. `lacks`: tables that it does without."""

    kind: RecipientKind | None
    third_country: bool | None
    lacks: frozenset[str]


def route_problems(routes: Iterable[Route | None], owner: Owner) -> Iterator[Finding]:
    """What the law, and the form, do not let stand in a register, entry by entry; None is one that could not be read."""
    seen: set[str] = set()
    kind = owner.kind
    for number, route in enumerate(routes, start=1):
        if route is None:
            continue
        place = Place(path=f"routes.toml, [[route]] {number}")
        broken = {
            ENDS_FIRST: route.until < route.since,
            SAME_ID: route.id in seen,
            NO_LIST: ListKind.MIXED in route.lists,
            INSIDE_EU: kind == "piu" and route.when.scope == "intra-eu" and not route.decision,
            NO_CONSENT: (route.marking == "confidential" or route.onward != "none") and not route.decision,
            NO_GROUND: owner.third_country and not route.transfer_ground,
            NOT_A_WINDOW: kind not in (None, "nsw") and route.form.startswith("emswe-notice"),
            TOO_OPEN: kind not in (None, "port") and route.marking == "non-confidential",
        }
        seen.add(route.id)
        allowed = PURPOSES_OF[kind] if kind else frozenset(Purpose)
        barred = ", ".join(purpose for purpose in route.purposes if purpose not in allowed)
        if barred:
            yield OTHER_PURPOSE.at(place, purposes=barred)
        if route.form.startswith("emswe") and "declarant" in owner.lacks:
            yield NO_DECLARANT.at(place, form=route.form)
        if route.form.startswith("paxlst") and "edifact" in owner.lacks:
            yield NO_ADDRESS.at(place, form=route.form)
        yield from (rule.at(place) for rule, is_broken in broken.items() if is_broken)
