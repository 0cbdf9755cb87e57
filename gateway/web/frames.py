"""What a board shows at a moment, drawn once for everybody who looks at the same.

In: rows and a view. Out: a `Frame`: a head, and a piece of HTML for each call; the difference between two frames. A call's piece is drawn
once in a language and kept for as long as its row is the same object (`arrivals`); what moves by itself, the time left, is put in afterwards.
So a board of 2,000 calls of which one moved costs one piece.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from gateway.track import Row
from gateway.web import pages
from gateway.web.lines import deadline_of, left, line_of
from gateway.web.timeline import chart
from gateway.web.view import MORE, Face, View, look
from gateway.web.words import language

_LEFT = f"left-{secrets.token_hex(12)}"  # where the time left goes in a piece; nobody who names a ship can guess it
_SPARE = 1000  # pieces of calls that are over may stay so many


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A call, drawn, without its time left."""

    id: str
    before: str
    after: str
    deadline: datetime | None
    digest: bytes

    def html(self, now: datetime) -> str:
        return f"{self.before}{left(self.deadline - now)}{self.after}" if self.deadline else self.before


class Part(msgspec.Struct, frozen=True):
    """The calls of a day under their heading."""

    title: str
    pieces: tuple[Piece, ...]

    def html(self, now: datetime) -> str:
        return "".join(piece.html(now) for piece in self.pieces)


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What one view shows. `mark` is the same for as long as nothing but time has passed."""

    view: View
    head: str
    foot: str
    parts: tuple[Part, ...]
    mark: str

    @property
    def order(self) -> list[tuple[str, list[str]]]:
        return [(part.title, [piece.id for piece in part.pieces]) for part in self.parts]

    def whole(self, now: datetime) -> str:
        """All of it: the inside of #calls."""
        parts = [(part.title, part.html(now)) for part in self.parts]
        return pages.render("calls.html", view=self.view, head=self.head, parts=parts, foot=self.foot)

    def since(self, before: "Frame", now: datetime) -> str | None:
        """What differs from an earlier frame of the same view, each piece with the id that it replaces; None where calls came or went."""
        if self.view.face == "timeline" or before.order != self.order:
            return None
        had = {piece.id: piece.digest for part in before.parts for piece in part.pieces}
        moved = (piece for part in self.parts for piece in part.pieces if had[piece.id] != piece.digest)
        table = "".join(piece.html(now) for piece in moved)
        head = self.head if before.head != self.head else ""
        return f"{head}<table>{table}</table>{self.foot if before.foot != self.foot else ''}"


class Drawer:
    """Draws calls, and remembers how they look."""

    def __init__(self, carriers: Mapping[str, str]) -> None:
        self._carriers = carriers
        self._pieces: dict[tuple[str, Face], dict[str, tuple[Row, Piece]]] = {}

    def frame(self, view: View, rows: Sequence[Row], now: datetime) -> Frame:
        """What `view` shows of these rows, in the language of whoever asks."""
        seen = look(view, rows, now)
        self._forget(rows)
        if view.face == "timeline":
            parts: tuple[Part, ...] = ()
            foot = chart([row for group in seen.groups for row in group.rows], self._carriers, now)
        else:
            parts = tuple(Part(one.title, tuple(self._drawn(view.face, one.rows))) for one in seen.groups)
            foot = ""
        head = pages.render("calls-head.html", view=view, seen=seen)
        foot += pages.render("calls-foot.html", view=view, seen=seen, more=MORE)
        return Frame(view=view, head=head, foot=foot, parts=parts, mark=_mark(head, foot, parts))

    def _drawn(self, face: Face, rows: Sequence[Row]) -> Iterator[Piece]:
        known = self._pieces.setdefault((language(), face), {})
        for row in rows:
            held = known.get(row.call.id)
            if held is None or held[0] is not row:
                held = known[row.call.id] = row, self._draw(face, row)
            yield held[1]

    def _draw(self, face: Face, row: Row) -> Piece:
        template = "wall-line.html" if face == "wall" else "line.html"
        html = pages.render(template, line=line_of(row, self._carriers), left=_LEFT)
        before, _, after = html.partition(_LEFT)
        counts = deadline_of(row)
        deadline = counts.due.deadline if counts else None
        digest = hashlib.blake2b(html.replace(_LEFT, "").encode(), digest_size=8).digest()
        return Piece(id=row.call.id, before=before, after=after, deadline=deadline, digest=digest)

    def _forget(self, rows: Sequence[Row]) -> None:
        for key, known in list(self._pieces.items()):
            if len(known) > len(rows) + _SPARE:
                ids = {row.call.id for row in rows}
                self._pieces[key] = {id: held for id, held in known.items() if id in ids}


def _mark(head: str, foot: str, parts: Sequence[Part]) -> str:
    found = hashlib.blake2b(f"{head}\0{foot}".encode(), digest_size=8)
    for part in parts:
        found.update(part.title.encode())
        for piece in part.pieces:
            found.update(piece.digest)
    return found.hexdigest()
