"""Archives of lists: a plain zip of several files for one sailing, or one file packed with gzip (RFC 1952).

In: the bytes. Out: the files in them, by the names that they have there, or one finding that says why nothing was taken: an
archive is read whole or not at all, because half of a submission must not pass for all of it. A zip that is itself a workbook
(ECMA-376, OpenDocument 1.3) is none. Nothing is written to a disk, and no more comes out than `MOST_BYTES`.
"""

import re
import zlib
from zipfile import ZipInfo

import msgspec

from gateway.findings import Finding, Place, Rule, Severity
from gateway.formats import zipped
from gateway.formats.zipped import Refusal

ZIP, GZIP = "zip", "gzip"

MOST_FILES = 20  # as in one multipart upload
MOST_ENTRIES = 200  # with folders and what computers add
MOST_BYTES = 64 << 20

REFUSED = Rule(
    id="Z-01",
    severity=Severity.ERROR,
    text="the archive was not opened: {why}",
    hint="put the lists of one sailing alone into a new zip, or send them one by one",
    cites="PKWARE APPNOTE 6.3; RFC 1952",
)
LOCKED = Rule(
    id="Z-02",
    severity=Severity.ERROR,
    text="the archive is locked with a password",
    hint="make it without a password; everything is sealed by the gateway as soon as it arrives",
)
BROKEN = Rule(
    id="Z-03",
    severity=Severity.ERROR,
    text="the archive is damaged or not complete; nothing in it was read",
    hint="make it again, and look at its size after the upload",
    cites="PKWARE APPNOTE 6.3; RFC 1952",
)
NESTED = Rule(
    id="Z-04",
    severity=Severity.ERROR,
    text="there is an archive inside the archive; nothing in it was read",
    hint="put the lists themselves into one zip, or send them one by one",
)
NOTHING = Rule(
    id="Z-05",
    severity=Severity.ERROR,
    text="there is no file in the archive",
    hint="look into it before you send it; the export, or an upload, may have broken off",
)
LEFT_OUT = Rule(
    id="Z-06",
    severity=Severity.INFO,
    text="{count} of the archive's entries are folders, what a computer adds for itself, or findings of ours, and were left out",
    hint="nothing to do",
)
RULES = (REFUSED, LOCKED, BROKEN, NESTED, NOTHING, LEFT_OUT)

_GZIP = b"\x1f\x8b\x08"
OURS = ".findings.json"
"""How the name of a file ends that `process.packed` lays beside the sender's own, who may send the archive again as it is."""
_NO_LISTS = re.compile(rf"(^|/)(__MACOSX/|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$)|{re.escape(OURS)}$", re.I)
_WORKBOOK_PARTS = re.compile(
    r"(\[content_types\]\.xml|mimetype|content\.xml)$|(_rels|xl|word|ppt|docprops|customxml|meta-inf)/", re.I
)
_PIECE = 1 << 20
_LONGEST_NAME = 64


class Member(msgspec.Struct, frozen=True):
    """One file of an archive. `name` is its path there, fit to be shown; None in a gzip, which holds one file. `path`: all of it."""

    data: bytes
    name: str | None
    path: str = ""

    def __repr__(self) -> str:
        return f"<Member {len(self.data)} bytes>"


class Unpacked(msgspec.Struct, frozen=True):
    """What came out. No members: the findings say why."""

    members: tuple[Member, ...] = ()
    findings: tuple[Finding, ...] = ()


def recognise(data: bytes) -> str | None:
    """`ZIP` or `GZIP`, where this is an archive of files and no workbook."""
    if data.startswith(_GZIP):
        return GZIP
    return ZIP if data.startswith(zipped.MAGIC) and not _is_workbook(data) else None


