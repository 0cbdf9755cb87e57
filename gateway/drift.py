"""Whether a line's export has changed its shape: told by its own last lists, on the first file that differs.

In: a list as it was read, and the shapes of the same line's last lists of that kind. Out: a `Shape` (columns, how many persons
have each, how dates are written, the size: nothing of a person), and in words what is different. Nothing is said before
`FEWEST` earlier sailings are known, and what differs once is usual from then on, so that two exports may take turns. Where a
header should be somebody may have typed a name: one that is not made of the words of headers is kept as its pattern and a
keyed digest (`keyed`), by which it is known again and can neither be read nor found by trying names, and is told by its place.

The thresholds keep ordinary lists quiet; a ferry carries 5 persons or 1,800:

- A column is gone if each earlier list had it, whatever its size. It is new if nobody knows it, no earlier list had it and half
  the persons or more have something in it. It is renamed if a field stands under a header that it never had.
- A field is suddenly empty if less than half as many have it as in the emptiest earlier list, it was given for half or more
  in that one, and chance does not explain it: 4 standard deviations of the binomial and one more. Persons travel in parties,
  and what one lacks all lack, so PARTY persons count as one. A list of 8 can so be judged, where the field never lacked.
- Half the persons are gone if there are fewer than half of the smallest of MANY lists or more of the same ship and leg, and
  the logarithm of the size is 5 standard deviations below their mean: lists of a cruise ship, never of an irregular ferry.
- Dates are written differently if 4 of 5 or more have a form that no earlier list had, or show the other order of day and month.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log, sqrt
from operator import attrgetter
from statistics import fmean, stdev
from typing import Final

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.findings import Rule, Severity, counted
from gateway.findings import shape as pattern
from gateway.formats.raw import CellPlaces, RawList
from gateway.formats.tables.words import is_worded
from gateway.keyring import Identity
from gateway.manifest import Manifest, Person

EXPORT_CHANGED = Rule(
    id="H-10",
    severity=Severity.WARNING,
    text="this list does not look like this line's last {count} {kind} lists: {what}",
    hint="look at what changed in the export before the next list is due; if it was meant, have the line's profile changed",
)
RULES = (EXPORT_CHANGED,)

LAST: Final = 40  # earlier lists that are looked at
FEWEST: Final = 3  # earlier sailings in the same format before anything is said
MANY: Final = 10  # earlier sailings of the same ship and leg before its size says anything
PARTY: Final = 4  # persons who travel together
_SHARE, _SIGMAS, _SIZE_SIGMAS = 0.5, 4.0, 5.0
_MOST_SAID, _MOST_EXTRAS, _LONGEST, _SAMPLE = 6, 60, 40, 500
_DIGEST = "#"  # no header that is kept begins so
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_TWO_FIRST = re.compile(r"^(\d{1,2})\D(\d{1,2})\D\d{2,4}\b")
_MEMBERS = (
    "family_name", "given_names", "sex", "birth_date", "birth_place", "birth_country", "nationalities", "residence_country",
    "documents", "visas", "embarkation", "disembarkation", "transit", "rank", "cabin", "booking_reference", "phone", "email",
)  # fmt: skip
_PORTS = {"departure.port": "embarkation", "arrival.port": "disembarkation"}


class Shape(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`fields`: field -> persons who have it. `headers`: field -> the sender's header (tables only). `extras`: header that
    nobody knows -> persons; `letters`: header -> its column. `dates`: form -> how many of a sample of birth dates. `leg`: ship
    and ports. Only what `keyed` returns is kept."""

    format: str
    size: int
    leg: str = ""
    fields: Mapping[str, int] = {}
    headers: Mapping[str, str] = {}
    extras: Mapping[str, int] = {}
    letters: Mapping[str, str] = {}
    dates: Mapping[str, int] = {}
    order: str = ""
    delimiter: str = ""


class Earlier(msgspec.Struct, frozen=True):
    """The shape of an earlier list. Versions of one list have the same `sailing`, and count once."""

    sailing: str
    shape: Shape


