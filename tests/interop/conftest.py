"""phase4 on loopback for the session, where a JDK and Maven are there and Maven gets what it needs; else a skip that says why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop import access_point, python_as4
from tests.interop.access_point import AccessPoint
from tests.senders.window import certificate, key_pem, pem, rsa_key

WINDOW_TLS, GATEWAY = "window-tls", "gateway"


@pytest.fixture(scope="session")
def phase4(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccessPoint]:
    """The single window's access point. It knows the gateway by its certificate, for AS4 and for TLS."""
    folder = tmp_path_factory.mktemp("phase4")
    for name, key in (("as4", rsa_key("window")), ("tls", rsa_key(WINDOW_TLS))):
        (folder / f"{name}.key").write_bytes(key_pem(key))
        (folder / f"{name}-trusted.pem").write_bytes(pem(certificate(GATEWAY, rsa_key(GATEWAY))))
    (folder / "as4.pem").write_bytes(pem(certificate("window", rsa_key("window"))))
    (folder / "tls.pem").write_bytes(window_tls())
    (folder / "gateway.pem").write_bytes(pem(certificate(GATEWAY, rsa_key(GATEWAY))))
    try:
        class_path = access_point.build()
    except access_point.CannotBuild as why:
        pytest.skip(str(why))
    with access_point.running(class_path, folder) as running:
        yield running


def window_tls() -> bytes:
    """What the window's server shows."""
    return pem(certificate(WINDOW_TLS, rsa_key(WINDOW_TLS)))


@pytest.fixture(scope="session")
def peer() -> Path:
    """The interpreter that has the PyPI package `as4`."""
    try:
        return python_as4.interpreter()
    except access_point.CannotBuild as why:
        pytest.skip(str(why))
