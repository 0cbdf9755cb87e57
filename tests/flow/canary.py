"""Canaries: people whose every value holds one word that is found nowhere else, in good lists and in spoilt ones.

In: the time. Out: what five lines send. And the search for that word, in every way that text is commonly written.
"""

import base64
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

import msgspec

from gateway.demo import samples
from gateway.formats import commonjson
from gateway.formats.forms import FORMS
from gateway.formats.writing import WriteOrder
from gateway.make import tables
from gateway.make.specimens import crew, passengers
from gateway.manifest import Document, DocumentType, ListKind, Permit, Person, Port, Sex
from gateway.store import Pool

WORD = "QUXWYZVKJ"
_SPELLINGS = (WORD, WORD.lower(), WORD.title())


def leaks(data: bytes) -> list[str]:
    """In which forms the word is in there."""
    low = data.lower()
    forms = {
        "text": (low, [WORD.lower().encode()]),
        "UTF-16": (low, [WORD.lower().encode("utf-16-le"), WORD.lower().encode("utf-16-be")]),
        "hex": (low, [spelling.encode().hex().encode() for spelling in _SPELLINGS]),
        "base64": (data, [one for spelling in _SPELLINGS for one in _base64(spelling.encode())]),
    }
    return [name for name, (where, words) in forms.items() if any(word in where for word in words)]


async def dumped(pool: Pool) -> dict[str, bytes]:
    """Every table as pg_dump would write it."""
    names = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = {}
    async with pool.acquire() as connection:
        for (name,) in names:
            chunks: list[bytes] = []

            async def keep(chunk: bytes, chunks: list[bytes] = chunks) -> None:
                chunks.append(bytes(chunk))

            await connection.copy_from_table(name, output=keep)
            found[name] = b"".join(chunks)
    return found


