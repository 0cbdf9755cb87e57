"""schemas/openapi.yaml and the application say the same: every route, and what schemathesis makes of them all."""

import asyncio
import os
import sys
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
import msgspec
import pytest
import yaml

from gateway.heard import kept
from gateway.make import Order, make
from gateway.process.verdicts import tell
from gateway.settings import utc_now
from gateway.store import transaction
from gateway.store.alarms import raise_alarm
from gateway.store.responses import add_response, claim_response
from gateway.web import make_app
from tests.formats.test_emswe_response import FRM
from tests.often import TIMES
from tests.specimen import passenger
from tests.web.world import CARRIER, FEED, Gateway, call, list_of

FILE = Path(__file__).parents[2] / "schemas" / "openapi.yaml"
CLEAN = make(Order(form="common-json", persons=12, seed=3, on=utc_now().date())).data
METHODS = {"get", "post", "put", "patch", "delete"}
FOR_PROGRAMS = ("/v1/", "/healthz", "/readyz", "/metrics")  # the rest are pages, for people

CONFIG = """
seed = 20261121
suppress-health-check = ["all"]

[output.sanitization]
enabled = false

[checks]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "413", "415", "422"]

[phases.examples]
enabled = true
[phases.coverage]
enabled = true
unexpected-methods = ["PUT", "PATCH", "DELETE"]
[phases.fuzzing]
enabled = true
[phases.stateful]
enabled = false

[generation]
max-examples = {most}
deterministic = true
database = "none"
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return loaded


def test_every_route_is_described_and_nothing_else(gateway: Gateway, document: dict[str, Any]) -> None:
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in METHODS & item.keys()}
    served = {
        (route.resource.canonical, route.method)
        for route in make_app(gateway.context).router.routes()
        if route.resource is not None and route.method != "HEAD" and route.resource.canonical.startswith(FOR_PROGRAMS)
    }
    assert described == served


def test_every_part_is_used_and_every_operation_has_a_name(document: dict[str, Any]) -> None:
    text = FILE.read_text("utf-8")
    for kind in ("schemas", "responses", "parameters", "headers"):
        unused = [name for name in document["components"][kind] if f'"#/components/{kind}/{name}"' not in text]
        assert unused == [], kind
    operations = [item[method] for item in document["paths"].values() for method in METHODS & item.keys()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"] and operation["tags"] for operation in operations)


async def _judged(gateway: Gateway, location: str) -> None:
    """A single window has answered to the first delivery of the submission."""
    pool, catalogue = gateway.context.pool, gateway.context.catalogue
    delivery = await pool.fetchval(
        "SELECT d.id FROM delivery d JOIN manifest m ON m.id = d.manifest_id WHERE m.submission_id = $1",
        UUID(location.rsplit("/")[-1]),
    )
    answer = kept(
        FRM.encode(), delivery, form="emswe-xml", channel="https", at=utc_now(), seal_to=catalogue.identity.seal_to
    )
    async with transaction(pool) as connection:
        await add_response(connection, answer)
    claimed = await claim_response(pool, lease_seconds=60)
    assert claimed is not None
    await tell(pool, catalogue, claimed)


async def _complied(gateway: Gateway) -> None:
    """An event, a contest, a closed period, an outage that is long over."""
    now, posted = utc_now(), ("desk", "compliance")
    event = {"kind": "boarded", "at": (now - timedelta(hours=31)).isoformat(), "persons": 5}
    point = {"metric": "on-time", "call": "C1", "obligation": "EU-9841-COUNT", "reason": "filed-in-time"}
    down = {"from": "2025-01-01T00:00:00Z", "until": "2025-01-01T01:00:00Z", "what": "api"}
    for path, who, body in (
        ("/v1/calls/C1/events", ("carrier", CARRIER), event), ("/v1/contests", ("carrier", CARRIER), point),
        ("/v1/periods", posted, {"from": "2025-01-01", "until": "2025-02-01"}), ("/v1/outages", posted, down),
        ("/v1/calls/C1/checks", posted, {"checked": 5, "agreed": 5}),
    ):  # fmt: skip
        reply = await gateway.ask("POST", path, who, data=msgspec.json.encode(body), headers={"Idempotency-Key": "k"})
        assert reply.status == 201, (path, reply)


async def _rescued(gateway: Gateway) -> None:
    """A case of break-glass that was granted."""
    one, two = await gateway.person("officer.one", "rescue"), await gateway.person("officer.two", "rescue")
    fields = {"call": "C1", "reason": "distress", "case": "SAR 1", "words": "An invented fire", "hours": "4"}
    case = (await gateway.submit("/rescue/ask", one, **fields)).headers["Location"]
    assert (await gateway.submit(f"{case}/decision", two, decision="grant")).status == 303


async def test_what_is_answered_in_earnest_is_as_described(gateway: Gateway, document: dict[str, Any]) -> None:
    """With lists, findings, calls, scores, deliveries and proofs in it."""
    soon = call("C1", leaves=-30, arrives=-20)
    await gateway.expect(soon, call("C2", vessel=None, etd=None, voyage=None))
    wrong = list_of(reference="WRONG", persons=(passenger(0, birth_date="2199-01-01"), passenger(1)))
    one = (await gateway.send(list_of(), path="/v1/submissions?call=C1")).headers["Location"]
    two = (await gateway.send(wrong)).headers["Location"]
    await gateway.send(b"nothing that is known")
    await gateway.process()
    await gateway.integrate()
    await _judged(gateway, two)
    tried = (await gateway.send(CLEAN, path="/v1/sandbox")).headers["Location"]
    await gateway.try_out()
    await gateway.person("anna", "desk")
    await _complied(gateway)
    await _rescued(gateway)
    carrier, viewer, feed = ("carrier", CARRIER), ("viewer", "MTMLA"), ("recipient", FEED)
    asked = [
        ("/v1/submissions", "/v1/submissions", carrier), ("/v1/submissions/{id}", one, carrier),
        ("/v1/submissions/{id}/answer", two + "/answer", carrier),
        ("/v1/sandbox", "/v1/sandbox", carrier), ("/v1/sandbox/{id}", tried, carrier), ("/v1/certificates", "/v1/certificates", carrier),
        ("/v1/submissions/{id}/receipt", one + "/receipt", carrier), ("/v1/calls", "/v1/calls", viewer),
        ("/v1/calls/{id}", "/v1/calls/C1", viewer),
        ("/v1/calls/{id}/ledger", "/v1/calls/C1/ledger", carrier), ("/v1/scorecards", f"/v1/scorecards?carrier={CARRIER}", viewer),
        ("/v1/scorecards/lost", "/v1/scorecards/lost", carrier), ("/v1/contests", "/v1/contests", carrier),
        ("/v1/periods", "/v1/periods", viewer), ("/v1/outages", "/v1/outages", viewer), ("/v1/log/head", "/v1/log/head", None),
        ("/v1/feeds/{recipient}", f"/v1/feeds/{FEED}", feed), ("/v1/log/proof", "/v1/log/proof?from=1&to=3", None),
        ("/v1/log/proof", f"/v1/log/proof?submission={one.rsplit('/')[-1]}", None),
        ("/v1/tokens", "/v1/tokens", ("operator", "desk")), ("/v1/recipients", "/v1/recipients", ("operator", "desk")),
        ("/v1/people", "/v1/people", ("operator", "desk")), ("/v1/rescues", "/v1/rescues?call=C1", carrier),
        ("/v1/rescues", "/v1/rescues?call=C1", ("operator", "desk")),
    ]  # fmt: skip
    for path, address, who in asked:
        reply = await gateway.ask("GET", address, who)
        assert reply.status == 200, (address, reply)
        assert [] not in reply.json.values(), address
        schema = _described(document, path)["content"]["application/json"]["schema"]
        validator = jsonschema_rs.Draft202012Validator(schema | {"components": document["components"]})
        assert [error.message for error in validator.iter_errors(reply.json)] == [], address


def _described(document: dict[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path]["get"]["responses"]["200"]
    shared = found.get("$ref", "").removeprefix("#/components/responses/")
    return document["components"]["responses"][shared] if shared else found


async def configured(gateway: Gateway, submission: str, trial: str, alarm: int, *, most: int) -> str:
    """What schemathesis is told: who asks for what, and a submission that is there."""
    carrier, operator, recipient = [
        await gateway.token(*who) for who in (("carrier", CARRIER), ("operator", "desk"), ("recipient", FEED))
    ]
    text = CONFIG.replace("{most}", str(most)) + f'\n[headers]\nAuthorization = "Bearer {operator}"\n'
    for path, token in {"/v1/(submissions|sandbox|certificates)": carrier, "/v1/feeds": recipient}.items():
        text += f'\n[[operations]]\ninclude-path-regex = "^{path}"\nheaders.Authorization = "Bearer {token}"\n'
    return (
        text
        + f"""
