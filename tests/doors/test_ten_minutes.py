"""A Passenger Information Unit follows deploy/recipient/README.md, word by word, and has its first list."""

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from gateway.cli import cli
from gateway.demo.world import GATEWAY, World
from gateway.settings import PROJECT, utc_now
from tests.doors.kit import KIT
from tests.flow.processes import new_folder
from tests.web.world import list_of

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
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, (text, out, err)
    return out.decode()


async def test_a_piu_starts_in_ten_minutes() -> None:
    make_key, let_in, give, fetch = STEPS
    with new_folder() as folder:
        world = World(folder, utc_now(), {"workers": "1"}, blind=False)
        world.settings.pop("GATEWAY_CARRIERS", None)
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
            await sent(world, list_of().replace(b"GRPIR", b"TNTUN"))  # from outside the EU
            got = await step(folder, world, fetch)
        finally:
            await world.end(GATEWAY)
        [about] = (folder / "lists").glob("*.json")
        assert about.stem in got
        said, content = json.loads(about.read_bytes()), about.with_suffix(".list").read_bytes()
        assert (said["form"], said["handling"]["marking"]) == ("common-json", "restricted")
        assert b"ERIKSSON" in content
        assert (folder / "ut-piu" / "secret.pem").stat().st_mode & 0o777 == 0o600


async def sent(world: World, body: bytes) -> Any:
    """A line hands its list in; returns once it is processed."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {world.operator}"}) as session:
        order = {"kind": "carrier", "subject": "meridian-line", "days": 1, "note": ""}
        async with session.post(f"{world.url}/v1/tokens", json=order) as answer:
            headers = {"Authorization": f"Bearer {(await answer.json())['token']}", "Prefer": "wait=20"}
        async with session.post(f"{world.url}/v1/submissions", data=body, headers=headers) as answer:
            assert answer.status == 200
            return await answer.json()


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


def test_the_programs_import_nothing_of_the_gateway() -> None:
    for program in KIT.glob("*.py"):
        assert not re.search(r"^\s*(from|import) gateway\b", program.read_text(), re.MULTILINE)
    said = subprocess.run([sys.executable, "-E", KIT / "fetch.py", "http://gateway.example", "x", "--token-file", "/dev/null", "--secret", "x", "--gateway", "x", "--into", "/dev/null/x"], capture_output=True, check=False)  # fmt: skip
    assert said.returncode == 1
    assert b"Traceback" not in said.stderr
