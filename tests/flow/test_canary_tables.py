"""A passenger's value is in none of the tables that answers, parts of lists and changes leave behind, whatever a window says."""

import json
import logging
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from gateway.heard import Message, MessagePart, kept
from gateway.manifest import Function
from gateway.process import verdicts
from gateway.process.answer import Answer, open_answer
from gateway.process.on_response import on_response
from gateway.sent import File
from gateway.settings import utc_now
from gateway.store import Pool, transaction
from gateway.store.responses import add_response, claim_response
from gateway.store.submissions import sealed_answer
from tests.flow.canary import WORD, dumped, leaks, marked
from tests.flow.desk import Desk, call, catalogue, voyage
from tests.flow.test_unfinished import part
from tests.formats.paxlst_text import interchange
from tests.process.office import entry, recipient
from tests.specimen import passenger_manifest

NSW = "mt-nsw"
PERSONS = tuple(marked(one, number) for number, one in enumerate(passenger_manifest().persons, 1))
HEADERS = f"Surname;First name;Date of birth;Nationality;{WORD.title()} Lopez;Cabin of {WORD}"


def frm(*codes: str) -> bytes:
    """A rejection that has the word wherever a window writes words, also where a code should be."""
    errors = [
        {
            "ram:TypeCode": code,
            "ram:Description": [{"$": f"{WORD} has no birthday"}],
            "ram:SpecifiedIdentifiedPointer": [{"ram:TagID": f"//{WORD}", "ram:SequenceID": 1}],
        }
        for code in codes
    ]
    request = {"ram:ID": WORD, "ram:ReferenceReferencedDocument": {"ram:TypeCode": "PXA", "ram:ID": "m"}}
    said = {"ram:StatusCode": "8", "ram:Status": [{"$": WORD}], "ram:ReferencedReportedError": errors}
    res = {"res:ExchangedDocument": {"ram:ID": WORD}, "res:AcknowledgementDocument": request}
    return json.dumps({"env:Envelope": {"res:RES": res, "frm:FRM": {"frm:AcknowledgementDocument": said}}}).encode()


async def answered(desk: Desk, delivery: UUID, data: bytes) -> None:
    """The window answers, and the answer is read."""
    seal_to = desk.known.identity.seal_to
    async with transaction(desk.pool) as connection:
        new = kept(data, delivery, form="emswe-json", channel="https", at=utc_now(), seal_to=seal_to)
        await add_response(connection, new)
    claimed = await claim_response(desk.pool, lease_seconds=30)
    assert claimed is not None
    await verdicts.tell(desk.pool, desk.known, claimed)


def to_nothing() -> Message:
    """An AS4 message that names no delivery of ours."""
    one = MessagePart(WORD, "application/xml", {WORD: WORD}, WORD.encode())
    return Message(
        message_id="1@example", ref_to=WORD, conversation=WORD, service=WORD, action=WORD, properties={WORD: WORD}, parts=(one,)
    )  # fmt: skip


@pytest.fixture
async def desk(pool: Pool, tmp_path: Path) -> Desk:
    made = Desk(pool, catalogue(tmp_path, recipient(entry(), id=NSW)))
    await made.expect(call())
    return made


async def test_it_is_in_no_table_and_no_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    whole: dict[str, Any] = {"voyage": voyage(), "persons": PERSONS}
    first = passenger_manifest(issued="2026-11-21T08:00:00+00:00", **whole)
    listed = File(msgspec.json.encode(first), f"{WORD}.json")
    answer = await desk.put(listed)
    await desk.put(passenger_manifest(issued="2026-11-21T09:00:00+00:00", function=Function.CHANGE, **whole))
    await desk.put(File(interchange(part("01:C", WORD, WORD, access=WORD)).encode(), f"{WORD}.edi"), call="C1")
    await desk.put(File(f"{HEADERS}\n{';'.join([WORD] * 6)}\n".encode(), f"{WORD}.csv"), call="C1")
    delivery = UUID(answer.lists[0].deliveries[0].id)
    await answered(desk, delivery, frm(WORD, "RIM_PLUGIN_0009", "ERR-020"))
    async with transaction(desk.pool) as connection:
        await on_response(connection, desk.known, to_nothing(), partner="window", recipients=[NSW], at=utc_now())
        sealed = await sealed_answer(connection, UUID(answer.submission))
    tables = await dumped(desk.pool)
    assert {name: forms for name, data in tables.items() if (forms := leaks(data))} == {}
    full = {"response", "waiting_list", "manifest_part", "list_shape", "series_current", "alarm", "finding_count"}
    assert {name for name in full if not tables[name]} == set()
    assert leaks(caplog.text.encode()) == []
    opened = open_answer(sealed, answer.submission, desk.known) if sealed else b""
    told = msgspec.json.decode(opened or b"", type=Answer)
    assert any(WORD in one.text for one in told.findings if one.code == "R-04"), "the sender alone is told its words"
