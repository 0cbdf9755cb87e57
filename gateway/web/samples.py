"""GET /sandbox/sample: an invented list in a form of the line's own, to begin with: nobody on it lives.

In: the form, whose list, and whether with mistakes in it. Out: an attachment as `./gw make` writes it, with the line's columns, words and
dates where its profile says them. The same day gives the same bytes.
"""

import asyncio
from typing import TYPE_CHECKING, Final, NamedTuple

from aiohttp import web

from gateway.manifest import ListKind
from gateway.settings import utc_now
from gateway.web import parameters
from gateway.web.context import CONTEXT
from gateway.web.intake import one_of
from gateway.web.rooms import SANDBOX
from gateway.web.visitor import visitor
from gateway.web.words import mark

if TYPE_CHECKING:
    from gateway.carrier import Carrier

_PERSONS, _FAULTS, _SEED = 30, 3, 1
_MEDIA: Final = "application/octet-stream"  # to be kept, whatever it is


class Sample(NamedTuple):
    """A form that is offered, and of whom there are lists in it."""

    form: str
    title: str
    kinds: tuple[ListKind, ...]


_BOTH: Final = (ListKind.PASSENGERS, ListKind.CREW)
SAMPLES: Final = (
    Sample("paxlst-sea", mark("PAXLST"), _BOTH),
    Sample("fal6-xlsx", mark("FAL 6 as a workbook"), (ListKind.PASSENGERS,)),
    Sample("fal5-xlsx", mark("FAL 5 as a workbook"), (ListKind.CREW,)),
    Sample("fal6-csv", mark("FAL 6 as CSV"), (ListKind.PASSENGERS,)),
    Sample("fal5-csv", mark("FAL 5 as CSV"), (ListKind.CREW,)),
    Sample("uk-fal6", mark("UK FAL 6 workbook"), (ListKind.PASSENGERS,)),
    Sample("uk-fal5", mark("UK FAL 5 workbook"), (ListKind.CREW,)),
    Sample("imo-xlsx", mark("IMO workbook"), _BOTH),
    Sample("ferry-csv", mark("A ferry's CSV"), (ListKind.PASSENGERS,)),
    Sample("emswe-xml", mark("EMSWe XML"), _BOTH),
    Sample("emswe-json", mark("EMSWe JSON"), _BOTH),
    Sample("common-json", mark("Our own JSON"), _BOTH),
)


async def get(request: web.Request) -> web.Response:
    """GET /sandbox/sample?form=…&kind=…&faults=1"""
    who = await visitor(request, *SANDBOX.kinds)
    parameters.only_known(request, "form", "kind", "faults")
    known = {one.form: one for one in SAMPLES}
    sample = known[one_of("form", request.query.get("form", ""), list(known))]
    kind = one_of("kind", request.query.get("kind", sample.kinds[0].value), [kind.value for kind in sample.kinds])
    faults = parameters.number(request, "faults", default=0, most=1) * _FAULTS
    carrier = request.app[CONTEXT].catalogue.carriers.get(who.subject)
    data, ending = await asyncio.to_thread(_made, sample.form, ListKind(kind), faults, carrier)
    name = f"sample-{sample.form}-{kind}{'-mistakes' if faults else ''}.{ending}"
    return web.Response(
        body=data, content_type=_MEDIA, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _made(form: str, kind: ListKind, faults: int, carrier: "Carrier | None") -> tuple[bytes, str]:
    """Runs in a thread."""
    import msgspec

    from gateway.make import Order, chosen, make
    from gateway.make.targets import TARGETS

    order = Order(form=form, persons=_PERSONS, seed=_SEED, on=utc_now().date(), kind=kind, carrier=carrier)
    order = msgspec.structs.replace(order, faults=chosen(order, faults)) if faults else order
    return make(order).data, TARGETS[form].ending
