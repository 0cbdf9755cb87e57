"""The answer to a submission: what was understood, every finding with its place, who is owed what.

In: what `work` made. Out: `Answer`, which the sender alone may read; it is sealed like the list itself, because places
and shapes of mistakes say something about a list.
"""

from datetime import datetime

import msgspec

from gateway.catalogue import Catalogue
from gateway.changes import Changes, summed
from gateway.findings import Finding, Severity
from gateway.process.done import Done
from gateway.process.understand import Source
from gateway.seal import Sealed, open_at_rest, seal_at_rest
from gateway.store import submissions
from gateway.store.submissions import ClaimedSubmission


class Sent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A delivery that was made for a list. `left_out`: persons whom the form cannot carry, and the fields they lack."""

    id: str
    recipient: str
    form: str
    persons: int
    left_out: tuple[tuple[int, tuple[str, ...]], ...] = ()


class ListAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One list of the submission. `call_reason` says how the expected call was found, or why not; `changes` counts what
    became of the persons of the version before, where there is one that it can be compared with. Of a list of passengers and
    crew, `version` is the higher of the two, and the changes are those of both. `member`: the list's
    path in the archive that the file is. `others`: further files that it was put together of."""

    number: int
    file: int
    format: str
    kind: str
    persons: int
    version: int
    purposes: tuple[str, ...]
    vessel: str | None = None
    imo: str | None = None
    voyage: str | None = None
    departure: str | None = None
    arrival: str | None = None
    call: str | None = None
    call_reason: str = ""
    deliveries: tuple[Sent, ...] = ()
    not_sent: tuple[tuple[str, str], ...] = ()
    held: str = ""
    member: str | None = None
    changes: Changes | None = None
    others: tuple[Source, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        return ((self.file, self.member), *self.others)


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a single window answered to a list, once it did. `verdict`: accepted, conditional, rejected, incomplete, or empty where
    it says none; `reference`: its own number for it. What it says is wrong stands among the findings."""

    recipient: str
    delivery: str
    list: int
    verdict: str
    at: datetime
    reference: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer, as `GET /v1/submissions/{id}/answer` gives it. `formats`: what each file was recognised as."""

    submission: str
    received_at: datetime
    processed_at: datetime
    formats: tuple[str | None, ...]
    persons: int
    errors: int
    warnings: int
    lists: tuple[ListAnswer, ...]
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...] = ()


def answer_of(claimed: ClaimedSubmission, done: Done, now: datetime) -> Answer:
    """The answer to `claimed`."""
    understood = done.understood
    return Answer(
        submission=str(claimed.id),
        received_at=claimed.received_at,
        processed_at=now,
        formats=understood.formats,
        persons=understood.persons,
        errors=understood.count(Severity.ERROR),
        warnings=understood.count(Severity.WARNING),
        lists=tuple(_list_answer(done, at) for at in range(len(understood.lists))),
        findings=understood.findings,
    )


def _list_answer(done: Done, at: int) -> ListAnswer:
    one, call, owed, parts = done.understood.lists[at], done.calls[at], done.owed[at], done.parts[at]
    manifest = one.manifest
    departure, arrival = manifest.voyage.departure, manifest.voyage.arrival
    return ListAnswer(
        number=at + 1,
        file=one.file,
        format=one.format,
        kind=manifest.kind.value,
        persons=len(manifest.persons),
        version=max(part.version for part in parts),
        purposes=tuple(purpose.value for purpose in manifest.purposes),
        vessel=manifest.vessel.name,
        imo=manifest.vessel.imo,
        voyage=manifest.voyage.number,
        departure=departure.port.code if departure else None,
        arrival=arrival.port.code if arrival else None,
        call=call.id if call else None,
        call_reason=done.reasons[at],
        deliveries=tuple(Sent(str(p.id), p.recipient.id, p.form.name, p.persons, p.left_out) for p in owed.payloads),
        not_sent=owed.not_sent,
        held=owed.held,
        member=one.member,
        changes=summed([part.placed.changes for part in parts if part.placed.changes]),
        others=one.sources[1:],
    )


def seal_answer(answer: Answer, catalogue: Catalogue) -> submissions.Answer:
    """The answer as the store keeps it."""
    sealed = seal_at_rest(msgspec.json.encode(answer), catalogue.identity.seal_to, context=_context(answer.submission))
    return submissions.Answer(
        sealed=sealed.ciphertext,
        wrapped=sealed.wrapped,
        key_id=sealed.key_id,
        format=", ".join(dict.fromkeys(filter(None, answer.formats))) or None,
        persons=answer.persons,
        errors=answer.errors,
        warnings=answer.warnings,
        processed_at=answer.processed_at,
    )


def open_answer(kept: submissions.Sealed, submission: str, catalogue: Catalogue) -> bytes | None:
    """The stored answer as JSON; None once its key was destroyed."""
    if kept.wrapped is None:
        return None
    sealed = Sealed(kept.wrapped, kept.sealed, kept.key_id)
    return open_at_rest(sealed, catalogue.identity, context=_context(submission))


def _context(submission: str) -> bytes:
    return b"answer/" + submission.encode()
