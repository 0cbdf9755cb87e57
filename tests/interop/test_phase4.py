"""Our AS4 against phase4, which no one here wrote: both directions, and there and back again with an answer.

./gw test tests/interop    (needs a JDK of 17 or newer and Maven; the first time it builds, which takes half a minute)
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import msgspec
import pytest

from gateway import as4, asic
from gateway.access_point import AccessPoint
from gateway.deliver import Deliverer
from gateway.heard import MESSAGE, Message
from gateway.seal import Sealed, open_at_rest
from gateway.senders import SENDERS, Accepted, Means, Outcome, Outgoing, TryLater
from gateway.senders.https import session
from gateway.store import Database, Pool
from tests.interop.access_point import AccessPoint as Phase4
from tests.interop.conftest import window_tls
from tests.senders.delivering import IDENTITY, at_work, outgoing, state_is
from tests.senders.window import (
    NSW,
    PXA,
    RESPONSE,
    SERVICE,
    SERVICE_TYPE,
    US,
    WINDOW,
    certificate,
    known,
    our_keys,
    register,
    rsa_key,
    waiting,
)
from tests.web.rim import make_rim_folders
from tests.web.world import CARRIER, Folders, Gateway, list_of, running

pytestmark = pytest.mark.timeout(240)
PARTY_TYPE = "urn:oasis:names:tc:ebcore:partyid-type:unregistered"


@pytest.fixture(scope="module")
def access_point(tmp_path_factory: pytest.TempPathFactory) -> AccessPoint:
    return our_keys(tmp_path_factory.mktemp("state"))


async def send(phase4: Phase4, access_point: AccessPoint, id: str, **changes: str) -> Outcome:
    """One attempt of a delivery to phase4."""
    async with session() as http:
        means = Means(session=http, identity=IDENTITY, access_point=access_point)
        return await SENDERS["as4"](owed(phase4, id, **changes), means)


def owed(phase4: Phase4, id: str, **changes: str) -> Outgoing:
    """`changes`: of the window, as it is known."""
    return outgoing(known(phase4.url, window_tls(), **changes), waiting(id), id, form="emswe-xml", timeout_seconds=30)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"profile": '"edelivery-as4-1.15"', "authorization": ""},
        {"profile": '"edelivery-as4-1.15"', "authorization": "", "container": '"none"', "compress": "true"},
        {"profile": '"edelivery-as4-1.15"', "authorization": "", "container": '"none"'},
    ],
    ids=["rim", "edelivery", "compressed xml", "xml"],
)
async def test_phase4_verifies_decrypts_and_receipts_what_we_send(
    phase4: Phase4, access_point: AccessPoint, changes: dict[str, str]
) -> None:
    id = str(uuid4())
    outcome = await send(phase4, access_point, id, **changes)
    assert isinstance(outcome, Accepted), (outcome, phase4.log)
    told, [part] = phase4.received()[-1]
    assert told["id"].partition("@")[0] == told["conversation"] == id
    assert (told["signed"], told["decrypted"], told["from"], told["to"]) == ("true", "true", US, WINDOW)
    assert told["property.originalSender"] == "urn:emswe:rim:line"
    assert told["property.handling.marking"] == "restricted"
    content = part
    if changes.get("container") is None:
        opened = asic.unpack(part)
        assert opened.faults == ()
        content = opened.files["PXA.xml"]
    assert content == PXA
    if not changes:
        assert told["part.1.FormalityInfo.TypeUrn"] == "urn:emswe:formality:PXA"
        assert told["part.1.Authorization.Identifier"] == "FI1234567-8"


async def test_phase4_counts_a_repeat_as_a_duplicate(phase4: Phase4, access_point: AccessPoint) -> None:
    """It says so as an error (EBMS:0004), where Domibus gives the receipt again; it takes the message once."""
    id = str(uuid4())
    assert isinstance(await send(phase4, access_point, id), Accepted)
    before = len(phase4.received())
    assert await send(phase4, access_point, id) == TryLater("the recipient answered EBMS:0004 Other", 200)
    assert len(phase4.received()) == before


async def test_phase4_refuses_what_another_signed(phase4: Phase4, access_point: AccessPoint) -> None:
    key = rsa_key("stranger")
    stranger = msgspec.structs.replace(access_point, signers=(as4.Signer(key, (certificate("stranger", key),)),))
    outcome = await send(phase4, stranger, str(uuid4()))
    assert isinstance(outcome, TryLater), outcome
    assert outcome.needs_person


@pytest.fixture(scope="module")
def rim_folders(phase4: Phase4, tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """A gateway with a register that owes phase4's window passenger lists."""
    return make_rim_folders(tmp_path_factory.mktemp("rim"), phase4.url, window_tls(), register())


@pytest.fixture
async def gateway(rim_folders: Folders, database: Database, pool: Pool) -> AsyncIterator[Gateway]:
    async with running(rim_folders.settings, database, pool) as found:
        assert found.catalogue.access_point.tls is None
        yield found


