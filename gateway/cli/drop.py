"""./gw drop: a recipient's feed, opened with its key, into the folder that GTAS or goTravel reads.

In: a running gateway's address, the recipient's token and private key, the gateway's public signature key, a folder. Out: one file
for each message, whole or not at all, and an acknowledgement once it is there. Runs at the recipient, and is the only place where
a list is written to disk in the clear.
"""

import base64
import binascii
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

import click
import msgspec

from gateway.cli.drop_folder import Busy, DropFolder, drop_folder
from gateway.cli.exits import Unfit
from gateway.cli.http import ask

if TYPE_CHECKING:
    from gateway.keyring import PublicKey, SecretKey
    from gateway.seal import Opened

FORMS: Final = {"paxlst-gtas": "edi", "paxlst-gotravel": "edi", "gtas-json": "json"}
"""The forms that are dropped, and the ending of their files. What a feed holds in others is left to whoever reads those."""

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery of the feed (GET /v1/feeds/{recipient}), as far as it matters here."""

    position: int
    id: UUID
    form: str
    purpose: str
    acknowledged: bool
    envelope: str


class Page(msgspec.Struct, frozen=True):
    deliveries: tuple[Item, ...]
    next: int


class NotTaken(Exception):
    """A delivery that is not dropped, and why. It stays unacknowledged."""


@click.command()
@click.option("--from", "url", required=True, help="The gateway, e.g. https://gateway.example")
@click.option("--recipient", required=True, help="The recipient's id at the gateway, e.g. ut-piu.")
@click.option("--token", required=True, envvar="GATEWAY_TOKEN", help="The recipient's token (or GATEWAY_TOKEN).")
@click.option(
    "--identity", "secrets_", required=True, multiple=True, type=_FILE, help="The recipient's private key (PEM)."
)
@click.option(
    "--key", "keys", required=True, multiple=True, type=_FILE, help="The gateway's public signature key (PEM)."
)
@click.option(
    "--into",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True),
    help="The folder that GTAS or goTravel reads.",
)
@click.option("--once", is_flag=True, help="Fetch what there is, and end.")
@click.option(
    "--every", type=click.FloatRange(0.1, 86400), default=10.0, show_default=True, help="Seconds between two looks."
)
@click.option("--ca", type=_FILE, help="The certificate the gateway's own is checked with.")
def drop(
    url: str,
    recipient: str,
    token: str,
    secrets_: tuple[Path, ...],
    keys: tuple[Path, ...],
    into: Path,
    once: bool,
    every: float,
    ca: Path | None,
) -> None:
    """Fetch a recipient's deliveries, open them, and put each message into a folder as a file of its own.

    A file appears whole or not at all, and its delivery is acknowledged only then; what was dropped is never dropped again,
    wherever this was killed. Exit status with --once: 0 all dropped, 1 not all or the gateway is away, 3 the folder is not fit.
    """
    from gateway.cli.pem import public_keys, secret_keys

    secrets, public = secret_keys(secrets_), public_keys(keys)
    feed = HttpFeed(f"{url.rstrip('/')}/v1/feeds/{recipient}", token, ca)
    try:
        with drop_folder(into) as folder:
            desk = Desk(feed, folder, secrets, public)
            if not once:
                _for_ever(desk, every)
            raise click.exceptions.Exit(0 if desk.round() else 1)
    except OSError as problem:
        raise Unfit(_said(problem)) from None
    except Busy:
        raise Unfit(f"another process drops into {into} already; end it first, or give another folder") from None


class Feed(Protocol):
    """The gateway's side."""

    def page(self, after: int) -> Page: ...

    def acknowledge(self, id: UUID) -> None: ...


class HttpFeed(msgspec.Struct, frozen=True):
    """The feed of a running gateway."""

    url: str
    token: str
    ca: Path | None

    def page(self, after: int) -> Page:
        answer = ask("GET", f"{self.url}?after={after}", token=self.token, ca=self.ca)
        try:
            return msgspec.convert(answer, Page)
        except msgspec.ValidationError:
            raise click.ClickException(f"what answers at {self.url} is no gateway") from None

    def acknowledge(self, id: UUID) -> None:
        body = msgspec.json.encode({"deliveries": [id]})
        ask("POST", f"{self.url}/ack", token=self.token, body=body, ca=self.ca)


class Desk(msgspec.Struct, frozen=True):
    """Takes deliveries out of a feed and into a folder."""

    feed: Feed
    folder: DropFolder
    secrets: "list[SecretKey]"
    keys: "list[PublicKey]"

    def round(self) -> bool:
        """Everything that is there now. Whether all of it has been dropped; what was not is tried again in the next round."""
        after, is_whole = self.folder.position, True
        while (page := self.feed.page(after)).deliveries and page.next > after:
            for item in page.deliveries:
                is_whole = self._take(item) and is_whole
                if is_whole:
                    self.folder.reached(item.position)
            after = page.next
        return is_whole

    def _take(self, item: Item) -> bool:
        if item.acknowledged or item.form not in FORMS:
            return True
        try:
            files, told = self._files(item)
        except NotTaken as why:
            click.echo(f"delivery {item.position} was not taken: {why}", err=True)
            return False
        if self.folder.put(str(item.id), files):
            click.echo(f"{item.id}: {len(files)} file(s), {told}")
        self.feed.acknowledge(item.id)
        return True

    def _files(self, item: Item) -> tuple[dict[str, bytes], str]:
        """The files by name, and in words how they may be used."""
        from gateway.formats.forms import FORMS as WRITTEN

        opened = self._opened(item)
        form = WRITTEN[item.form]
        if opened.content_type != form.media_type:
            raise NotTaken(f"it is announced as {item.form}, and holds something else; tell the gateway's operator")
        parts = form.separate(opened.payload)
        names = (f"{item.id}-{number:02}.{FORMS[item.form]}" for number in range(1, len(parts) + 1))
        handling = opened.handling
        told = f"{handling.marking}, for {'+'.join(handling.purposes)}, onward {handling.onward}, version {handling.version}"
        return dict(zip(names, parts, strict=True)), told

    def _opened(self, item: Item) -> "Opened":
        """What is in the envelope, if it is this delivery and may be here (WCO-UNOCT Arrangement, Article 4)."""
        from gateway.keyring import PURPOSES_OF
        from gateway.seal import Refused, open_envelope

        try:
            opened = open_envelope(base64.b64decode(item.envelope, validate=True), self.secrets, self.keys)
        except (Refused, binascii.Error) as why:
            raise NotTaken(str(why)) from None
        if opened.delivery_id != str(item.id):
            raise NotTaken("the envelope belongs to another delivery; tell the gateway's operator")
        if not opened.handling.purposes or not PURPOSES_OF["piu"].issuperset(opened.handling.purposes):
            raise NotTaken(
                f"it is for {'+'.join(opened.handling.purposes)}, which no Passenger Information Unit may have; "
                "tell the gateway's operator"
            )
        return opened


def _for_ever(desk: Desk, every: float) -> None:
    """Rounds until the process is ended. What goes wrong is said, and tried again."""
    while True:
        try:
            desk.round()
        except (click.ClickException, OSError) as problem:
            click.echo(f"{_said(problem)}; what is left is tried again in {every:g} s", err=True)
        time.sleep(every)


def _said(problem: click.ClickException | OSError) -> str:
    if isinstance(problem, click.ClickException):
        return problem.format_message()
    return f"the delivery could not be put into the folder ({problem.strerror}), and was not acknowledged"
