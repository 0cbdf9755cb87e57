"""An account's name and address.

In: text as it was typed. Out: the name as it is kept, and whether it can be one. A name stands in logs and addresses of the API, so it
is of letters that look like no others (no confusables, UTS 39): a-z, digits, and . _ - within.
"""

import re

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_ADDRESS = re.compile(
    r"[^\s@<>\"(),:;\[\]\\]{1,64}@[A-Za-z0-9.-]{1,190}"
)  # RFC 5321 section 4.1.2, without quotes and literals


def account_name(typed: str) -> str:
    """As a person types a name: capitals and spaces around it do not count."""
    return typed.strip().lower()


def is_account_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def is_address(email: str) -> bool:
    """Whether this may be an e-mail address; only a letter that arrives can tell."""
    return _ADDRESS.fullmatch(email) is not None and email.isprintable()