def wanted(phase4: Phase4, gateway: Gateway, **changes: str) -> dict[str, str]:
    """A message for the gateway."""
    values = {
        "url": f"{gateway.url}/v1/as4", "id": str(uuid4()), "conversation": "none", "from": WINDOW, "to": US,
        "party-type": PARTY_TYPE, "service": SERVICE, "service-type": SERVICE_TYPE, "action": RESPONSE,
        "certificate": str(phase4.folder / "gateway.pem"), "mime-type": "application/vnd.etsi.asic-e+zip",
        "property.originalSender": "urn:emswe:mnsw:ut", "property.finalRecipient": "urn:emswe:rim:line",
    }  # fmt: skip
    return values | changes


@pytest.mark.parametrize(
    "changes",
    [{}, {"compress": "true"}, {"mime-type": "text/xml"}, {"mime-type": "application/xml"}],
    ids=["rim", "compressed", "text/xml", "application/xml"],
)
async def test_phase4_believes_our_receipt_for_what_it_sent(
    phase4: Phase4, gateway: Gateway, changes: dict[str, str]
) -> None:
    is_xml = "xml" in changes.get("mime-type", "")
    content = b"<FRM>\r\n<a b='c'/></FRM>" if is_xml else b"PK\x03\x04\r\n\x00an answer"
    said = await asyncio.to_thread(phase4.send, wanted(phase4, gateway, **changes), content)
    assert (said["result"], said["matches"], said["signed"]) == ("success", "true", "true"), (said, phase4.log)
    [row] = await gateway.pool.fetch("SELECT * FROM response")
    sealed = Sealed(row["wrapped"], row["sealed"], row["key_id"])
    found = open_at_rest(sealed, gateway.catalogue.identity, context=b"response/" + row["id"].bytes)
    kept = msgspec.msgpack.decode(found, type=Message)
    assert kept.parts[0].data == (b'<FRM>\n<a b="c"></a></FRM>' if is_xml else content)  # what was signed is taken


async def test_a_repeat_of_phase4s_is_receipted_and_taken_once(phase4: Phase4, gateway: Gateway) -> None:
    message = wanted(phase4, gateway)
    for _ in range(2):
        assert (await asyncio.to_thread(phase4.send, message, b"answer"))["result"] == "success"
    assert await gateway.pool.fetchval("SELECT count(*) FROM response") == 1


async def test_phase4_pings_us(phase4: Phase4, gateway: Gateway) -> None:
    message = wanted(phase4, gateway, service=as4.TEST_SERVICE, action=as4.TEST_ACTION)
    del message["service-type"]
    said = await asyncio.to_thread(phase4.send, message, b"ping")
    assert said["result"] == "success", (said, phase4.log)
    assert await gateway.pool.fetchval("SELECT count(*) FROM as4_message") == 0


async def test_phase4_hears_which_error_it_was(phase4: Phase4, gateway: Gateway) -> None:
    said = await asyncio.to_thread(phase4.send, wanted(phase4, gateway, action="another"), b"x")
    assert (said["result"], said["errors"]) == ("as4-error-msg-received", "EBMS:0010")


async def test_a_list_goes_to_the_window_and_its_answer_comes_back(
    phase4: Phase4, gateway: Gateway, access_point: AccessPoint
) -> None:
    """Two-Way/Push-and-Push: handed in, processed, sealed, sent, receipted; answered, receipted, put to its delivery."""
    before = len(phase4.received())
    token = ("carrier", CARRIER)
    handed_in = await gateway.ask("POST", "/v1/submissions", token, data=list_of(), ssl=False)
    assert handed_in.status in (200, 202)
    assert await gateway.process() == 1
    delivery = await gateway.pool.fetchval("SELECT id FROM delivery WHERE recipient = $1", NSW)
    assert delivery is not None
    catalogue = gateway.catalogue
    async with session() as http:
        means = Means(session=http, identity=catalogue.identity, access_point=catalogue.access_point)
        async with at_work(Deliverer(gateway.pool, gateway.context.database, catalogue.recipients, means, 30)):
            await state_is(gateway.pool, "accepted", delivery, seconds=30)
    told, [part] = phase4.received()[before]
    assert told["id"] == str(delivery)
    container = asic.unpack(part)
    assert container.faults == ()
    assert b"PXA" in container.files["PXA.xml"]
    message = wanted(phase4, gateway, ref=told["id"], conversation=told["conversation"])
    said = await asyncio.to_thread(phase4.send, message, b"PK an answer")
    assert (said["result"], said["matches"]) == ("success", "true"), said
    channels = await gateway.pool.fetch("SELECT channel, state FROM response WHERE delivery_id = $1", delivery)
    assert [one["state"] for one in channels if one["channel"] == MESSAGE] == ["waiting"]  # for a worker to read
    events = [row["event"] for row in await gateway.pool.fetch("SELECT event FROM log_entry ORDER BY id")]
    assert events[-2:] == ["delivery-accepted", "answer-received"]
