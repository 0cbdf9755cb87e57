"""The sandbox's worker: the same reading, normalising, checking, routing and writing (`work`) as in earnest, and nothing after it.

In: trials, one at a time, when no submission waits. Out: the answer, sealed, with whom the lists would go to; and a certificate for a
format once the line's lists of it passed. No list is kept, versioned, compared or delivered, nothing is logged or counted. Parts of one
list must come in one trial: what came before is not looked at.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from gateway import __version__
from gateway.catalogue import Catalogue
from gateway.findings import Severity
from gateway.manifest import Function, ListKind, Role
from gateway.mistakes import Trouble, said
from gateway.process.answer import answer_of, seal_answer
from gateway.process.done import Done
from gateway.process.rules import edition
from gateway.process.work import work
from gateway.receipts import Certificate, sign_certificate
from gateway.settings import utc_now
from gateway.store import TRIAL, UNAVAILABLE, Connection, Database, Pool, transaction, trials
from gateway.store.calls import calls_between
from gateway.store.later_calls import AROUND
from gateway.store.submissions import ClaimedSubmission, LeaseLost
from gateway.store.trials import KeptCertificate, Passed
from gateway.store.wake import listening

FEWEST: Final = 10
"""Persons that a list must have to show anything: with fewer, columns are empty by chance."""

EDITIONS: Final = {
    "workbook": "XLSX, XLS, ODS",
    "delimited": "CSV",
    "paxlst": "UN/EDIFACT PAXLST, D.02B to D.16B",
    "pnrgov": "PNRGOV 11.1 and later",
    "epc": "ISO 28005-2, 2011 and 2021",
    "emswe-xml": "EMSWe MIG 2.0",
    "emswe-json": "EMSWe MIG 2.0",
    "common-json": "manifest schema 1",
    "enoad": "eNOA/D, experimental",
    "spms-fixed": "SPMS fixed width, experimental",
}
_FUNCTIONS: Final = {
    Function.REPLACE: "replacement",
    Function.CHANGE: "change of some persons",
    Function.CANCEL: "cancellation",
    Function.FINAL: "final list",
}
_BOTH: Final = frozenset((ListKind.PASSENGERS.value, ListKind.CREW.value))
_POLL_SECONDS, _AFTER_TROUBLE_SECONDS = 2.0, 1.0  # a trial also waits for submissions, of which no notice comes here

_log = logging.getLogger(__name__)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What one list of a trial without errors showed. Numbers and names of functions only."""

    format: str
    passengers: int
    crew: int
    exercised: tuple[str, ...] = ()


def shown(done: Done) -> list[Shown]:
    """What the lists showed; nothing where there is an error, or a list was held."""
    understood = done.understood
    if understood.count(Severity.ERROR) or any(one.held for one in done.owed):
        return []
    found = []
    for one in understood.lists:
        manifest = one.manifest
        crew = sum(person.role is Role.CREW for person in manifest.persons)
        counts = manifest.counts
        exercised = ["counts"] if (counts.on_board, counts.passengers, counts.crew) != (None, None, None) else []
        exercised += [_FUNCTIONS[manifest.function]] if manifest.function in _FUNCTIONS else []
        passengers = len(manifest.persons) - crew
        found.append(Shown(format=one.format, passengers=passengers, crew=crew, exercised=tuple(exercised)))
    return found


def wanted(format: str, sent: Iterable[tuple[str, str]], passed: Sequence[Shown]) -> frozenset[str]:
    """Of whom a list must pass: of whom the line sends lists in this format, or, where it has sent none yet, of whom it tried one."""
    kinds = {kind for name, kind in sent if name == format}
    if kinds:
        return frozenset().union(*(_whose(kind) for kind in kinds))
    tried = {("passengers", any(one.passengers for one in passed)), ("crew", any(one.crew for one in passed))}
    return frozenset(kind for kind, is_there in tried if is_there)


