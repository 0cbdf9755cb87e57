"""Bytes of a text -> its letters: UTF-8 if they are that, strictly; UTF-16 by its mark or its zero bytes; else a reasoned guess.

In: bytes, and the encoding that the carrier's profile states. Out: the text, and findings: which encoding was guessed, and what
could not be read. A wrong guess changes names, so a guess is always said. RFC 3629 (UTF-8), RFC 2781 (UTF-16); chardet 7 for
the rest, which named 13 of 13 encodings of lists of names right where its rivals named 8 to 12.
"""

import codecs
import re

from gateway.findings import Finding, Place, Rule, Severity

GUESSED = Rule(
    id="T-40",
    severity=Severity.WARNING,
    text="the text is not UTF-8; it was read as {encoding}, the likeliest by its letters",
    hint="export as UTF-8, or have the encoding put into your profile; compare a few names with accents",
    cites="RFC 3629",
)
UNREADABLE = Rule(
    id="T-41",
    severity=Severity.ERROR,
    text="{count} characters are not {encoding} and could not be read (the first stands on the line that is named)",
    hint="export the whole list in one encoding, best UTF-8",
    cites="RFC 3629",
)
NOT_USABLE = Rule(
    id="T-46",
    severity=Severity.WARNING,
    text="your profile states {what} that cannot be used, so it was worked out from the text",
    hint="have the profile corrected: encoding = 'utf-8' or 'windows-1252' and the like, delimiter = one sign",
)
RULES = (GUESSED, UNREADABLE, NOT_USABLE)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOST = "\ufffd"
_SAMPLE = 1 << 16
_START = 1 << 12
_WESTERN = "Windows-1252"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def peek(head: bytes) -> str | None:
    """The first part of a text, well enough to recognise what it is; None where this is no text."""
    encoding = _by_mark_or_zeros(head)
    if encoding is None and b"\0" in head:
        return None
    text = head.decode(encoding or ("utf-8" if _is_utf8(head, final=False) else "latin-1"), "replace")
    return text if text and len(_CONTROL.findall(text)) * 100 <= len(text) else None


def decode(data: bytes, stated: str | None = None) -> tuple[str, list[Finding]]:
    """The whole text. Always one, whatever the bytes: what cannot be read is U+FFFD and a finding."""
    encoding, findings = encoding_of(data, stated)
    text = data.decode(encoding, "replace")
    if _LOST in text:
        place = Place(line=text.count("\n", 0, text.index(_LOST)) + 1)
        findings.append(UNREADABLE.at(place, count=text.count(_LOST), encoding=encoding))
    return text, findings


def encoding_of(data: bytes, stated: str | None = None) -> tuple[str, list[Finding]]:
    """The encoding by Python's name for it; a finding where it was guessed, or where what was stated is none."""
    findings: list[Finding] = []
    encoding = _by_mark_or_zeros(data) or _stated(stated, findings)
    if encoding is None and not _is_utf8(data, final=True):
        encoding = "utf-8" if _is_nearly_utf8(data) else _guess(data, findings)
    return encoding or "utf-8", findings


def _by_mark_or_zeros(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    start = data[:4096]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if (
        (even or odd)
        and len(start) >= 8
        and max(even, odd) * 40 >= len(start)
        and min(even, odd) * 20 <= max(even, odd)
    ):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _stated(name: str | None, findings: list[Finding]) -> str | None:
    if not name:
        return None
    try:
        "".encode(name)
    except LookupError:  # also for codecs that are not of text, such as hex
        findings.append(NOT_USABLE.at(what="an encoding"))
        return None
    return codecs.lookup(name).name


def _is_utf8(data: bytes, *, final: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final)
    except UnicodeDecodeError:
        return False
    return True


def _is_nearly_utf8(data: bytes) -> bool:
    """Most lines with accents are UTF-8: then the few others are what is wrong, and not the encoding of all."""
    lines = _telling(data)
    wrong = sum(not _is_utf8(line, final=True) for line in lines)
    return wrong * 4 <= len(lines)


def _telling(data: bytes) -> list[bytes]:
    """The lines that say anything about the encoding. By no pattern: looking for a letter behind any start of a long line would take
    its length squared."""
    return [line for line in data.splitlines() if not line.isascii()]


def _guess(data: bytes, findings: list[Finding]) -> str:
    """The likeliest by chardet; Windows-1252 where that is nearly as likely, for a few accents fit many encodings."""
    import chardet  # here, because it takes 0.1 s to load and few lists need it

    eras = chardet.EncodingEra
    sample = data[:_START] + b"\n".join(_telling(data[_START:]))
    found = chardet.detect_all(
        sample[:_SAMPLE], ignore_threshold=True, encoding_era=eras.MODERN_WEB | eras.DOS | eras.LEGACY_MAC
    )
    likely = {str(one["encoding"]): one["confidence"] for one in found}
    ranked = sorted(likely, key=likely.__getitem__, reverse=True)
    if ranked and likely.get(_WESTERN, 0) * 4 >= likely[ranked[0]] * 3:
        ranked.insert(0, _WESTERN)
    best = next((encoding for encoding in ranked if _is_decodable(data, encoding)), _WESTERN)
    findings.append(GUESSED.at(encoding=best))
    return best


def _is_decodable(data: bytes, encoding: str) -> bool:
    try:
        return bool(data.decode(encoding))
    except (UnicodeDecodeError, LookupError):
        return False
