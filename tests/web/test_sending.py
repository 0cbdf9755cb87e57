"""Send a list: the form, what came of it, and that nothing on these pages is anybody's business but the line's."""

import asyncio
import re
from weakref import WeakKeyDictionary

import aiohttp
import msgspec
import pytest

from gateway import store
from gateway.manifest import Counts
from gateway.process.answer import Answer, Verdict, open_answer, seal_answer
from gateway.receipts import verify_receipt
from gateway.settings import utc_now
from gateway.store.alarms import raise_alarm
from gateway.store.submissions import Sealed
from gateway.web.caller import COOKIE
from tests.specimen import passenger, passenger_manifest
from tests.web.world import CARRIER, MAX_BODY, RIVAL, Gateway, Reply, call, list_of

OURS = ("carrier", CARRIER)
CSV = "Surname;First name;Sex;Nationality\nERIKSSON;ÅSA;female;Norway\n".encode()
_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


_COOKIES: WeakKeyDictionary[Gateway, dict[tuple[str, str], dict[str, str]]] = WeakKeyDictionary()


async def cookie(gateway: Gateway, who: tuple[str, str] = OURS) -> dict[str, str]:
    """The headers of whoever is signed in: the same ones each time, as a form belongs to its cookie."""
    known = _COOKIES.setdefault(gateway, {})
    if who not in known:
        known[who] = {"Cookie": f"{COOKIE}={await gateway.cookie(*who)}"}
    return known[who]


async def look(gateway: Gateway, path: str, who: tuple[str, str] = OURS, accept: str = "text/html") -> Reply:
    return await gateway.ask("GET", path, headers=await cookie(gateway, who) | {"Accept": accept})


async def token(gateway: Gateway, path: str = "/send", who: tuple[str, str] = OURS) -> str:
    found = _TOKEN.search((await look(gateway, path, who)).body.decode())
    assert found is not None
    return found[1]


async def hand_in(
    gateway: Gateway,
    *files: bytes,
    path: str = "/send",
    who: tuple[str, str] = OURS,
    accept: str = "text/html",
    csrf: str | None = None,
    **fields: str,
) -> Reply:
    """As a browser sends the form."""
    body = aiohttp.FormData(quote_fields=False)
    body.add_field("csrf", await token(gateway, path, who) if csrf is None else csrf)
    for name, value in fields.items():
        body.add_field(name, value)
    for at, file in enumerate(files):
        body.add_field("file", file, filename=f"list-{at}.dat", content_type="application/octet-stream")
    if not files:
        body.add_field("file", b"", filename="", content_type="application/octet-stream")  # as a browser does
    headers = await cookie(gateway, who) | {"Accept": accept, "Sec-Fetch-Site": "same-origin"}
    return await gateway.ask("POST", path, headers=headers, data=body)


async def rows(gateway: Gateway) -> list[tuple[str, int, dict[str, str]]]:
    found = await gateway.pool.fetch("SELECT channel, files, options FROM submission ORDER BY arrival")
    return [(one["channel"], one["files"], one["options"]) for one in found]


async def test_a_form_becomes_a_submission_and_leads_to_it(gateway: Gateway) -> None:
    await gateway.expect(call("C1"))
    reply = await hand_in(gateway, list_of(), CSV, call="C1", purpose="border safety", list="passengers")
    assert reply.status == 303
    assert re.fullmatch(r"/sent/[0-9a-f-]{36}", reply.headers["Location"])
    assert await rows(gateway) == [("page", 2, {"call": "C1", "list": "passengers", "purposes": ["border", "safety"]})]
    await gateway.process()
    page = (await look(gateway, reply.headers["Location"])).body.decode()
    assert "passenger list" in page
    assert "Sandbox" in page


async def test_what_was_sent_is_found_by_call_day_and_outcome(gateway: Gateway) -> None:
    assert "Nothing was sent yet." in (await look(gateway, "/sent")).body.decode()
    await gateway.expect(call("C1"))
    clean = (await hand_in(gateway, list_of(), call="C1")).headers["Location"]
    spoilt = (await hand_in(gateway, CSV)).headers["Location"]
    await gateway.process()
    waiting = (await hand_in(gateway, b"nothing that is known")).headers["Location"]
    today = f"{utc_now():%Y-%m-%d}"
    for query, found in (
        ("", {clean, spoilt, waiting}), ("?call=C1", {clean}), ("?call=none", set()), (f"?day={today}", {clean, spoilt, waiting}),
        ("?day=2020-01-01", set()), ("?outcome=errors", {spoilt}), ("?outcome=clean", {clean}), ("?outcome=waiting", {waiting}),
        ("?outcome=failed", set()), (f"?call=C1&day={today}&outcome=clean", {clean}),
    ):  # fmt: skip
        page = (await look(gateway, f"/sent{query}")).body.decode()
        assert {one for one in (clean, spoilt, waiting) if f'href="{one}"' in page} == found, query
    for query in ("?outcome=x", "?day=yesterday", "?before=x", "?who=me"):
        assert (await look(gateway, f"/sent{query}")).status == 400, query
    assert clean not in (await look(gateway, "/sent", ("carrier", RIVAL))).body.decode()


