"""/v1/transfers: a Passenger Information Unit asks for a list that another one has; the originating authority decides.

In: a recipient's request, an operator's decision with its number. Out: the request and what became of it; on a grant, the
list is sealed to the one who asked. A request is taken down whether or not there is such a list, so that asking tells nobody
what another recipient has; only the operator is shown that. Every step is in the log (WCO-UNOCT Arrangement, Article 4).
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import msgspec
from aiohttp import web

from gateway.alerts import Concerns
from gateway.catalogue import Catalogue
from gateway.keyring import Form, Recipient
from gateway.manifest import Purpose
from gateway.process.onward import Grant, barred, carried_out, terms_of
from gateway.settings import utc_now
from gateway.store import Connection, log, transaction
from gateway.store.alarms import close_about, raise_alarm
from gateway.store.deliveries import NewDelivery, add_deliveries
from gateway.store.transfers import Held, Transfer, ask_for, decide, held, sent_under, transfer, transfers
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

_Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
_Number = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Purposes = Annotated[tuple[Purpose, ...], msgspec.Meta(min_length=1, max_length=3)]


class Voyage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ship that came into a port about a day: a day either way is the same call."""

    imo: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{7}$")]
    arrival_port: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
    day: date


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a recipient asks for: a delivery of another one's, or the lists of a voyage."""

    holder: _Id
    delivery: UUID | msgspec.UnsetType = msgspec.UNSET
    voyage: Voyage | msgspec.UnsetType = msgspec.UNSET
    purposes: _Purposes
    legal_basis: _Text
    form: Form = "common-json"


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the originating authority decided. Without `purposes`, those that were asked for; `until`: the last day."""

    granted: bool
    decision: _Number
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""
    deliveries: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=50)] = ()
    purposes: _Purposes | msgspec.UnsetType = msgspec.UNSET
    until: date | msgspec.UnsetType = msgspec.UNSET
    transfer_ground: _Text | msgspec.UnsetType = msgspec.UNSET


async def post(request: web.Request) -> web.Response:
    """The request is taken down, and the operator is told."""
    who = await only(request, "recipient")
    parameters.only_known(request)
    said = _document(await whole(request, most=DOCUMENT_BYTES), Request, "bad-transfer-request")
    to = _requester(request, who.subject)
    if to is None or to.kind != "piu":
        raise Problem(403, "not-allowed", "lists are passed on between Passenger Information Units only")
    if bool(said.delivery) == bool(said.voyage) or said.holder == to.id:
        detail = "name another recipient as holder, and either a delivery or a voyage"
        raise Problem(400, "bad-transfer-request", detail)
    new = _asked(said, to.id, utc_now())
    async with transaction(request.app[CONTEXT].pool) as connection:
        await ask_for(connection, new)
        text = f"{new.requester} asks for lists that {new.holder} has; decide it: ./gw transfers show {new.id}"
        await raise_alarm(connection, "transfer-asked", str(new.id), text, Concerns(recipient=new.requester))
        await log.append(connection, "transfer-asked", _subject(new), new.asked_at)
    return as_json(_shown(new), status=201)


async def page(request: web.Request) -> web.Response:
    """A recipient's own requests; all of them for an operator."""
    who = await only(request, "recipient", "operator")
    parameters.only_known(request)
    requester = who.subject if who.kind == "recipient" else None
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await transfers(connection, requester=requester)
    return as_json({"transfers": [_shown(one) for one in found]})


async def get(request: web.Request) -> web.Response:
    """A request and its decision; for an operator also the lists that it means, and which of them may be passed on."""
    who = await only(request, "recipient", "operator")
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        asked = await transfer(connection, _id(request))
        if asked is None or (who.kind == "recipient" and asked.requester != who.subject):
            raise _no_such_transfer()
        sent = await sent_under(connection, asked.id)
        lists = await held(connection, asked) if who.kind == "operator" else []
    document = _shown(asked) | {"deliveries": [{"id": id, "state": state} for id, state in sent]}
    if who.kind == "operator":
        to = _requester(request, asked.requester)
        document["lists"] = [_held(one, asked, to, request.app[CONTEXT].catalogue) for one in lists]
    return as_json(document)


async def post_decision(request: web.Request) -> web.Response:
    """The decision is carried out at once: the lists are sealed to the one who asked, or the refusal stands."""
    who = await only(request, "operator")
    parameters.only_known(request)
    said = _document(await whole(request, most=DOCUMENT_BYTES), Decision, "bad-decision")
    now, id = utc_now(), _id(request)
    async with transaction(request.app[CONTEXT].pool) as connection:
        asked = await transfer(connection, id, to_decide=True)
        if asked is None:
            raise _no_such_transfer()
        if asked.state != "asked":
            raise Problem(422, "already-decided", f"this request was {asked.state}; a new one can be made")
        decided = _decided(asked, said, who.subject, now)
        made = await _carried_out(request, connection, asked, said, now) if said.granted else []
        if isinstance(made, list):
            await decide(connection, id, decided)
            await close_about(connection, ["transfer-asked"], str(id), "it was decided")
            await add_deliveries(connection, made)
            await _log_decision(connection, decided, made, now)
        else:
            await log.append(connection, "transfer-barred", _subject(decided), now)
    if isinstance(made, dict):
        reasons = [{"delivery": id, "reason": reason} for id, reason in made.items()]
        detail = "it may not be passed on as decided, and nothing was sent; see reasons, then decide anew"
        raise Problem(422, "not-to-be-passed-on", detail, reasons=reasons)
    return as_json(_shown(decided) | {"deliveries": [{"id": one.id, "state": "waiting"} for one in made]})