def shape_of(raw: RawList | Manifest, manifest: Manifest) -> Shape:
    """`manifest`: what became of `raw`, for the ship and the leg."""
    if isinstance(raw, Manifest):
        return Shape(format="common-json", size=len(raw.persons), leg=_leg(manifest), fields=_members(raw.persons))
    births = [text for text in raw.columns.get("birth_date", ()) if text][:_SAMPLE]
    headers = raw.places.headers if isinstance(raw.places, CellPlaces) else {}
    in_header = {field: raw.size for stated, field in _PORTS.items() if stated in raw.header}
    return Shape(
        format=raw.format,
        size=raw.size,
        leg=_leg(manifest),
        fields={field: raw.size - list(column).count(None) for field, column in raw.columns.items()} | in_header,
        headers={field: _plain(header) for field, header in headers.items() if header},
        extras={_plain(name): raw.size - list(column).count(None) for name, column in _first(raw.extras)},
        letters={_plain(name): letter for name, letter in raw.letters.items()},
        dates=dict(Counter(map(_form, births)).most_common(3)),
        order=_order(births),
        delimiter=raw.delimiter,
    )


def key_of(identity: Identity, carrier: str) -> bytes:
    """The key of this line's headers: the same for as long as the gateway has its oldest identity."""
    secret = identity.generations[-1].signs.pem
    return HKDF(SHA256(), 32, salt=None, info=b"headers of lists/" + carrier.encode()).derive(secret)


def keyed(shape: Shape, key: bytes) -> Shape:
    """As it is kept and compared: without the headers that are not made of the words of headers."""

    def kept(header: str) -> str:
        if len(header) <= _LONGEST and is_worded(header):
            return header
        digest = HMAC(key, SHA256())
        digest.update(header.encode("utf-8", "surrogatepass"))
        return f"{_DIGEST}{digest.finalize()[:16].hex()} {pattern(header)}"

    return msgspec.structs.replace(
        shape,
        headers={field: kept(header) for field, header in shape.headers.items()},
        extras={kept(name): count for name, count in shape.extras.items()},
        letters={kept(name): letter for name, letter in shape.letters.items()},
    )


