"""One call's page as bytes: what is due and why, what came, who is on board; who may see it and who may tell; and that nobody is named."""

import re
from datetime import timedelta
from html import unescape

import msgspec
import pytest

from gateway import store
from gateway.expect import Origin, Said
from gateway.obligations import Moment
from gateway.obligations.due import NAMES
from gateway.settings import utc_now
from gateway.store.calls import say
from gateway.web.lines import local
from gateway.web.reasons import ANCHORS
from tests.specimen import crew_manifest, passenger_manifest
from tests.web.test_pages import read_event
from tests.web.world import CARRIER, RIVAL, Gateway, Reply, call, list_of

OFFICER, LINE = ("viewer", "MTMLA"), ("carrier", CARRIER)


async def text_of(gateway: Gateway, who: tuple[str, str] = OFFICER, id: str = "C1", **headers: str) -> str:
    """What stands on the page, without its tags."""
    page = await gateway.ask("GET", f"/calls/{id}", who, headers=headers)
    assert page.status == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.body.decode())).split())


async def test_what_is_due_is_said_with_its_clause_and_why(gateway: Gateway) -> None:
    left = Moment((utc_now() - timedelta(minutes=30)).replace(second=0, microsecond=0), "AIS")
    await gateway.expect(call("C1", leaves=-1, atd=left))
    text = await text_of(gateway)
    deadline = left.at + timedelta(minutes=15)
    assert "List of persons on board, legs of more than 20 nautical miles Directive 98/41/EC art. 5" in text
    assert f"{deadline:%H:%M} UTC · Europe/Athens" in text  # by the clock of the port of departure, and in UTC
    assert "15 min after the actual departure (AIS)" in text
    assert "The list of passengers did not come" in text
    assert text.index("List of persons on board") < text.index(
        "Passenger list"
    )  # what must be done comes before what is only shown
    assert "Nothing has come yet" in text


