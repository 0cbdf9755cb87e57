"""What every test stands on: real test data where it is at hand, and no way out of this machine."""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published reference data beside the checkout."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the reference data (../shared/data) is not beside this checkout")
    return SHARED_DATA


def _is_local(sock: socket.socket, address: Any) -> bool:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return True  # unix and netlink sockets do not leave the machine
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """A test that reaches for another machine fails, and says whom it wanted."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, *args: Any, _real: Any = real) -> Any:
            if not _is_local(self, args[-1]):
                raise RuntimeError(f"a test reached for {args[-1]}; tests may only talk to this machine")
            return _real(self, *args)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()