async def _carried_out(
    request: web.Request, connection: Connection, asked: Transfer, said: Decision, now: datetime
) -> list[NewDelivery] | dict[UUID, str]:
    purposes = said.purposes or tuple(map(Purpose, asked.purposes))
    if not said.deliveries or not said.until or said.until < now.date():
        raise Problem(400, "bad-decision", "a grant names the deliveries, and in 'until' its last day, today or later")
    if not set(purposes) <= set(asked.purposes):
        raise Problem(400, "bad-decision", "a grant is for no more purposes than were asked for")
    to = _requester(request, asked.requester)
    if to is None:
        raise Problem(422, "no-such-recipient", "the one who asks is in keys/ no more: nothing can be sealed to it")
    grant = Grant(
        decision=said.decision,
        deliveries=said.deliveries,
        purposes=purposes,
        until=said.until,
        transfer_ground=said.transfer_ground or None,
    )
    found = await held(connection, asked)
    return await asyncio.to_thread(carried_out, asked, grant, found, to, request.app[CONTEXT].catalogue, now)


async def _log_decision(connection: Connection, decided: Transfer, made: Sequence[NewDelivery], now: datetime) -> None:
    subject = _subject(decided)
    await log.append(connection, f"transfer-{decided.state}", subject, now)
    for one in made:
        own = {"delivery": str(one.id), "manifest": str(one.manifest_id)}
        await log.append(connection, "list-passed-on", subject | own, now)


def _asked(said: Request, requester: str, now: datetime) -> Transfer:
    voyage = said.voyage
    return Transfer(
        id=uuid4(),
        requester=requester,
        holder=said.holder,
        delivery=said.delivery or None,
        imo=voyage.imo if voyage else None,
        arrival_port=voyage.arrival_port if voyage else None,
        day=voyage.day if voyage else None,
        form=said.form,
        purposes=[purpose for purpose in Purpose if purpose in said.purposes],
        legal_basis=said.legal_basis,
        asked_at=now,
    )


def _decided(asked: Transfer, said: Decision, by: str, now: datetime) -> Transfer:
    granted = [purpose for purpose in Purpose if said.granted and purpose in (said.purposes or asked.purposes)]
    return msgspec.structs.replace(
        asked,
        state="granted" if said.granted else "refused",
        granted=granted,
        decision=said.decision,
        decided_by=by,
        decided_at=now,
        reason=said.reason or None,
        until=(said.until or None) if said.granted else None,
    )


def _requester(request: web.Request, id: str) -> Recipient | None:
    return request.app[CONTEXT].catalogue.recipients.get(id)


def _id(request: web.Request) -> UUID:
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise _no_such_transfer() from None


def _no_such_transfer() -> Problem:
    return Problem(404, "no-such-transfer", "there is no request with this id that you may see")


def _document(body: bytes, kind: type[Any], problem: str) -> Any:
    try:
        found = msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        detail = "the document is not as schemas/openapi.yaml describes it; compare its members"
        raise Problem(400, problem, detail) from None
    texts = (value for value in msgspec.structs.asdict(found).values() if type(value) is str)
    if not all(text.isprintable() for text in texts):
        raise Problem(400, problem, "texts are one line without control characters")
    return found


def _subject(one: Transfer) -> dict[str, str]:
    told = {"transfer": str(one.id), "requester": one.requester, "holder": one.holder}
    if one.delivery:
        told["asked_delivery"] = str(one.delivery)
    if one.decision and one.decided_by:
        told |= {"decision": one.decision, "by": one.decided_by}
    return told


def _shown(one: Transfer) -> dict[str, Any]:
    voyage = {"imo": one.imo, "arrival_port": one.arrival_port, "day": one.day} if one.imo else None
    own = ("id", "requester", "holder", "delivery", "form", "purposes", "legal_basis", "asked_at", "state", "decision")
    rest = ("decided_at", "granted", "reason", "until")
    return {name: getattr(one, name) for name in (*own, *rest)} | {"voyage": voyage}


def _held(one: Held, asked: Transfer, to: Recipient | None, catalogue: Catalogue) -> dict[str, Any]:
    """A list that the holder has, for the one who decides: on which terms, and what stands against passing it on."""
    purposes = tuple(map(Purpose, asked.purposes))
    gone = "the one who asks is in keys/ no more"
    against = barred(one, asked, to, purposes, "to be named", catalogue) if to else gone
    own = ("id", "lists", "version", "has_newer", "vessel_imo", "vessel_name", "voyage_number", "departure_port")
    rest = ("arrival_port", "persons", "received_at", "settled_at")
    return {name: getattr(one, name) for name in (*own, *rest)} | {"terms": terms_of(one), "barred": against or None}
