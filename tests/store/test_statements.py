"""Every statement in queries.sql is used, and PostgreSQL understands it."""

import re
from pathlib import Path

import gateway.store
from gateway.store import Pool
from gateway.store.statements import SQL

FOLDER = Path(gateway.store.__file__).parent


async def test_postgresql_understands_them(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for statement in SQL.values():
            await connection.prepare(statement)


def test_every_statement_is_used_and_every_used_one_is_there() -> None:
    code = "".join(file.read_text() for file in FOLDER.glob("*.py"))
    named = set(re.findall(r'"(\w+)"', code))
    assert SQL.keys() - named == set()
    assert set(re.findall(r'SQL\["(\w+)"\]', code)) <= SQL.keys()


def test_python_holds_no_queries() -> None:
    spoken = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b")
    files = [file for file in FOLDER.glob("*.py") if file.name not in ("__init__.py", "embedded.py")]
    assert [file.name for file in files if spoken.search(file.read_text())] == []
