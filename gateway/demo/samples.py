"""The demo's world: a schedule of expected calls around now, what five lines send for them, and three bad files.

In: the time. Out: calls (as the CSV that `./gw calls import` takes), samples with what should come of each, and the two
recipients' route registers. Real ports, invented ships and people.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from gateway.formats import paxlst_writer
from gateway.formats.writing import WriteOrder
from gateway.make import tables
from gateway.make.specimens import crew, passengers
from gateway.manifest import Call, Counts, Direction, ListKind, Manifest, Person, Port, Vessel, Voyage


class Sailing(msgspec.Struct, frozen=True, kw_only=True):
    """One expected call. Hours are from now; `sailed` hours ago, where the ship has left."""

    id: str
    carrier: str
    service: str
    vessel: str
    imo: str
    voyage: str
    departure: str
    arrival: str
    etd: float
    eta: float
    atd: float | None = None
    distance_nm: int
    previous: str = ""
    capacity: int = 3000


SAILINGS = (
    Sailing(id="aurora-south", carrier="aurora-cruises", service="cruise", vessel="Aurora Specimen", imo="9999993", voyage="AS101",
            departure="EGALY", arrival="GRPIR", etd=-10, eta=30, atd=-10, distance_nm=510, previous="EGALY", capacity=5000),
    Sailing(id="aurora-north", carrier="aurora-cruises", service="cruise", vessel="Aurora Example", imo="9999981", voyage="AE202",
            departure="ILHFA", arrival="GRRHO", etd=-2, eta=40, atd=-2, distance_nm=390, previous="ILHFA", capacity=5000),
    Sailing(id="britannia-1", carrier="britannia-ferries", service="ferry", vessel="Britannia Example", imo="9999979", voyage="BF11",
            departure="TRMRM", arrival="GRRHO", etd=-0.2, eta=1.5, atd=-0.2, distance_nm=26),
    Sailing(id="britannia-2", carrier="britannia-ferries", service="ferry", vessel="Britannia Example", imo="9999979", voyage="BF12",
            departure="TRBXN", arrival="GRKGS", etd=-0.7, eta=0.5, atd=-0.7, distance_nm=22),
    Sailing(id="fjord-7", carrier="fjord-express", service="cruise", vessel="Fjord Example", imo="9999967", voyage="FX7",
            departure="TRKUS", arrival="GRPIR", etd=-26, eta=10, atd=-26, distance_nm=160, previous="TRKUS", capacity=900),
    Sailing(id="adria-33", carrier="adria-lines", service="ferry", vessel="Adria Esempio", imo="9999955", voyage="AL33",
            departure="GRIGO", arrival="ITBRI", etd=0.4, eta=9.4, distance_nm=190, capacity=1800),
    Sailing(id="meridian-5", carrier="meridian-line", service="ferry", vessel="Meridian Example", imo="9999943", voyage="ML5",
            departure="TRCES", arrival="GRJKH", etd=-0.1, eta=0.9, atd=-0.1, distance_nm=21),
    Sailing(id="nordhavn-9", carrier="nordhavn", service="ferry", vessel="Nordhavn Eksempel", imo="9999929", voyage="NH9",
            departure="GRPIR", arrival="GRHER", etd=-0.7, eta=8, atd=-0.7, distance_nm=175),
    Sailing(id="nordhavn-10", carrier="nordhavn", service="ferry", vessel="Nordhavn Eksempel", imo="9999929", voyage="NH10",
            departure="GRPIR", arrival="GRHER", etd=26, eta=34, distance_nm=175),
)  # fmt: skip


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What should come of a sample. `cells`: each must be named by a finding. `errors` None: any number."""

    format: str
    persons: int
    errors: int | None = 0
    deliveries: int = 0
    cells: tuple[str, ...] = ()
    code: str = ""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One submission: `files` are (name, bytes)."""

    title: str
    carrier: str
    files: tuple[tuple[str, bytes], ...]
    expected: Expected
    call: str | None = None  # named by the sender, because the template has no place for the ship

    def __repr__(self) -> str:
        return f"<Sample {self.title}>"


def schedule(now: datetime) -> bytes:
    """The calls as CSV, times in UTC."""
    lines = [
        "id,carrier,service,vessel,imo,voyage,departure_port,arrival_port,previous_port,distance_nm,etd,eta,atd,capacity,arrival_visit_id"
    ]
    for s in SAILINGS:
        atd = _at(now, s.atd) if s.atd is not None else ""
        lines.append(
            f"{s.id},{s.carrier},{s.service},{s.vessel},{s.imo},{s.voyage},{s.departure},{s.arrival},{s.previous},"
            f"{s.distance_nm},{_at(now, s.etd)},{_at(now, s.eta)},{atd},{s.capacity},{s.arrival}-{s.voyage}"
        )
    return ("\n".join(lines) + "\n").encode()


def _at(now: datetime, hours: float) -> str:
    return (now + timedelta(hours=hours)).replace(microsecond=0).isoformat()


def _sailing(id: str) -> Sailing:
    return next(s for s in SAILINGS if s.id == id)


def manifest(id: str, kind: ListKind, people: Sequence[Person], now: datetime) -> Manifest:
    """A list for one of the sailings, as a careful sender would state it."""
    s = _sailing(id)
    counts = (
        Counts(crew=len(people), basis="counted")
        if kind is ListKind.CREW
        else Counts(passengers=len(people), basis="counted")
    )
    return Manifest(
        kind=kind,
        reference=f"{s.voyage}-{kind.upper()}",
        issued=_at(now, 0),
        vessel=Vessel(name=s.vessel, imo=s.imo, flag="GRC", call_sign="SVXX"),
        voyage=Voyage(
            number=s.voyage,
            direction=Direction.ARRIVAL,
            departure=Call(port=Port(code=s.departure), estimated_departure=_at(now, s.etd)),
            arrival=Call(port=Port(code=s.arrival), estimated_arrival=_at(now, s.eta)),
        ),
        counts=counts,
        persons=tuple(people),
    )


def _people(id: str, number: int, seed: int, now: datetime) -> tuple[Person, ...]:
    s = _sailing(id)
    return passengers(number, seed, Port(code=s.departure), Port(code=s.arrival), now.date())


def _crew(id: str, number: int, seed: int, now: datetime) -> tuple[Person, ...]:
    s = _sailing(id)
    return crew(number, seed, Port(code=s.departure), Port(code=s.arrival), now.date())


def paxlst(id: str, kind: ListKind, people: Sequence[Person], now: datetime) -> bytes:
    """A native sea PAXLST."""
    order = WriteOrder(message_id=f"{id}-{kind}", at=now, sender="AURORA", recipient="GATEWAY")
    return paxlst_writer.write(manifest(id, kind, people, now), order)


def good(now: datetime) -> Iterator[Sample]:
    """What five lines send, each in its own way; each made when its turn comes."""
    for kind, people, file in (
        (ListKind.PASSENGERS, _people("aurora-south", 3000, 1, now), "AS101.edi"),
        (ListKind.CREW, _crew("aurora-south", 1100, 2, now), "AS101-crew.edi"),
    ):
        yield Sample(
            title=f"cruise PAXLST, {kind}",
            carrier="aurora-cruises",
            files=((file, paxlst("aurora-south", kind, people, now)),),
            expected=Expected(format="paxlst", persons=len(people), deliveries=2),
        )
    uk, uk_crew = _people("britannia-1", 420, 3, now), _crew("britannia-1", 38, 4, now)
    yield Sample(
        title="UK FAL 5 and FAL 6 workbooks",
        carrier="britannia-ferries",
        call="britannia-1",
        files=(("FAL5.xlsx", tables.uk_fal5(uk_crew)), ("FAL6.xlsx", tables.uk_fal6(uk))),
        expected=Expected(format="workbook", persons=458, deliveries=4),
    )
    fjord, fjord_crew = _people("fjord-7", 310, 5, now), _crew("fjord-7", 95, 6, now)
    yield Sample(
        title="IMO single window workbook",
        carrier="fjord-express",
        call="fjord-7",
        files=(("fjord.xlsx", tables.imo_workbook(fjord_crew, fjord)),),
        expected=Expected(format="workbook", persons=405, deliveries=4),
    )
    yield Sample(
        title="ferry CSV, no documents",
        carrier="adria-lines",
        files=(("partenza.csv", _ferry(now)),),
        expected=Expected(format="delimited", persons=640, deliveries=1),
    )
    meridian = [
        manifest("meridian-5", ListKind.PASSENGERS, _people("meridian-5", 280, 8, now), now),
        manifest("meridian-5", ListKind.CREW, _crew("meridian-5", 24, 11, now), now),
    ]
    yield Sample(
        title="our own JSON",
        carrier="meridian-line",
        files=(("ml5.json", msgspec.json.encode({"manifests": meridian})),),
        expected=Expected(format="common-json", persons=304, deliveries=4),
    )


def _ferry(now: datetime) -> bytes:
    people = [
        msgspec.structs.replace(p, documents=(), given_names=p.given_names or "Io", given_names_latin="IO")
        for p in _people("adria-33", 640, 7, now)
    ]
    sailing = _sailing("adria-33")
    return tables.ferry_csv(
        people,
        ship=sailing.vessel,
        sailing=sailing.voyage,
        departure=sailing.departure,
        arrival=sailing.arrival,
        when=_at(now, sailing.etd),
    )


def bad(now: datetime) -> Iterator[Sample]:
    """A list that was cut, a workbook with forty mistakes, and a zip bomb."""
    whole = paxlst("aurora-north", ListKind.PASSENGERS, _people("aurora-north", 900, 9, now), now)
    yield Sample(
        title="truncated PAXLST",
        carrier="aurora-cruises",
        files=(("AE202.edi", whole[: len(whole) * 2 // 3]),),
        expected=Expected(format="paxlst", persons=0, errors=1, deliveries=0),
    )
    spoilt, cells = tables.forty_mistakes(_people("britannia-2", 60, 10, now))
    yield Sample(
        title="workbook with 40 mistakes",
        carrier="britannia-ferries",
        call="britannia-2",
        files=(("FAL6.xlsx", spoilt),),
        expected=Expected(format="workbook", persons=60, errors=None, deliveries=2, cells=cells),
    )
    yield Sample(
        title="zip bomb",
        carrier="fjord-express",
        files=(("list.xlsx", zip_bomb()),),
        expected=Expected(format="workbook", persons=0, errors=1, deliveries=0),
    )


def zip_bomb() -> bytes:
    """A workbook of a quarter of a megabyte whose one sheet unpacks to 256 MiB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book:
        book.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(256):
                sheet.write(bytes(1024 * 1024))
    return out.getvalue()
