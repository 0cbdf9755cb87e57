"""The settings, for commands that need no running gateway: GATEWAY_… in the environment, or a sentence about what is wrong.

In: the environment. Out: `Settings`, or exit status 1 with a line for each mistake.
"""

import click

from gateway.settings import Settings, SettingsError, load


def settings() -> Settings:
    """What the environment says."""
    try:
        return load()
    except SettingsError as problems:
        raise click.ClickException(f"the settings cannot be used:\n{problems}") from None
