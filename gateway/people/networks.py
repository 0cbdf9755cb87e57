"""Where a request comes from: its peer's address, or what a proxy of ours says; and the network that counts as one place.

In: the peer, the header X-Forwarded-For, the proxies that are believed. Out: an address, a network. The header is a list to which each
proxy adds at its end: the last address that is no proxy of ours is the one that one of ours saw. What stands before it anybody may have written.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_V6_BITS = 64  # what one household or office is given


def peer_of(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The address of who asks; `forwarded` counts only from `proxies`."""
    seen = _plain(peer)
    for given in reversed(forwarded.split(",")):
        if not _is_in(seen, proxies):
            break
        named = _plain(given.strip())
        if not named:
            break
        seen = named
    return seen


def is_proxy(peer: str, proxies: Sequence[Network]) -> bool:
    """Whether its headers are believed."""
    return _is_in(_plain(peer), proxies)


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one; "unknown" for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((found, _V6_BITS), strict=False)) if isinstance(found, IPv6Address) else str(found)


def proxies_in(text: str) -> tuple[Network, ...]:
    """Networks or addresses with commas between them; ValueError where one is none."""
    return tuple(ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip())


def _plain(address: str) -> str:
    """Without a zone; IPv4 in IPv6 (a dual-stack socket) as the IPv4 that it is; "" for what is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        return any(ip_address(address) in network for network in networks)
    except ValueError:
        return False
