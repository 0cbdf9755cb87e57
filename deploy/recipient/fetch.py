#!/usr/bin/env python3
"""Fetches what you are owed from your feed, opens it, stores it, and says so. Run it as often as you like; `--follow` stays.

    fetch.py https://gateway.example ut-piu --token-file token --secret secret.pem --gateway gateway.pem --into lists/

Each delivery becomes `<position>-<delivery id>.list` (what the list's form is, its `.json` beside it says). It is acknowledged
once both files are on the disk. The file `cursor` holds how far you are: remove it, or write an earlier position into it, to
have everything since then again. What cannot be opened is told, left unacknowledged and passed by; the exit status is then 1. Needs Python 3.11, `cryptography` 50 and open_envelope.py beside it; nothing of the gateway.
"""

import argparse
import base64
import json
import os
import ssl
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from open_envelope import NotOpened, Secret, gateway_key, open_envelope


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the gateway and nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


class Feed:
    def __init__(self, gateway: str, name: str, token: str, ca: Path | None) -> None:
        parts = urlsplit(gateway)
        if parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", "127.0.0.1"):
            raise ValueError("the gateway's address begins with https://")
        self.address, self.token = f"{gateway.rstrip('/')}/v1/feeds/{name}", token
        tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca))
        self.opener = urllib.request.build_opener(NoRedirect, tls)

    def ask(self, path: str, body: dict | None = None, wait: int = 0) -> dict:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {"Prefer": f"wait={wait}"} if wait else {}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.address + path, data=data, headers=headers)
        with self.opener.open(request, timeout=90) as answer:
            return json.load(answer)


def store(path: Path, data: bytes) -> None:
    """Whole or not at all, and on the disk."""
    part = path.with_name(path.name + ".part")
    with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def take(feed: Feed, into: Path, secret: Secret, gateway, wait: int, left: list[str]) -> bool:
    """One page. False when there was nothing new. `left`: the ids of those that were not taken; they are not acknowledged."""
    cursor = into / "cursor"
    after = int(cursor.read_text()) if cursor.exists() else 0
    page = feed.ask(f"?after={after}", wait=wait)
    if page["ended"]:
        print(f"{page['ended']} acknowledged earlier can no longer be had: their retention has ended", file=sys.stderr)
    for one in page["deliveries"]:
        try:
            content = open_envelope(base64.b64decode(one["envelope"]), secret, gateway)
        except NotOpened as why:
            print(f"{one['id']}: not opened: {why}", file=sys.stderr)
            left.append(one["id"])
            continue
        if content.delivery_id != one["id"]:
            print(f"{one['id']}: another delivery is inside", file=sys.stderr)
            left.append(one["id"])
            continue
        name = f"{int(one['position']):08}-{UUID(one['id'])}"  # nothing that is no number and no id becomes a path
        about = {key: value for key, value in one.items() if key != "envelope"} | {"handling": content.handling}
        store(into / f"{name}.json", json.dumps(about | {"content_type": content.content_type}, indent=2).encode())
        store(into / f"{name}.list", content.payload)
        feed.ask("/ack", {"deliveries": [one["id"]]})
        print(f"{name}: {one['form']}, {len(content.payload)} bytes")
    store(cursor, str(page["next"]).encode())
    return bool(page["deliveries"])


def main() -> int:
    words = argparse.ArgumentParser(description="Fetches, opens, stores and acknowledges what you are owed.")
    words.add_argument("gateway", help="https://…")
    words.add_argument("name", help="your id at the gateway")
    words.add_argument("--token-file", type=Path, required=True)
    words.add_argument("--secret", type=Path, required=True, help="your private key (PEM)")
    words.add_argument("--gateway", dest="key", type=Path, required=True, help="the gateway's signature key (PEM)")
    words.add_argument("--into", type=Path, required=True)
    words.add_argument(
        "--ca", type=Path, help="the certificate of the gateway, where no public authority vouches for it"
    )
    words.add_argument("--follow", action="store_true", help="stay, and take what comes at once")
    said = words.parse_args()
    said.into.mkdir(mode=0o700, parents=True, exist_ok=True)
    feed = Feed(said.gateway, said.name, said.token_file.read_text().strip(), said.ca)
    secret, key = Secret(said.secret.read_bytes()), gateway_key(said.key.read_bytes())
    left: list[str] = []
    while take(feed, said.into, secret, key, 60 if said.follow else 0, left) or said.follow:
        pass
    return 1 if left else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, NotOpened, ValueError) as why:
        print(f"fetch.py: {why}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