def passes(format: str, needed: frozenset[str], passed: Sequence[Shown]) -> bool:
    """Whether a list of at least `FEWEST` persons of each kind passed in this format."""
    return bool(needed) and all(largest(format, kind, passed) >= FEWEST for kind in needed)


def largest(format: str, kind: str, passed: Sequence[Shown]) -> int:
    """Persons of that kind on the largest list that passed."""
    return max((getattr(one, kind) for one in passed if one.format == format), default=0)


def _whose(kind: str) -> frozenset[str]:
    return _BOTH if kind == ListKind.MIXED else frozenset((kind,)) & _BOTH or frozenset((ListKind.PASSENGERS.value,))


async def try_one(pool: Pool, catalogue: Catalogue, claimed: ClaimedSubmission, gateway: str) -> None:
    """One claimed trial, start to end; `LeaseLost` if another worker took it over."""
    async with pool.acquire(timeout=10) as connection:
        around = (claimed.received_at - AROUND[0], claimed.received_at + AROUND[1])
        calls = await calls_between(connection, *around, carrier=claimed.carrier)
    done = await asyncio.to_thread(work, claimed, calls, catalogue)
    now = utc_now()
    answer = seal_answer(answer_of(claimed, done, now), catalogue)
    found = [msgspec.to_builtins(one) for one in shown(done)]
    async with transaction(pool) as connection:
        await trials.settle_trial(connection, claimed.id, claimed.lease, answer, found)
        for format in sorted({one["format"] for one in found}):
            await _certify(connection, catalogue, claimed.carrier, format, gateway, now)


async def _certify(
    connection: Connection, catalogue: Catalogue, carrier: str, format: str, gateway: str, now: datetime
) -> None:
    """A certificate for this format, if what passed in the last day is enough for one."""
    tried = await trials.passed_trials(connection, carrier, now)
    of_format = [(one.sha256.hex(), each) for one in tried for each in shown_by(one) if each.format == format]
    passed = [each for _, each in of_format]
    if not passes(format, wanted(format, await trials.kinds_sent(connection, carrier), passed), passed):
        return
    profile = catalogue.carriers.get(carrier)
    certificate = Certificate(
        carrier=carrier,
        name=profile.name if profile else carrier,
        format=format,
        edition=EDITIONS.get(format, ""),
        passengers=largest(format, "passengers", passed),
        crew=largest(format, "crew", passed),
        exercised=tuple(sorted({name for one in passed for name in one.exercised})),
        tries=tuple(dict.fromkeys(digest for digest, _ in of_format)),
        gateway=gateway,
        software=__version__,
        rules=edition(),
        issued_at=now.replace(microsecond=0),
    )
    document = sign_certificate(certificate, catalogue.identity.signer)
    kept = KeptCertificate(format=format, rules=certificate.rules, issued_at=now, document=document)
    await trials.keep_certificate(connection, carrier, kept)


def shown_by(one: Passed) -> list[Shown]:
    """What a trial showed, as it was stored."""
    return msgspec.convert(one.passed, list[Shown])


async def run(
    pool: Pool, database: Database, catalogue: Catalogue, *, gateway: str, lease_seconds: float, stop: asyncio.Event
) -> None:
    """Tries out what comes, one at a time, until `stop`."""
    trouble = Trouble(_log, "claiming trials")
    async with listening(database, [TRIAL], stop) as wake:
        while not stop.is_set():
            try:
                claimed = await trials.claim_trial(pool, lease_seconds=lease_seconds)
                trouble.over()
            except UNAVAILABLE as error:
                trouble.met(error)
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                continue
            if claimed is None:
                await wake.wait(_POLL_SECONDS)
                continue
            try:
                await try_one(pool, catalogue, claimed, gateway)
            except LeaseLost:
                continue
            except Exception as error:  # its lease ends, and then it is tried once more; the next has its turn
                _log.warning("trial %s: %s", claimed.id, said(error))
