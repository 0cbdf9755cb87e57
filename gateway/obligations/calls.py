"""An expected call: one sailing from a port to the next, on which lists will be due.

In: nothing; `schedule` reads calls from files, the store keeps them and the history of their times. Out: the type, with
every time as an instant and where it came from, and the local time of a port. Ports are UN/LOCODE, whose first two
letters are the country (ISO 3166-1 alpha-2; UNECE Recommendation 16).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from gateway.codes.countries import EEA, EU, SCHENGEN, iso2_of
from gateway.codes.ports import country_of, port_zone

Service = Literal["cruise", "ferry", "other"]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]

EVERY_OBLIGATION = "*"
UNKNOWN_PORT = "ZZUKN"
"""A port that nobody has told (EMSWe MIG 2.0, R-GENERAL-003): where a ship came from that was only seen to arrive."""
NOBODY = ""
"""The carrier of a ship of which nobody knows whose it is: such a call is shown, and held against nobody."""


class Moment(msgspec.Struct, frozen=True):
    """A point in time, with an offset, and who said so ("schedule", "AIS", "port office")."""

    at: Instant
    source: str


class Exemption(msgspec.Struct, frozen=True, omit_defaults=True):
    """What excuses this sailing from an obligation, or from all (`*`): a certificate, an outage, force majeure.

    `until` is the last local day on which it counts.
    """

    obligation: str
    reason: str
    until: date | None = None


class ExpectedCall(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One leg of one ship. `boarding_closed` is at the departure port; None means that nobody has said.

    `departure_visit_id`, `arrival_visit_id`: what the single window of each port calls the visit (EMSWe DE-014-01).
    `carrier` may be `NOBODY`, a port `UNKNOWN_PORT`. `announced` is False where the ship was seen and nobody had told of it.
    """

    id: str
    carrier: str
    service: Service
    departure_port: str
    arrival_port: str
    vessel: str | None = None
    imo: str | None = None
    voyage: str | None = None
    previous_port: str | None = None
    next_port: str | None = None
    departure_visit_id: str | None = None
    arrival_visit_id: str | None = None
    distance_nm: float | None = None
    etd: Moment | None = None
    eta: Moment | None = None
    atd: Moment | None = None
    ata: Moment | None = None
    boarding_closed: Moment | None = None
    status: Literal["planned", "cancelled"] = "planned"
    passenger_capacity: int | None = None
    exemptions: tuple[Exemption, ...] = ()
    announced: bool = True

    @property
    def departs_at(self) -> Moment | None:
        """When it left, else when it is to leave."""
        return self.atd or self.etd

    @property
    def arrives_at(self) -> Moment | None:
        """When it arrived, else when it is to arrive."""
        return self.ata or self.eta

    @property
    def leg_duration(self) -> timedelta | None:
        """The length of the leg as planned; as sailed, where no plan is known."""
        start, end = self.etd or self.atd, self.eta or self.ata
        return end.at - start.at if start and end else None

    def exemption_from(self, obligation: str, day: date) -> Exemption | None:
        """What excuses the sailing from `obligation` on that local day."""
        return next(
            (
                held
                for held in self.exemptions
                if held.obligation in (obligation, EVERY_OBLIGATION) and (held.until is None or day <= held.until)
            ),
            None,
        )


SETS = {"EU": EU, "EEA": EEA, "SCHENGEN": SCHENGEN}


def is_place(name: str) -> bool:
    """Whether `name` is a set of countries or an alpha-2 code, as law files name them."""
    return name in SETS or (len(name) == 2 and iso2_of(name) == name)


@lru_cache(maxsize=65536)
def is_in(port: str, places: tuple[str, ...]) -> bool:
    """Whether the port lies in one of these countries or sets of countries."""
    country = country_of(port)
    return any(country == place or country in SETS.get(place, ()) for place in places)


@lru_cache(maxsize=4096)
def zone_of(port: str) -> ZoneInfo | None:
    """The port's time zone, where it is certain."""
    name = port_zone(port)
    return ZoneInfo(name) if name else None


def local_date(at: datetime, port: str) -> date:
    """The day it is in the port at that instant; the day in UTC where the port's zone is not certain."""
    zone = zone_of(port)
    return at.astimezone(zone).date() if zone else at.date()


def derived_id(carrier: str, vessel: str, voyage: str | None, ports: Sequence[str], day: date) -> str:
    """A stable identifier for a sailing without one. The local day of the planned departure is part of it, because
    ferries use a voyage number again; so a sailing moved over midnight is another one unless its schedule gives ids."""
    parts = [carrier, vessel, voyage or "", *ports, f"{day:%Y%m%d}"]
    return "-".join(slug for part in parts if (slug := "".join(c for c in part.casefold() if c.isalnum())))
