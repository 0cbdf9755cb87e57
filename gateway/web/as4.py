"""POST /v1/as4: what partners' access points send us over AS4 (eDelivery AS4 1.15 and 2.0, Two-Way/Push-and-Push).

In: a message. Out: the signed receipt, once what came is stored; or signed ebMS errors, with status 200 as the SOAP binding of
ebMS has it. The signature says who it is: there is no token. A message that comes again is receipted again and not taken
twice. One for the test service is receipted and goes no further. The work is done in a thread, for a few at a time.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

import msgspec
from aiohttp import web

from gateway import as4
from gateway.access_point import NoKey, partner_of
from gateway.as4 import Fault, Own, Packed, Profile, Unpacked
from gateway.as4.errors import MODE_MISMATCH
from gateway.catalogue import Catalogue
from gateway.heard import Message, MessagePart
from gateway.keyring import As4, Recipient
from gateway.process.on_response import on_response
from gateway.settings import utc_now
from gateway.store import messages, transaction
from gateway.web.body import whole
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

_AT_ONCE: Final = 8  # messages of up to max_body bytes each are in memory
_ROOM: Final = web.AppKey("room for AS4 messages", asyncio.Semaphore)

Agreed = tuple[Recipient, As4]


class Agreement(msgspec.Struct, frozen=True):
    """Everyone who knows us by one name and speaks one profile."""

    profile: Profile
    own: Own
    sides: tuple[Agreed, ...]


class Came(msgspec.Struct, frozen=True):
    """A message, under which agreement it came, and whose it is."""

    unpacked: Unpacked
    under: Agreement
    sides: tuple[Agreed, ...]


class Not(msgspec.Struct, frozen=True):
    """A message that is not taken."""

    fault: Fault
    under: Agreement


def prepare(app: web.Application) -> None:
    app[_ROOM] = asyncio.Semaphore(_AT_ONCE)


async def post(request: web.Request) -> web.Response:
    """One message."""
    context = request.app[CONTEXT]
    async with request.app[_ROOM]:
        now = utc_now()
        agreements = list(_agreements(context.catalogue, now))
        if not agreements:
            raise Problem(404, "no-partner", "no recipient here is reached by AS4, or our own keys for it are missing")
        body = await whole(request, most=context.settings.max_body)
        content_type = request.headers.get("Content-Type", "")
        came = await asyncio.to_thread(_read, content_type, body, agreements, now)
        if isinstance(came, Came) and not came.unpacked.message.is_test:
            await _take(request, came, now)
        packed = await asyncio.to_thread(_answer, came, now)
    return web.Response(body=packed.body, headers={"Content-Type": packed.content_type})


async def _take(request: web.Request, came: Came, now: datetime) -> None:
    """Stored once, however often it comes; whatever goes wrong here, there is no receipt, and the partner sends again."""
    context, message = request.app[CONTEXT], came.unpacked.message
    partner = message.sender.id.value
    async with transaction(context.pool) as connection:
        if not await messages.remember(connection, partner, message.id, now):
            return
        recipients = [recipient.id for recipient, _ in came.sides]
        answered = _answered(came.unpacked)
        await on_response(connection, context.catalogue, answered, partner=partner, recipients=recipients, at=now)


def _agreements(catalogue: Catalogue, now: datetime) -> Iterator[Agreement]:
    grouped: dict[tuple[str, str, str], list[Agreed]] = {}
    for recipient in catalogue.recipients.values():
        if (agreed := recipient.as4) is not None:
            grouped.setdefault((agreed.profile, agreed.us, agreed.party_type), []).append((recipient, agreed))
    for (profile, _, _), sides in grouped.items():
        try:
            own = catalogue.access_point.own(sides[0][1], now)
        except NoKey:
            continue
        yield Agreement(as4.PROFILES[profile], own, tuple(sides))


def _read(content_type: str, body: bytes, agreements: Sequence[Agreement], now: datetime) -> Came | Not:
    """Under the first agreement that it fits; else the errors of the one that knows both parties, if one does."""
    refused: list[Not] = []
    for one in agreements:
        partners = [partner_of(*side) for side in one.sides]
        found = as4.unpack(content_type, body, profile=one.profile, own=one.own, partners=partners, at=now)
        if isinstance(found, Fault):
            refused.append(Not(found, one))
            continue
        return _placed(found, one)
    return next((one for one in refused if not _is_between_others(one.fault)), refused[0])


def _placed(found: Unpacked, under: Agreement) -> Came | Not:
    """Whose it is, and whether it is one that we have agreed on."""
    message = found.message
    sides = tuple(side for side in under.sides if partner_of(*side).party == message.sender.id)
    expected = tuple(
        side for side in sides if (message.service, message.action) == (side[1].service, side[1].answer_action)
    )
    if expected or message.is_test:
        return Came(found, under, expected)
    detail = "no message of this Service and Action is agreed on between these parties"
    return Not(Fault((MODE_MISMATCH.saying(detail, message.id),), message.id), under)


def _is_between_others(fault: Fault) -> bool:
    return any(error.code == MODE_MISMATCH.code for error in fault.errors)


def _answer(came: Came | Not, now: datetime) -> Packed:
    under = came.under
    id = f"{uuid4()}@{under.own.party.value}"
    if isinstance(came, Came):
        return as4.receipt_for(came.unpacked, id=id, at=now, profile=under.profile, own=under.own)
    return as4.error_for(came.fault, id=id, at=now, profile=under.profile, own=under.own)


def _answered(unpacked: Unpacked) -> Message:
    message = unpacked.message
    return Message(
        message_id=message.id,
        ref_to=message.ref_to,
        conversation=message.conversation,
        service=message.service,
        action=message.action,
        properties={one.name: one.value for one in message.properties},
        parts=tuple(
            MessagePart(part.content_id, part.mime_type, {one.name: one.value for one in part.properties}, part.content)
            for part in unpacked.payloads
        ),
    )
