"""What GTAS would do with a message: its tokeniser, its fixed grammar, its prime-flight key and its load checks.

Written from what GTAS does (US-CBP/GTAS, commit dba5100, version 1.14), not from its text; agreement is proved on its verdicts
on 59 probes and 37 public samples (`shared/data/edifact`). In: a file's bytes and the day. Out: a `Verdict`.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Key = list[str | None]


class Rejected(Exception):
    """An exception of the parser; `kind` is the Java class."""

    def __init__(self, kind: str, text: str = "") -> None:
        super().__init__(text)
        self.kind = kind


@dataclass
class Person:
    family: str
    given: str
    middle: str | None
    kind: str
    sex: str | None = None
    born: int | None = None
    nationality: str | None = None
    embarkation: str | None = None
    disembarkation: str | None = None
    residence: str | None = None
    booking: str | None = None
    seats: list[str] = field(default_factory=list)
    documents: list[tuple[str, str, int | None, str | None]] = field(default_factory=list)


@dataclass
class Flight:
    carrier: str
    number: str
    origin: str
    destination: str
    departs: int
    arrives: int | None


@dataclass
class Verdict:
    """`outcome`: loads, rejected, fails to load, or pnr. `reason`: the Java exception, or what the database would say."""

    outcome: str
    reason: str = ""
    key: Key = field(default_factory=lambda: [None] * 6)
    flights: list[Flight] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)

    @property
    def loads(self) -> bool:
        return self.outcome == "loads"


def judge(data: bytes, now: datetime) -> Verdict:
    """What becomes of a file in the folder."""
    text = data.decode("utf-8", "replace")
    verdict = Verdict("loads")
    try:
        _prime_key(text, now, verdict.key)
    except Rejected:
        verdict.outcome, verdict.reason = "rejected", "before parsing"
    text = text.partition("\x02")[2] if "\x02" in text else text
    text = text.partition("\x03")[0]
    if "PAXLST" not in text:
        verdict.outcome = "pnr" if "PNRGOV" in text else "rejected"
        return verdict
    parser = _Parser(text, now)
    try:
        parser.message()
    except Rejected as why:
        verdict.outcome, verdict.reason = "rejected", why.kind
        return verdict
    verdict.flights, verdict.persons = parser.flights, parser.persons
    return verdict if verdict.outcome != "loads" else _load(verdict)


def _load(verdict: Verdict) -> Verdict:
    origin, destination, _, number, day, _ = verdict.key
    failed = ""
    if day is None:
        failed = "NumberFormatException"
    elif not verdict.flights:
        failed = "NullPointerException"
    elif not any(
        (one.origin, one.destination, str(_midnight(one.departs))) == (origin, destination, day)
        for one in verdict.flights
    ):
        failed = "NoPrimeFlightException"
    elif any(len(one) != 4 for one in (number or "", *(flight.number for flight in verdict.flights))):
        failed = "flight_number length"
    elif any(len(kind) > 3 for person in verdict.persons for kind, *_ in person.documents):
        failed = "document_type length"
    elif any(len(person.sex or "") > 2 for person in verdict.persons):
        failed = "gender length"
    if failed:
        verdict.outcome, verdict.reason = "fails to load", failed
    return verdict


# ---- the tokeniser


def _split(text: str, delimiter: str, escape: str) -> list[str]:
    """Java's split: empty texts at the end are dropped. An escaped delimiter is no delimiter; two escapes are nothing special."""
    marked = text.replace(escape + delimiter, "~XYZ~")
    if delimiter not in marked:
        parts = [marked]
    else:
        parts = marked.split(delimiter)
        while parts and not parts[-1]:
            parts.pop()
    return [_trimmed(part.replace("~XYZ~", delimiter)) for part in parts]


def _trimmed(text: str) -> str:
    return text.strip("".join(map(chr, range(33))))


def _blank(text: str | None) -> bool:
    return not (text or "").strip()


