"""A stand-in recipient: receives over HTTPS, opens with its own private key, validates, keeps a journal.

In: a folder with `secret.pem`, `gateway.pem` (the gateway's signature key), `tls.pem`, `tls.key`. Out: 201 with a small
receipt, or what is wrong. It drops repeats by delivery id, as every recipient should, and writes what it got (ids,
forms, counts; nobody's data) to `journal.jsonl` with fsync before it answers, so that tests can count effects.
"""

import hashlib
import json
import os
import ssl
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.keyring import parse_public, parse_secret
from gateway.seal import Refused, open_envelope

_MOST_BODY = 64 * 1024 * 1024


class StandIn:
    """One recipient. `journal`: delivery id -> what was in it."""

    def __init__(self, folder: Path) -> None:
        self._secret = parse_secret((folder / "secret.pem").read_bytes())
        self._verify = parse_public((folder / "gateway.pem").read_bytes())
        self._file = (folder / "journal.jsonl").open("ab", buffering=0)
        lines = (folder / "journal.jsonl").read_bytes().splitlines()
        self.journal: dict[str, dict[str, Any]] = {entry["delivery"]: entry for entry in map(json.loads, lines)}
        self.repeats = 0

    async def receive(self, request: web.Request) -> web.Response:
        """POST /deliveries"""
        delivery = request.headers.get("Gateway-Delivery", "")
        if delivery in self.journal:
            self.repeats += 1
            return web.json_response({"delivery": delivery, "repeat": True}, status=208)
        from gateway.demo.validate import validate  # a second to import: not while the gateway starts

        body = await request.read()
        try:
            opened = open_envelope(body, [self._secret], [self._verify])
            verdict = validate(opened.payload)
        except (Refused, ValueError, KeyError) as why:
            return web.json_response({"problem": f"{type(why).__name__}"}, status=422)
        if opened.delivery_id != delivery:
            return web.json_response({"problem": "the delivery id inside is another one"}, status=422)
        entry = {
            "delivery": delivery,
            "form": verdict.form,
            "persons": verdict.persons,
            "problems": list(verdict.problems),
            "marking": opened.handling.marking,
            "legal_basis": opened.handling.legal_basis,
            "version": opened.handling.version,
            "sha256": hashlib.sha256(opened.payload).hexdigest(),
        }
        self._file.write(json.dumps(entry).encode() + b"\n")
        os.fsync(self._file.fileno())
        self.journal[delivery] = entry
        if verdict.problems:
            return web.json_response({"problems": list(verdict.problems)}, status=422)
        return web.json_response({"delivery": delivery, "received": verdict.persons}, status=201)

    async def take(self, request: web.Request) -> web.Response:
        """POST /deliveries, blind: everything is taken and nothing opened, so that only the gateway is measured."""
        delivery = request.headers.get("Gateway-Delivery", "")
        self.journal[delivery] = {"delivery": delivery, "size": len(await request.read())}
        return web.json_response({"delivery": delivery}, status=201)

    async def show(self, request: web.Request) -> web.Response:
        """GET /journal"""
        return web.json_response({"entries": list(self.journal.values()), "repeats": self.repeats})


def serve(folder: Path, port: int, *, blind: bool = False) -> None:
    """Serves until it is told to stop."""
    stand_in = StandIn(folder)
    app = web.Application(client_max_size=_MOST_BODY)
    app.add_routes(
        [web.post("/deliveries", stand_in.take if blind else stand_in.receive), web.get("/journal", stand_in.show)]
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    web.run_app(app, host="127.0.0.1", port=port, ssl_context=context, print=None, access_log=None)
