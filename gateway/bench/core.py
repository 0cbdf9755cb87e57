"""The pure part on one core: read + normalise + check, writing, sealing; how it grows; what it holds in memory.

In: how many runs. Out: figures. The peer for PAXLST is pydifact, which only tokenises, on the very same bytes.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from gateway import jail
from gateway.bench import epc
from gateway.bench.figure import Figure, timed
from gateway.demo import samples
from gateway.formats.forms import FORMS
from gateway.formats.writing import WriteOrder
from gateway.keyring import new_identity, new_recipient_keys
from gateway.keyring.register import Handling
from gateway.make import tables
from gateway.make.specimens import passengers
from gateway.manifest import ListKind, Port, Purpose
from gateway.process.understand import understand
from gateway.seal import open_at_rest, open_envelope, seal_at_rest, seal_to
from gateway.sent import File
from gateway.settings import PROJECT

_LEG = (Port(code="EGALY"), Port(code="GRPIR"))


def paxlst_of(persons: int, now: datetime, seed: int = 1) -> bytes:
    """A native sea PAXLST of so many invented passengers."""
    return samples.paxlst("aurora-south", ListKind.PASSENGERS, passengers(persons, seed, *_LEG, now.date()), now)


def emswe_of(persons: int, now: datetime, form: str) -> bytes:
    """An EMSWe PXA of so many invented passengers, as our own writer makes it: some 1,080 bytes a person in XML."""
    people = passengers(persons, 3, *_LEG, now.date())
    order = WriteOrder(message_id="1", at=now, sender="FI0000000-0", recipient="NSW", purposes=(Purpose.BORDER,))
    return FORMS[form].write(samples.manifest("aurora-south", ListKind.PASSENGERS, people, now), order)


def _read(data: bytes, now: datetime) -> Any:
    return understand((File(data),), carrier=None, now=now)


def figures(now: datetime, runs: int, *, quick: bool) -> Iterator[Figure]:
    """Every figure of the pure part."""
    data = paxlst_of(5000, now)
    ours = timed(lambda: _read(data, now), runs)
    peer = _pydifact(data, runs)
    yield Figure(
        what="PAXLST of 5,000: read + normalise + check, one core",
        value=5000 / ours.median,
        unit="persons/s",
        aim=">= 25,000; first aim 10,000",
        peer="pydifact, tokens only" if peer else "pydifact is not installed here",
        ratio=peer / ours.median if peer else None,
    )
    yield from _steps(data, now, runs)
    small, large = (timed(partial(_read, data, now), 2).best for data in (paxlst_of(n, now) for n in (1000, 10_000)))
    yield Figure(
        what="growth: 10 x the persons cost", value=large / small, unit="x the time", aim="<= 11, to 100,000 persons"
    )
    yield from _other_formats(now, runs)
    yield from _sealing(runs)
    if not quick:
        yield _memory("paxlst", "9,950")  # the largest ship's list
        yield _memory("emswe-xml", "12,600")  # 13.6 MB


def _pydifact(data: bytes, runs: int) -> float | None:
    try:
        from pydifact.segmentcollection import RawSegmentCollection
    except ImportError:
        return None
    text = data.decode("latin-1")
    import warnings

    def run() -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return len(list(RawSegmentCollection.from_str(text).segments))

    return timed(run, max(1, runs // 2)).median


def _steps(data: bytes, now: datetime, runs: int) -> Iterator[Figure]:
    from gateway import checks
    from gateway.checks.facts import Context
    from gateway.formats import paxlst
    from gateway.formats.raw import RawList
    from gateway.normalise import normalise

    read = timed(lambda: paxlst.read(data, {}), runs).median
    [raw] = [found for found in paxlst.read(data, {}).lists if isinstance(found, RawList)]
    normal = timed(lambda: normalise(raw, None, today=now.date()), runs).median
    done = normalise(raw, None, today=now.date())
    context = Context(places=done.lineage.places, today=now.date(), now=now, purposes=(Purpose.BORDER,))
    check = timed(lambda: checks.run(done.manifest, context), runs).median
    for what, seconds in (("read", read), ("normalise", normal), ("check", check)):
        yield Figure(what=f"    of which {what}", value=seconds * 1000, unit="ms")
    order = WriteOrder(message_id="1", at=now, sender="FI0000000-0", recipient="NSW")
    for name in ("emswe-xml", "emswe-json", "paxlst-sea", "common-json"):
        seconds = timed(partial(FORMS[name].write, done.manifest, order), runs).median
        yield Figure(what=f"write 5,000 as {name}", value=5000 / seconds, unit="persons/s")


def _other_formats(now: datetime, runs: int) -> Iterator[Figure]:
    people = passengers(5800, 2, *_LEG, now.date())
    files = {
        "workbook of 5,800 (child process included)": tables.imo_workbook(people[:1], people),
        "delimited text of 5,800 (child process included)": tables.ferry_csv(
            people, ship="Adria Esempio", sailing="A1", departure="FIHEL", arrival="EETLL", when="2026-06-01"
        ),
        "EPC XML of 5,800": epc.message(people),
        "our own JSON of 5,800": FORMS["common-json"].write(
            samples.manifest("aurora-south", ListKind.PASSENGERS, people, now),
            WriteOrder(message_id="1", at=now, sender="X", recipient="Y"),
        ),
        "EMSWe XML of 5,800": emswe_of(5800, now, "emswe-xml"),
        "EMSWe JSON of 5,800": emswe_of(5800, now, "emswe-json"),
    }
    for what, data in files.items():
        seconds = timed(partial(jail.read_file, data), runs).median
        yield Figure(what=f"read {what}", value=5800 / seconds, unit="persons/s", aim=">= 10,000")
        seconds = timed(partial(_read, data, now), max(2, runs // 2)).median
        yield Figure(what=f"read + normalise + check {what}", value=5800 / seconds, unit="persons/s")


def _sealing(runs: int) -> Iterator[Figure]:
    from datetime import date

    payload = b"{" + b"invented people " * 160_000 + b"}"
    identity = new_identity(date(2026, 1, 1))
    sealed = seal_at_rest(payload, identity.seal_to, context=b"bench")
    yield Figure(what="seal 2.5 MB at rest", value=timed(lambda: seal_at_rest(payload, identity.seal_to, context=b"bench"), runs).median * 1000, unit="ms")  # fmt: skip
    yield Figure(what="open 2.5 MB at rest", value=timed(lambda: open_at_rest(sealed, identity, context=b"bench"), runs).median * 1000, unit="ms")  # fmt: skip
    handling = Handling(marking="restricted", purposes=(Purpose.BORDER,), legal_basis="bench", route="bench", as_of="2026-01-01T00:00:00Z", originator="bench")  # fmt: skip
    for form in ("envelope", "jwe"):
        secret, public = new_recipient_keys(form)

        seal = partial(
            seal_to, form, public, payload, content_type="application/json", handling=handling, delivery_id="1", signer=identity.signer
        )  # fmt: skip

        body = seal().body
        yield Figure(what=f"seal 2.5 MB to a recipient ({form})", value=timed(seal, runs).median * 1000, unit="ms")
        opening = timed(partial(open_envelope, body, [secret], identity.verify_keys), runs)
        yield Figure(what=f"open 2.5 MB as a recipient ({form})", value=opening.median * 1000, unit="ms")


_PEAK = """
import resource, sys
from datetime import UTC, datetime
from gateway.bench.core import _read, emswe_of, paxlst_of
now, persons = datetime(2026, 6, 1, tzinfo=UTC), int(sys.argv[2])
data = paxlst_of(persons, now) if sys.argv[1] == "paxlst" else emswe_of(persons, now, sys.argv[1])
_read(data, now)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _memory(form: str, persons: str) -> Figure:
    """Peak of a process that makes, reads, normalises and checks a list."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, form, persons.replace(",", "")],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        text=True,
    )
    return Figure(
        what=f"peak memory of reading + checking {persons} persons ({form})",
        value=int(done.stdout) / 1024,
        unit="MB",
        aim="<= 250",
    )
