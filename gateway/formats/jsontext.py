"""JSON as it arrives: bytes in, what they say or the finding that says why not out.

In: bytes. Out: dicts, lists, texts and numbers. Duplicate keys, NaN and lone surrogates are refused: two parsers must not see two
lists; and so is more than any list needs, before it takes the memory. RFC 8259.
"""

import json
import re
from typing import Any, NoReturn

from gateway.findings import WHOLE, Finding, Place, Rule, Severity
from gateway.formats.fit import named

_MOST_OBJECTS, _MOST_COMMAS = 1_000_000, 4_000_000  # 99,999 persons with all they may have; some 500 MB of memory

UNREADABLE = Rule(
    id="J-01",
    severity=Severity.ERROR,
    text="this is not JSON that can be read: {why}",
    hint="send UTF-8 JSON as written by a JSON library; RFC 8259 allows no comments, NaN or trailing commas",
    cites="RFC 8259",
)
TOO_MUCH = Rule(
    id="J-07",
    severity=Severity.ERROR,
    text="the file holds more than {most:,} {what}, so it was not read",
    hint="send the lists of one sailing in one file",
    cites="IMO Compendium IMO0044",
)
RULES = (UNREADABLE, TOO_MUCH)


class Refused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


def _unreadable(why: str, place: Place = WHOLE) -> Refused:
    return Refused(UNREADABLE.at(place, why=why))


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def document(data: bytes) -> Any:
    """What the text says, in dicts and lists; or `Refused`."""
    if data.count(b"{") + data.count(b"[") > _MOST_OBJECTS:
        raise Refused(TOO_MUCH.at(what="objects", most=_MOST_OBJECTS))
    if data.count(b",") > _MOST_COMMAS:
        raise Refused(TOO_MUCH.at(what="values", most=_MOST_COMMAS))
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
        if _SURROGATE.search(data):  # a lone one cannot be stored anywhere later
            json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        why = f"a {_plain(error.msg)} was met at line {error.lineno}, column {error.colno}"
        raise _unreadable(why, Place(line=error.lineno)) from None
    except UnicodeDecodeError as error:
        raise _unreadable("it is not valid UTF-8", Place(line=data.count(b"\n", 0, error.start) + 1)) from None
    except UnicodeEncodeError:
        raise _unreadable("half of a surrogate pair stands alone") from None
    except (RecursionError, ValueError):
        raise _unreadable("it nests too deeply or holds a number too large") from None
    return found


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise _unreadable(f"an object holds the same key twice: {named(twice)}")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _unreadable(f"{name} is not a JSON number")


def _plain(message: str) -> str:
    return f"syntax error ({message.split(':')[0].lower().removesuffix(' starting at')})"
