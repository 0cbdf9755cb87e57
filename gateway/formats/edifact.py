"""UN/EDIFACT syntax (ISO 9735, versions 1 to 4): bytes <-> segments. What the segments mean is left to others.

In: whatever bytes a carrier's system, a mail gateway or a Type-B line made of an interchange. Out: `Interchange`s whose
segments are plain texts, cut into elements and components only where someone asks (`cut`).

Tolerated, and mostly said: no UNA, a UNA that does not fit, own separators, folded lines, blanks between segments, text
before and after, no UNB, a last segment without its terminator, letters outside the character set that UNB names.
Line ends and the control characters 00-08 carry no meaning and are left out first. A release sign and what it releases
become one of those free control characters, so that the rest is cut at C speed; `cut` puts the characters back.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import msgspec

from gateway.findings import Finding, Place, Rule, Severity

MAX_SEGMENTS = 2_000_000  # 100,000 persons of 20 segments; a body of nothing but terminators would fill the memory
_MAX_INTERCHANGES = 1_000
_MAX_PARTS = 60  # elements in a segment and components in an element; no directory has more than 20

NO_INTERCHANGE = Rule(
    id="E-01", severity=Severity.ERROR, text="no EDIFACT interchange was found: it starts with UNA or UNB",
    hint="send the file as your system made it, not its printout", cites="ISO 9735-1, 8",
)  # fmt: skip
BAD_UNA = Rule(
    id="E-02", severity=Severity.WARNING, text="the service string UNA does not fit the segments that follow it; the separators that they use were taken",
    hint="write UNA with exactly six characters behind it, or leave it out", cites="ISO 9735-1, 6",
)  # fmt: skip
CHARSET = Rule(
    id="E-03", severity=Severity.WARNING, text="there are letters outside the character set {syntax} that UNB names; they were read as {charset}",
    hint="name the character set in UNB that your system writes: UNOC for ISO 8859-1, UNOY for UTF-8", cites="ISO 9735-1, annex A",
)  # fmt: skip
TOO_LARGE = Rule(
    id="E-04", severity=Severity.ERROR, text="the file holds more than {limit} {things}; the rest was not read",
    hint="send one list in a file",
)  # fmt: skip
NOISE = Rule(
    id="E-05", severity=Severity.INFO, text="{count} characters {where} the interchange are not part of it and were skipped",
    hint="nothing, if they come from a mail or telex gateway",
)  # fmt: skip
NO_UNB = Rule(
    id="E-06", severity=Severity.WARNING, text="the message has no envelope: UNB is missing, so sender and number of the interchange are not known",
    hint="wrap the message in UNB and UNZ", cites="ISO 9735-1, 8",
)  # fmt: skip
RULES = (NO_INTERCHANGE, BAD_UNA, CHARSET, TOO_LARGE, NOISE, NO_UNB)


class Separators(msgspec.Struct, frozen=True):
    """The service characters. A blank as release sign means that there is none."""

    component: str = ":"
    element: str = "+"
    release: str = "?"
    terminator: str = "'"


_DIRECTORY = """
ADR AGR AJT ALC ALI ANI APD APP APR ARD ARR ASD ASI ATI ATR ATT AUT BAS BGM BII BLI BUS CAV CCD CCI CDI CDS CDV CED CIN CLA CLI CLT
CMN CMP CNI CNT CNX COD COM CON COT CPI CPS CPT CRI CST CTA CUX DAM DAV DFN DGS DII DIM DIS DLI DLM DMS DNT DOC DRD DSG DSI DTI DTM
EDT EFI ELM ELU ELV EMP EQA EQD EQI EQN ERC ERI ERP EVA EVE EVT FCA FII FNS FNT FOR FRM FRQ FSQ FTI FTX GDS GEI GID GIN GIR GIS GOR
GPO GRU HAN HDI HDR HDS HYN ICD ICI IDE IFD IFT IHC IMD IND INP INV IRQ ITC ITD LAN LIN LKP LOC MAP MEA MEM MES MKS MOA MOV MSD MSG
MTD NAA NAD NAT NME NUN ODI ODS ORG OTI PAC PAI PAS PAT PCC PCD PCI PDI PDT PER PGI PIA PIT PLI PMT PNA POC POP POR POS PRC PRD PRE
PRI PRO PRT PRV PSD PSI PTY PYT QRS QTI QTY QUA QVR RCI RCS REL RES RFF RFR RJL RLS RNG ROD RPI RSL RTC RTE RTI RUL SAL SCC SCD SDT
SEG SEL SEQ SER SFI SGP SGU SPR SPS SSR STA STC STG STS TAX TCC TCE TDI TDT TEM TFF TIF TIZ TMD TMP TOD TPL TRF TRU TSR TVL TXS UNS
VEH VLI UNA UNB UNE UNG UNH UNT UNZ UGH UGS
ABI ADD DAT EBD FAR FOP LTS MON PTK REF SAC SRC SSD TBD TKT TRA TRI TXD
"""
TAGS = frozenset(_DIRECTORY.split())
"""UN/EDIFACT and PADIS segments. Any other three letters may be a name behind a stray separator, and are not repeated."""


class Interchange(msgspec.Struct, kw_only=True):
    """One UNB..UNZ (or a bare UNH..UNT). `first` is the number of its first segment in the file, from 1; UNA has none.

    `marks` are the positions of the segments that open and close something, in order.
    """

    segments: list[str]
    first: int
    separators: Separators
    marks: list[int]

    def cut(self, index: int) -> list[list[str]]:
        return cut(self.segments[index], self.separators)

    def place(self, index: int, message: int | None = None, person: int | None = None) -> Place:
        tag = self.segments[index][:3]
        return Place(message=message, segment=self.first + index, tag=tag if tag in TAGS else None, person=person)

    def __repr__(self) -> str:
        return f"<Interchange {len(self.segments)} segments>"


_MARKS = frozenset(("UNB", "UNG", "UNH", "UNS", "UNT", "UNE", "UNZ", "NAD", "CNT"))
_NO_MEANING = bytes((10, 13, *range(9)))
_UNB = re.compile(rb"UNB *([^A-Za-z0-9 ])([A-Z]{4})([^A-Za-z0-9 ])[A-Z0-9]")
_UNH = re.compile(rb"UNH *([^A-Za-z0-9 ])[^'\"$#]{1,40}?([A-Z]{6})([^A-Za-z0-9 ])[A-Z0-9]")
_CONTROLS = bytes(range(0x80, 0xA0))  # in every part of ISO 8859
_BOM = b"\xef\xbb\xbf"
_UNA_REACH = 24  # bytes; nine, a line end, and some more for quotation marks of three bytes and blanks

_LATIN = {"UNOC": "iso8859-1", "UNOD": "iso8859-2", "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOK": "iso8859-9"}
_OTHER = {"UNOE": "iso8859-5", "UNOF": "iso8859-7", "UNOI": "iso8859-6", "UNOJ": "iso8859-8"}
_UTF8 = ("UNOW", "UNOX", "UNOY")

_RELEASED = "\x01\x02\x03\x04"  # stand for a released release sign, terminator, element and component separator


def recognise(head: bytes) -> bool:
    """Whether an interchange, or a bare message, starts in these first bytes, and not inside a JSON or XML text."""
    head = head.translate(None, _NO_MEANING)
    return not head.removeprefix(_BOM).lstrip().startswith((b"{", b"[", b"<")) and bool(_starts(head))


def message_type(head: bytes) -> str:
    """The type of the first message in these first bytes (UNH S009 0065), such as PAXLST; empty where there is none."""
    found = _UNH.search(head.translate(None, _NO_MEANING))
    return found[2].decode() if found else ""


def interchanges(data: bytes, findings: list[Finding]) -> Iterator[Interchange]:
    """Every interchange in `data`, in order; what was wrong on the way is added to `findings`."""
    data = data.translate(None, _NO_MEANING)
    starts = _starts(data)
    if not starts:
        findings.append(NO_INTERCHANGE.at())
        return
    _noise(data[: starts[0]], "ahead of", findings)
    if len(starts) > _MAX_INTERCHANGES:
        findings.append(TOO_LARGE.at(limit=_MAX_INTERCHANGES, things="interchanges"))
    else:
        starts.append(len(data))
    first = 1
    for start, end in pairwise(starts):
        interchange = _interchange(data[start:end], first, findings)
        first += len(interchange.segments)
        if first > MAX_SEGMENTS:
            return
        yield interchange


def _starts(data: bytes) -> list[int]:
    """Where interchanges start: at a UNB, or the UNA close before it; without any, at the first UNH."""
    starts: list[int] = []
    at = data.find(b"UNB")
    while at >= 0 and len(starts) <= _MAX_INTERCHANGES:
        if _UNB.match(data, at):
            una = data.rfind(b"UNA", max(at - _UNA_REACH, starts[-1] if starts else 0), at)
            starts.append(at if una < 0 else una)
        at = data.find(b"UNB", at + 3)
    if not starts:
        at = data.find(b"UNH")
        while at >= 0 and not _UNH.match(data, at):
            at = data.find(b"UNH", at + 3)
        starts = [at] if at >= 0 else []
    return starts


def _interchange(data: bytes, first: int, findings: list[Finding]) -> Interchange:
    place = Place(segment=first)
    at = data.find(b"UNB")
    envelope = _UNB.match(data, at) if at >= 0 else None
    if envelope is None:
        findings.append(NO_UNB.at(place))
    syntax = envelope[2].decode() if envelope else "UNOA"
    text = _text(data, syntax, place, findings)
    separators = _separators(text, place, findings)
    start = max(text.find("UNB"), 0)
    segments = _segments(text[start:], separators)
    if len(segments) > MAX_SEGMENTS:
        findings.append(TOO_LARGE.at(place, limit=MAX_SEGMENTS, things="segments"))
    marks = [index for index, segment in enumerate(segments) if segment[:3] in _MARKS]
    end = next((index for index in marks if segments[index].startswith("UNZ")), len(segments))
    if end + 1 < len(segments):
        _noise("".join(segments[end + 1 :]).encode(), "behind", findings)
        del segments[end + 1 :]
    return Interchange(
        segments=segments, first=first, separators=separators, marks=[index for index in marks if index <= end]
    )


def _text(data: bytes, syntax: str, place: Place, findings: list[Finding]) -> str:
    """The text in the character set that UNB names, or in the one that it is really in.

    Accented letters in UTF-8 are no words in any ISO 8859 set of Latin letters, so what can be UTF-8 is. Short words
    in Cyrillic or Greek capitals may look like UTF-8 by chance: there the envelope is believed.
    """
    if data.isascii():
        return data.decode("ascii")
    named = _LATIN.get(syntax) or _OTHER.get(syntax) or ("utf-8" if syntax in _UTF8 else "ascii")
    for charset in ("utf-8", named, "cp1252") if syntax not in _OTHER else (named, "utf-8", "cp1252"):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if charset == named and charset != "utf-8" and len(data.translate(None, _CONTROLS)) < len(data):
            continue  # control characters: the letters of another set
        break
    else:
        charset, text = "iso8859-1", data.decode("iso8859-1")
    if charset != named:
        findings.append(CHARSET.at(place, syntax=syntax, charset=charset.upper()))
    return text


def _separators(text: str, place: Place, findings: list[Finding]) -> Separators:
    """What UNA says, where that is what the segments use; otherwise what they use; the default set where they are mute."""
    used = _used_separators(text)
    if not text.startswith("UNA"):
        return used
    service = text[3 : text.find("UNB")].rstrip()
    if len(service) == 6 and not service[3].isalnum() and len({*service[:2], service[3], service[5]}) == 4:
        said = Separators(service[0], service[1], service[3], service[5])
        if said == msgspec.structs.replace(used, release=said.release):
            return said
    findings.append(BAD_UNA.at(place))
    return used


def _used_separators(text: str) -> Separators:
    default = Separators()
    opening = re.search(r"UNB *([^A-Za-z0-9 ])[A-Z]{4}([^A-Za-z0-9 ])", text)
    opening = opening or re.search(r"UNH *([^A-Za-z0-9 ]).{1,40}?[A-Z]{6}([^A-Za-z0-9 ])", text)
    if opening is None:
        return default
    element, component = opening[1], opening[2]
    following = re.compile(rf"([^A-Za-z0-9 {re.escape(element + component)}]) *(?:UN[GHTZ]|BGM) *{re.escape(element)}")
    end = following.search(text, opening.end(), opening.end() + 1_000)
    return Separators(component, element, default.release, end[1] if end else default.terminator)


def _segments(text: str, separators: Separators) -> list[str]:
    release, terminator = separators.release, separators.terminator
    if release.strip() and release in text:
        characters = (release, terminator, separators.element, separators.component)
        for stand_in, character in zip(_RELEASED, characters, strict=True):
            text = text.replace(release + character, stand_in)
        text = text.replace(release, "")  # it released an ordinary character, which stands for itself
    segments = text.split(terminator, MAX_SEGMENTS + 1)
    if not segments[-1].strip():
        segments.pop()
    if terminator + " " in text or terminator * 2 in text or terminator + "\t" in text or text[:1] == " ":
        return [segment for padded in segments if (segment := padded.strip(" \t"))]
    return segments


def _noise(data: bytes, where: str, findings: list[Finding]) -> None:
    count = len(data.removeprefix(_BOM).strip(b" \t\x0b\x0c\x1a\x1b\x1f"))
    if count:
        findings.append(NOISE.at(count=count, where=where))


def cut(segment: str, separators: Separators) -> list[list[str]]:
    """A segment's elements, each a list of its components, the released characters put back."""
    component = separators.component
    parts = [part.split(component, _MAX_PARTS) for part in segment.split(separators.element, _MAX_PARTS)]
    if segment.isprintable():
        return parts
    back = dict(zip(map(ord, _RELEASED), _characters(separators), strict=True))
    return [[text.translate(back) for text in part] for part in parts]


def _characters(separators: Separators) -> tuple[str, str, str, str]:
    return separators.release, separators.terminator, separators.element, separators.component


_RELEASE = str.maketrans({sign: "?" + sign for sign in "?'+:"})


def released(text: str) -> str:
    """The text with its separators released. Most texts are letters and digits, in which there are none."""
    return text if text.isalnum() else text.translate(_RELEASE)


def write_segment(*elements: str | Sequence[str | None] | None, text: Callable[[str], str] = released) -> str:
    """A segment with the default separators; `text` makes a component of each text. What is None at the end of an element
    or of the segment is left out, what is an empty text there keeps its place."""
    parts = []
    for element in elements:
        if element is None:
            parts.append("")
        elif isinstance(element, str):
            parts.append(text(element))
        else:
            parts.append(_composite([one and text(one) for one in element]))
    while parts and not parts[-1]:
        parts.pop()
    return "+".join(parts) + "'"


def _composite(texts: list[str | None]) -> str:
    while texts and texts[-1] is None:
        texts.pop()
    return ":".join([text or "" for text in texts])
