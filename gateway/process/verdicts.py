"""verdicts: what a single window answered to a list becomes part of the answer to its sender.

In: answers that `deliver` or the inbound endpoint kept, one at a time. Out: the submission's answer with the verdict, and a finding for
each error at the sender's own cell; the verdict's word in the delivery's row; the Visit ID that it gives, in the call; an alarm where a person must act. An answer that
comes again, or is read twice, is said once. What cannot be matched to a person is said of the list as a whole.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence

import msgspec

from gateway.alerts import Concerns
from gateway.catalogue import Catalogue
from gateway.findings import Finding, Severity
from gateway.formats.emswe_fields import LISTS
from gateway.formats.emswe_response import Response, Status, read
from gateway.formats.forms import FORMS, fitting
from gateway.heard import opened
from gateway.manifest import ListKind, Manifest, Person
from gateway.mistakes import Trouble, said
from gateway.process.answer import Answer, Verdict, open_answer, seal_answer
from gateway.process.authority import Delivered, findings, for_operator
from gateway.process.kept_list import KeptList, opened_list
from gateway.process.visits import take_visit
from gateway.route import list_of
from gateway.settings import utc_now
from gateway.store import RESPONSE, UNAVAILABLE, Connection, Database, Pool, log, transaction
from gateway.store.alarms import close_accepted, raise_alarm
from gateway.store.manifests import sealed_manifest
from gateway.store.responses import ClaimedResponse, Fault, claim_response, has_accepted, lost_verdict, settle_response
from gateway.store.submissions import add_more_finding_counts, answer_to_change, change_answer
from gateway.store.wake import listening

_POLL_SECONDS, _AFTER_TROUBLE_SECONDS = 5.0, 1.0
_log = logging.getLogger(__name__)


async def run(
    pool: Pool, database: Database, catalogue: Catalogue, *, lease_seconds: float, stop: asyncio.Event
) -> None:
    """Reads what comes until `stop`."""
    trouble = Trouble(_log, "claiming answers of recipients")
    async with listening(database, [RESPONSE], stop) as wake:
        while not stop.is_set():
            try:
                claimed = await claim_response(pool, lease_seconds=lease_seconds)
                trouble.over()
            except UNAVAILABLE as error:
                trouble.met(error)
                await asyncio.sleep(_AFTER_TROUBLE_SECONDS)
                continue
            if claimed is None:
                await wake.wait(_POLL_SECONDS)
                continue
            try:
                await tell(pool, catalogue, claimed)
            except Exception as error:  # this answer waits for its lease to end, the next has its turn
                _log.warning("an answer about delivery %s: %s", claimed.delivery_id, said(error))


async def tell(pool: Pool, catalogue: Catalogue, claimed: ClaimedResponse) -> None:
    """One answer, start to end."""
    response = await asyncio.to_thread(_read, claimed, catalogue)
    async with transaction(pool) as connection:
        if response is not None and response.is_repeated:
            response = await _repeated(connection, claimed, response)
        status = response.status if response else None
        if not await settle_response(connection, claimed.id, status, _fault(response) if response else None):
            return
        if response is not None:
            await _told(connection, catalogue, claimed, response)


async def _repeated(connection: Connection, claimed: ClaimedResponse, response: Response) -> Response | None:
    """What is to be told of a message that the window had: nothing where it accepted it, and it was replayed; that nobody knows its
    verdict where the answer to an earlier attempt was lost."""
    if await has_accepted(connection, claimed.delivery_id):
        return None
    if await lost_verdict(connection, claimed.delivery_id, claimed.delivery_attempts):
        return Response(status=None, reference=response.reference, is_lost=True)
    return response


def _fault(response: Response) -> Fault | None:
    """Whose affair it is that the window did not take the message."""
    if response.status not in (Status.REJECTED, Status.INCOMPLETE):
        return None
    return "gateway" if for_operator(response) else "carrier"


def _read(claimed: ClaimedResponse, catalogue: Catalogue) -> Response | None:
    return next((found for text in opened(claimed, catalogue) if (found := read(text))), None)


async def _told(connection: Connection, catalogue: Catalogue, claimed: ClaimedResponse, response: Response) -> None:
    subject = {"delivery": str(claimed.delivery_id), "recipient": claimed.recipient, "verdict": response.status or ""}
    await log.append(connection, "authority-answered", subject, utc_now())
    await _alarm(connection, claimed, response)
    await take_visit(connection, claimed, response)
    before = await answer_to_change(connection, claimed.submission_id)
    kept = await sealed_manifest(connection, claimed.manifest_id)
    if before is None or kept is None:
        return
    answer = open_answer(before, str(claimed.submission_id), catalogue)
    listed = opened_list(kept, claimed.manifest_id, catalogue)
    if answer is None or listed is None:  # retention has ended: the verdict is in the log
        return
    new = msgspec.json.decode(answer, type=Answer)
    delivered = _delivered(claimed, listed, new, response, catalogue)
    more = [one for one in findings(response, delivered) if one not in new.findings]
    verdict = Verdict(
        recipient=claimed.recipient,
        delivery=str(claimed.delivery_id),
        list=claimed.number,
        verdict=response.status or "",
        at=claimed.received_at,
        reference=response.reference,
    )
    await change_answer(connection, claimed.submission_id, seal_answer(with_verdict(new, verdict, more), catalogue))
    counts = Counter((finding.code, finding.severity.value) for finding in more)
    await add_more_finding_counts(connection, claimed.submission_id, counts)


def with_verdict(answer: Answer, verdict: Verdict, more: Sequence[Finding]) -> Answer:
    """`more`: what it does not say yet. A verdict that is repeated is one."""
    last = next((one for one in reversed(answer.verdicts) if one.delivery == verdict.delivery), None)
    is_again = last is not None and msgspec.structs.replace(last, at=verdict.at) == verdict
    return msgspec.structs.replace(
        answer,
        verdicts=answer.verdicts if is_again else (*answer.verdicts, verdict),
        findings=(*answer.findings, *more),
        errors=answer.errors + sum(one.severity is Severity.ERROR for one in more),
        warnings=answer.warnings + sum(one.severity is Severity.WARNING for one in more),
    )


def _delivered(
    claimed: ClaimedResponse,
    kept: KeptList,
    answer: Answer,
    response: Response,
    catalogue: Catalogue,
) -> Delivered:
    one = next((one for one in answer.lists if one.number == claimed.number), None)
    recipient = catalogue.recipients.get(claimed.recipient)
    return Delivered(
        authority=recipient.name if recipient else claimed.recipient,
        places=kept.lineage.places,
        persons=persons_of(kept, claimed, response),
        header=kept.lineage.header_places,
        whole=kept.lineage.whole,
        file=one.file if one and len(answer.formats) > 1 else None,
        member=one.member if one else None,
    )


def _kinds(claimed: ClaimedResponse, manifest: Manifest, response: Response) -> set[ListKind]:
    """Whom the message was about, as it was owed; of a message of old, as the window says."""
    if claimed.lists:
        return set(map(ListKind, claimed.lists))
    return {LISTS[response.formality][1] if response.formality in LISTS else manifest.kind}


def persons_of(kept: KeptList, claimed: ClaimedResponse, response: Response) -> list[int | None]:
    """Where the persons of the message stand in the sender's list: those of its kinds whom the form can carry, in the order of what
    it was written from; None for who came with another list."""
    meant, kinds = kept.for_form(claimed.form), _kinds(claimed, kept.manifest, response)
    asked = [at for at, one in enumerate(meant.persons) if ListKind.MIXED in kinds or list_of(one) in kinds]
    seen = msgspec.structs.replace(meant, persons=tuple(meant.persons[at] for at in asked))
    _, left_out = fitting(seen, FORMS[claimed.form])
    gone = {number for number, _ in left_out}
    written = [at for number, at in enumerate(asked) if number not in gone]
    if kept.whole is None:
        return list(written)
    own = {_unnumbered(person): at for at, person in enumerate(kept.manifest.persons)}
    return [own.get(_unnumbered(meant.persons[at])) for at in written]


def _unnumbered(person: Person) -> Person:
    """Whole lists are numbered anew."""
    return msgspec.structs.replace(person, sequence=1)


async def _alarm(connection: Connection, claimed: ClaimedResponse, response: Response) -> None:
    who, delivery = claimed.recipient, str(claimed.delivery_id)
    if codes := for_operator(response):
        text = f"{who} refuses for a reason that the line cannot mend ({', '.join(codes)[:200]}): see schemas/codes/emswe_errors.csv"
        await raise_alarm(connection, "authority-refuses", who, text, Concerns(recipient=who))
    elif response.status in (Status.REJECTED, Status.INCOMPLETE):
        text = f"{who} did not accept a list of {claimed.carrier}: the line has been told what is wrong; see that it sends it again"
        ports = tuple(dict.fromkeys(filter(None, (claimed.departure_port, claimed.arrival_port))))
        concerns = Concerns(recipient=who, carrier=claimed.carrier, call=claimed.call_id, ports=ports)
        await raise_alarm(connection, "authority-rejected", delivery, text, concerns)
    elif response.status in (Status.ACCEPTED, Status.CONDITIONAL):
        because = "the authority accepted it, or a newer one"
        await close_accepted(connection, claimed.delivery_id, ["authority-rejected"], because)
