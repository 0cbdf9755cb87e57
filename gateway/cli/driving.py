"""A season on its way through a gateway: each step at its moment, a line printed for each, the board compared with the truth.

In: a `Laid` season, a training gateway. Out: what was done, printed; differences between the board and the truth. A driver may be stopped and
started again, or run twice at once: what was done already is recognised by its Idempotency-Key, and a schedule that is told again
changes nothing. What was to be sent while no driver ran is sent at the start of the next, late, as from an office that was shut.
"""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import click
import msgspec

from gateway.cli.training import Refused, Training
from gateway.settings import utc_now
from gateway.simulate import (
    Compared,
    Happened,
    Known,
    Laid,
    Received,
    Report,
    Sailing,
    Turn,
    compared,
    expected_call,
    paper,
    states,
    worst,
)

_AT_ONCE: Final = 8
_LOOK_EVERY: Final = timedelta(seconds=30)
_OVER: Final = timedelta(hours=1)  # after a sailing's last step of its own, nothing of it can change but its arrival
_AHEAD: Final = timedelta(seconds=2)  # of two drivers, one may be as much before the other
_CALLS_AT_ONCE: Final = 2_000


class Drive:
    """One run. `wrong`: answers that were not what they should be, in words."""

    def __init__(self, laid: Laid, gateway: Training, recipients: Sequence[str]) -> None:
        self.laid, self.gateway, self.recipients = laid, gateway, list(recipients)
        self.wrong: list[str] = []
        self.sent: Counter[str] = Counter()
        self.compared = Compared({}, {}, ())
        self._happened: dict[str, Happened] = {}
        self._reporting: defaultdict[str, list[Turn]] = defaultdict(list)
        self._shown: dict[str, str] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._away: dict[str, datetime] = {}
        self._drifted: Counter[str] = Counter()
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Until the season is over, or `stop`. What is on its way then is seen through, what has not begun is left."""
        self._stop, now = stop, utc_now()
        turns = [turn for turn in self.laid.turns() if turn.at <= self.laid.end]
        for turn in turns:
            if turn.step.reports:
                self._reporting[turn.sailing.id].append(turn)
        await self._import(now)
        over = self._over(turns, now)
        waiting = [turn for turn in turns if turn.sailing.id not in over and (turn.step.reports or turn.at > now)]
        tasks: set[asyncio.Task[None]] = set()
        looked = now
        while not stop.is_set() and (now := utc_now()) < self.laid.end:
            due = [turn for turn in waiting if turn.at <= now]
            waiting = waiting[len(due) :]
            await self._tell([turn for turn in due if turn.step.times])
            for turn in due:
                if turn.step.reports:
                    tasks.add(task := asyncio.create_task(self._send(turn)))
                    task.add_done_callback(tasks.discard)
            await self._outages(now)
            if now - looked >= _LOOK_EVERY:
                await self._look()
                looked = now
            await _until(min([looked + _LOOK_EVERY, *[turn.at for turn in waiting[:1]]]), stop)
        await asyncio.gather(*tasks)
        await self._outages(None)
        await self._look()

    async def _import(self, now: datetime) -> None:
        """The whole timetable, as it is known at this moment."""
        sailings = self.laid.season.sailings
        known = {one.id: self.laid.known_at(one, now) for one in sailings}
        for at in range(0, len(sailings), _CALLS_AT_ONCE):
            await self._schedule([(one, known[one.id]) for one in sailings[at : at + _CALLS_AT_ONCE]])
        click.echo(f"{len(sailings)} sailings are on the board")

    def _over(self, turns: Iterable[Turn], now: datetime) -> set[str]:
        """Sailings that were over before this run. Nothing is sent for them any more, nor are they compared."""
        last: dict[str, datetime] = {}
        for turn in turns:
            if turn.step.reports or turn.known.atd is None or turn.known.ata is None:
                last[turn.sailing.id] = turn.at
        found = {id for id, at in last.items() if at + _OVER < now}
        for id in found:
            del self._happened[id]
        if found:
            click.echo(f"{len(found)} sailings were over before this run began; they are left as they stand")
        return found

    async def _schedule(self, told: Sequence[tuple[Sailing, Known]]) -> None:
        rows = [expected_call(sailing, known) for sailing, known in told]
        answer = await self.gateway.ask(
            "POST", "/v1/calls", body=msgspec.json.encode({"calls": rows}), headers={"Content-Type": "application/json"}
        )
        self.wrong += [
            f"the schedule: {found['code']} at {found['place']}: {found['text']}" for found in answer["findings"]
        ]
        for sailing, known in told:
            before = self._happened.get(sailing.id)
            self._happened[sailing.id] = Happened(sailing, known, before.received if before else ())

    async def _tell(self, turns: Sequence[Turn]) -> None:
        latest = {turn.sailing.id: (turn.sailing, turn.known) for turn in turns}
        if latest:
            try:
                await self._schedule(list(latest.values()))
            except Refused as why:
                self.wrong.append(f"the schedule: {why}")
        for turn in turns:
            _say(turn.at, turn.sailing, turn.step.says)

    async def _send(self, turn: Turn) -> None:
        """The reports of a step, one after the other and after those of the step before."""
        async with self._locks.setdefault(turn.sailing.id, asyncio.Lock()):
            for report in turn.step.reports:
                try:
                    async with self._gate:
                        if not self._stop.is_set():
                            await self._report(turn, report)
                except Refused as why:
                    self.wrong.append(f"{turn.sailing.id}: {report.what} version {report.version}: {why}")

    async def _report(self, turn: Turn, report: Report) -> None:
        sailing, known = turn.sailing, self._happened[turn.sailing.id].known
        written = await asyncio.to_thread(paper, sailing, report, turn.known, turn.at)
        key = f"{sailing.id}/{report.what}/{report.version}{'/again' if report.again else ''}"
        must_name = sailing.leg.of.names_call and report.what != "count"
        answer = await self.gateway.ask(
            "POST", f"/v1/submissions?call={sailing.id}" if must_name else "/v1/submissions", line=sailing.leg.line, body=written.data,
            headers={"Idempotency-Key": key, "Prefer": "wait=30", "Content-Type": "application/octet-stream"},
        )  # fmt: skip
        self.sent[report.what] += 1
        self.sent["persons"] += written.persons
        received = Received(report=report, at=datetime.fromisoformat(answer["received_at"]), known=known)
        before = self._happened[sailing.id]
        self._happened[sailing.id] = msgspec.structs.replace(before, received=(*before.received, received))
        self._judge(sailing, report, written.persons, answer)
        said = f"{report.persons} persons" if not report.is_page else f"{len(written.data)} bytes"
        _say(
            received.at,
            sailing,
            f"{turn.step.says} ({report.what}, {said}): {answer.get('errors', 'no answer yet, no')} errors",
        )

    def _judge(self, sailing: Sailing, report: Report, persons: int, answer: dict[str, Any]) -> None:
        """What the answer must say of it."""
        where = f"{sailing.id}: {report.what} version {report.version} of {sailing.leg.line}"
        if "lists" not in answer:
            self.wrong.append(f"{where}: not processed within 30 s")
            return
        if (answer["errors"] == 0) is not report.is_clean:
            codes = ", ".join(sorted({found["code"] for found in answer["findings"] if found["severity"] == "error"}))
            self.wrong.append(
                f"{where}: {answer['errors']} errors ({codes}), expected {'none' if report.is_clean else 'some'}"
            )
        if report.is_clean and answer["persons"] != persons:
            self.wrong.append(f"{where}: {answer['persons']} persons, expected {persons}")
        if report.is_clean and (strayed := [one for one in answer["lists"] if one.get("call") != sailing.id]):
            self.wrong.append(f"{where}: taken for another sailing or none: {strayed[0].get('call_reason')}")
        if report.what == "passengers" and report.is_clean and sailing.leg.line == self.laid.season.drift[0]:
            has_told = any(found["code"] == "H-10" for found in answer["findings"])
            self._drifted["after" if sailing.has_drifted else "before"] += 1
            self._drifted["told"] += has_told and sailing.has_drifted

    async def _outages(self, now: datetime | None) -> None:
        """Recipients go away and come back; None: all come back."""
        for since, until, outage in self.laid.outages():
            if not self.recipients:
                return
            id = self.recipients[outage.which % len(self.recipients)]
            is_away = now is not None and since <= now < until
            if is_away and id not in self._away:
                self._away[id] = until
                reason = {"reason": f"training: away until {until:%H:%M} UTC"}
                await self._ask_of(id, "pause", reason)
                click.echo(
                    f"{since:%H:%M:%S}  {id} is away until {until:%H:%M} UTC: what it is owed waits, and its lag grows"
                )
            elif id in self._away and (now is None or self._away[id] <= now):
                del self._away[id]
                await self._ask_of(id, "resume", None)
                click.echo(f"{utc_now():%H:%M:%S}  {id} is back: what waited is delivered in its order")

    async def _ask_of(self, recipient: str, what: str, said: object) -> None:
        try:
            body = msgspec.json.encode(said) if said else None
            await self.gateway.ask("POST", f"/v1/recipients/{recipient}/{what}", body=body)
        except Refused as why:
            self.wrong.append(f"{recipient}: {what}: {why}")

    async def _look(self) -> None:
        """The board against the truth, of every sailing of which this driver has seen all that came."""
        try:
            board = (await self.gateway.ask("GET", "/v1/calls"))["calls"]
        except Refused as why:
            self.wrong.append(f"the board: {why}")
            return
        now = utc_now()
        settled = [one for one in self._happened.values() if self._is_settled(one, now)]
        self.compared = compared(settled, board, now)
        for one in settled:
            state = worst(states(one.sailing, one.known, one.received, now).values())
            if state in ("missing", "incomplete", "late") and self._shown.get(one.sailing.id) != state:
                is_told = one.sailing.id not in self.compared.differences
                _say(
                    now,
                    one.sailing,
                    f"the board shows it {state}" if is_told else f"must be {state} on the board, and is not",
                )
                self._shown[one.sailing.id] = state

    def _is_settled(self, one: Happened, now: datetime) -> bool:
        """Another driver may be a step ahead, or have sent what this one was stopped before."""
        due = [turn for turn in self._reporting[one.sailing.id] if turn.at <= now + _AHEAD]
        return len(one.received) == sum(len(turn.step.reports) for turn in due)

    @property
    def drift_missed(self) -> bool:
        """Whether a changed export went by unseen, though enough lists were there to tell."""
        seen = self._drifted
        return seen["before"] >= 3 and seen["after"] > 0 and not seen["told"]


def _say(at: datetime, sailing: Sailing, text: str) -> None:
    leg = sailing.leg
    click.echo(f"{at:%H:%M:%S}  {leg.ship.name}, {leg.departure} to {leg.arrival}, {sailing.voyage}: {text}")


async def _until(moment: datetime, stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), max(0.05, (moment - utc_now()).total_seconds()))
