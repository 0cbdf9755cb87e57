"""The tamper-evident log for whoever holds a receipt: GET /v1/log/head and /v1/log/proof (RFC 9162 section 2.1).

In: a submission or two tree sizes. Out: the signed head; an inclusion or consistency proof. No credentials: heads and
proofs are digests, and a carrier's auditor should be able to check them without one.
"""

from uuid import UUID

import msgspec
from aiohttp import web

from gateway.receive import RECEIVED
from gateway.store import Connection, log
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem


async def get_head(request: web.Request) -> web.Response:
    """The newest signed head."""
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        head = await log.head(connection)
    if head is None:
        raise Problem(404, "log-empty", "nothing has been logged yet")
    return web.Response(body=head.signed, content_type="application/json")


async def get_proof(request: web.Request) -> web.Response:
    """`submission`: that its receipt's entry is in the newest tree. `from` and `to`: that one tree begins with the other."""
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        try:
            if "submission" in request.query:
                document = await _inclusion(connection, str(UUID(request.query["submission"])))
            else:
                old, new = int(request.query["from"]), int(request.query["to"])
                document = {
                    "from": old,
                    "to": new,
                    "proof": [h.hex() for h in await log.consistency(connection, old, new)],
                }
        except (KeyError, ValueError):
            raise Problem(
                400, "bad-parameter", "give 'submission', or 'from' and 'to' as tree sizes up to the newest head"
            ) from None
    return web.Response(body=msgspec.json.encode(document), content_type="application/json")


async def _inclusion(connection: Connection, submission: str) -> dict[str, object]:
    entries = await log.entries_of_submission(connection, submission)
    received = next((entry for entry in entries if entry.event == RECEIVED), None)
    head = await log.head(connection)
    if received is None or received.position is None or head is None:
        raise Problem(
            404, "not-in-the-tree", "there is no such entry, or it is not in the tree yet: try again in a second"
        )
    proof = await log.inclusion(connection, received.position, head.size)
    return {"submission": submission, "index": received.position, "size": head.size, "proof": [h.hex() for h in proof]}
