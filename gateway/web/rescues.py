"""GET /v1/rescues?call=…: whether the list of a sailing was opened for a rescue centre, when, why.

In: the sailing's carrier, the compliance desk, a rescue officer or an operator. Out: cases and their steps; codes and times, for
the line without the officers, for nobody a person on board or the words of the reason.
"""

from typing import Any

from aiohttp import web

from gateway.rescue import Case, state_of
from gateway.settings import utc_now
from gateway.store import Connection
from gateway.store.calls import call
from gateway.store.rescues import Step, cases_of_call, steps_of
from gateway.web import parameters
from gateway.web.access import only
from gateway.web.answers import as_json
from gateway.web.caller import Caller
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem


async def page(request: web.Request) -> web.Response:
    """The cases of one call, oldest first."""
    who = await only(request, "carrier", "desk", "rescue", "operator")
    parameters.only_known(request, "call")
    id = parameters.text(request, "call")
    if id is None:
        raise parameters.bad("'call' is the id of a call")
    async with request.app[CONTEXT].pool.acquire(timeout=10) as connection:
        found = await call(connection, id)
        if found is None or (who.kind == "carrier" and found.carrier != who.subject):
            raise Problem(404, "no-such-call", "there is no call with this id that you may see")
        return as_json({"call": id, "rescues": await openings_of(connection, id, who)})


async def openings_of(connection: Connection, call_id: str, who: Caller) -> list[dict[str, Any]]:
    """What was asked for of a call, and each step of it; for the call's page as well. A carrier sees its own calls' only."""
    cases = await cases_of_call(connection, call_id, carrier=who.subject if who.kind == "carrier" else None)
    steps = await steps_of(connection, [one.id for one in cases])
    with_people = who.kind != "carrier"
    return [_shown(one, [step for step in steps if step.rescue_id == one.id], with_people) for one in cases]


def _shown(one: Case, steps: list[Step], with_people: bool) -> dict[str, Any]:
    """`with_people`: who asked and decided as well, which is no line's affair."""
    people = {"asked_by": one.asked_by, "decided_by": one.decided_by} if with_people else {}
    by = {step: {"by": step.by or None} if with_people else {} for step in steps}
    return people | {
        "id": one.id,
        "state": state_of(one, utc_now()),
        "reason": one.reason,
        "case_number": one.case_number,
        "asked_at": one.asked_at,
        "decided_at": one.decided_at,
        "refusal": one.refusal,
        "until": one.until,
        "steps": [{"at": step.at, "what": step.what} | by[step] for step in steps],
    }
