"""Where a request comes from and whether it came over TLS: what our own connection says, or a proxy that the operator named.

In: a request. Out: an address, a network, a yes or no. Without GATEWAY_PROXIES no header is believed.
"""

from functools import lru_cache

from aiohttp import web

from gateway.people.networks import Network, is_proxy, network_of, peer_of, proxies_in
from gateway.web.context import CONTEXT


def network(request: web.Request) -> str:
    """The place that limits count: an IPv4 address, an IPv6 /64."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    return network_of(peer_of(request.remote or "", forwarded, _proxies(request)))


def is_secure(request: web.BaseRequest) -> bool:
    """Whether the browser speaks TLS, to us or to our proxy."""
    if request.secure:
        return True
    is_ours = isinstance(request, web.Request) and is_proxy(request.remote or "", _proxies(request))
    return is_ours and request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def _proxies(request: web.Request) -> tuple[Network, ...]:
    return _parsed(request.app[CONTEXT].settings.proxies)


_parsed = lru_cache(maxsize=4)(proxies_in)