@dataclass
class Segment:
    tag: str
    composites: list[list[str]]

    def at(self, composite: int, element: int = 0) -> str | None:
        if composite >= len(self.composites) or element >= len(self.composites[composite]):
            return None
        return self.composites[composite][element]

    def has(self, composite: int) -> bool:
        return composite < len(self.composites)


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        found = re.search(r"UNA.{6}\s*UNB", text, re.ASCII)
        una = text[found.start() : found.start() + 9] if found else "UNA:+.? '"
        self.component, self.element, _, self.release, _, self.terminator = list(una[3:])

    def start_of(self, tag: str) -> int:
        release, end = re.escape(self.release), re.escape(self.terminator)
        behind = rf"({re.escape(self.element)}|{end})"
        pattern = (
            rf"{tag}\s*{behind}" if tag == "UNB" else rf"(?<!{release})({release}{release})*\s*{end}\s*{tag}{behind}"
        )
        found = re.search(pattern, self.text, re.ASCII)
        return found.start() + found[0].index(tag) if found else -1

    def segments(self) -> list[Segment]:
        start = self.start_of("UNB")
        if start == -1:
            raise Rejected("ParseException", "no UNB")
        one_line = _trimmed(re.sub(r"\s*[\r\n]+\s*", "", self.text[start:], flags=re.ASCII)).upper()
        made = []
        for text in _split(one_line, self.terminator, self.release):
            tokens = _split(text, self.element, self.release)
            if not tokens or _blank(tokens[0]):
                raise Rejected("ParseException", "segment name")
            composites = [_split(token, self.component, self.release) for token in tokens[1:]]
            head = (text + self.terminator)[:4]
            if (
                len(head) == 4
                and head[:3].isascii()
                and head[:3].isalpha()
                and head[3] in (self.element, self.terminator)
            ):
                made.append(Segment(tokens[0], composites))
        return made


# ---- dates


def _moment(text: str | None, now: datetime) -> int | None:
    """Milliseconds: yyMMdd or, at ten characters, yyMMddHHmm, as SimpleDateFormat reads leniently; None where it cannot."""
    if text is None:
        raise Rejected("NullPointerException")
    widths = (2, 2, 2, 2, None) if len(text) == 10 else (2, 2, None)
    numbers, at = [], 0
    for width in widths:
        while text[at : at + 1] in (" ", "\t"):
            at += 1
        found = re.compile(rf"\d{{1,{width or 99}}}").match(text, at)
        if found is None or (width and len(found[0]) != width):
            return None
        numbers.append(int(found[0]))
        at = found.end()
    return _lenient(*numbers, now=now)


