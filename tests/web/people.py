"""A person of a test: added by the operator, enrolled with the link as they would; and what their phone shows."""

import html
import re
from base64 import b32decode
from datetime import timedelta

import msgspec

from gateway.people.totp import step_at, totp_code
from gateway.settings import utc_now
from gateway.web.caller import COOKIE
from tests.web.world import Gateway, Reply

PASSWORD = "ballast-otter-lantern-47"
DESK = ("operator", "desk")


class Person(msgspec.Struct):
    """`recovery`: the codes that were shown; `cookie`: of the session that the enrolment began."""

    name: str
    secret: bytes
    recovery: list[str]
    cookie: str
    used: int  # the step of the last code

    def code(self) -> str:
        """The next code that is good: no step is ever good twice, so the clock's drift is used up at once."""
        self.used = max(self.used + 1, step_at(utc_now()) - 1)
        return totp_code(self.secret, self.used)


async def link_for(gateway: Gateway, name: str, kind: str, subject: str) -> str:
    """The address of the enrolment of somebody new."""
    wanted = msgspec.json.encode({"name": name, "kind": kind, "subject": subject})
    made = await gateway.ask("POST", "/v1/people", DESK, data=wanted)
    assert made.status == 201, made.body
    return str(made.json["link"])


async def enrolled(gateway: Gateway, name: str = "anna", kind: str = "viewer", subject: str = "MTMLA") -> Person:
    """Somebody who can sign in. The code of an earlier step is used, so that this one's and the next are left."""
    link = await link_for(gateway, name, kind, subject)
    secret = secret_on(await gateway.ask("GET", link))
    used = step_at(utc_now()) - 1
    reply = await gateway.submit(
        "/enrol", link=link.partition("=")[2], password=PASSWORD, again=PASSWORD, code=totp_code(secret, used)
    )
    assert reply.status == 200, reply.body
    recovery = re.findall(r"<code>([0-9A-Z-]{29})</code>", reply.body.decode())
    return Person(name, secret, recovery, cookie_in(reply), used)


async def sign_in(gateway: Gateway, person: Person, **fields: str) -> Reply:
    """With the person's own name, password and next code unless told otherwise."""
    own = {"name": person.name, "password": PASSWORD} | fields
    code = own.pop("code") if "code" in own else person.code()
    return await gateway.submit("/sign-in", headers=None, code=code, **own)


def secret_on(page: Reply) -> bytes:
    """The key that the page of the enrolment shows."""
    found = re.search(r'id="key">([A-Z2-7 ]+)<', page.body.decode())
    assert found is not None, page.body
    return b32decode(found[1].replace(" ", ""))


def cookie_in(reply: Reply) -> str:
    """The session that an answer began."""
    found = re.match(rf"{COOKIE}=([A-Za-z0-9_-]{{43}});", reply.headers["Set-Cookie"])
    assert found is not None, reply.headers
    return found[1]


def wrong_on(page: Reply) -> str:
    """What a page says is wrong."""
    found = re.search(r'role="alert">([^<]*)<', page.body.decode())
    return html.unescape(found[1]) if found else ""


async def ago(gateway: Gateway, table: str, column: str, by: timedelta) -> None:
    """As if what stands in a column had been so much earlier."""
    await gateway.pool.execute(f"UPDATE {table} SET {column} = {column} - $1::interval", by)


async def events(gateway: Gateway) -> list[tuple[str, dict[str, str]]]:
    """The log."""
    return [
        (row["event"], row["subject"])
        for row in await gateway.pool.fetch("SELECT event, subject FROM log_entry ORDER BY id")
    ]
