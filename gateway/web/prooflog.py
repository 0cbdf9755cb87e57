"""The tamper-evident log for whoever holds a receipt: GET /v1/log/head and /v1/log/proof (RFC 9162 section 2.1).

In: a submission or two tree sizes. Out: the signed head; an inclusion or consistency proof. No credentials: heads and
proofs are digests, and a carrier's auditor should be able to check them without one.
"""

from uuid import UUID

from aiohttp import web

from gateway.receive import RECEIVED
from gateway.store import Connection, log
from gateway.web import parameters
from gateway.web.answers import as_json, json_bytes
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem


async def get_head(request: web.Request) -> web.Response:
    """The newest signed head."""
    parameters.only_known(request)
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        head = await log.head(connection)
    if head is None:
        raise Problem(404, "log-empty", "nothing has been logged yet")
    return json_bytes(head.signed)


async def get_proof(request: web.Request) -> web.Response:
    """`submission`: that its receipt's entry is in the newest tree. `from` and `to`: that one tree begins with the other."""
    parameters.only_known(request, "submission", "from", "to")
    id = parameters.text(request, "submission")
    old, new = (parameters.number(request, name, default=0) for name in ("from", "to"))
    if (id is None) == (new == 0):
        raise parameters.bad("give 'submission', or 'from' and 'to' as sizes of the tree")
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        document = await _inclusion(connection, id) if id else await _consistency(connection, old, new)
    return as_json(document)


async def _consistency(connection: Connection, old: int, new: int) -> dict[str, object]:
    head = await log.head(connection)
    if head is None or not 0 < old <= new <= head.size:
        raise parameters.bad("'from' and 'to' are sizes of the tree, at least 1, the first no greater than the second")
    proof = await log.consistency(connection, old, new)
    return {"from": old, "to": new, "proof": [hash.hex() for hash in proof]}


async def _inclusion(connection: Connection, id: str) -> dict[str, object]:
    try:
        submission = str(UUID(id))
    except ValueError:
        raise parameters.bad("'submission' is the id in a receipt, a UUID") from None
    entries = await log.entries_of_submission(connection, submission)
    received = next((entry for entry in entries if entry.event == RECEIVED), None)
    head = await log.head(connection)
    if received is None or received.position is None or head is None:
        detail = "there is no such entry, or it is not in the tree yet: try again in a second"
        raise Problem(404, "not-in-the-tree", detail)
    proof = await log.inclusion(connection, received.position, head.size)
    return {"submission": submission, "index": received.position, "size": head.size, "proof": [h.hex() for h in proof]}
