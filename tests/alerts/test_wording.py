"""What an alert leads to: the case of a rescue, which its readers may open, else the sailing."""

from uuid import uuid4

import pytest

from gateway.alerts import Alarm, Concerns
from gateway.alerts.wording import Saying, mail
from gateway.settings import utc_now

CASE = "00000000-0000-0000-0000-000000000118"


@pytest.mark.parametrize(
    ("kind", "subject", "call", "see"),
    [
        ("break-glass", CASE, "ad1/2026", f"https://gateway.example/rescue/{CASE}"),
        ("break-glass", CASE, None, f"https://gateway.example/rescue/{CASE}"),
        ("filing-missing", "x", "ad1/2026", "https://gateway.example/calls/ad1%2F2026"),
        ("filing-missing", "x", None, None),
    ],
)
def test_an_alert_leads_to_its_matter(kind: str, subject: str, call: str | None, see: str | None) -> None:
    alarm = Alarm(
        id=1,
        at=utc_now(),
        last_at=utc_now(),
        kind=kind,
        subject=subject,
        text="about it",
        concerns=Concerns(call=call),
        times=1,
    )
    one = Saying(id=uuid4(), news="opened", party="operator", alarm=alarm)
    text = mail([one], gateway="Gateway", address="https://gateway.example/").text
    assert [line.removeprefix("See: ") for line in text.splitlines() if line.startswith("See: ")] == (
        [see] if see else []
    )
    bare = mail([one], gateway="Gateway", address=None).text
    assert "See: " not in bare
