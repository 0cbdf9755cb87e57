"""What the environment says is taken, or every mistake is said at once, with what was expected."""

from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsError, load


def problems(**given: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load({f"GATEWAY_{name.upper()}": value for name, value in given.items()})
    return str(caught.value).splitlines()


def test_nothing_said_is_the_defaults() -> None:
    assert load({"HOME": "/"}) == Settings()


def test_what_is_said_is_taken() -> None:
    got = load(
        {"GATEWAY_KEYS": "/srv/keys", "GATEWAY_PORT": "443", "GATEWAY_WORKERS": "0", "GATEWAY_LEASE_SECONDS": "2"}
    )
    assert (got.keys, got.port, got.workers, got.lease_seconds) == (Path("/srv/keys"), 443, 0, 2)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("port", ("0", "65536", "-1", "http", ""), "a whole number from 1 to 65535"),
        ("workers", ("-1", "65", "two", "1.5"), "a whole number from 0 to 64"),
        ("lease_seconds", ("0", "86401", "1m"), "a whole number from 1 to 86400"),
        ("max_body", ("1023", "0", "32 MB", "1073741825"), "a whole number from 1024 to 1073741824"),
    ],
)
def test_a_number_out_of_its_range_is_told_with_the_range(name: str, values: tuple[str, ...], expected: str) -> None:
    for value in values:
        assert problems(**{name: value}) == [f"GATEWAY_{name.upper()}: expected {expected}"]


def test_every_mistake_is_told_at_once() -> None:
    told = problems(port="0", workers="many", tls_cert="chain.pem", prot="80")
    assert [line.partition(":")[0] for line in told] == [
        "GATEWAY_PORT",
        "GATEWAY_WORKERS",
        "GATEWAY_PROT",
        "GATEWAY_TLS_CERT and GATEWAY_TLS_KEY",
    ]


def test_proxies_are_addresses_or_networks() -> None:
    assert load({"GATEWAY_PROXIES": "10.0.0.0/8, ::1"}).proxies == "10.0.0.0/8, ::1"
    for wrong in ("everybody", "10.0.0.0/33", "10.0.0.0/8;::1"):
        assert problems(proxies=wrong) == [
            "GATEWAY_PROXIES: expected addresses or networks with commas between them, as in 10.0.0.0/8,::1"
        ]


def test_a_provider_is_all_there_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    whole = {
        "GATEWAY_OIDC_ISSUER": "https://id.example", "GATEWAY_OIDC_CLIENT_ID": "gateway", "GATEWAY_PUBLIC_URL": "https://gateway.example",
        "GATEWAY_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
    }  # fmt: skip
    assert load(whole).oidc_issuer == "https://id.example"
    for name, words in (
        ("GATEWAY_OIDC_CLIENT_ID", "give all three or none"), ("GATEWAY_OIDC_ISSUER", "give all three or none"), ("GATEWAY_PUBLIC_URL", "where to send people back"),
    ):  # fmt: skip
        with pytest.raises(SettingsError, match=words):
            load({key: value for key, value in whole.items() if key != name})
    for name, value, words in (
        ("GATEWAY_OIDC_ISSUER", "http://id.example", "begins with https"), ("GATEWAY_OIDC_CLIENT_SECRET_FILE", "nowhere", "no such file"),
    ):  # fmt: skip
        with pytest.raises(SettingsError, match=words):
            load(whole | {name: value})