def together(shapes: Sequence[Shape]) -> Shape:
    """The shape of a list that came as several."""

    def added(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
        return dict(sum((Counter(one) for one in counts), Counter()))

    return msgspec.structs.replace(
        shapes[0],
        size=sum(one.size for one in shapes),
        fields=added(one.fields for one in shapes),
        headers={field: header for one in reversed(shapes) for field, header in one.headers.items()},
        extras=added(one.extras for one in shapes),
        dates=added(one.dates for one in shapes),
        letters={name: letter for one in reversed(shapes) for name, letter in one.letters.items()},
    )


def differences(shape: Shape, earlier: Sequence[Earlier]) -> tuple[int, list[str]]:
    """How many earlier sailings this list was compared with, and what is different, each in words; `earlier`: newest first."""
    known = [one.shape for one in {one.sailing: one for one in reversed(earlier)}.values()][::-1]
    alike = [one for one in known if one.format == shape.format]
    if not alike and len(known) >= FEWEST:
        others = ", ".join(sorted({one.format for one in known}))
        return len(known), [f"it is {shape.format}, and so far they were {others}"]
    if len(alike) < FEWEST or not shape.size:
        return 0, []
    said = [
        *_delimiter(shape, alike),
        *_columns(shape, alike),
        *_emptied(shape, alike),
        *_dates(shape, alike),
        *_size(shape, alike),
    ]
    more = [f"and {len(said) - _MOST_SAID} more differences"] if len(said) > _MOST_SAID else []
    return len(alike), [*said[:_MOST_SAID], *more]


def _delimiter(shape: Shape, alike: Sequence[Shape]) -> Iterator[str]:
    before = {one.delimiter for one in alike}
    if shape.delimiter not in before:
        yield f"values are separated by {shape.delimiter!r}, and were by {', '.join(map(repr, sorted(before)))}"


def _columns(shape: Shape, alike: Sequence[Shape]) -> Iterator[str]:
    here = {*shape.headers.values(), *shape.extras}
    always = {field: header for field, header in alike[0].headers.items() if all(field in one.headers for one in alike)}
    for field, header in always.items():
        if field not in shape.fields and header not in here:
            yield f"{_told(header, field)} is gone"
    ever = {name for one in alike for name in (*one.extras, *one.headers.values())}
    for field, header in shape.headers.items():
        before = {one.headers[field] for one in alike if field in one.headers}
        if before and header not in ever:
            yield f"the column of '{field}' is now {_quoted(header)}, and was {_quoted(min(before))}"
    for name, count in shape.extras.items():
        if name not in ever and count >= _SHARE * shape.size:
            yield f"{_added(name, shape.letters.get(name, ''))} is new"


def _emptied(shape: Shape, alike: Sequence[Shape]) -> Iterator[str]:
    here = {*shape.headers.values(), *shape.extras}
    for field in sorted(set.intersection(*[set(one.fields) for one in alike])):
        header = alike[0].headers.get(field)
        if header and field not in shape.fields and header not in here:
            continue  # said as a column that is gone
        lowest = _lowest(field, alike)
        given = shape.fields.get(field, 0)
        if lowest >= _SHARE and given < _SHARE * lowest * shape.size and not _is_chance(given, shape.size, lowest):
            yield f"'{field}' is given for {given} of {shape.size} persons, and was for {lowest:.0%} or more"


def _lowest(field: str, alike: Sequence[Shape]) -> float:
    """The share in the emptiest list, and never more than so many persons can prove (rule of succession)."""
    sized = [one for one in alike if one.size]
    persons, given = sum(one.size for one in sized), sum(one.fields[field] for one in sized)
    return min((given + 1) / (persons + 2), *[one.fields[field] / one.size for one in sized])


def _is_chance(given: int, size: int, share: float) -> bool:
    parties = size / PARTY
    return (share * size - given) / PARTY <= _SIGMAS * sqrt(parties * share * (1 - share)) + 1


def _dates(shape: Shape, alike: Sequence[Shape]) -> Iterator[str]:
    forms = {form for one in alike for form in one.dates}
    seen = sum(shape.dates.values())
    for form, count in shape.dates.items():
        if forms and form not in forms and count >= 0.8 * seen:
            yield f"birth dates are written {form}, and were {', '.join(sorted(forms))}"
    orders = {one.order for one in alike if one.order}
    if shape.order and orders and shape.order not in orders:
        yield f"birth dates are in the order {shape.order}, and were in {', '.join(sorted(orders))}"


def _size(shape: Shape, alike: Sequence[Shape]) -> Iterator[str]:
    sizes = [one.size for one in alike if one.leg == shape.leg and one.size]
    if len(sizes) < MANY or 2 * shape.size >= min(sizes):
        return
    logs = [log(size) for size in sizes]
    if log(shape.size) < fmean(logs) - _SIZE_SIGMAS * stdev(logs):
        yield f"it holds {counted(shape.size, 'person')}, and the last {len(sizes)} of this ship and leg held {min(sizes):,} or more"


def _leg(manifest: Manifest) -> str:
    ends = (manifest.voyage.departure, manifest.voyage.arrival)
    ship = manifest.vessel.imo or _plain(manifest.vessel.name or "")[:_LONGEST]
    return "/".join((ship, *[(end.port.code if end else None) or "" for end in ends]))


def _members(persons: Sequence[Person]) -> dict[str, int]:
    """Member by member, not person by person."""
    if not persons:
        return {}
    columns = {name: list(map(attrgetter(name), persons)) for name in _MEMBERS}
    given = {name: len(column) - column.count(None) - column.count(()) for name, column in columns.items()}
    numbered = sum(any(document.number for document in person.documents) for person in persons)
    return {**given, "document.number": numbered}


def _first(extras: Mapping[str, Sequence[str | None]]) -> Iterable[tuple[str, Sequence[str | None]]]:
    return list(extras.items())[:_MOST_EXTRAS]


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", " ").split())


def _quoted(header: str) -> str:
    return f"another ({header.partition(' ')[2]})" if header.startswith(_DIGEST) else f"'{header}'"


def _told(header: str, field: str) -> str:
    return f"the column of '{field}'" if header.startswith(_DIGEST) else f"the column '{header}' ({field})"


def _added(name: str, letter: str) -> str:
    if not name.startswith(_DIGEST):
        return f"the column '{name}'"
    where = f"letter {letter}, " if letter else ""
    return f"a column that was not there before ({where}{name.partition(' ')[2]})"


def _form(text: str) -> str:
    """How a date is written, without the date: "d.d.yyyy", "yyyy-d-d", "d mon yyyy"."""
    letters = _LETTERS.sub("mon", text.strip())
    return _DIGITS.sub(lambda run: "d" if len(run[0]) <= 2 else "y" * len(run[0]), letters)[:20]


def _order(texts: Iterable[str]) -> str:
    """Day or month first, where a number above 12 shows it for one and none for the other."""
    parts = [found for text in texts if (found := _TWO_FIRST.match(text.strip()))]
    is_day = any(int(found[1]) > 12 for found in parts), any(int(found[2]) > 12 for found in parts)
    return {(True, False): "day, month", (False, True): "month, day"}.get(is_day, "")
