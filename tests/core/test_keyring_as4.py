"""The table [as4]: a partner's access point is understood, or everything that is wrong with it is told."""

from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.keyring import Recipient, outlook, parse_recipient
from gateway.settings import utc_now
from tests.senders.window import NSW, certificate, ec_key, folder, known, pem, rsa_key

URL = "https://rim.window.example/as4"
ROUTE = b"""[[route]]
id = "ut-rim"
lists = ["passengers"]
purposes = ["border"]
form = "FORM"
legal_basis = "an invented act"
from = 2026-01-01
until = 2099-01-01
reviewer = "Nobody"
"""
PAXLST = ROUTE.replace(b"FORM", b"common-json")


def codes(**changes: str) -> list[str]:
    got = parse_recipient(NSW, folder(changes.pop("url", URL), **changes))
    return [] if isinstance(got, Recipient) else sorted({finding.code for finding in got})


def test_a_whole_table_is_understood() -> None:
    got = known(URL)
    assert got.as4 is not None
    assert (got.as4.profile, got.as4.content_id, got.as4.compress, got.as4.agreement) == (
        "emswe-rim",
        "message",
        False,
        None,
    )
    assert got.as4.authorization is not None
    assert set(got.files) == {"window.pem"}
    assert got.key_for(date(2026, 11, 22)) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"url": "http://rim.window.example/as4"}, ["K-12"]),
        ({"signing": '["window.pem", "nowhere.pem"]'}, ["K-01"]),
        ({"encryption": '"recipient.toml"'}, ["K-40"]),
        ({"signing": "[]"}, ["K-05"]),
        ({"profile": '"edelivery-as4-2.0"', "authorization": ""}, ["K-41"]),
        ({"us": '"mnsw.window.example"'}, ["K-42"]),
        ({"authorization": ""}, ["K-43"]),
        ({"compress": "true"}, ["K-44"]),
        ({"form": "jwe"}, ["K-09", "K-45"]),
        ({"profile": '"edelivery-as4-1.15"', "form": "jwe"}, ["K-09", "K-45"]),
        ({"keys": 'key = [{ file = "window.pem", from = 2026-01-01, until = 2027-01-01 }]'}, ["K-06", "K-47"]),
        ({"agreement": '""'}, ["K-05"]),
        ({"authorization": '{ identifier = "1", type = "X", subdomain = "FI" }'}, ["K-05"]),
        ({"servce": '"x"'}, ["K-03"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(changes: dict[str, str], expected: list[str]) -> None:
    assert codes(**changes) == expected


def test_the_pinned_server_certificate_must_be_there_and_be_one() -> None:
    files = folder(URL, pem(certificate("server", ec_key("server"))))
    assert isinstance(parse_recipient(NSW, files), Recipient)
    for changed, code in (({"server.pem": b"rubbish"}, "K-19"), ({"server.pem": None}, "K-01")):
        left = {name: data for name, data in (files | changed).items() if data is not None}
        got = parse_recipient(NSW, left)
        assert isinstance(got, list)
        assert [finding.code for finding in got] == [code]


def test_another_transport_does_not_seal() -> None:
    files = folder(URL)
    toml = files["recipient.toml"].replace(b'transport = "as4"', b'transport = "feed"')
    got = parse_recipient(NSW, files | {"recipient.toml": toml})
    assert isinstance(got, list)
    assert {finding.code for finding in got} == {"K-46", "K-61"}


def test_rim_takes_formalities_in_xml_alone() -> None:
    got = parse_recipient(NSW, folder(URL) | {"routes.toml": PAXLST})
    assert isinstance(got, list)
    assert [finding.code for finding in got] == ["K-49"]
    assert isinstance(
        parse_recipient(NSW, folder(URL) | {"routes.toml": ROUTE.replace(b"FORM", b"emswe-xml")}), Recipient
    )


@pytest.mark.parametrize("key", [rsa.generate_private_key(65537, 1024), ec_key("other")], ids=["weak", "ecdsa"])
def test_a_certificate_that_the_profile_cannot_use_is_told(key: rsa.RSAPrivateKey) -> None:
    got = parse_recipient(NSW, folder(URL) | {"window.pem": pem(certificate("window", key))})
    assert isinstance(got, list)
    assert {finding.code for finding in got} == {"K-41"}


def test_a_partners_certificate_that_ends_is_warned_of() -> None:
    one, today = known(URL), utc_now().date()
    assert "K-48" not in [finding.code for finding in outlook(one, today)]
    soon = [finding.code for finding in outlook(one, today + timedelta(days=70))]
    assert soon.count("K-48") == 2
    assert "K-20" not in soon
    files = folder(URL, signing='["window.pem", "next.pem"]') | {
        "next.pem": pem(certificate("next", rsa_key("n"), 400))
    }
    renewed = parse_recipient(NSW, files)
    assert isinstance(renewed, Recipient)
    assert [finding.code for finding in outlook(renewed, today + timedelta(days=70))].count("K-48") == 1
