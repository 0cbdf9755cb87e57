"""Damage to real samples, with their structure in mind: what senders, networks and attackers do to bytes.

In: a sample and hypothesis' choices. Out: other bytes. Archives are damaged inside: a part of the ZIP is spoilt and it is packed again.
"""

import io
import zipfile
from collections.abc import Callable

from hypothesis import strategies as st

_SEPARATORS = (
    b"'",
    b"+",
    b":",
    b"\r\n",
    b"\n",
    b";",
    b",",
    b"\t",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"/>",
    b"=",
)
_TOKENS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b"\r", b"?", b"??", b"?'", b"''''", b"UNA:+.? '", b"UNZ+1+1'", b"UNT+1+1'", b"CNT+42:1'",
    b"99999999999999999999", b"-1", b"1e309", b"0x7fffffff", b"NaN", b"null", b"true", b"\\ud800", b'"', b'""', b"]]>", b"<!--", b"&amp;", b"&#0;",
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>", b"&a;", b"=cmd|'/c x'!A1", b"\xe2\x80\xae", b"\xcc\x81" * 40, b"\xf0\x9f\x9a\xa2", b"1900-02-29",
    b"31/02/1980", b"0001-01-01", b"99991231", b"%s%n", b"../../x", b"\xed\xa0\x80", b"\xc3\x28",
)  # fmt: skip
_LONGEST = 1 << 20  # bytes: repeats of repeats would make forty megabytes, which take their time without any mistake
_NESTS = ((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"(", b")"))


def _flip(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, len(data) - 1))
    return data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]


def _cut(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data)))]


def _hole(draw: st.DrawFn, data: bytes) -> bytes:
    start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
    return data[:start] + data[end:]


def _splice(draw: st.DrawFn, data: bytes) -> bytes:
    """A piece of the sample stands somewhere else in it once more."""
    start = draw(st.integers(0, len(data)))
    piece = data[start : start + draw(st.integers(1, 400))]
    at = draw(st.integers(0, len(data)))
    return data[:at] + piece + data[at:]


def _insert(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.sampled_from(_TOKENS)) + data[at:]


def _instead(draw: st.DrawFn, data: bytes) -> bytes:
    """Between two separators stands something else."""
    separator = draw(st.sampled_from(_SEPARATORS))
    parts = data.split(separator)
    parts[draw(st.integers(0, len(parts) - 1))] = draw(st.sampled_from(_TOKENS))
    return separator.join(parts)


def _repeat(draw: st.DrawFn, data: bytes) -> bytes:
    """A line, segment or member many times."""
    separator = draw(st.sampled_from(_SEPARATORS))
    parts = data.split(separator)
    at = draw(st.integers(0, len(parts) - 1))
    return separator.join([*parts[:at], *[parts[at]] * draw(st.integers(2, 300)), *parts[at:]])


def _swap(draw: st.DrawFn, data: bytes) -> bytes:
    separator = draw(st.sampled_from(_SEPARATORS))
    parts = data.split(separator)
    one, other = draw(st.integers(0, len(parts) - 1)), draw(st.integers(0, len(parts) - 1))
    parts[one], parts[other] = parts[other], parts[one]
    return separator.join(parts)


def _nest(draw: st.DrawFn, data: bytes) -> bytes:
    opening, closing = draw(st.sampled_from(_NESTS))
    deep = draw(st.sampled_from((2, 60, 5000)))
    at = draw(st.integers(0, len(data)))
    return data[:at] + opening * deep + closing * draw(st.sampled_from((0, deep))) + data[at:]


def _recode(draw: st.DrawFn, data: bytes) -> bytes:
    text = data.decode("latin-1")
    return text.encode(draw(st.sampled_from(("utf-8", "utf-16", "utf-16-be", "utf-32", "utf-7"))))


_DAMAGES: tuple[Callable[[st.DrawFn, bytes], bytes], ...] = (
    _flip, _flip, _cut, _hole, _splice, _insert, _insert, _instead, _instead, _repeat, _swap, _nest, _recode,
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, samples: list[bytes]) -> bytes:
    """One of the samples, damaged one to four times; an archive half the time from within."""
    data = draw(st.sampled_from(samples))
    if data[:4] == b"PK\x03\x04" and draw(st.booleans()):
        return _within(draw, data)
    for damage in draw(st.lists(st.sampled_from(_DAMAGES), min_size=1, max_size=4)):
        data = damage(draw, data)[:_LONGEST] if data else data
    return data


def _within(draw: st.DrawFn, archive: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = draw(st.sampled_from(sorted(parts)))
    for damage in draw(st.lists(st.sampled_from(_DAMAGES), min_size=1, max_size=3)):
        parts[name] = damage(draw, parts[name]) if parts[name] else b""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for part, data in parts.items():
            book.writestr(part, data)
    return out.getvalue()
