"""The settings, for commands that need no running gateway, and where the one on this machine listens: GATEWAY_… in the
environment, or a sentence about what is wrong.

In: the environment. Out: `Settings`, or exit status 1 with a line for each mistake.
"""

from contextlib import suppress
from ipaddress import ip_address

import click

from gateway.settings import Settings, SettingsError, load


def settings() -> Settings:
    """What the environment says."""
    try:
        return load()
    except SettingsError as problems:
        raise click.ClickException(f"the settings cannot be used:\n{problems}") from None


def here() -> str:
    """The address of the gateway on this machine."""
    found = settings()
    host = found.host
    with suppress(ValueError):  # a name is no number
        if (number := ip_address(host)).is_unspecified:  # listening everywhere, it can be reached here
            host = "127.0.0.1" if number.version == 4 else "::1"
    return f"{'https' if found.tls_cert else 'http'}://{f'[{host}]' if ':' in host else host}:{found.port}"
