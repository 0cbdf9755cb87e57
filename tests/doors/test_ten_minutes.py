"""A Passenger Information Unit follows deploy/recipient/README.md, word by word, and has the list that a line dropped by SFTP."""

import asyncio
import importlib
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import asyncssh
import pytest
from click.testing import CliRunner

from gateway.cli import cli
from gateway.demo.world import GATEWAY, World
from gateway.keyring import KeyKind, new_secret, parse_secret
from gateway.settings import PROJECT, utc_now
from tests.doors.kit import KIT
from tests.flow.processes import new_folder
from tests.senders.ssh_server import public_line
from tests.web.world import list_of

OWN = new_secret(KeyKind.ED25519)
STEPS = re.findall(r"```sh\n(.*?)```", (KIT / "README.md").read_text(), re.DOTALL)


async def step(folder: Path, world: World, text: str) -> str:
    """One box of the document, in a shell, as it stands."""
    now = utc_now().date()
    dates = {"FROM": str(now - timedelta(days=1)), "UNTIL": str(now + timedelta(days=90))}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    process = await asyncio.create_subprocess_exec(
        "sh", "-euc", text, cwd=folder, env=kept | world.settings | dates | {"GATEWAY": world.url},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, (text, out, err)
    return out.decode()


async def test_a_piu_starts_in_ten_minutes() -> None:
    make_key, let_in, give, fetch = STEPS
    with new_folder() as folder:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        world = World(folder, utc_now(), {"workers": "1", "sftp_port": str(port)}, blind=False)
        (folder / "keys" / "senders" / "meridian-line.pub").write_bytes(public_line(OWN))
        (folder / "gw").write_text(f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m gateway "$@"\n')
        (folder / "gw").chmod(0o755)
        (folder / "deploy").symlink_to(PROJECT / "deploy")
        fetch = fetch.replace("python3 ", f'"{sys.executable}" -E ')
        await step(folder, world, make_key)
        await step(folder, world, let_in)
        await world.start(GATEWAY)
        try:
            await world.ready()
            await step(folder, world, give)
            async with line(world) as there:
                answer = await drop(there, list_of().replace(b"GRPIR", b"TNTUN"))  # from outside the EU
                assert "ut-piu" in [one["recipient"] for one in answer["lists"][0]["deliveries"]]
                got = await step(folder, world, fetch)
                assert await world.end(GATEWAY) == 0  # a client that is still there holds nothing up
        finally:
            await world.end(GATEWAY)
        [about] = (folder / "lists").glob("*.json")
        assert about.stem in got
        said, content = json.loads(about.read_bytes()), about.with_suffix(".list").read_bytes()
        assert (said["form"], said["handling"]["marking"]) == ("common-json", "restricted")
        assert b"ERIKSSON" in content
        assert (folder / "ut-piu" / "secret.pem").stat().st_mode & 0o777 == 0o600


@asynccontextmanager
async def line(world: World) -> AsyncIterator[asyncssh.SFTPClient]:
    """The line's machine, signed in."""
    host = parse_secret((world.state / "ssh-host").read_bytes())
    async with asyncssh.connect(
        "127.0.0.1",
        int(world.settings["GATEWAY_SFTP_PORT"]),
        username="meridian-line",
        client_keys=[asyncssh.import_private_key(OWN.pem)],
        known_hosts=([asyncssh.import_public_key(public_line(host))], [], []),
        config=None,
        agent_path=None,
    ) as connection:
        yield await connection.start_sftp_client()


async def drop(there: asyncssh.SFTPClient, body: bytes) -> Any:
    """Its answer, once there is one."""
    async with there.open("list.json.part", "wb") as file:
        await file.write(body)
    await there.rename("list.json.part", "list.json")
    answer = f"answers/{sha256(body).hexdigest()}.answer.json"
    async with asyncio.timeout(20):
        while not await there.exists(answer):
            await asyncio.sleep(0.1)
    async with there.open(answer, "rb") as file:
        return json.loads(await file.read())


def new(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["recipient", "new", "ut-piu", "--country", "FI", "--into", str(folder), *words])
    return done.exit_code, done.output


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    assert new(tmp_path)[0] == 0
    before = (tmp_path / "ut-piu" / "secret.pem").read_bytes()
    status, said = new(tmp_path)
    assert status == 2
    assert "there already" in said
    assert (tmp_path / "ut-piu" / "secret.pem").read_bytes() == before


@pytest.mark.parametrize(
    "words", [["--country", "Finland"], ["--url", "http://piu.example/in"], ["--name", ""], ["--name", " x"]]
)
def test_what_cannot_be_is_said_before_anything_is_made(tmp_path: Path, words: list[str]) -> None:
    status, said = new(tmp_path, *words)
    if words != ["--name", ""]:
        assert (status, list(tmp_path.iterdir())) == (2, [])
        assert "recipient.toml" in said


def test_what_is_handed_over_holds_no_secret_and_is_whole(tmp_path: Path) -> None:
    for form in ("jwe", "envelope"):
        assert (
            new(tmp_path / form, "--form", form, "--name", 'Unit "7" \\ ü', "--url", "https://piu.example/in")[0] == 0
        )
        handed = tmp_path / form / "ut-piu" / "hand-over"
        assert not any(b"PRIVATE" in path.read_bytes() for path in handed.glob("*/*"))
        done = CliRunner().invoke(cli, ["keys", "--folder", str(handed)])
        assert "ut-piu" in done.output
        assert "no entry of the route register" in done.output


@pytest.mark.parametrize(("position", "id"), [("../../up", None), (1, "../../up")])
def test_what_the_gateway_says_becomes_no_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, position: object, id: str | None
) -> None:
    """Whoever has the gateway's machine, or stands in for it, writes where the recipient said, and nowhere else."""
    monkeypatch.syspath_prepend(str(KIT))
    fetch = importlib.import_module("fetch")
    one = {"position": position, "id": id or str(uuid4()), "envelope": "", "form": "common-json"}
    opened = SimpleNamespace(delivery_id=one["id"], handling={}, content_type="text/plain", payload=b"x")
    monkeypatch.setattr(fetch, "open_envelope", lambda *_: opened)
    feed = SimpleNamespace(ask=lambda *_, **__: {"ended": 0, "deliveries": [one], "next": 1})
    into = tmp_path / "a" / "lists"
    into.mkdir(parents=True)
    with pytest.raises(ValueError, match=r"invalid literal|badly formed"):
        fetch.take(feed, into, None, None, 0, [])
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_the_programs_import_nothing_of_the_gateway() -> None:
    for program in KIT.glob("*.py"):
        assert not re.search(r"^\s*(from|import) gateway\b", program.read_text(), re.MULTILINE)
    said = subprocess.run([sys.executable, "-E", KIT / "fetch.py", "http://gateway.example", "x", "--token-file", "/dev/null", "--secret", "x", "--gateway", "x", "--into", "/dev/null/x"], capture_output=True, check=False)  # fmt: skip
    assert said.returncode == 1
    assert b"Traceback" not in said.stderr
