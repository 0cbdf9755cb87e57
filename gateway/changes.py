"""Two versions of a list -> how many persons were added, removed, changed: by keyed digests, never by the persons themselves.

In: persons and a key of 32 random bytes, new for every series. Out: `Marks`, and `Changes` between two of them. A mark is
three HMAC-SHA-256 (RFC 2104) of a person, cut to 128 bits: of everything but the position in the list, of the first
document, of the name and the date of birth. Without the key nobody can be recognised in them, nor found by trying names.

A person is the same where everything, or else the document, or else name and birth are the same: a corrected passport
number or a corrected name is a change, not a person who left and another who came. Order does not matter; who stands on
a list twice counts twice.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from secrets import token_bytes

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from gateway.manifest import Person, Private

KEY_SIZE = 32
_SIZE = 16
_NOBODY = bytes(_SIZE)
_EVERYTHING, _DOCUMENT, _NAME = range(3)
_ENCODER = msgspec.msgpack.Encoder()
_SIGNS = re.compile(r"[\W_]+")

Mark = tuple[bytes, bytes, bytes]
"""Digests of (everything, document, name and birth); 16 zero bytes where a person has no document or no name."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the persons of `against_version`. added + changed + unchanged is the size of the list as it is now."""

    against_version: int
    added: int
    removed: int
    changed: int
    unchanged: int


class Marks(Private, frozen=True):
    """A list as it is compared: sorted, so that nothing is left of the order of the persons."""

    marks: tuple[Mark, ...] = ()

    def __len__(self) -> int:
        return len(self.marks)


def marks_of(persons: Iterable[Person], key: bytes) -> Marks:
    return Marks(tuple(sorted(map(_Marker(key), persons))))


def compared(old: Marks, new: Marks, against_version: int) -> Changes:
    """A whole list against the one before."""
    pairs, same = _pairs(old, new)
    return Changes(
        against_version=against_version,
        added=len(new) - len(pairs),
        removed=len(old) - len(pairs),
        changed=len(pairs) - same,
        unchanged=same,
    )


def applied(old: Marks, some: Marks, against_version: int) -> tuple[Marks, Changes]:
    """A list of changed and additional persons put on top of the list before: the whole list then, and what changed."""
    pairs, same = _pairs(old, some)
    kept = [mark for at, mark in enumerate(old.marks) if at not in pairs]
    return Marks(tuple(sorted([*kept, *some.marks]))), Changes(
        against_version=against_version,
        added=len(some) - len(pairs),
        removed=0,
        changed=len(pairs) - same,
        unchanged=len(kept) + same,
    )


def put_on(old: Sequence[Person], some: Sequence[Person]) -> tuple[Person, ...]:
    """The persons themselves, as `applied` counts them: whoever is changed where he stood, whoever is new behind them."""
    marker = _Marker(token_bytes(KEY_SIZE))
    pairs, _ = _pairs(Marks(tuple(map(marker, old))), Marks(tuple(map(marker, some))))
    changed = set(pairs.values())
    whole = [some[pairs[at]] if at in pairs else person for at, person in enumerate(old)]
    whole += [person for at, person in enumerate(some) if at not in changed]
    return tuple(msgspec.structs.replace(person, sequence=at) for at, person in enumerate(whole, 1))


def summed(some: Sequence[Changes]) -> Changes | None:
    """The changes of passengers and of crew as those of one list; None of none."""
    if not some:
        return None
    return Changes(
        against_version=max(one.against_version for one in some),
        added=sum(one.added for one in some),
        removed=sum(one.removed for one in some),
        changed=sum(one.changed for one in some),
        unchanged=sum(one.unchanged for one in some),
    )


def overlaps(lists: Sequence[Sequence[Person]]) -> Mapping[tuple[int, int], int]:
    """How many persons of the later of two lists are on the earlier as well, for every two of these that share any."""
    marker = _Marker(token_bytes(KEY_SIZE))
    seen: dict[bytes, set[int]] = {}
    found: Counter[tuple[int, int]] = Counter()
    for at, persons in enumerate(lists):
        digests = [{digest for digest in marker(person) if digest != _NOBODY} for person in persons]
        for own in digests:
            found.update((other, at) for other in set[int]().union(*(seen.get(digest, ()) for digest in own)))
        for digest in set[bytes]().union(*digests):
            seen.setdefault(digest, set()).add(at)
    return found


def names_others(one: Sequence[Person], other: Sequence[Person]) -> bool:
    """Whether either list names anybody whom the other does not."""
    key = token_bytes(KEY_SIZE)
    return not len(_pairs(marks_of(one, key), marks_of(other, key))[0]) == len(one) == len(other)


def _pairs(old: Marks, new: Marks) -> tuple[dict[int, int], int]:
    """Who of `old` is who of `new`, by index, and how many of them are unchanged. The surest sign goes first."""
    pairs: dict[int, int] = {}
    left = list(range(len(new)))
    same = 0
    for part in (_EVERYTHING, _DOCUMENT, _NAME):
        waiting: dict[bytes, list[int]] = {}
        for at, mark in enumerate(old.marks):
            if at not in pairs and mark[part] != _NOBODY:
                waiting.setdefault(mark[part], []).append(at)
        rest = []
        for at in left:
            found = waiting.get(new.marks[at][part])
            if found:
                pairs[found.pop()] = at
            else:
                rest.append(at)
        left = rest
        if part == _EVERYTHING:
            same = len(pairs)
    return pairs, same


class _Marker:
    """Makes the marks of one list: the key is taken in once, and a name that a family shares is folded once."""

    def __init__(self, key: bytes) -> None:
        self._keyed = HMAC(key, SHA256())
        self._folded: dict[str, str] = {}

    def __call__(self, person: Person) -> Mark:
        everything = _ENCODER.encode(msgspec.structs.replace(person, sequence=1))
        return (
            self._digest(b"person\0", everything),
            self._digest(b"document\0", self._document(person)),
            self._digest(b"name\0", self._name(person)),
        )

    def _digest(self, of: bytes, text: bytes) -> bytes:
        if not text:
            return _NOBODY
        keyed = self._keyed.copy()
        keyed.update(of + text)
        return keyed.finalize()[:_SIZE]

    def _document(self, person: Person) -> bytes:
        first = person.documents[0] if person.documents else None
        if first is None or not first.number:
            return b""
        return f"{first.issuer}/{_SIGNS.sub('', first.number.casefold())}".encode()

    def _name(self, person: Person) -> bytes:
        """The Latin form, as it is the same whether a line writes É or E."""
        family = self._fold(person.family_name_latin or person.family_name)
        given = self._fold(person.given_names_latin or person.given_names)
        return f"{family}/{given}/{person.birth_date}".encode() if family or given else b""

    def _fold(self, text: str | None) -> str:
        if not text:
            return ""
        known = self._folded.get(text)
        if known is None:
            known = self._folded[text] = _SIGNS.sub("", text.casefold())
        return known
