"""keys/alerts.toml and the [[alerts]] of lines and recipients: what is sound is used, and every mistake is named with its place."""

from datetime import date
from pathlib import Path

import pytest

from gateway import carrier
from gateway.carrier import Carrier
from gateway.catalogue import load
from gateway.keyring.contacts import AlertsFile, Contact, Desk, Lead, Quiet, Step, parse_alerts
from gateway.notify import parties
from gateway.settings import Settings, SettingsError
from gateway.settings import load as load_settings

GOOD = """
[[party]]
id = "duty-helsinki"
name = "Duty officer, Port of Helsinki"
role = "duty"
ports = ["FIHEL"]
email = ["duty@port.example"]
webhook = "https://port.example/hooks/gateway"
kinds = ["filing-missing", "filing-due-soon"]
quiet = { from = "22:00", until = "06:00", zone = "Europe/Helsinki", loud = ["filing-missing"] }
escalation = [{ to = "harbour-master", minutes = 15 }]

[[party]]
id = "harbour-master"
name = "Harbour master"
role = "next"
email = ["master@port.example"]

[[lead]]
product = "noa"
minutes = 240
"""


def test_everything_that_can_be_said() -> None:
    assert parse_alerts(GOOD.encode()) == (
        AlertsFile(
            (
                Desk(
                    id="duty-helsinki", name="Duty officer, Port of Helsinki", role="duty", ports=("FIHEL",), email=("duty@port.example",),
                    webhook="https://port.example/hooks/gateway", kinds=("filing-missing", "filing-due-soon"),
                    quiet=Quiet(since="22:00", until="06:00", zone="Europe/Helsinki", loud=("filing-missing",)),
                    escalation=(Step(to="harbour-master", minutes=15),),
                ),
                Desk(id="harbour-master", name="Harbour master", role="next", email=("master@port.example",)),
            ),
            (Lead(product="noa", minutes=240),),
        ),
        [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("was", "becomes", "code", "place"),
    [
        ('"duty@port.example"', '"duty"', "K-05", 'alerts.toml, [[party]] 1, "email", entry 1'),
        (
            '"duty@port.example"',
            '"a@b.example\\r\\nBcc: x@y.example"',
            "K-05",
            'alerts.toml, [[party]] 1, "email", entry 1',
        ),
        ('"https://port', '"http://port', "K-70", "alerts.toml, [[party]] 1"),
        ('"https://port', '"https://u:p@port', "K-70", "alerts.toml, [[party]] 1"),
        ('email = ["master@port.example"]', "", "K-71", "alerts.toml, [[party]] 2"),
        ('"Europe/Helsinki"', '"Europe/Utopia"', "K-72", "alerts.toml, [[party]] 1"),
        ('"Europe/Helsinki"', '"Europe"', "K-72", "alerts.toml, [[party]] 1"),
        ('"06:00"', '"22:00"', "K-73", "alerts.toml, [[party]] 1"),
        ('"06:00"', '"24:00"', "K-05", "alerts.toml, [[party]] 1, [quiet]"),
        ('id = "harbour-master"', 'id = "duty-helsinki"', "K-74", "alerts.toml, [[party]] 2"),
        ('ports = ["FIHEL"]', "", "K-75", "alerts.toml, [[party]] 1"),
        ('role = "next"', 'role = "next"\nports = ["FIHEL"]', "K-76", "alerts.toml, [[party]] 2"),
        ('to = "harbour-master"', 'to = "nobody"', "K-77", "alerts.toml, [[party]] 1"),
        ('to = "harbour-master"', 'to = "duty-helsinki"', "K-77", "alerts.toml, [[party]] 1"),
        (
            "minutes = 15 }]",
            'minutes = 15 }, { to = "harbour-master", minutes = 15 }]',
            "K-78",
            "alerts.toml, [[party]] 1",
        ),
        ("[[lead]]", '[[lead]]\nproduct = "noa"\nminutes = 5\n[[lead]]', "K-79", "alerts.toml"),
        ('"filing-due-soon"]', '"filing-due"]', "K-05", 'alerts.toml, [[party]] 1, "kinds", entry 2'),
        ('role = "duty"', 'role = "boss"', "K-05", "alerts.toml, [[party]] 1"),
        ("[[lead]]", "[[leads]]", "K-03", "alerts.toml"),
        ("[[lead]]", "[lead", "K-02", "alerts.toml, line 19"),
    ],
)
def test_a_mistake_is_named_with_its_place(was: str, becomes: str, code: str, place: str) -> None:
    assert was in GOOD
    _, found = parse_alerts(GOOD.replace(was, becomes).encode())
    assert (code, place) in [(one.code, one.place.path) for one in found]


def test_a_party_with_a_mistake_is_set_aside_and_the_others_are_told() -> None:
    alerts, found = parse_alerts(GOOD.replace('"https://port', '"http://port').encode())
    assert ([one.id for one in alerts.party], len(found)) == (["harbour-master"], 1)


@pytest.mark.parametrize("data", [b"", b"\xff", b"[[party]]", b"party = 3", b"[" * 5000, b"[[party]]\nemail = [[[1]]]"])
def test_no_bytes_make_it_raise(data: bytes) -> None:
    assert isinstance(parse_alerts(data)[0], AlertsFile)


LINE = 'name = "Specimen"\ncontact = "a@line.example"\nservice = "ferry"\n'


def test_a_line_says_where_it_wants_to_hear() -> None:
    found = carrier.parse("specimen", LINE + '[[alerts]]\nemail = ["ops@line.example"]\nkinds = ["filing-missing"]\n')
    assert isinstance(found, Carrier)
    assert found.alerts == (Contact(email=("ops@line.example",), kinds=("filing-missing",)),)
    wrong = carrier.parse(
        "specimen", LINE + '[[alerts]]\nemail = ["ops"]\n[[alerts]]\nwebhook = "http://line.example"\n'
    )
    assert isinstance(wrong, list)
    assert [text.partition(": ")[0] for text in wrong] == ['specimen.toml, [[alerts]] 1, "email", entry 1', "specimen.toml, [[alerts]] 2"]  # fmt: skip
    assert carrier.parse("specimen", LINE + "alerts = 3\n") == ['specimen.toml: "alerts" cannot be used: expected a table for each, [[alerts]]; correct it; keys/README.md says what it is']  # fmt: skip


def test_all_of_them_together_and_a_mail_server_that_is_not_set_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "carriers").mkdir()
    (tmp_path / "keys").mkdir()
    (tmp_path / "carriers" / "specimen.toml").write_text(LINE + '[[alerts]]\nwebhook = "https://line.example/x"\n')
    (tmp_path / "keys" / "alerts.toml").write_text(GOOD)
    settings = Settings(state=tmp_path, carriers=tmp_path / "carriers", keys=tmp_path / "keys")
    known = load(settings, date(2026, 11, 22))
    assert [(one.id, one.role) for one in parties(known)] == [("duty-helsinki", "duty"), ("harbour-master", "next"), ("carrier/specimen", "carrier")]  # fmt: skip
    assert "GATEWAY_SMTP_URL" in [one.where for one in known.problems]
    with_mail = Settings(state=tmp_path, carriers=tmp_path / "carriers", keys=tmp_path / "keys", smtp_url="smtps://m.example", smtp_from="g@m.example")  # fmt: skip
    assert "GATEWAY_SMTP_URL" not in [one.where for one in load(with_mail, date(2026, 11, 22)).problems]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SMTP_URL": "smtp://m.example"}, "GATEWAY_SMTP_URL and GATEWAY_SMTP_FROM: give both or neither"),
        (
            {"SMTP_URL": "smtp://u:hunter2@m.example", "SMTP_FROM": "g@m.example"},
            "GATEWAY_SMTP_URL: it holds a user name or a password",
        ),
        ({"SMTP_URL": "smtp://m.example", "SMTP_FROM": "hunter2"}, "GATEWAY_SMTP_FROM: expected an e-mail address"),
        ({"SMTP_CREDENTIALS": "hunter2"}, "are of no use without GATEWAY_SMTP_URL"),
        (
            {"PUBLIC_URL": "http://hunter2.example"},
            "GATEWAY_PUBLIC_URL cannot be used: it does not begin with https://",
        ),
    ],
)
def test_mail_settings_that_do_not_fit(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({f"GATEWAY_{name}": value for name, value in given.items()})
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)