async def test_what_came_and_what_became_of_it(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    people = list(passenger_manifest().persons)
    people[0] = msgspec.structs.replace(people[0], birth_date=None)
    await gateway.send(list_of(persons=tuple(people)), path="/v1/submissions?call=C1")
    await gateway.send(msgspec.json.encode(crew_manifest()), path="/v1/submissions?call=C1")
    sent = await gateway.send(list_of(persons=tuple(people[:-1])), path="/v1/submissions?call=C1")
    await gateway.process()
    text = await text_of(gateway, LINE)
    for said in (
        "Passengers, version 2: 4 persons 1 removed since version 1",
        "Passengers, version 1: 5 persons",
        "Crew, version 1: 3 persons",
        "waiting Single window of Utopia Passengers It waits to be sent or fetched.",
        "replaced Single window of Utopia Passengers A newer list took its place before it went.",
        "Date of birth lacking of 1 person",
        "Signed receipt",
        "Proof in the log",
        sent.json["id"],
    ):
        assert said in text, said
    page = (await gateway.ask("GET", "/calls/C1", LINE)).body.decode()
    receipt = await gateway.ask("GET", f"/v1/submissions/{sent.json['id']}/receipt", LINE)
    assert f'href="/v1/submissions/{sent.json["id"]}/receipt"' in page
    assert receipt.status == 200
    assert "Signed receipt" not in await text_of(gateway, OFFICER)  # it is the line's


async def test_verdicts_and_deliveries_are_said_in_words(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    await gateway.send(list_of(), path="/v1/submissions?call=C1")
    await gateway.process()
    await gateway.pool.execute("UPDATE delivery SET state = 'accepted', settled_at = now(), attempts = 1")
    await gateway.pool.execute(
        "INSERT INTO response (id, delivery_id, channel, received_at, sealed, key_id, state, verdict)"
        " SELECT gen_random_uuid(), id, 'as4', now(), '', 'x', 'read', 'rejected' FROM delivery"
    )
    assert re.search(
        r"delivered Single window of Utopia Passengers It has it since .* The authority rejected it",
        await text_of(gateway),
    )


async def test_times_have_their_sources_and_their_history(gateway: Gateway) -> None:
    await gateway.expect(call("C1", leaves=3))
    await gateway.expect(call("C1", leaves=5, etd=Moment(utc_now() + timedelta(hours=5), "port office")))
    text = await text_of(gateway)
    assert re.search(r"Departure, estimated \d\d:\d\d .* port office", text)
    assert "noted" in text[text.index("Earlier values") :]


async def test_what_other_sources_say_stands_beside_and_an_unannounced_ship_is_told_apart(gateway: Gateway) -> None:
    await gateway.expect(call("C1", leaves=2))
    seen = Moment(utc_now() + timedelta(hours=9), "port office")
    alone = call("", vessel="SPECIMEN LOST", imo="9999993", carrier="", announced=False, departure_port="ZZUKN", voyage=None, etd=None, eta=None, ata=Moment(utc_now(), "AIS"))  # fmt: skip
    told = Said(voice="port", origin=Origin.PORT, by="port", at=utc_now(), call=call("C1", leaves=2, eta=seen))
    async with store.transaction(gateway.pool) as connection:
        await say(connection, [told], utc_now())
        lost = msgspec.structs.replace(alone, id="seen")
        await say(connection, [Said(voice="AIS", origin=Origin.AIS, by="ais", at=utc_now(), call=lost)], utc_now())
    text = await text_of(gateway)
    assert f"{seen.at:%H:%M} UTC" in text  # the port knows better
    assert re.search(r"Arrival, estimated \d\d:\d\d .* UTC port office test: \d\d:\d\d", text)
    board = (await gateway.ask("GET", "/", OFFICER)).body.decode()
    assert board.count("seen by AIS, announced by nobody") == 1
    assert "line not known" in board
    assert "port not known" in board


async def test_who_says_what_is_shown_where_sources_differ(gateway: Gateway) -> None:
    """Not of what all agree on, nor of a name that is only written in another way."""
    await gateway.expect(call("C1", arrival_visit_id="MT-7", previous_port="ITCTA"))
    assert "What sources say differently" not in await text_of(gateway)
    other = call("C1", vessel="M/S Specimen Star", arrival_port="ITPMO", previous_port="GRPIR", next_port="LYTIP", arrival_visit_id="MT-8", etd=None, carrier=RIVAL)  # fmt: skip
    async with store.transaction(gateway.pool) as connection:
        for voice, origin, what in (
            ("EMSWe NOA, arrival", Origin.WINDOW, other),
            ("port", Origin.PORT, msgspec.structs.replace(other, arrival_port="MTMLA", carrier=CARRIER)),
        ):
            await say(connection, [Said(voice=voice, origin=origin, by="x", at=utc_now(), call=what)], utc_now())
    text = await text_of(gateway)
    facts = text[text.index("What sources say differently") :]
    for said in (
        "Shipping line Specimen (invented) port office (port), schedule Example-Line (invented) single window (EMSWe NOA, arrival)",
        "Port of arrival Valletta (MTMLA) port office (port), schedule Palermo (ITPMO) single window (EMSWe NOA, arrival)",
        "Port before Catania (ITCTA) schedule Piraeus (GRPIR) single window (EMSWe NOA, arrival), port office (port)",
        "Visit ID at arrival MT-8 single window (EMSWe NOA, arrival), port office (port) MT-7 schedule",
    ):
        assert said in facts, (said, facts)
    assert "Ship " not in facts
    assert "Port after" not in facts
    french = await text_of(gateway, **{"Accept-Language": "fr"})
    assert "Ce que les sources disent différemment" in french


async def test_nobody_is_named(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    await gateway.send(list_of(), path="/v1/submissions?call=C1")
    await gateway.process()
    text = await text_of(gateway, LINE)
    for person in passenger_manifest().persons:
        for value in (
            person.family_name,
            person.given_names,
            person.documents[0].number,
            person.birth_date,
            person.booking_reference,
        ):
            assert value is not None
            assert not re.search(rf"\b{re.escape(value)}\b(?! STAR)", text), value


async def test_who_may_see_it(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2", carrier=RIVAL), call("a/b?c", vessel="<b>SPECIMEN</b>"))
    for who in (OFFICER, ("operator", "desk"), ("desk", "x"), ("rescue", "x"), LINE):
        page = await gateway.ask("GET", "/calls/C1", who)
        assert (page.status, b"Tell what happened" in page.body) == (200, who[0] in ("carrier", "operator"))
    for id in ("C2", "C9", "%00", "%FF"):
        assert (await gateway.ask("GET", f"/calls/{id}", LINE)).status in (400, 404)
    odd = await gateway.ask("GET", "/calls/a%2Fb%3Fc", OFFICER)
    assert (odd.status, b"<b>SPECIMEN" in odd.body, b"&lt;b&gt;SPECIMEN" in odd.body) == (200, False, True)


async def tell(gateway: Gateway, id: str = "C1", who: tuple[str, str] = LINE, **fields: str) -> Reply:
    form = {"kind": "recount", "persons": "12", "at": "2026-01-02T03:04", "reason": "", "key": "k1"} | fields
    return await gateway.submit(f"/calls/{id}/events", await gateway.cookie(*who), **form)


async def test_a_line_tells_what_happened_on_board_and_count_and_list_are_compared(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2", carrier=RIVAL))
    assert "Nobody has said yet how many are on board." in await text_of(gateway)
    await gateway.send(list_of(), path="/v1/submissions?call=C1")
    await gateway.process()
    at = local(utc_now() + timedelta(minutes=2), "GRPIR")  # after the list came; a ship's clock may be fast
    told = await tell(gateway, at=f"{at:%Y-%m-%dT%H:%M}", persons="12", reason="counting-error")
    assert (told.status, told.headers["Location"]) == (303, "/calls/C1#on-board")
    await tell(
        gateway, at=f"{at:%Y-%m-%dT%H:%M}", persons="12", reason="counting-error"
    )  # the form sent twice is one event
    text = await text_of(gateway)
    assert "Counted are 7 persons more than listed. Ask the line for a new count or for the whole list." in text
    assert text.count("counted again: 12 , counting error") == 1
    board = (await gateway.ask("GET", "/", OFFICER)).body.decode()
    assert "5 listed" in board
    assert (await tell(gateway, "C2")).status == 404
    assert (await tell(gateway, who=OFFICER)).status == 403
    assert (await tell(gateway, csrf="forged")).status == 403


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "party"}, {"reason": "fun"}, {"persons": "-1"}, {"persons": "many"}, {"persons": "123456"}, {"persons": "٣"}, {"at": ""},
     {"at": "0001-01-01T00:00"}, {"at": "9999-12-31T23:59"}, {"at": "2100-01-01T00:00"}, {"at": "2026-01-02T03:04+00:00"}],
)  # fmt: skip
async def test_a_form_that_cannot_be_meant_is_shown_again_with_what_to_mend(
    gateway: Gateway, wrong: dict[str, str]
) -> None:
    await gateway.expect(call("C1"))
    reply = await tell(gateway, **wrong)
    assert (reply.status, b'role="alert"' in reply.body) == (422, True)
    assert await gateway.pool.fetchval("SELECT count(*) FROM call_event") == 0


async def test_the_page_is_sent_anew_when_something_moved(gateway: Gateway) -> None:
    await gateway.expect(call("C1"), call("C2"))
    stream = await gateway.stream("/calls/C1/events", await gateway.token(*OFFICER))
    assert "SPECIMEN STAR" in await read_event(stream)
    await gateway.expect(call("C1", vessel="SPECIMEN MOON"))
    assert "SPECIMEN MOON" in await read_event(stream)
    page = (await gateway.ask("GET", "/calls/C1", OFFICER)).body.decode()
    [seen] = re.findall(r'data-events="/calls/C1/events(\?seen=[0-9a-f]{16})"', page)
    again = await gateway.stream("/calls/C1/events" + seen, await gateway.token(*OFFICER))
    assert (await again.content.readline()).startswith(b"event: beat")


async def test_it_speaks_french_and_quotes_in_english(gateway: Gateway) -> None:
    await gateway.expect(call("C1", leaves=-1))
    text = await text_of(gateway, **{"Accept-Language": "fr"})
    for said in (
        "Ce qui est dû",
        "Nombre de personnes à bord",
        "Directive 98/41/EC art. 4",
        "le départ estimé (test)",
        "provisoire, tant que ceci n’est pas connu : ",
    ):
        assert said in text, said


def test_every_anchor_of_the_law_has_its_words() -> None:
    assert ANCHORS == NAMES