async def test_many_are_turned_page_by_page(gateway: Gateway) -> None:
    for number in range(27):
        await gateway.send(list_of(reference=f"SPECIMEN-{number}"))
    first = (await look(gateway, "/sent")).body.decode()
    assert first.count('<td class="when"') == 25
    older = re.search(r'href="(/sent\?before=\d+)"', first)
    assert older is not None
    second = (await look(gateway, older[1])).body.decode()
    assert second.count('<td class="when"') == 2
    assert "To the newest" in second


@pytest.mark.parametrize("path", ["/send", "/sandbox"])
async def test_a_form_that_is_not_ours_is_refused_before_its_files_are_read(gateway: Gateway, path: str) -> None:
    stolen = await token(gateway, path, ("carrier", RIVAL))
    for csrf in ("", "0" * 64, stolen):
        reply = await hand_in(gateway, list_of(), path=path, accept="application/json", csrf=csrf)
        assert (reply.status, reply.problem) == (403, "forged-form"), csrf
    late = aiohttp.FormData(quote_fields=False)  # behind the file it is no use
    late.add_field("file", b"x" * (2 * MAX_BODY), filename="x")
    late.add_field("csrf", await token(gateway, path))
    assert (await gateway.ask("POST", path, headers=await cookie(gateway), data=late)).problem == "forged-form"
    headers = await cookie(gateway) | {"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": await token(gateway, path)}
    assert (await gateway.ask("POST", path, headers=headers, data=late)).problem == "other-site"
    assert await gateway.pool.fetchval("SELECT (SELECT count(*) FROM submission) + (SELECT count(*) FROM trial)") == 0


async def test_the_token_may_come_as_a_header_and_the_script_is_told_where_to_go(gateway: Gateway) -> None:
    body = aiohttp.FormData(quote_fields=False)
    body.add_field("file", list_of(), filename="list.json")
    headers = await cookie(gateway) | {"X-CSRF-Token": await token(gateway), "Accept": "application/json"}
    reply = await gateway.ask("POST", "/send", headers=headers, data=body)
    assert (reply.status, reply.json["location"]) == (201, reply.headers["Location"])
    assert (await look(gateway, reply.json["location"])).status == 200


