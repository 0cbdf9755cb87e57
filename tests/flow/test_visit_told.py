"""A single window that names the visit in its answer to a list: the call has it from then on, and so have the lists that follow."""

import json
from pathlib import Path
from uuid import UUID

from gateway.store import Pool
from gateway.store.calls import call as known_call
from tests.flow.canary import WORD
from tests.flow.desk import Desk, call, catalogue, voyage
from tests.flow.test_canary_tables import answered
from tests.process.office import entry, recipient
from tests.specimen import passenger_manifest

NSW = "mt-nsw"


def frm(visit: str, status: str = "1", formality: str = "PXA", message: str = "m") -> bytes:
    request = {"ram:ReferenceReferencedDocument": {"ram:TypeCode": formality, "ram:ID": message}}
    movement = {"ram:CallTransportEvent": {"ram:ID": visit}}
    res = {"res:SpecifiedLogisticsTransportMovement": movement, "res:AcknowledgementDocument": request}
    verdict = {"frm:AcknowledgementDocument": {"ram:StatusCode": status}}
    return json.dumps({"env:Envelope": {"res:RES": res, "frm:FRM": verdict}}).encode()


async def test_the_call_has_the_number_that_the_window_took_the_list_under(pool: Pool, tmp_path: Path) -> None:
    desk = Desk(pool, catalogue(tmp_path, recipient(entry(), id=NSW)))
    await desk.expect(call())
    sent = await desk.put(passenger_manifest(voyage=voyage()))
    steps = [
        (frm("MT-2026-6", "8"), None, None),  # it refuses: the number may be the one that is wrong
        (frm("MT-2026-6", formality="WAS"), None, None),
        (frm(WORD), None, None),  # whatever is no number may be a name
        (frm("7 " + WORD), None, None),
        (frm("MT-2026-7"), "MT-2026-7", None),
        (frm("MT-2026-8", "3", "CWD"), "MT-2026-7", "MT-2026-8"),
    ]
    for answer, arrival, departure in steps:
        await answered(desk, UUID(sent.lists[0].deliveries[0].id), answer)
        async with pool.acquire() as connection:
            found = await known_call(connection, call().id)
        assert found is not None
        assert (found.arrival_visit_id, found.departure_visit_id) == (arrival, departure)
        assert (found.carrier, found.vessel, found.etd) == (call().carrier, call().vessel, call().etd)
