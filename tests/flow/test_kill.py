"""Processes are killed while lists come in: nothing acknowledged is lost, nothing takes effect twice, nothing overtakes.

Real processes, real PostgreSQL, two recipients that open what they get; a worker, the database or the whole gateway is
killed, or a recipient, or a worker frozen beyond its lease, at moments that a seed decides. The long run:

    FLOW_FAULTS=200 FLOW_SEED=7 ./gw test tests/flow/test_kill.py

The checker is put to the test as well: on evidence that was spoilt in each way that it should see, and on a gateway that
acknowledges before its commit is on disk.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gateway.demo.world import world
from gateway.settings import utc_now
from tests.flow.evidence import Evidence, violations
from tests.flow.nemesis import KINDS, Fault, Signs, strike
from tests.flow.processes import postmaster, until
from tests.flow.running import filing_until, left, rest
from tests.flow.spoilt import SPOILT

FAULTS = int(os.environ.get("FLOW_FAULTS", str(len(KINDS))))
SEED = int(os.environ.get("FLOW_SEED", "1"))
RECOVERY_SECONDS = 20  # on two cores that do everything else as well; alone it is 4
pytestmark = pytest.mark.timeout(120 + 30 * FAULTS)


class Ran(msgspec.Struct, frozen=True):
    """A run under faults, and what is left of it."""

    evidence: Evidence
    faults: list[Fault]


@pytest.fixture(scope="module")
async def ran() -> Ran:
    async with world(utc_now(), in_memory=True, workers="2", lease_seconds="2") as running:
        await running.ready()
        faults = await filing_until(running, SEED, lambda signs: strike(running, SEED, FAULTS, signs))
        await rest(running)
        found = await left(running)
    print(f"\n{len(found.acks)} acknowledgements of {len(found.submissions)} lists, {len(found.deliveries)} deliveries,"
          f" {len(found.entries)} log entries; faults: {', '.join(f'{one.kind} ({one.recovered:.1f} s)' for one in faults)}")  # fmt: skip
    return Ran(found, faults)


async def test_nothing_is_lost_doubled_or_overtaken(ran: Ran) -> None:
    assert list(violations(ran.evidence)) == []


async def test_it_was_no_walk_in_the_park(ran: Ran) -> None:
    found = ran.evidence
    assert {fault.kind for fault in ran.faults} == set(KINDS[: FAULTS or None])
    assert len(found.acks) > 10 * FAULTS
    assert any("retry" in line for line in found.clients)
    assert all(found.recipients.values())
    assert max(fault.recovered for fault in ran.faults) < RECOVERY_SECONDS


@pytest.mark.parametrize("said", SPOILT)
def test_the_checker_sees(ran: Ran, said: str) -> None:
    spoilt = msgspec.structs.replace(ran.evidence, **SPOILT[said](ran.evidence))
    assert any(said in line for line in violations(spoilt))


WEAK = """
import gateway.store
usual = gateway.store._session
gateway.store._session = lambda name: usual(name) | {"synchronous_commit": "off"}
"""


async def test_a_gateway_that_acknowledges_before_its_commit_is_on_disk_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(WEAK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    async def kill_postgres(signs: Callable[[], Signs]) -> list[Fault]:
        for _ in range(3):
            wanted = signs().acks + 10
            await until(lambda wanted=wanted: signs().acks >= wanted, 30)
            pid = postmaster(running)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        return []

    async with world(utc_now(), in_memory=True, workers="0", lease_seconds="2") as running:
        await running.ready()
        await filing_until(running, SEED, kill_postgres)
        found = await left(running)
    lost = [line for line in violations(found) if line.startswith("stored:") and line.endswith("which is not there")]
    print(f"\n{len(lost)} of {len(found.acks)} acknowledgements lost by the weakened gateway")
    assert lost
