"""POST /v1/submissions/{id}/again: an operator has a submission tried anew that no worker could process.

In: an operator's credentials, a submission's id. Out: the submission, received again; who asked for it is in the log. Its receipt and its time
of receipt stay as they are.
"""

from uuid import UUID

from aiohttp import web

from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.submissions import submission, try_submission_again
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.body import DOCUMENT_BYTES, whole
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem


async def post(request: web.Request) -> web.Response:
    who = await only(request, "operator")
    parameters.only_known(request)
    await whole(request, most=DOCUMENT_BYTES)
    try:
        id = UUID(request.match_info["id"])
    except ValueError:
        raise Problem(404, "no-such-submission", "a submission's id is a UUID") from None
    async with transaction(request.app[CONTEXT].pool) as connection:
        is_again = await try_submission_again(connection, id, who.name, utc_now())
        found = await submission(connection, id)
    if found is None:
        raise Problem(404, "no-such-submission", "there is no submission with this id")
    if not is_again:
        raise Problem(422, "not-failed", f"this submission is {found.state}; only one that failed can be tried again")
    return as_json({"id": found.id, "carrier": found.carrier, "state": found.state, "received_at": found.received_at})
