"""A recipient's first day: a key of its own, and a draft of the folder that the gateway's operator puts into keys/.

In: who it is, in which form it wants to be sealed to, how it is reached, the day. Out: its secret key, which stays with it,
and the public folder as {file name: bytes}, which `parse_recipient` has found to be whole; or what is wrong with what was said.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from gateway.findings import Finding
from gateway.keyring.keys import SecretKey, new_secret
from gateway.keyring.recipient import KINDS_FOR, KeyForm, Recipient, parse_recipient
from gateway.keyring.register import RecipientKind

KEY_DAYS = timedelta(days=365)


class Draft(msgspec.Struct, frozen=True):
    secret: SecretKey
    folder: Mapping[str, bytes]


def draft_recipient(
    id: str, name: str, kind: RecipientKind, country: str, form: KeyForm, url: str | None, today: date
) -> Draft | list[Finding]:
    """A draft for a recipient that is posted to at `url`, or that fetches its feed where there is none."""
    secret = new_secret(KINDS_FOR[form][0])
    key_file = f"{today.year}.pem"
    text = f"""id            = {_text(id)}
name          = {_text(name)}
kind          = "{kind}"
country       = {_text(country)}
third_country = false

[send]
transport = "{"https" if url else "feed"}"

{f"[https]{chr(10)}url = {_text(url)}{chr(10)}{chr(10)}" if url else ""}[seal]
form = "{form}"

[[key]]
file  = "{key_file}"
from  = {today}
until = {today + KEY_DAYS}
"""
    folder = {"recipient.toml": text.encode(), key_file: secret.public.pem}
    read = parse_recipient(id, folder)
    return Draft(secret, folder) if isinstance(read, Recipient) else read


def _text(value: str) -> str:
    """A TOML basic string: JSON's are ones."""
    return msgspec.json.encode(value).decode()