def _base64(word: bytes) -> Iterator[bytes]:
    """The letters that are the same whatever stands around the word, for each of the three ways it may be aligned."""
    for before in range(3):
        for altchars in (b"+/", b"-_"):
            whole = base64.b64encode(bytes(before) + word, altchars).rstrip(b"=")
            yield whole[4 if before else 0 : (before + len(word)) // 3 * 4]


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """One submission. `deliveries`: how many must come of it; None where it does not matter."""

    title: str
    carrier: str
    files: tuple[bytes, ...]
    call: str | None = None
    deliveries: int | None = None


def marked(person: Person, number: int) -> Person:
    """A person all of whose free values are canaries."""
    return msgspec.structs.replace(
        person,
        family_name=f"{WORD.title()}a",
        family_name_latin=f"{WORD}A",
        given_names=f"{WORD} Anna",
        given_names_latin=f"{WORD} ANNA",
        birth_place=f"{WORD} upon Sample",
        documents=(Document(DocumentType.PASSPORT, f"{WORD}{number}", person.birth_country, "2031-04-15"),),
        visas=(Permit(number=f"{WORD}V{number}"),),
        residence_permits=(Permit(number=f"{WORD}R{number}"),),
        cabin=f"{WORD}{number}",
        booking_reference=f"{WORD}{number}",
        ticket_number=f"{WORD}{number}",
        special_care=f"{WORD} wheelchair",
        emergency_contact=f"{WORD} 555",
        phone=f"{WORD} 556",
        email=f"{WORD}@example.com",
        vehicle_registration=f"{WORD}{number}",
        remarks=f"{WORD} likes windows",
        rank=f"{WORD} steward" if person.rank and not person.master else person.rank,
    )


def _people(make: Callable[..., tuple[Person, ...]], call: str, seed: int, now: datetime) -> tuple[Person, ...]:
    sailing = next(one for one in samples.SAILINGS if one.id == call)
    people = make(12, seed, Port(code=sailing.departure), Port(code=sailing.arrival), now.date())
    return tuple(marked(person, number) for number, person in enumerate(people, 1))


def good(now: datetime) -> Iterator[Sending]:
    """Lists with nothing, or little, wrong: they go all the way to the recipients."""
    cruise = _people(passengers, "aurora-south", 1, now)
    yield Sending(
        title="PAXLST",
        carrier="aurora-cruises",
        files=(samples.paxlst("aurora-south", ListKind.PASSENGERS, cruise, now),),
        deliveries=2,
    )
    uk, uk_crew = _people(passengers, "britannia-1", 2, now), _people(crew, "britannia-1", 3, now)
    books = (tables.uk_fal5(uk_crew), tables.uk_fal6(uk))
    yield Sending(title="UK workbooks", carrier="britannia-ferries", files=books, call="britannia-1", deliveries=4)
    imo = tables.imo_workbook(_people(crew, "fjord-7", 4, now), _people(passengers, "fjord-7", 5, now))
    yield Sending(title="IMO workbook", carrier="fjord-express", files=(imo,), call="fjord-7", deliveries=4)
    yield Sending(title="CSV", carrier="adria-lines", files=(_ferry(now),), call="adria-33", deliveries=1)
    yield Sending(title="JSON", carrier="meridian-line", files=(_json(now),), call="meridian-5", deliveries=2)


def _ferry(now: datetime) -> bytes:
    people = [msgspec.structs.replace(one, documents=()) for one in _people(passengers, "adria-33", 6, now)]
    return tables.ferry_csv(
        people, ship="Adria Esempio", sailing="AL33", departure="GRIGO", arrival="ITBRI",
        when=now.replace(microsecond=0).isoformat(),
    )  # fmt: skip


def _json(now: datetime) -> bytes:
    people = _people(passengers, "meridian-5", 7, now)
    return commonjson.write(samples.manifest("meridian-5", ListKind.PASSENGERS, people, now), _order(now))


def _order(now: datetime) -> WriteOrder:
    return WriteOrder(message_id="canary", at=now, sender="CANARY", recipient="GATEWAY")


def bad(now: datetime) -> Iterator[Sending]:
    """The same with the word where no one expects it, so that everything that can be said about a mistake is said."""
    edifact = samples.paxlst("aurora-south", ListKind.PASSENGERS, _people(passengers, "aurora-south", 8, now), now)
    head, _, persons = edifact.partition(b"NAD+FL")
    for seed in range(4):
        spoilt = head + b"NAD+FL" + _spoil(persons, rb"[A-Za-z0-9]+", seed)
        yield Sending(title=f"PAXLST, tokens {seed}", carrier="aurora-cruises", files=(spoilt,))
    yield Sending(title="PAXLST, cut", carrier="aurora-cruises", files=(edifact[: len(edifact) * 2 // 3],))
    yield Sending(title="PAXLST, no persons", carrier="aurora-cruises", files=(edifact.replace(b"NAD", WORD.encode()),))
    csv = _ferry(now)
    top, header, rows = re.split(rb"(N\.;[^\r]*\r\n)", csv, maxsplit=1)
    for seed in range(2):
        spoilt = top + header + _spoil(rows, rb"[^;\r\n]+", seed)
        yield Sending(title=f"CSV, cells {seed}", carrier="adria-lines", files=(spoilt,), call="adria-33")
        spoilt = top + _spoil(header, rb"[^;\r\n]+", seed, share=0.5, word=b"Colonna") + rows
        yield Sending(title=f"CSV, headers {seed}", carrier="adria-lines", files=(spoilt,), call="adria-33")
    yield Sending(title="CSV, no header", carrier="adria-lines", files=(top + rows,), call="adria-33")
    document = _json(now)
    for name, pattern in (
        ("values", rb'(?<=":)"[^"]*"(?=[,}\]])'),
        ("names", rb'"[a-z_]+"(?=:)'),
        ("any", rb"[a-z0-9]+"),
    ):
        before, mark, people = document.partition(b'"persons":[')
        spoilt = before + mark + _spoil(people, pattern, 1, word=(WORD if name == "any" else f'"{WORD}"').encode())
        yield Sending(title=f"JSON, {name}", carrier="meridian-line", files=(spoilt,), call="meridian-5")
    book = tables.imo_workbook((), _people(passengers, "fjord-7", 9, now))
    yield Sending(
        title="workbook, torn", carrier="fjord-express", files=(book[:-200] + WORD.encode() * 9,), call="fjord-7"
    )
    mistaken = [_mistaken(person) for person in _people(passengers, "britannia-2", 10, now)]
    yield Sending(
        title="workbook, cells", carrier="britannia-ferries", files=(tables.uk_fal6(mistaken),), call="britannia-2"
    )
    manifest = samples.manifest("meridian-5", ListKind.PASSENGERS, _people(passengers, "meridian-5", 11, now), now)
    yield Sending(title="XML", carrier="meridian-line", files=(FORMS["common-xml"].write(manifest, _order(now)),))
    yield Sending(title="rubbish", carrier="meridian-line", files=(WORD.encode() + bytes(range(256)) * 9,))
    yield Sending(title="an EDIFACT beginning", carrier="aurora-cruises", files=(f"UNA:+.? '{WORD}'".encode(),))


def _mistaken(person: Person) -> Person:
    return msgspec.structs.replace(
        person,
        sex=Sex.UNSPECIFIED,
        birth_date=f"{WORD}-31-31",
        nationalities=(msgspec.structs.replace(person.nationalities[0], code=f"{WORD}"),),
        embarkation=Port(code=f"{WORD}"),
        documents=(Document(DocumentType.PASSPORT, f"{WORD}?/{WORD}", f"{WORD}", f"{WORD}-13-01"),),
    )


def _spoil(data: bytes, pattern: bytes, seed: int, *, share: float = 0.2, word: bytes = WORD.encode()) -> bytes:
    """A share of what matches the pattern is the word now."""
    random = Random(seed)
    return re.sub(pattern, lambda found: word if random.random() < share else found[0], data)
