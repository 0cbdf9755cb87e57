"""The guard in conftest.py: tests talk to this machine only."""

import socket

import pytest


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")])
def test_another_machine_is_out_of_reach(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        with pytest.raises(RuntimeError, match="only talk to this machine"):
            sock.connect((host, 9))
        with pytest.raises(RuntimeError, match="only talk to this machine"):
            sock.sendto(b"x", (host, 9))


def test_this_machine_is_within_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
