"""The alarms of a few sailings as the watch would keep them, without a store: what is due is judged at any time a test likes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from gateway.alerts import Alarm, due_alarms
from gateway.obligations import ExpectedCall, due
from gateway.track import Filing, board
from tests.sailing import shipped_law

FALLS = {one.id: one.port for one in shipped_law().obligations}


class Ledger:
    """`alarms`: all there ever were, in their order; `told`: (time, news, kind) of those about `obligation`."""

    def __init__(self, obligation: str | None = None) -> None:
        self.alarms: list[Alarm] = []
        self.told: list[tuple[datetime, str, str]] = []
        self._obligation = obligation

    def look(self, calls: Sequence[ExpectedCall] | ExpectedCall, now: datetime, filings: Sequence[Filing] = ()) -> None:
        """One round of the watch."""
        several = [calls] if isinstance(calls, ExpectedCall) else list(calls)
        dues = [one for call in several for one in due(call, shipped_law())]
        if self._obligation:
            dues = [one for one in dues if one.obligation == self._obligation]
        ids = {call.id for call in several}
        known = [one for one in self.alarms if one.closed_at is None or one.concerns.call in ids]
        raises, closes = due_alarms(board(several, dues, filings, now), known, now, falls=FALLS)
        for close in closes:
            self._change(close.alarm, closed_at=now, closed_because=close.because)
            if not close.quietly:
                self.told.append((now, "closed", next(one.kind for one in self.alarms if one.id == close.alarm)))
        for new in raises:
            same = [one for one in self.open if (one.kind, one.subject) == (new.kind, new.subject)]
            if same:
                self._change(same[0].id, text=new.text, deadline=new.deadline, times=same[0].times + 1)
                continue
            facts = {name: getattr(new, name) for name in ("kind", "subject", "text", "concerns", "deadline")}
            self.alarms.append(Alarm(id=len(self.alarms) + 1, at=now, last_at=now, times=1, **facts))
            self.told.append((now, "opened", new.kind))

    @property
    def open(self) -> list[Alarm]:
        return [one for one in self.alarms if one.closed_at is None]

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.open]

    def acknowledge(self, id: int, now: datetime, *, closes: bool = False) -> None:
        self._change(id, acknowledged_at=now, acknowledged_by="desk", **({"closed_at": now} if closes else {}))

    def _change(self, id: int, **changes: Any) -> None:
        self.alarms = [msgspec.structs.replace(one, **changes) if one.id == id else one for one in self.alarms]
