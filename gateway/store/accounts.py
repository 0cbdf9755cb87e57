"""People's accounts and the links by which they enrol. Secrets come in hashed or sealed; what they mean is `people`'s."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from gateway.rescue.colleagues import Colleague
from gateway.seal import Sealed
from gateway.store import Connection
from gateway.store.statements import SQL, row, rows
from gateway.store.tokens import Kind


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person. `password`, `totp*` are None until enrolled, and for who signs in with a provider. `confirm_code`: while there is one the account
    does nothing (`rescue.colleagues`); `confirmed_*`: the last time that a colleague vouched for it."""

    id: UUID
    name: str
    email: str
    kind: Kind
    subject: str
    provider: str | None = None
    password: str | None = None
    totp: bytes | None = None
    totp_wrapped: bytes | None = None
    totp_key_id: str | None = None
    totp_used: int = 0
    recovery: Sequence[bytes] = ()
    created_at: datetime
    created_by: str
    enrolled_at: datetime | None = None
    disabled_at: datetime | None = None
    confirm_code: str | None = None
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None

    @property
    def colleague(self) -> Colleague:
        return Colleague(name=self.name, email=self.email, kind=self.kind, code=self.confirm_code)

    @property
    def sealed(self) -> Sealed | None:
        """The secret of its authenticator app."""
        if self.totp is None or self.totp_wrapped is None or self.totp_key_id is None:
            return None
        return Sealed(self.totp_wrapped, self.totp, self.totp_key_id)

    def __repr__(self) -> str:
        return f"<Account {self.name}>"


class Link(msgspec.Struct, frozen=True):
    """A link that is good, and whose it is."""

    id: UUID
    name: str
    email: str
    kind: Kind
    totp: bytes
    totp_wrapped: bytes
    totp_key_id: str
    waits: bool

    @property
    def sealed(self) -> Sealed:
        """The secret that the app will hold."""
        return Sealed(self.totp_wrapped, self.totp, self.totp_key_id)


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What lets an account in. `used`: the step of the code that proved the app; `recovery`: SHA-256s."""

    password: str
    totp: Sealed
    used: int
    recovery: Sequence[bytes]


async def add_account(connection: Connection, new: Account, provider_subject: str | None = None) -> bool:
    """False where the name is taken."""
    values = (
        new.id,
        new.name,
        new.email,
        new.kind,
        new.subject,
        new.provider,
        provider_subject,
        new.created_at,
        new.created_by,
        new.enrolled_at,
        new.confirm_code,
    )
    return await connection.fetchval(SQL["account_add"], *values) is not None


async def account_named(connection: Connection, name: str) -> Account | None:
    return row(Account, await connection.fetchrow(SQL["account_named"], name))


async def locked(connection: Connection, name: str) -> Account | None:
    """The account, nobody else's to change before the transaction ends."""
    return row(Account, await connection.fetchrow(SQL["account_lock"], name))


async def account_of_provider(connection: Connection, issuer: str, subject: str) -> Account | None:
    return row(Account, await connection.fetchrow(SQL["account_of_provider"], issuer, subject))


async def accounts(connection: Connection) -> list[Account]:
    """All of them, by name; the disabled ones too."""
    return rows(Account, await connection.fetch(SQL["accounts"]))


async def accounts_sealed_to(connection: Connection) -> set[str]:
    """Ids of the identities without which people could not sign in."""
    return {found["totp_key_id"] for found in await connection.fetch(SQL["account_keys"])}


async def enrol(connection: Connection, account: UUID, new: Credentials, at: datetime) -> None:
    """From now on these let it in, and nothing else does."""
    sealed = (new.totp.ciphertext, new.totp.wrapped, new.totp.key_id)
    await connection.execute(SQL["account_enrol"], account, new.password, *sealed, new.used, list(new.recovery), at)


async def forget_credentials(connection: Connection, account: UUID, confirm_code: str | None) -> None:
    await connection.execute(SQL["account_forget"], account, confirm_code)


async def set_password(connection: Connection, account: UUID, password: str) -> None:
    """`password`: its hash."""
    await connection.execute(SQL["account_password"], account, password)


async def set_role(connection: Connection, account: UUID, kind: Kind, subject: str, confirm_code: str | None) -> None:
    await connection.execute(SQL["account_role"], account, kind, subject, confirm_code)


async def use_step(connection: Connection, account: UUID, step: int) -> bool:
    """False where a code of this step, or a later one, was used before: of two at once one is first."""
    return await connection.fetchval(SQL["account_use_step"], account, step) is not None


async def use_recovery(connection: Connection, account: UUID, sha256: bytes) -> bool:
    """False where there is no such recovery code, or no longer."""
    return await connection.fetchval(SQL["account_use_recovery"], account, sha256) is not None


async def disable(connection: Connection, name: str, at: datetime) -> UUID | None:
    """None where there is nobody to disable."""
    found: UUID | None = await connection.fetchval(SQL["account_disable"], name, at)
    return found


async def add_link(
    connection: Connection, sha256: bytes, account: UUID, totp: Sealed, at: datetime, until: datetime
) -> None:
    """The account's one link: older ones are good no more."""
    await connection.execute(SQL["enrolment_end"], account)
    await connection.execute(
        SQL["enrolment_add"], sha256, account, totp.ciphertext, totp.wrapped, totp.key_id, at, until
    )


async def find_link(connection: Connection, sha256: bytes, at: datetime) -> Link | None:
    """None where it is unknown, used or expired, or its account disabled."""
    return row(Link, await connection.fetchrow(SQL["enrolment_find"], sha256, at))


async def use_link(connection: Connection, sha256: bytes, at: datetime) -> bool:
    """False where it was used before: of two at once one is first."""
    return await connection.fetchval(SQL["enrolment_use"], sha256, at) is not None


async def end_links(connection: Connection, account: UUID) -> None:
    await connection.execute(SQL["enrolment_end"], account)