def unpack(data: bytes, budget: int = MOST_BYTES) -> Unpacked:
    """The files in an archive; `budget` is what may come out of it, in bytes. Never raises, whatever the bytes."""
    try:
        return _gzip(data, budget) if data.startswith(_GZIP) else _zip(data, budget)
    except Refusal as refusal:
        return Unpacked(findings=(REFUSED.at(why=refusal.why),))
    except zipped.Locked:
        return Unpacked(findings=(LOCKED.at(),))
    except zipped.BROKEN:
        return Unpacked(findings=(BROKEN.at(),))


def _is_workbook(data: bytes) -> bool:
    """By the names of its parts; where the directory is cut off, by that of its first part."""
    try:
        names = {entry.filename.casefold() for entry in zipped.directory(data)}
    except (Refusal, *zipped.BROKEN):
        length = int.from_bytes(data[26:28], "little")
        return bool(_WORKBOOK_PARTS.match(data[30 : 30 + length].decode("utf-8", "replace")))
    return (
        "[content_types].xml" in names
        or {"mimetype", "content.xml"} <= names
        or any(n.startswith("xl/") for n in names)
    )


def _zip(data: bytes, budget: int) -> Unpacked:
    entries = zipped.entries(data, most=MOST_ENTRIES, most_bytes=budget)
    files = [one for one in entries if not (one.is_dir() or _NO_LISTS.search(_path(one)))]
    _agree(entries, files)
    members: list[Member] = []
    for entry in files:
        content = b"".join(zipped.pieces(data, entry, budget))
        if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
            return Unpacked(findings=(BROKEN.at(Place(member=_shown(entry))),))
        if recognise(content):
            return Unpacked(findings=(NESTED.at(Place(member=_shown(entry))),))
        members.append(Member(content, _shown(entry), _printable(entry)))
    found = (LEFT_OUT.at(count=len(entries) - len(files)),) if len(files) < len(entries) else ()
    return Unpacked(tuple(members), found) if members else Unpacked(findings=(*found, NOTHING.at()))


def _agree(entries: list[ZipInfo], files: list[ZipInfo]) -> None:
    """Refuses what no honest zip holds, or what two programs would unpack differently."""
    if len(files) > MOST_FILES:
        raise Refusal(f"it holds {len(files)} files, and {MOST_FILES} is the most in one submission")
    paths = [_path(entry) for entry in files]
    if len(set(paths)) < len(paths):
        raise Refusal("two files in it have the same name")
    if any(path.startswith("/") or path[1:2] == ":" or ".." in path.split("/") for path in paths):
        raise Refusal("the name of a file in it points to a place outside of it")
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise Refusal("files in it overlap")
        end = entry.header_offset + 30 + len(entry.filename) + entry.compress_size


def _path(entry: ZipInfo) -> str:
    return entry.filename.replace("\\", "/")


def _shown(entry: ZipInfo) -> str:
    """The file's path for places: its end, where it is long, without what a screen would obey."""
    path = _printable(entry)
    return path if len(path) <= _LONGEST_NAME else f"…{path[1 - _LONGEST_NAME :]}"


def _printable(entry: ZipInfo) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in _path(entry))


def _gzip(data: bytes, budget: int) -> Unpacked:
    """The one file in it; zeros may fill up its end."""
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    pieces: list[bytes] = []
    size, rest = 0, data
    while not inflater.eof:
        piece = inflater.decompress(rest, _PIECE)
        rest = inflater.unconsumed_tail
        if not piece and not rest and not inflater.eof:
            raise EOFError
        pieces.append(piece)
        size += len(piece)
        if size > budget:
            raise zipped.too_large(budget)
        if size > zipped.RATIO_FROM and size > zipped.MOST_RATIO * len(data):
            raise Refusal(f"it unpacks to more than {zipped.MOST_RATIO} times its size")
    if inflater.unused_data.startswith(_GZIP):
        raise Refusal("several files are packed in it one after the other")
    if inflater.unused_data.strip(b"\0"):
        raise EOFError
    content = b"".join(pieces)
    if recognise(content):
        return Unpacked(findings=(NESTED.at(),))
    return Unpacked((Member(content, None),))
