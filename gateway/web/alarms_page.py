"""What needs a person? GET and POST /alarms: what is open, the gravest first, and a button to say that one looks after it.

In: a duty officer's (the own port), the desk's or an operator's sign-in. Out: a page that works without scripts. What an alarm says of its own matter is
English in every language, as clauses of law are. Ids, ships, ports and times; nobody's name but those of us who answered.
"""

from datetime import datetime

import msgspec
from aiohttp import web

from gateway.alerts import Alarm, kind_of
from gateway.obligations.calls import zone_of
from gateway.web import pages, parameters
from gateway.web.alarms import acknowledged, alarms_for, may_look_after
from gateway.web.rooms import ALARMS
from gateway.web.visitor import form_of, visitor
from gateway.web.words import mark

_GRAVEST_FIRST = ("critical", "warning", "info")
_WORDS = {"critical": mark("critical"), "warning": mark("warning"), "info": mark("info")}
_CHIPS = {"critical": "missing", "warning": "due", "info": "not-counted"}  # the colours of the board


class Item(msgspec.Struct, frozen=True):
    """An alarm as the page shows it."""

    alarm: Alarm
    title: str
    severity: str
    grave: str
    chip: str
    to_do: str
    since: str


async def page(request: web.Request) -> web.Response:
    """GET /alarms"""
    who = await visitor(request, *ALARMS.kinds)
    parameters.only_known(request)
    items = sorted(map(_item, await alarms_for(request.app, who)), key=_order)
    waiting = [one for one in items if one.alarm.acknowledged_at is None]
    looked_after = [one for one in items if one.alarm.acknowledged_at is not None]
    return pages.html(
        request, "alarms.html", waiting=waiting, looked_after=looked_after, may_look_after=may_look_after(who)
    )


async def post(request: web.Request) -> web.Response:
    """POST /alarms"""
    who, fields = await form_of(request, *ALARMS.kinds)
    await acknowledged(request.app, who, fields.get("alarm", ""))
    return pages.see_other(ALARMS.path)


def _item(one: Alarm) -> Item:
    kind = kind_of(one.kind)
    port = next(iter(one.concerns.ports), None)
    return Item(
        one, kind.title, kind.severity, _WORDS[kind.severity], _CHIPS[kind.severity], kind.to_do, _clock(one.at, port)
    )


def _clock(at: datetime, port: str | None) -> str:
    zone = zone_of(port) if port else None
    utc = f"{at:%Y-%m-%d %H:%M} UTC"
    return f"{at.astimezone(zone):%H:%M} {zone.key} ({utc})" if zone else utc


def _order(one: Item) -> tuple[int, float]:
    return _GRAVEST_FIRST.index(one.severity), -one.alarm.at.timestamp()