@pytest.mark.parametrize(
    ("files", "status", "words"),
    [
        ((), 400, "Choose a file that is not empty."), ((b"",), 400, "Choose a file that is not empty."),
        ((CSV, b""), 400, "Choose a file that is not empty."), ((b"x" * (MAX_BODY + 1),), 413, "This is too large: at most 0.1 MB together."),
        ((b"x" * 60_000, b"y" * 60_000), 413, "This is too large"), ((CSV,) * 21, 400, "At most 20 files at once."),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_said_beside_the_form_and_what_was_chosen_stays(
    gateway: Gateway, files: tuple[bytes, ...], status: int, words: str
) -> None:
    await gateway.expect(call("C1"))
    page = await hand_in(gateway, *files, call="C1", purpose="border", list="crew")
    text = page.body.decode()
    assert (page.status, words in text) == (status, True), text
    for chosen in (
        '<option value="C1" selected>',
        '<option value="border" selected>',
        '<option value="crew" selected>',
    ):
        assert chosen in text
    scripted = await hand_in(gateway, *files, accept="application/json")
    assert (scripted.status, scripted.json["wrong"].startswith(words)) == (status, True)
    assert await rows(gateway) == []


async def test_a_call_of_another_line_or_a_strange_hint_is_refused(gateway: Gateway) -> None:
    await gateway.expect(call("C9", carrier=RIVAL))
    page = await hand_in(gateway, CSV, call="C9")
    assert (page.status, "not among yours any more" in page.body.decode()) == (400, True)
    for fields in ({"purpose": "fun"}, {"list": "cargo"}):
        assert (await hand_in(gateway, CSV, accept="application/json", **fields)).problem == "bad-parameter"
    assert "C9" not in (await look(gateway, "/send")).body.decode()
    many = await hand_in(gateway, CSV, accept="application/json", **{f"field-{at}": "" for at in range(30)})
    assert many.problem == "bad-form"


async def test_the_same_again_is_the_same_and_is_said_once_it_is_no_double_click(gateway: Gateway) -> None:
    await cookie(gateway)
    first, again = await asyncio.gather(hand_in(gateway, list_of()), hand_in(gateway, list_of()))
    assert first.headers["Location"] == again.headers["Location"]
    assert len(await rows(gateway)) == 1
    await gateway.pool.execute("UPDATE submission SET received_at = received_at - interval '1 hour'")
    later = (await hand_in(gateway, list_of())).headers["Location"]
    assert later == f"{first.headers['Location']}?again=1"
    assert "Nothing was filed anew" in (await look(gateway, later)).body.decode()


async def answered(gateway: Gateway, body: bytes, **fields: str) -> tuple[str, str]:
    """The address of what was sent, and its page once it is processed."""
    where = (await hand_in(gateway, body, **fields)).headers["Location"]
    await gateway.process()
    return where, (await look(gateway, where)).body.decode()


async def test_what_came_late_is_not_said_to_be_well(gateway: Gateway) -> None:
    """The list of a ferry that left two hours ago: overdue before, late after, by the clock of Piraeus."""
    await gateway.expect(call("C1", leaves=-2, arrives=6), call("C2", leaves=20, arrives=30))
    before = (await look(gateway, "/send")).body.decode()
    overdue, ahead = before.index("<h2>Overdue</h2>"), before.index("What is due next")
    assert overdue < before.index("/send?call=C1") < ahead < before.index("/send?call=C2")
    assert re.search(r'<option value="C1">[^<]* min overdue</option>', before)
    assert before.count("overdue overdue") == 0
    _, page = await answered(gateway, list_of(counts=Counts(on_board=5)), call="C1")
    assert "Accepted as complete, but after the deadline: " in page
    assert re.search(r'<span class="chip late">late</span> Number of persons on board .*? after the deadline', page)
    assert 'class="verdict mend"' in page


async def test_the_answer_in_words(gateway: Gateway) -> None:
    await gateway.expect(call("C1", leaves=3, arrives=9))
    counted = list_of(counts=Counts(on_board=5))
    _, page = await answered(gateway, counted, call="C1")
    for words in (
        "Accepted as complete for: ",
        "Number of persons on board",
        "Single window of Utopia",
        "on its way",
        "version 1",
        "SPECIMEN STAR",
    ):
        assert words in page, words
    _, page = await answered(
        gateway, list_of(persons=passenger_manifest().persons[:4], counts=Counts(on_board=4)), call="C1"
    )
    assert "version 2: 1 removed since version 1" in page
    spoilt = list_of(reference="B", persons=(passenger(0, birth_date="2199-01-01"), passenger(1)))
    _, page = await answered(gateway, spoilt)
    assert re.search(r"2 persons, \d errors?: mend these first\.", page)
    _, page = await answered(gateway, b"nothing that is known")
    assert "No list could be read in this." in page


async def test_what_keeps_a_duty_says_until_when_in_the_ports_time_and_utc(gateway: Gateway) -> None:
    await gateway.expect(call("C1", leaves=3, arrives=9))
    spoilt = list_of(persons=(passenger(0, birth_date="2199-01-01"), passenger(1)))
    _, page = await answered(gateway, spoilt, call="C1")
    assert re.search(
        r'class="keeps">Stands in the way of: <strong>List of persons on board.*?<time class="left" .*? in Piraeus, .* UTC\)',
        page,
    )


async def test_what_became_of_deliveries_and_what_the_authority_said(gateway: Gateway) -> None:
    where, _ = await answered(gateway, list_of())
    id = where.removeprefix("/sent/")
    for state, words in (
        ("accepted", "handed over"), ("refused", "refused"), ("superseded", "a newer list took its place"), ("given-up", "the operator has been told"),
    ):  # fmt: skip
        await gateway.pool.execute("UPDATE delivery SET state = $1, last_outcome = 'the window says: no'", state)
        page = (await look(gateway, where)).body.decode()
        assert words in page, state
        assert ("the window says: no" in page) == (state in ("refused", "given-up"))
    catalogue, kept = (
        gateway.catalogue,
        await gateway.pool.fetchrow("SELECT answer_sealed, answer_wrapped, answer_key_id FROM submission"),
    )
    assert kept is not None
    answer = msgspec.json.decode(open_answer(Sealed(*kept), id, catalogue) or b"", type=Answer)
    delivery = str(await gateway.pool.fetchval("SELECT id FROM delivery"))
    verdict = Verdict(
        recipient="ut-nsw", delivery=delivery, list=1, verdict="rejected", at=utc_now(), reference="UT-77"
    )
    told = seal_answer(msgspec.structs.replace(answer, verdicts=(verdict,)), catalogue)
    await gateway.pool.execute(
        "UPDATE submission SET answer_sealed = $1, answer_wrapped = $2, answer_key_id = $3",
        told.sealed,
        told.wrapped,
        told.key_id,
    )
    page = (await look(gateway, where)).body.decode()
    assert "The authority rejected it" in page
    assert "Its number there: UT-77." in page


async def test_the_page_waits_for_the_answer(gateway: Gateway) -> None:
    where = (await hand_in(gateway, list_of())).headers["Location"]
    waiting = asyncio.create_task(look(gateway, f"{where}/answer"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await gateway.process()
    piece = (await waiting).body.decode()
    assert piece.lstrip().startswith('<section id="answer"')
    assert "<html" not in piece


async def test_copies_and_the_receipt_are_the_lines_own(gateway: Gateway) -> None:
    where, page = await answered(gateway, CSV.replace(b"Norway", b"Atlantis"))
    marked = await look(gateway, f"{where}/copy?as=marked&file=1")
    assert (marked.status, "ÅSA" in marked.body.decode()) == (200, True)
    assert marked.headers["Content-Disposition"].startswith('attachment; filename="marked-')
    receipt = await look(gateway, f"{where}/receipt")
    assert (
        verify_receipt(
            receipt.body, gateway.catalogue.identity.verify_keys, [CSV.replace(b"Norway", b"Atlantis")]
        ).problems
        == ()
    )
    assert receipt.headers["Content-Disposition"].startswith('attachment; filename="receipt-')
    repaired = (await look(gateway, f"{where}/repairs")).body.decode()
    assert "replaced by the code for the sex" in repaired
    for path in ("", "/answer", "/copy?as=marked", "/repairs", "/receipt"):
        assert (
            await look(gateway, where + path, ("carrier", RIVAL), "application/json")
        ).problem == "no-such-submission"
    assert (await look(gateway, f"{where}/copy?as=json")).status == 400
    assert (await look(gateway, f"{where}/copy?as=marked&file=2")).status == 404
    assert "Atlantis" not in page
    plain = await look(gateway, (await answered(gateway, b"nothing that is known"))[0] + "/repairs")
    assert "There is no corrected copy of this file" in plain.body.decode()


async def test_all_places_of_a_kind_are_a_click_away(gateway: Gateway) -> None:
    header, row = CSV.splitlines()
    where, page = await answered(gateway, b"\n".join([header, *[row.replace(b"Norway", b"Atlantis")] * 30]))
    assert "and 10 more places" in page
    assert "line 31" not in page
    whole = (await look(gateway, f"{where}?all=N-20")).body.decode()
    assert "line 31" in whole


async def test_after_its_retention_the_receipt_remains(gateway: Gateway) -> None:
    where, _ = await answered(gateway, list_of())
    await gateway.pool.execute("UPDATE submission SET wrapped = NULL, answer_wrapped = NULL")
    page = await look(gateway, where)
    assert (page.status, "destroyed at the end of their retention" in page.body.decode()) == (200, True)
    assert (await look(gateway, f"{where}/receipt")).status == 200


async def test_an_export_that_changed_is_told_on_top_of_what_was_sent(gateway: Gateway) -> None:
    where, _ = await answered(gateway, CSV)
    id = where.removeprefix("/sent/")
    async with store.transaction(gateway.pool) as connection:
        await raise_alarm(connection, "export-changed", f"{CARRIER}/delimited/passengers", f"the lists look different since submission {id}: a column is gone; ask the line")  # fmt: skip
        await raise_alarm(connection, "export-changed", f"{CARRIER}-2/delimited/passengers", "another line's")
    page = (await look(gateway, "/sent")).body.decode()
    assert page.count("Your export has changed its shape") == 1
    assert f'href="{where}?all=H-10#H-10"' in page
    assert "Your export has changed" not in (await look(gateway, "/sent", ("carrier", RIVAL))).body.decode()


async def test_the_pages_speak_other_languages(gateway: Gateway) -> None:
    where, _ = await answered(gateway, CSV.replace(b"Norway", b"Atlantis"))
    french = await gateway.ask("GET", where, headers=await cookie(gateway) | {"Accept-Language": "fr"})
    for words in ("à corriger en premier", "1 personne, ", "liste de passagers", "Récépissé signé"):
        assert words in french.body.decode(), words


async def test_the_first_load_is_small(gateway: Gateway) -> None:
    where, _ = await answered(gateway, CSV.replace(b"Norway", b"Atlantis"))
    for path in ("/send", where, "/sent", "/sandbox"):
        page = (await look(gateway, path)).body
        files = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page))
        whole = len(page) + sum([len((await gateway.ask("GET", name.decode())).body) for name in files])
        assert whole < 100_000, (path, whole)