def _lenient(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, now: datetime) -> int:
    full = now.year - 80
    full = full - full % 100 + year
    full += 100 if full < now.year - 80 else 0
    if full == now.year - 80 and (month, day) < (now.month, now.day):
        full += 100
    days = _days(full + (month - 1) // 12, (month - 1) % 12 + 1) + day - 1
    return ((days * 24 + hour) * 60 + minute) * 60_000


def _days(year: int, month: int) -> int:
    """Days from 1970 to the first of a month, of any year."""
    cycles, year = (year - 2000) // 400, 2000 + (year - 2000) % 400
    return (datetime(year, month, 1, tzinfo=UTC) - EPOCH).days + cycles * 146_097


def _midnight(moment: int) -> int:
    return moment - moment % 86_400_000


def _birthday(text: str, now: datetime) -> int | None:
    moment = _moment(text, now)
    if moment is None or EPOCH + timedelta(milliseconds=moment) <= now:
        return moment
    then = EPOCH + timedelta(milliseconds=moment)
    day = min(then.day, monthrange(then.year - 100, then.month)[1])
    return int((then.replace(year=then.year - 100, day=day) - EPOCH).total_seconds() * 1000)


# ---- the segments that are looked into when they are met

_PLACES = {"125", "87", "92", "130", "188", "172", "22", "174", "178", "179", "180", "91"}
_REFERENCES = {"TN", "AVF", "ABO", "SEA", "AEA", "CR"}
_LISTS = {"745", "250", "266", "336", "655"}


def _number(text: str | None) -> int:
    if text is None or not re.fullmatch(r"[+-]?\d+", text):
        raise Rejected("ParseException", "NumberFormatException")
    return int(text)


def _check(one: Segment, now: datetime) -> None:
    """What a segment's constructor refuses."""
    if one.tag == "UNB" and one.has(3):
        try:
            _moment((one.at(3) or "") + (one.at(3, 1) or "") if one.composites[3] else None, now)
        except Rejected as why:
            raise Rejected("ParseException") from why
    elif one.tag in ("UNE", "UNT") and one.has(0):
        _number(one.at(0))
    elif one.tag == "BGM" and one.has(0) and one.at(0) not in _LISTS:
        raise Rejected("ParseException", "BGM")
    elif one.tag == "LOC" and one.has(0) and str(_number(one.at(0))) not in _PLACES:
        raise Rejected("ParseException", "LOC")
    elif one.tag == "TDT":
        _flight_of(one)
    elif one.tag == "MEA":
        _check_measure(one)
    elif (one.tag == "GEI" and one.has(1) and one.at(1) is None) or (
        one.tag == "RFF"
        and one.has(0)
        and len(one.composites[0]) > 4
        and not re.fullmatch(r"[+-]?\d+", one.at(0, 4) or "")
    ):
        raise Rejected("ParseException")


def _check_measure(one: Segment) -> None:
    if one.has(0) and one.at(0) not in ("CT", "WT"):
        raise Rejected("ParseException", "MEA")
    if one.at(0) == "WT" and one.has(2) and one.at(2) not in ("KGM", "LBR"):
        raise Rejected("ParseException", "MEA")


def _flight_of(one: Segment) -> tuple[str, str, bool]:
    """Carrier, number, and whether it is a master crew list."""
    if one.has(0):
        _number(one.at(0))
    journey = one.at(1)
    if journey is None:
        raise Rejected("ParseException", "NullPointerException")
    is_crew, journey = journey.endswith("MCL"), journey.replace("MCL", "")
    carrier = one.at(4)
    if carrier is not None:
        return carrier, journey.replace(carrier, ""), is_crew
    digits = 0
    while digits < len(journey) and journey[-1 - digits].isdigit():
        digits += 1
        if len(journey) - digits == 2 or digits == 4:
            break
    return journey[: len(journey) - digits], journey[len(journey) - digits :], is_crew


def _place(one: Segment) -> str | None:
    if not one.has(1):
        return None
    return one.at(1) if len(one.composites[1]) == 1 else one.at(1, 3)


# ---- which flight it is about


def _prime_key(text: str, now: datetime, key: Key) -> None:
    """[origin, destination, carrier, number, day, time], filled as far as it goes."""
    try:
        segments = _Lexer(text).segments()
    except Rejected:
        return
    if any(one.tag == "TVL" for one in segments):
        return
    found = set()
    for one in segments:
        if one.tag in ("TDT", "LOC"):
            _check(one, now)
        if one.tag == "TDT":
            carrier, number, _ = _flight_of(one)
            key[2:4] = [carrier, number.strip().rjust(4, "0")]
        elif one.tag == "LOC" and one.at(0) in ("87", "125"):
            key[1 if one.at(0) == "87" else 0] = _place(one)
            found.add(one.at(0))
        elif one.tag == "DTM" and one.at(0) == "189" and "125" in found:
            value = one.at(0, 1)
            moment = _moment(value, now) if value is not None else None
            if moment is None:
                raise Rejected("NullPointerException")
            key[4:6] = [str(_midnight(moment)), str(moment)]
            found.add("189")
        if len(found) == 3:
            return


# ---- the grammar


class _Parser:
    def __init__(self, text: str, now: datetime) -> None:
        self._lexer, self._now = _Lexer(text), now
        self._segments: list[Segment] = []
        self._next = 0
        self.flights: list[Flight] = []
        self.persons: list[Person] = []

    def message(self) -> None:
        self._segments = self._lexer.segments()
        start, end = self._lexer.start_of("BGM"), self._lexer.start_of("UNT")
        if -1 in (start, end):
            raise Rejected("ParseException", "no payload")
        if end < start:
            raise Rejected("StringIndexOutOfBoundsException")
        self._must("UNB")
        self._may("UNG")
        self._must("UNH")
        if not self._must("BGM").has(0):
            raise Rejected("NullPointerException")
        self._may("RFF")
        self._all("DTM")
        for _ in self._each("NAD"):
            self._may("CTA")
            self._all("COM")
        self._voyage(self._must("TDT"))
        for one in self._each("TDT"):
            self._voyage(one)
        for one in self._each("NAD"):
            self._person(one)
        self._must("CNT")
        self._must("UNT")
        self._may("UNE")
        self._must("UNZ")

    def _must(self, tag: str) -> Segment:
        if self._next >= len(self._segments):
            raise Rejected("ParseException", f"{tag} but no more segments")
        one = self._segments[self._next]
        self._next += 1
        if one.tag != tag:
            raise Rejected("ParseException", f"{tag} but got {one.tag}")
        _check(one, self._now)
        return one

    def _may(self, tag: str) -> Segment | None:
        """At the end of the segments it steps back over one that was read: so does GTAS."""
        if self._next < len(self._segments) and self._segments[self._next].tag == tag:
            return self._must(tag)
        self._next -= self._next >= len(self._segments)
        return None

    def _each(self, tag: str) -> Iterator[Segment]:
        while (one := self._may(tag)) is not None:
            yield one

    def _all(self, tag: str) -> list[Segment]:
        return list(self._each(tag))

    def _voyage(self, transport: Segment) -> None:
        carrier, number, is_crew = _flight_of(transport)
        if is_crew:
            raise Rejected("ParseException", "MCL")
        self._all("DTM")
        ends: dict[str, str | None] = {"origin": None, "destination": None}
        times: dict[str, int | None] = {"189": None, "232": None}
        half = False
        for one in self._each("LOC"):
            qualifier, place = one.at(0), _place(one)
            if qualifier is None:
                raise Rejected("NullPointerException")
            if qualifier == "125":
                ends["origin"] = place
            elif qualifier == "87":
                ends["destination"] = place
            elif qualifier == "92" or (qualifier == "130" and half):
                ends["destination" if half else "origin"] = place
                half = not half
            time = self._may("DTM")
            if time is not None and time.at(0) in times:
                times[time.at(0) or ""] = _moment(time.at(0, 1), self._now) if time.at(0, 1) is not None else None
            if ends["origin"] is not None and ends["destination"] is not None:
                self._flight(carrier, number, ends, times)
                ends, times, half = dict.fromkeys(ends), dict.fromkeys(times), False

    def _flight(self, carrier: str, number: str, ends: dict[str, str | None], times: dict[str, int | None]) -> None:
        padded = None if _blank(number) else number.rjust(4, "0")
        if any(map(_blank, (*ends.values(), padded, carrier))) or times["189"] is None:
            raise Rejected("ParseException", "Invalid flight")
        self.flights.append(
            Flight(carrier, padded or "", ends["origin"] or "", ends["destination"] or "", times["189"], times["232"])
        )

    def _person(self, one: Segment) -> None:
        several = one.has(3) and len(one.composites[3]) != 1
        family, given, middle = (one.at(3, at) if several else None for at in range(3))
        if _blank(family) or _blank(given):
            raise Rejected("ParseException", "Invalid passenger")
        kind = {"FM": "C", "DDT": "C", "DDU": "I"}.get(one.at(0) or "", "P")
        person = Person(family or "", given or "", middle, kind)
        self.persons.append(person)
        for sex in self._each("ATT"):
            if sex.at(0) != "2":
                raise Rejected("NullPointerException")
            person.sex = sex.at(2)
        for time in self._each("DTM"):
            if time.at(0) == "329" and time.at(0, 1) is not None:
                person.born = _birthday(time.at(0, 1) or "", self._now)
        for bags in self._each("MEA"):
            if bags.at(0) == "WT" and not bags.has(2):
                raise Rejected("NullPointerException")
        self._all("GEI")
        self._all("FTX")
        born_in = self._persons_places(person)
        self._may("COM")
        self._all("EMP")
        for nationality in self._each("NAT"):
            person.nationality = nationality.at(1)
        person.nationality = person.nationality or born_in
        self._references(person)
        for document in self._each("DOC"):
            self._document(person, document)

    def _persons_places(self, person: Person) -> str | None:
        born_in = None
        for one in self._each("LOC"):
            match one.at(0):
                case None:
                    raise Rejected("NullPointerException")
                case "178":
                    person.embarkation = _place(one)
                case "179":
                    person.disembarkation = _place(one)
                case "174":
                    person.residence = _place(one)
                case "180":
                    born_in = _place(one)
        return born_in

    def _references(self, person: Person) -> None:
        for one in self._each("RFF"):
            code, text = one.at(0), one.at(0, 1)
            if code not in _REFERENCES:
                raise Rejected("NullPointerException")
            if code == "AVF":
                person.booking = text
            elif code == "SEA" and self.flights:
                if text is None:
                    raise Rejected("NullPointerException")
                person.seats.append(text.lstrip("0"))

    def _document(self, person: Person, one: Segment) -> None:
        kind, number = one.at(0) or "P", one.at(1)
        expiry, issuer = None, None
        for time in self._each("DTM"):
            if time.at(0) == "36" and time.at(0, 1) is not None:
                expiry = _moment(time.at(0, 1), self._now)
        self._all("GEI")
        self._all("RFF")
        for place in self._each("LOC"):
            if place.at(0) == "91":
                issuer = _place(place)
                if person.nationality is None and kind == "P":
                    person.nationality = issuer
        self._may("CPI")
        self._all("QTY")
        if number:
            person.documents.append((kind, number, expiry, issuer))