# Which fits together cannot be said in a schema: a key with its body, a subject with the catalogue, one proof or the other, law,
# a form of the answer with that of the file.
[[operations]]
include-path = ["/v1/submissions", "/v1/submissions/{{id}}/answer", "/v1/sandbox", "/v1/sandbox/{{id}}/answer", "/v1/tokens", "/v1/people", "/v1/people/{{name}}/role", "/v1/log/proof", "/v1/what-if", "/v1/transfers", "/v1/transfers/{{id}}/decision", "/v1/calls/{{id}}/events", "/v1/calls/{{id}}/checks", "/v1/scorecards", "/v1/scorecards/lost", "/v1/contests", "/v1/contests/{{id}}/decision", "/v1/periods", "/v1/outages", "/v1/rescues", "/v1/submissions/{{id}}/again"]
checks.positive_data_acceptance.enabled = false

[[operations]]
include-path-regex = "^/v1/submissions/"
[operations.parameters]
"path.id" = "{submission}"

# Whatever comes is tried out, each time anew: POST /v1/submissions covers the same parameters.
[[operations]]
include-path = "/v1/sandbox"
checks.negative_data_rejection.enabled = false
phases.coverage.enabled = false

[[operations]]
include-path-regex = "^/v1/sandbox/"
[operations.parameters]
"path.id" = "{trial}"

