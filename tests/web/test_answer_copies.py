"""GET …/answer?as=marked|corrected: the sender's own file, as an attachment, and to nobody else."""

import asyncio
import threading
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from gateway.answers import Copy
from gateway.formats import edifact
from gateway.process import hand_back
from tests.answers.reading import comments, opened
from tests.answers.test_cusres import LIST as PAXLST
from tests.answers.test_swapped import PEOPLE, as_listed, csv, names, turned
from tests.formats.books import ANNA, HEADERS, OLE, book
from tests.formats.test_archive import packed as as_zip
from tests.web.test_submissions import form
from tests.web.world import CARRIER, RIVAL, Gateway, Reply, list_of

WRONG = book(HEADERS, (*ANNA[:4], "Atlantis", ANNA[5]), OLE)
CSV = "Surname;First name;Sex;Nationality\nERIKSSON;ÅSA;female;Norway\n".encode()


async def sent(gateway: Gateway, body: Any) -> str:
    address = (await gateway.send(body)).headers["Location"]
    await gateway.process()
    return f"{address}/answer"


async def asked(gateway: Gateway, address: str, query: str, carrier: str = CARRIER) -> Reply:
    return await gateway.ask("GET", address + query, ("carrier", carrier))


async def test_a_workbook_comes_back_marked(gateway: Gateway) -> None:
    address = await sent(gateway, WRONG)
    reply = await asked(gateway, address, "?as=marked")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    id = address.split("/")[-2]
    assert reply.headers["Content-Disposition"] == f'attachment; filename="marked-{id}-1.xlsx"'
    assert (reply.headers["Cache-Control"], reply.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    told = {
        (f["place"]["sheet"], f["place"]["cell"].replace("row ", "A"))
        for f in (await asked(gateway, address, "")).json["findings"]
        if "cell" in f["place"]
    }
    assert set(comments(reply.body)) == told
    assert ("Passengers", "E2") in told


async def test_json_stays_what_it_was(gateway: Gateway) -> None:
    address = await sent(gateway, list_of())
    plain, named = await asked(gateway, address, ""), await asked(gateway, address, "?as=json&file=1")
    assert plain.body == named.body
    assert plain.headers["Content-Type"] == "application/json"
    assert "Content-Disposition" not in plain.headers


async def test_each_file_of_several(gateway: Gateway) -> None:
    address = await sent(gateway, form(CSV, PAXLST, WRONG))
    one, two, three = [await asked(gateway, address, f"?as=marked&file={number}") for number in (1, 2, 3)]
    assert "ÅSA" in one.body.decode()
    assert b"N-20" not in one.body  # which is the third file's
    findings: list[Any] = []
    assert len(list(edifact.interchanges(two.body, findings))) == 1
    assert ("Passengers", "E2") in comments(three.body)
    assert (await asked(gateway, address, "?as=marked&file=4")).problem == "no-such-file"


async def test_of_parts_of_one_list_each_is_answered_as_what_was_read(gateway: Gateway) -> None:
    """Two decks, taken together as one list: neither message is refused, and each is told its own mistakes."""
    first = PAXLST.replace(b"ATT+2++Q", b"ATT+2++F")
    second = PAXLST.replace(b"ERIKSSON:ANNA", b"SPECIMEN:BEN").replace(b"TESTPERSON:OLE", b"SPECIMEN:ZOE")
    address = await sent(gateway, form(first, second))
    answer = (await asked(gateway, address, "")).json
    assert "H-11" in {one["code"] for one in answer["findings"]}
    assert [(one["file"], one["persons"], one["others"]) for one in answer["lists"]] == [(1, 4, [[2, None]])]
    whole, parted = [(await asked(gateway, address, f"?as=marked&file={number}")).body for number in (1, 2)]
    alone = (await asked(gateway, await sent(gateway, second), "?as=marked")).body
    verdicts = [message.split(b"'RFF")[0].split(b"BGM")[1] for message in (parted, alone)]
    assert verdicts[0] == verdicts[1]
    assert b"BGM" in whole


async def test_corrections_are_made_and_counted(gateway: Gateway) -> None:
    address = await sent(gateway, CSV)
    reply = await asked(gateway, address, "?as=corrected")
    assert reply.body.decode() == CSV.decode().replace("female;Norway", "F;NOR")
    assert reply.headers["Gateway-Corrections"] == "2"
    book_ = await asked(gateway, await sent(gateway, WRONG), "?as=corrected")
    assert opened(book_.body).sheetnames == ["Passengers", "Corrections"]


async def test_corrections_are_listed_for_forms_that_have_no_room_for_a_list(gateway: Gateway) -> None:
    address = await sent(gateway, CSV)
    reply = await asked(gateway, address, "?as=corrections")
    assert reply.headers["Gateway-Corrections"] == "2"
    assert [(one["place"]["line"], one["place"]["column"]) for one in reply.json["corrections"]] == [
        (2, "Sex"),
        (2, "Nationality"),
    ]
    assert b"female" not in reply.body
    assert b"Norway" not in reply.body


async def test_edifact_is_answered_with_aperak_where_that_is_asked_for(gateway: Gateway) -> None:
    address = await sent(gateway, PAXLST)
    reply = await asked(gateway, address, "?as=aperak")
    assert reply.headers["Content-Type"] == "application/edifact"
    assert reply.headers["Content-Disposition"].endswith('-1.aperak.edi"')
    assert b"+APERAK:D:05B:UN'BGM+962+" in reply.body
    assert (await asked(gateway, await sent(gateway, CSV), "?as=aperak")).problem == "no-such-copy"


async def test_names_that_zones_prove_to_be_swapped_are_put_right(gateway: Gateway) -> None:
    address = await sent(gateway, csv(turned(PEOPLE[0]), PEOPLE[1]))
    reply = await asked(gateway, address, "?as=corrected")
    assert names(reply.body) == as_listed(PEOPLE[0], PEOPLE[1])
    assert reply.headers["Gateway-Corrections"] == "2"


@pytest.mark.parametrize("form", ["marked", "corrected"])
async def test_a_zip_comes_back_as_one(gateway: Gateway, form: str) -> None:
    address = await sent(gateway, as_zip({"lists/crew.csv": CSV, "more.edi": PAXLST}))
    reply = await asked(gateway, address, f"?as={form}")
    assert reply.headers["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(reply.body)) as archived:
        assert archived.namelist() == ["lists/crew.csv", "more.cusres.edi" if form == "marked" else "more.edi"]
    assert reply.body == (await asked(gateway, address, f"?as={form}")).body or form == "marked"


async def test_what_cannot_be_handed_back_is_a_problem(gateway: Gateway) -> None:
    assert (await asked(gateway, await sent(gateway, PAXLST), "?as=corrected")).problem == "no-such-copy"


@pytest.mark.parametrize(
    "query", ["?as=pdf", "?as=", "?as=marked&file=0", "?as=marked&file=x", "?as=marked&as=json", "?form=marked"]
)
async def test_bad_parameters(gateway: Gateway, query: str) -> None:
    address = await sent(gateway, CSV)
    assert (await asked(gateway, address, query)).problem == "bad-parameter"


async def test_a_copy_is_for_the_sender_alone(gateway: Gateway) -> None:
    address = await sent(gateway, CSV)
    assert (await asked(gateway, address, "?as=marked", RIVAL)).problem == "no-such-submission"
    assert (await gateway.ask("GET", f"{address}?as=marked", ("operator", "desk"))).problem == "not-allowed"


@pytest.mark.parametrize("query", ["?as=marked", "?as=corrected"])
async def test_after_its_retention_nothing_is_handed_back(gateway: Gateway, query: str) -> None:
    address = await sent(gateway, CSV)
    await gateway.pool.execute("UPDATE submission SET wrapped = NULL")
    assert (await asked(gateway, address, query)).problem == "retention-ended"


async def test_before_it_is_processed_there_is_its_state(gateway: Gateway) -> None:
    address = (await gateway.send(CSV)).headers["Location"]
    assert (await asked(gateway, f"{address}/answer", "?as=marked")).status == 202


async def test_the_gateway_answers_others_while_copies_are_made(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, go = await sent(gateway, CSV), threading.Event()
    real = hand_back.marked

    def slow(*args: Any, **kwargs: Any) -> Copy:
        assert go.wait(20)
        return real(*args, **kwargs)

    monkeypatch.setattr(hand_back, "marked", slow)
    copies = [asyncio.create_task(asked(gateway, address, "?as=marked")) for _ in range(3)]
    await asyncio.sleep(0.05)
    assert (await gateway.ask("GET", "/healthz")).status == 200
    assert not any(copy.done() for copy in copies)
    go.set()
    assert [reply.status for reply in await asyncio.gather(*copies)] == [200] * 3
