"""What happens to processes: one is killed without warning, at a moment nobody chose, and comes back or is brought back.

Only processes of the world that is given are touched, each by its exact pid.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from random import Random

import msgspec

from gateway.demo.folders import RECIPIENTS
from gateway.demo.world import GATEWAY, World
from tests.flow.processes import postmaster, workers

KINDS = ("worker", "postgres", "gateway", "worker and postgres", "worker frozen", "recipient")
_FROZEN_SECONDS = 3.0  # longer than a lease of the test's
_PROGRESS_SECONDS = 60
_UNDER_WAY = 2 * 4  # lanes to a recipient of two workers; clients are fewer


class Fault(msgspec.Struct, frozen=True):
    """`recovered`: seconds until lists were acknowledged and delivered again, more than could have been under way."""

    kind: str
    recovered: float


class Signs(msgspec.Struct, frozen=True):
    """Of life: lists acknowledged, deliveries that took effect."""

    acks: int
    effects: int


async def strike(world: World, seed: int, count: int, signs: Callable[[], Signs]) -> list[Fault]:
    """`count` faults, of every kind in turn, each once work is going on again after the one before."""
    random = Random(seed)
    kinds: list[str] = []
    while len(kinds) < count:
        kinds += random.sample(KINDS, len(KINDS))
    return [await _one(world, kind, random, signs) for kind in kinds[:count]]


async def _one(world: World, kind: str, random: Random, signs: Callable[[], Signs]) -> Fault:
    await _progress(signs, random.randint(1, 10))
    await asyncio.sleep(random.uniform(0, 0.3))
    loop = asyncio.get_running_loop()
    began = loop.time()
    if kind in ("gateway", "recipient"):
        name = GATEWAY if kind == "gateway" else random.choice(sorted(RECIPIENTS))
        await world.kill(name)
        await world.start(name)
    if "worker" in kind:
        await _hit(_some(workers(world), random), freeze=kind == "worker frozen")
    if "postgres" in kind:
        await _hit(postmaster(world), freeze=False)
    await _progress(signs, _UNDER_WAY + 1)
    return Fault(kind, loop.time() - began)


def _some(pids: list[int], random: Random) -> int | None:
    return random.choice(pids) if pids else None


async def _hit(pid: int | None, *, freeze: bool) -> None:
    if pid is None:  # it is on its way back from the fault before
        return
    os.kill(pid, signal.SIGSTOP if freeze else signal.SIGKILL)
    if freeze:
        await asyncio.sleep(_FROZEN_SECONDS)
        os.kill(pid, signal.SIGCONT)


async def _progress(signs: Callable[[], Signs], wanted: int) -> None:
    """Until so many more of each."""
    before = signs()
    async with asyncio.timeout(_PROGRESS_SECONDS):
        while min(signs().acks - before.acks, signs().effects - before.effects) < wanted:
            await asyncio.sleep(0.02)
