"""How often forms may be sent, and how many passwords are hashed at once: bounds on what a stranger can cost us.

In: a request. Out: nothing, or 429 with Retry-After. Reading pages is not limited; whoever sends forms is counted by network and, once
signed in, by session. Passwords are hashed in threads of their own, two at a time (46 MiB each), and a queue that is full says so.
"""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from aiohttp import web

from gateway.people import Rates, fingerprint
from gateway.web.caller import cookie_of
from gateway.web.peer import network
from gateway.web.problems import Problem

T = TypeVar("T")
_HASHING, _QUEUE = 2, 24  # the last of a full queue waits about a second
_BUSY_SECONDS = 2


class Limits:
    """What is counted in this process. Of each kind 20,000 names at most, about 2 MB."""

    def __init__(self) -> None:
        self.sign_in = Rates(burst=20, seconds=3)  # by network: an office behind one address signs in at eight o'clock
        self.network = Rates(
            burst=240, seconds=0.25
        )  # forms: ten people of one office, each twice as fast as one can type
        self.session = Rates(burst=60, seconds=1)
        self.threads = ThreadPoolExecutor(_HASHING, "hashing")
        self.waiting = 0


LIMITS: Final[web.AppKey[Limits]] = web.AppKey("limits", Limits)


def prepare(app: web.Application) -> None:
    app[LIMITS] = Limits()
    app.on_cleanup.append(_end)


async def _end(app: web.Application) -> None:
    app[LIMITS].threads.shutdown(wait=False, cancel_futures=True)


def count_sign_in(request: web.Request) -> None:
    """429 where this network tries too often, whatever the names."""
    _refuse(request.app[LIMITS].sign_in.wait(network(request), _now()))


def count_form(request: web.Request) -> None:
    """429 where this session, or this network, sends too many forms."""
    limits, cookie = request.app[LIMITS], cookie_of(request)
    _refuse(limits.network.wait(network(request), _now()))
    if cookie:
        _refuse(limits.session.wait(fingerprint(cookie).hex(), _now()))


async def in_turn(request: web.Request, work: Callable[[], T]) -> T:
    """What `work` returns, done in one of two threads. It is done to its end even where nobody waits for it any more."""
    refuse_busy(request)
    limits = request.app[LIMITS]
    limits.waiting += 1
    future = asyncio.get_running_loop().run_in_executor(limits.threads, work)
    future.add_done_callback(lambda _: _done(limits))
    return await asyncio.shield(future)


def refuse_busy(request: web.Request) -> None:
    """503 where the queue is full: before a try is counted, for it will not be looked at."""
    if request.app[LIMITS].waiting >= _QUEUE:
        detail = "too many people sign in at this moment; try again in a few seconds"
        raise Problem(503, "busy", detail, {"Retry-After": str(_BUSY_SECONDS)})


def _done(limits: Limits) -> None:
    limits.waiting -= 1


def _refuse(seconds: float) -> None:
    if seconds > 0:
        raise too_often(seconds)


def too_often(seconds: float) -> Problem:
    wait = math.ceil(seconds)
    return Problem(429, "too-often", f"that was too often; try again in {wait} s", {"Retry-After": str(wait)})


def _now() -> float:
    return asyncio.get_running_loop().time()
