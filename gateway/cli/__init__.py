"""The commands. Each is imported when it is called, so that `gateway --help` costs nothing.

Exit status, everywhere: 0 all well, 1 something is wrong with what was given (findings, problems), 2 it cannot be
used at all (unreadable file, wrong option), 3 the environment is not fit. Never a traceback for what a user can cause.
"""

import gc
import importlib
import io
import sys
from typing import Final

import click

from gateway import __version__

_COMMANDS: Final = {
    "demo": ("gateway.cli.demo", "demo", "Everything on one machine, with invented lists and two stand-in recipients."),
    "run": ("gateway.cli.run", "run", "The gateway: API, pages and workers."),
    "worker": ("gateway.cli.worker", "worker", "One more worker beside a running gateway."),
    "read": ("gateway.cli.read", "read", "Recognise, read, normalise and check files."),
    "write": ("gateway.cli.write", "write", "A common manifest (JSON) in another form."),
    "make": ("gateway.cli.make", "make", "An invented list in any form, with faults put in and told."),
    "simulate": ("gateway.cli.simulate", "simulate", "A season of invented ships through a running training gateway."),
    "learn": ("gateway.cli.learn", "learn", "Draft a line's profile from its sample files."),
    "send": ("gateway.cli.send", "send", "Submit files to a running gateway and show its answer."),
    "open": ("gateway.cli.envelopes", "open_", "Open a sealed envelope with a recipient's private key."),
    "drop": ("gateway.cli.drop", "drop", "A recipient's feed, opened, into the folder that GTAS or goTravel reads."),
    "ports": ("gateway.cli.ports", "ports", "The codes that stand for sea ports in other systems."),
    "receipt": ("gateway.cli.envelopes", "receipt", "Check a signed receipt."),
    "certificate": ("gateway.cli.certificate", "certificate", "Check a pass certificate of the sandbox."),
    "recipient": ("gateway.cli.recipient", "recipient", "For an authority: its own key, and what it hands over."),
    "sftp": ("gateway.cli.ssh", "sftp", "The gateway's public SSH keys."),
    "rules": ("gateway.cli.rules", "rules", "Every kind of finding: id, severity, clause."),
    "carriers": ("gateway.cli.data", "carriers", "Check everything in carriers/."),
    "keys": ("gateway.cli.data", "keys", "Check everything in keys/."),
    "obligations": (
        "gateway.cli.obligations",
        "obligations",
        "The law: check it, explain it for a call, try other law.",
    ),
    "schemas": ("gateway.cli.data", "schemas", "Check that the published schemas are what the program says."),
    "calls": ("gateway.cli.calls", "calls", "The expected port calls."),
    "ais": ("gateway.cli.ais", "ais", "Tell the gateway what AIS sees: departures and arrivals."),
    "scores": ("gateway.cli.scores", "scores", "How the lines do: every metric, from expected sailings."),
    "recipients": ("gateway.cli.recipients", "recipients", "How each recipient is served; pause, resume, send again."),
    "alarms": ("gateway.cli.alarms", "alarms", "What is open and needs a person; say that you look after it."),
    "submissions": ("gateway.cli.submissions", "submissions", "Try a submission again that could not be processed."),
    "transfers": ("gateway.cli.transfers", "transfers", "Lists passed on between PIUs: requests and decisions."),
    "people": ("gateway.cli.people", "people", "Who may sign in to the pages: add, list, a new link, disable."),
    "token": ("gateway.cli.token", "token", "Access tokens of carriers, viewers, recipients and operators."),
    "bench": ("gateway.cli.bench", "bench", "Measure speed and memory, each beside a peer."),
    "stand-in": ("gateway.cli.demo", "stand_in", "A recipient that opens and validates what it gets (for the demo)."),
}
_HIDDEN: Final = {"stand-in"}
_NEW_OBJECTS: Final = 50_000
"""Between two looks for garbage. Python's 700 are a few persons: a sixth of the time of reading a list went into looking through it."""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in _COMMANDS if name not in _HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list from the table: no command is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][2]) for name in self.list_commands(ctx)])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version=__version__, prog_name="gateway")
def cli() -> None:
    """Passenger and crew lists from shipping lines to those who are owed them, checked, sealed and accounted for."""


def main() -> None:
    """The entry point. Ctrl-C is an answer, not an accident; a full disk is not our error, nor a closed pipe (click's affair)."""
    gc.set_threshold(_NEW_OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without our letters still gets the rest
    try:
        status = cli.main(prog_name="gw", standalone_mode=False)  # what `Exit` said, without standalone mode
    except (click.exceptions.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except OSError as problem:
        click.echo(f"Error: {problem.filename or 'the system'}: {problem.strerror}", err=True)
        sys.exit(3)
    sys.exit(status if isinstance(status, int) else 0)
