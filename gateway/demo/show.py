"""What the demo does and prints: send, wait, compare with what should have come out, show who is on time.

In: a running `World`. Out: text for a person, and whether everything came out as it should.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
import click
import msgspec

from gateway.demo import samples
from gateway.demo.samples import Sample
from gateway.demo.world import CannotShow, World, trusting
from gateway.findings import Place, counted
from gateway.receipts import verify_receipt

_SETTLE_SECONDS = 60
_MOST_SHOWN = 4


class Show:
    """One run through the samples. `wrong` collects what did not come out as it should."""

    def __init__(self, world: World, session: aiohttp.ClientSession, now: datetime) -> None:
        self.world, self.session, self.now = world, session, now
        self.wrong: list[str] = []
        self._tokens: dict[str, str] = {}

    async def _ask(self, method: str, path: str, token: str, **kwargs: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} | kwargs.pop("headers", {})
        async with self.session.request(method, self.world.url + path, headers=headers, **kwargs) as answer:
            body = await answer.json(content_type=None)
            if answer.status >= 400:
                raise CannotShow(f"{method} {path} was answered {answer.status}: {body.get('detail')}")
            return body

    async def token(self, kind: str, subject: str) -> str:
        """An access token, made once for each subject."""
        if subject not in self._tokens:
            made = await self._ask("POST", "/v1/tokens", self.world.operator, json={"kind": kind, "subject": subject})
            self._tokens[subject] = made["token"]
        return self._tokens[subject]

    async def import_schedule(self) -> None:
        """The expected calls, against which everything later is judged."""
        headers = {"Content-Type": "text/csv"}
        made = await self._ask(
            "POST", "/v1/calls", self.world.operator, data=samples.schedule(self.now), headers=headers
        )
        click.echo(f"{made['calls']} expected calls imported")
        if made["findings"] or made["calls"] != len(samples.SAILINGS):
            self.wrong.append("the schedule was not read as it is")

    async def send(self, sample: Sample) -> dict[str, Any]:
        """One submission, and the answer to it."""
        token = await self.token("carrier", sample.carrier)
        path = "/v1/submissions" + (f"?call={sample.call}" if sample.call else "")
        started = time.perf_counter()
        form = aiohttp.FormData()
        for name, data in sample.files:
            form.add_field("file", data, filename=name, content_type="application/octet-stream")
        body = form if len(sample.files) > 1 else sample.files[0][1]
        answer: dict[str, Any] = await self._ask("POST", path, token, data=body, headers={"Prefer": "wait=30"})
        answer["seconds"] = time.perf_counter() - started
        return answer

    async def outcome(self, sample: Sample, answer: dict[str, Any]) -> dict[str, Any]:
        """The submission once all its deliveries are settled."""
        token = await self.token("carrier", sample.carrier)
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            state: dict[str, Any] = await self._ask("GET", f"/v1/submissions/{answer['submission']}", token)
            if all(one["state"] != "waiting" for one in state["deliveries"]) or time.monotonic() > deadline:
                return state
            await asyncio.sleep(0.05)

    async def tell(self, sample: Sample) -> None:
        """Send a sample and print what became of it."""
        size = sum(len(data) for _, data in sample.files)
        click.echo(
            f"\n{sample.title}: {sample.carrier} sends {', '.join(name for name, _ in sample.files)} ({size:,} bytes)"
        )
        answer = await self.send(sample)
        if "lists" not in answer:
            self.wrong.append(f"{sample.title}: not processed within 30 s")
            return
        for one in answer["lists"]:
            click.echo(
                f"  {one['format']}: {one['kind']}, {counted(one['persons'], 'person')}, {one.get('departure', '?')} to {one.get('arrival', '?')}, call {one.get('call') or 'unknown'}, for {'+'.join(one['purposes'])}"
            )
        wrong = f"{counted(answer['errors'], 'error')}, {counted(answer['warnings'], 'warning')}"
        click.echo(f"  {wrong}, answered in {answer['seconds']:.2f} s")
        self._tell_findings(answer)
        state = await self.outcome(sample, answer)
        for one in answer["lists"]:
            if one.get("held"):
                click.echo(f"  held back, nothing is sent: {one['held']}")
            for recipient, reason in one.get("not_sent", ()):
                if "not cover" not in reason and "another kind" not in reason:
                    click.echo(f"  not to {recipient}: {reason}")
        sizes = {sent["id"]: sent for one in answer["lists"] for sent in one.get("deliveries", ())}
        for one in state["deliveries"]:
            sent = sizes[one["id"]]
            left = f", {counted(len(sent['left_out']), 'person')} left out" if sent.get("left_out") else ""
            click.echo(
                f"  to {one['recipient']} as {one['form']}: {counted(sent['persons'], 'person')}{left}: {one['state']} at attempt {one['attempts']}"
            )
        await self._check_receipt(sample, answer)
        self._compare(sample, answer, state)

    def _tell_findings(self, answer: dict[str, Any]) -> None:
        told = [f for f in answer["findings"] if f["severity"] != "info"]
        for finding in told[:_MOST_SHOWN]:
            place = msgspec.convert(finding.get("place", {}), Place)
            click.echo(f"    {finding['code']} {finding['severity']}: {place}: {finding['text']}")
        if len(told) > _MOST_SHOWN:
            click.echo(f"    … and {len(told) - _MOST_SHOWN} more, each with its place")

    async def _check_receipt(self, sample: Sample, answer: dict[str, Any]) -> None:
        """The receipt is checked as a carrier would: offline, with the gateway's public key and the files as sent."""
        token = await self.token("carrier", sample.carrier)
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(
            f"{self.world.url}/v1/submissions/{answer['submission']}/receipt", headers=headers
        ) as got:
            document = await got.read()
        verdict = verify_receipt(document, self.world.identity.verify_keys, [data for _, data in sample.files])
        rules = ", ".join(rule.id for rule in verdict.receipt.rules) if verdict.receipt else ""
        click.echo(
            f"  receipt: {'true' if not verdict.problems else 'NOT PROVED'}; rules in force: {rules or 'none counted'}"
        )
        self.wrong += [f"{sample.title}: receipt: {problem}" for problem in verdict.problems]

    def _compare(self, sample: Sample, answer: dict[str, Any], state: dict[str, Any]) -> None:
        want = sample.expected

        def expect(holds: bool, said: str) -> None:
            if not holds:
                self.wrong.append(f"{sample.title}: {said}")

        formats = set(answer["formats"])
        expect(formats == {want.format}, f"recognised as {formats}, expected {want.format}")
        expect(answer["persons"] == want.persons, f"{counted(answer['persons'], 'person')}, expected {want.persons}")
        expect(
            want.errors is None or answer["errors"] == want.errors, f"{answer['errors']} errors, expected {want.errors}"
        )
        expect(
            len(state["deliveries"]) == want.deliveries,
            f"{len(state['deliveries'])} deliveries, expected {want.deliveries}",
        )
        states = {one["state"] for one in state["deliveries"]}
        expect(states <= {"accepted"}, f"deliveries ended as {', '.join(sorted(states))}")
        cells = {finding.get("place", {}).get("cell") for finding in answer["findings"]}
        missed = [cell for cell in want.cells if cell not in cells]
        expect(not missed, f"no finding at {', '.join(missed)}")

    async def tell_recipients(self) -> None:
        """What the two stand-ins opened and validated, by their own journals."""
        click.echo("\nWhat the recipients opened with their own keys and validated:")
        for name, url in self.world.journals.items():
            async with self.session.get(url, ssl=trusting(self.world.folder, name)) as got:
                journal = await got.json()
            forms: dict[str, list[int]] = {}
            for entry in journal["entries"]:
                forms.setdefault(entry["form"], []).append(entry["persons"])
                self.wrong += [f"{name}: {entry['form']}: {problem}" for problem in entry["problems"][:3]]
            for form, persons in sorted(forms.items()):
                click.echo(f"  {name}: {len(persons)} x {form}, {counted(sum(persons), 'person')}")
            if not forms:
                self.wrong.append(f"{name} received nothing")

    async def tell_standings(self, expected: Callable[[list[dict[str, Any]]], list[str]]) -> None:
        """Who is on time, late, missing: by the expected calls, never by what was sent."""
        click.echo("\nWho has reported:")
        calls = (await self._ask("GET", "/v1/calls", self.world.operator))["calls"]
        for call in calls:
            persons = f"{call['on_board']:,}" if call["on_board"] is not None else "-"
            click.echo(
                f"  {call['state']:<12} {call['departure_port']}-{call['arrival_port']}  {call['vessel']:<18} {persons:>6} on board  {call['id']}"
            )
        self.wrong += expected(calls)
