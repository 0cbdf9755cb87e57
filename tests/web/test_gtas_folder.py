"""From a line's list to the files that GTAS reads: the gateway, its feed, and `./gw drop` at the unit."""

import asyncio
from pathlib import Path

from gateway.keyring import new_recipient_keys
from gateway.settings import utc_now
from gateway.store import Database, Pool
from tests.cli.desk import gw
from tests.gtas_oracle import judge
from tests.web.world import Folders, list_of, make_folders, running

PIU = "ut-piu"


def unit(root: Path) -> tuple[Folders, Path]:
    """A gateway's folders with a unit that has GTAS, and the unit's own key."""
    folders = make_folders(root)
    secret, public = new_recipient_keys("jwe")
    made = root / "keys" / PIU
    made.mkdir()
    (made / "key.pem").write_bytes(public.pem)
    day = utc_now().date()
    (made / "recipient.toml").write_text(f"""id = "{PIU}"
name = "Passenger Information Unit of Utopia"
kind = "piu"
country = "MT"
third_country = false
key = [{{ file = "key.pem", from = {day}, until = {day.replace(year=day.year + 1, day=1)} }}]
[send]
transport = "feed"
[seal]
form = "jwe"
[edifact]
sender = "SEAGATEWAY"
recipient = "UTOPIAPIU"
""")
    (made / "routes.toml").write_text(f"""[[route]]
id = "selected"
lists = ["passengers", "crew"]
purposes = ["border"]
form = "paxlst-gtas"
legal_basis = "an invented act, article 1"
decision = "7/2026"
from = {day}
until = {day.replace(year=day.year + 1, day=1)}
reviewer = "Nobody, this is a test"
""")
    identity = root / "piu.pem"
    identity.write_bytes(secret.pem)
    return folders, identity


async def test_a_list_becomes_files_that_gtas_loads(tmp_path: Path, database: Database, pool: Pool) -> None:
    folders, identity = unit(tmp_path)
    into = tmp_path / "input"
    into.mkdir()
    async with running(folders.settings, database, pool) as gateway:
        key = tmp_path / "gateway.pem"
        key.write_bytes(gateway.catalogue.identity.verify_keys[0].pem)
        token = await gateway.token("recipient", PIU)
        await gateway.send(list_of())
        await gateway.process()
        given = (
            "--from",
            gateway.url,
            "--recipient",
            PIU,
            "--identity",
            identity,
            "--key",
            key,
            "--into",
            into,
            "--once",
        )
        for _ in range(2):
            result = await asyncio.to_thread(gw, "drop", *given, GATEWAY_TOKEN=token)
            assert result.exit_code == 0, result.output
        [state] = [row["state"] for row in await pool.fetch("SELECT state FROM delivery WHERE recipient = $1", PIU)]
        assert state == "accepted"
    [file] = [path for path in into.iterdir() if path.is_file()]
    found = judge(file.read_bytes(), utc_now())
    assert found.loads
    assert len(found.persons) == 5
    assert file.name.endswith("-01.edi")
    assert "ERIKSSON" not in result.output