[[operations]]
include-path-regex = "^/v1/feeds/"
[operations.parameters]
"path.recipient" = "{FEED}"

[[operations]]
include-path-regex = "^/v1/recipients/"
[operations.parameters]
"path.id" = "{FEED}"

[[operations]]
include-path-regex = "^/v1/alarms/"
[operations.parameters]
"path.id" = {alarm}

[[operations]]
include-path-regex = "^/v1/calls/"
[operations.parameters]
"path.id" = "C1"
"""
    )


async def working(gateway: Gateway) -> None:
    """What comes is processed, as beside a worker."""
    while True:
        await gateway.process()
        await gateway.try_out()
        await asyncio.sleep(0.3)


async def test_the_application_answers_as_the_document_says(gateway: Gateway, tmp_path: Path) -> None:
    await gateway.expect(call("C1"))
    received = await gateway.send(list_of(), path="/v1/submissions?call=C1")
    await gateway.process()
    await gateway.integrate()
    worker = asyncio.create_task(working(gateway))
    trial = (await gateway.send(list_of(), path="/v1/sandbox")).json["id"]
    async with transaction(gateway.pool) as connection:
        alarm = await raise_alarm(connection, "filing-missing", "C1/X", "nothing has come")
    (tmp_path / "schemathesis.toml").write_text(
        await configured(gateway, received.json["id"], trial, alarm, most=ceil(2 * TIMES))
    )
    command = [
        "--no-color",
        "--config-file",
        "schemathesis.toml",
        "run",
        str(FILE),
        "--url",
        gateway.url,
        "--no-shrink",
        "--output-truncate",
        "false",
    ]
    ran = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", *command, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": ""}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await ran.communicate()
    worker.cancel()
    assert ran.returncode == 0, said.decode()
