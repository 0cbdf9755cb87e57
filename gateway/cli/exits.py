"""Ways for a command to end that are not the user's mistake in typing: each with a sentence and its exit status."""

import click


class Unusable(click.ClickException):
    """What was given cannot be used at all."""

    exit_code = 2


class Unfit(click.ClickException):
    """The environment is not fit: a port is taken, the database is away, a folder is closed."""

    exit_code = 3
