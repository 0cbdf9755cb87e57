"""Every command: help, wrong options, the data folders, envelopes and receipts, and no traceback for what a user does."""

import ast
import json
import os
import pkgutil
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from gateway import process as flow
from gateway.cli import _COMMANDS
from gateway.findings import Rule
from gateway.keyring import Handling, KeyKind, SecretKey, identity_file, new_identity, new_recipient_keys, new_secret
from gateway.manifest import Purpose
from gateway.receipts import Receipt, RuleInForce, received_file, sign_receipt
from gateway.seal import seal_to
from tests.cli.desk import PROJECT, gw, process
from tests.specimen import NOW, TODAY

HANDLING = Handling(
    marking="restricted",
    purposes=(Purpose.BORDER,),
    legal_basis="an act",
    route="lists",
    as_of=NOW.isoformat(),
    originator="x",
)


# --- all of them -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(_COMMANDS) - {"bench"}))
def test_every_command_has_help(name: str) -> None:
    result = gw(name, "--help")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: cli {name}")
    assert len(result.output.splitlines()) > 3


def test_the_help_names_them_all_but_the_hidden() -> None:
    result = gw("--help")
    assert result.exit_code == 0
    listed = {
        line.split()[0]
        for line in result.output.split("Commands:")[1].splitlines()
        if line.startswith("  ") and line[2] != " "
    }
    assert listed == set(_COMMANDS) - {"stand-in"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["raed"], "No such command 'raed'"),
        (["rules", "--speed"], "No such option"),
        (["keys", "--folder"], "requires an argument"),
        (["receipt"], "Usage:"),
        (["token", "new", "king", "x"], "is not one of"),
        (["open", "nowhere", "--identity", "x", "--key", "y"], "does not exist"),
    ],
)
def test_a_slip_of_the_keyboard_is_answered_in_a_sentence(words: list[str], said: str) -> None:
    result = gw(*words)
    assert result.exit_code == 2
    assert said in result.output


def _imported(*words: str) -> set[str]:
    """What a command leaves imported behind, in a fresh interpreter."""
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom gateway.cli import cli\n"
        f"result = CliRunner().invoke(cli, {list(words)!r})\n"
        "assert result.exit_code in (0, 1), result.output\nprint(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT)
    return set(ast.literal_eval(done.stdout))


def test_help_imports_nothing_that_it_does_not_need() -> None:
    mine = {name for name in _imported("--help") if name.startswith("gateway.")}
    assert mine == {"gateway.cli"}
    assert not _imported("--help") & {"msgspec", "asyncio", "aiohttp", "asyncpg", "cryptography"}


def test_read_imports_neither_the_store_nor_the_network() -> None:
    modules = _imported("read", "tests/samples/ferry.csv")
    assert not modules & {"asyncpg", "aiohttp", "gateway.store", "gateway.web", "xmlschema", "jsonschema_rs"}


def test_the_version() -> None:
    assert gw("--version").output == "gateway, version 0.1.0\n"


# --- as processes ------------------------------------------------------------------------------------------------


def test_the_exit_status_is_the_process_s_own() -> None:
    assert process("read", "-", given=b"junk").returncode == 2
    assert process("schemas").returncode == 0
    assert process("schemas", GATEWAY_NONSENSE="1").returncode == 0


@pytest.mark.parametrize(
    "words", [["rules"], ["read", "--json", "tests/samples/ferry.csv"]], ids=lambda words: words[0]
)
def test_a_closed_pipe_is_no_accident(words: list[str]) -> None:
    """As in `./gw rules | head -1`, once head has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "gateway", *words]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, cwd=PROJECT, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_terminal_without_our_letters_still_gets_the_rest(tmp_path: Path) -> None:
    path = saved(tmp_path / "list.csv", "Surname;Forename;Φύλο;DOB\nERIKSSON;ANNA;Q;1974-08-12\n".encode())
    done = process("read", path, PYTHONIOENCODING="latin-1", PYTHONUTF8="0")
    assert done.returncode == 1
    assert b"\\u03a6\\u03cd\\u03bb\\u03bf" in done.stdout


def test_a_full_disk_is_no_traceback() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gateway", "rules"], stdout=full, stderr=subprocess.PIPE, cwd=PROJECT, check=False
        )
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr


# --- rules -------------------------------------------------------------------------------------------------------


def test_the_rules_are_listed_with_clauses() -> None:
    listed = msgspec.json.decode(gw("rules", "--json").stdout_bytes, type=list[Rule])
    ids = [rule.id for rule in listed]
    assert ids == sorted(set(ids))
    of_checks = [rule for rule in listed if rule.id[0] in "VPDC"]
    assert len(of_checks) >= 60
    assert all(rule.cites and rule.hint for rule in of_checks)
    assert {"E", "T", "J", "N", "V", "P", "D", "C"} <= {id[0] for id in ids}
    assert {"T-01", "T-02", "T-06", "T-19"} <= set(ids)  # the jail's


def test_no_rule_that_a_list_can_get_is_left_out() -> None:
    listed = {rule.id for rule in msgspec.json.decode(gw("rules", "--json").stdout_bytes, type=list[Rule])}
    modules = [import_module(f"gateway.process.{one.name}") for one in pkgutil.iter_modules(flow.__path__)]
    known = {one.id for module in modules for one in vars(module).values() if isinstance(one, Rule)}
    assert {"H-01", "X-57"} <= known <= listed


def test_the_rules_as_text() -> None:
    result = gw("rules")
    assert result.exit_code == 0
    assert "P-20  error    the sex is missing\n               hint: give F, M" in result.stdout
    assert result.stderr.endswith("rules\n")


# --- data folders ------------------------------------------------------------------------------------------------


def test_the_shipped_carriers_have_no_problems() -> None:
    result = gw("carriers")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) >= 5
    assert result.stderr == "no problems\n"


def test_every_problem_of_a_folder_of_carriers_is_told(tmp_path: Path) -> None:
    head = 'name = "Specimen Line"\ncontact = "lists@specimen.example"\nservice = "ferry"\n'
    (tmp_path / "good.toml").write_text(head)
    (tmp_path / "vague.toml").write_text(head + '[tolerate.Q-99]\nreason = "x"\nuntil = 2027-01-01\n')
    (tmp_path / "wrong.toml").write_text("name = 5\nspeed = 3\n")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    result = gw("carriers", "--folder", tmp_path)
    assert result.exit_code == 1
    assert "good                 ferry   Specimen Line" in result.output
    assert "/vague.toml: tolerate: there is no rule Q-99; see ./gw rules" in result.output
    assert "/bytes.toml: the file cannot be read as UTF-8 text" in result.output
    assert result.output.count("/wrong.toml: ") >= 3


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    for command in ("carriers", "keys"):
        result = gw(command, "--folder", tmp_path / "nowhere")
        assert result.exit_code == 1
        assert "there is no folder" in result.output


def office(folder: Path, until: str) -> Path:
    """A recipient's folder."""
    folder.mkdir(parents=True)
    (folder / "key.pem").write_bytes(new_recipient_keys("jwe")[1].pem)
    (folder / "recipient.toml").write_text(
        f"""id = "{folder.name}"
name = "Invented office"
kind = "nsw"
country = "MT"
third_country = false
send = {{ transport = "feed" }}
seal = {{ form = "jwe" }}
key = [{{ file = "key.pem", from = 2026-01-01, until = {until} }}]
declarant = {{ id = "MT1234567", name = "Invented agency" }}
"""
    )
    (folder / "routes.toml").write_text(
        """[[route]]
id = "lists"
lists = ["passengers"]
purposes = ["border"]
form = "emswe-xml"
legal_basis = "an act, article 1"
from = 2026-01-01
until = 2999-12-31
reviewer = "the board"
"""
    )
    return folder


def test_recipients_and_their_register_are_listed(tmp_path: Path) -> None:
    office(tmp_path / "mt-nsw", "2999-12-31")
    result = gw("keys", "--folder", tmp_path)
    assert result.exit_code == 0, result.output
    assert "mt-nsw               nsw  jwe      key " in result.output
    assert "    lists: passengers as emswe-xml, in force until 2999-12-31; an act, article 1" in result.output


def test_what_is_wrong_with_recipients_is_told_without_their_keys(tmp_path: Path) -> None:
    office(tmp_path / "ended", "2026-02-01")
    secret = new_recipient_keys("jwe")[0]
    (office(tmp_path / "careless", "2999-12-31") / "secret.pem").write_bytes(secret.pem)
    result = gw("keys", "--folder", tmp_path)
    assert result.exit_code == 1
    assert "/careless: secret.pem: secret.pem holds a private key" in result.output
    assert "key none valid today" in result.output
    assert secret.pem.split(b"\n")[1].decode() not in result.output


def test_no_recipient_takes_the_carriers_folder(tmp_path: Path) -> None:
    result = gw("recipient", "new", "senders", "--country", "FI", "--into", tmp_path)
    assert result.exit_code == 2
    assert "give the recipient another id" in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_law_is_listed() -> None:
    result = gw("obligations")
    assert result.exit_code == 0
    assert "EU-9841-LIST" in result.output
    assert "obligations, " in result.stderr


SAILINGS = (
    "id,carrier,service,vessel,departure_port,arrival_port,distance_nm,etd,eta\n"
    "s1,specimen,ferry,Specimen Star,FIHEL,EETLL,44,2026-07-20T13:00,2026-07-20T15:30\n"
)


def test_what_is_due_for_a_sailing_is_explained_in_both_times(tmp_path: Path) -> None:
    (tmp_path / "sailings.csv").write_text(SAILINGS)
    result = gw("obligations", "explain", "s1", "--schedule", tmp_path / "sailings.csv")
    assert result.exit_code == 0
    assert "EU-9841-LIST (counted): List of persons on board, legs of more than 20 nautical miles" in result.output
    assert (
        "by 2026-07-20 13:15 Europe/Helsinki (2026-07-20 10:15 UTC): 15 min after the estimated departure"
        in result.output
    )
    assert "provisional, because the actual departure is not known" in result.output
    assert "  with family_name, given_names, sex, nationality, birth_date" in result.output
    assert gw("obligations", "explain", "s2", "--schedule", tmp_path / "sailings.csv").exit_code == 2


def test_proposed_law_is_tried_on_a_schedule(tmp_path: Path) -> None:
    (tmp_path / "sailings.csv").write_text(SAILINGS)
    fal51 = Path(__file__).parents[2] / "schemas/obligations/proposed/imo-fal51.toml"
    result = gw("obligations", "what-if", "--with", fal51, "--schedule", tmp_path / "sailings.csv")
    assert result.exit_code == 1
    assert "IMO-FAL-API           1 sailing: 0 met, 0 late, 0 incomplete, 1 missing, 0 open" in result.output
    assert "what would change first: s1, 2026-07-20 10:00 UTC: IMO-FAL-API would be missing" in result.output
    ours, _, others = result.output.partition("by the law in force, with or without it:")
    assert "EU-9841-LIST" not in ours
    assert "+ IMO-FAL-API" in ours
    assert "IMO-FAL-API" not in others
    assert "  EU-9841-LIST" in others
    assert "leave --with out to see them" in others
    without = gw("obligations", "what-if", "--schedule", tmp_path / "sailings.csv").output
    assert "EU-9841-LIST missing" in without
    assert "+ " not in without
    assert (
        "s1: IMO-FAL-API missing (no passengers list; no crew list); before 2026-07-20 13:00 Europe/Helsinki"
        in result.output
    )
    (tmp_path / "bad.toml").write_text("jurisdiction = 1")
    bad = gw("obligations", "what-if", "--with", tmp_path / "bad.toml", "--schedule", tmp_path / "sailings.csv")
    assert bad.exit_code == 1
    assert "cannot be used" in bad.output


@pytest.mark.parametrize("option", ["--with", "--schedule"])
def test_what_is_neither_law_nor_schedule_is_said(option: str, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\x98")
    result = gw("obligations", "what-if", option, tmp_path / "picture.png")
    assert result.exit_code == 2
    assert f"{tmp_path / 'picture.png'}" in result.output


def test_a_file_without_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    result = gw("receipt", "verify", tmp_path / "key.pem", "--key", tmp_path / "key.pem")
    assert result.exit_code == 2
    assert f"{tmp_path / 'key.pem'}: no PEM blocks" in result.output


def test_the_schemas_are_up_to_date() -> None:
    assert gw("schemas").exit_code == 0


def test_a_schema_that_lags_behind_is_told_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.catalogue.schemas", lambda: tmp_path)
    lagging = gw("schemas")
    assert lagging.exit_code == 1
    assert "schemas/manifest.xsd: is not what the types say; run ./gw schemas --write" in lagging.output
    assert gw("schemas", "--write").exit_code == 0
    assert gw("schemas").exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"manifest.schema.json", "manifest.xsd"}


# --- envelopes and receipts --------------------------------------------------------------------------------------


class Sealed(msgspec.Struct):
    """An envelope and what opens it, as files."""

    envelope: Path
    secret: Path
    signer: Path
    other: Path


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.fixture(params=["jwe", "envelope"])
def sealed(request: pytest.FixtureRequest, tmp_path: Path) -> Sealed:
    secret, public = new_recipient_keys(request.param)
    signer: SecretKey = new_secret(KeyKind.ED25519)
    envelope = seal_to(
        request.param,
        public,
        b"<list/>",
        content_type="application/xml",
        handling=HANDLING,
        delivery_id="1",
        signer=signer,
    )
    return Sealed(
        saved(tmp_path / "envelope", envelope.body),
        saved(tmp_path / "secret.pem", secret.pem),
        saved(tmp_path / "gateway.pem", signer.public.pem),
        saved(tmp_path / "other.pem", new_recipient_keys(request.param)[0].pem),
    )


def test_an_envelope_is_opened(sealed: Sealed) -> None:
    result = gw("open", sealed.envelope, "--identity", sealed.secret, "--key", sealed.signer)
    assert result.exit_code == 0
    assert result.stdout_bytes == b"<list/>"
    assert "purposes: border" in result.stderr
    assert "legal_basis: an act" in result.stderr


def test_of_several_keys_the_one_that_fits_opens(sealed: Sealed) -> None:
    result = gw(
        "open", sealed.envelope, "--identity", sealed.other, "--identity", sealed.secret, "--key", sealed.signer
    )
    assert result.stdout_bytes == b"<list/>"


def test_an_envelope_for_somebody_else_or_changed_is_refused(sealed: Sealed) -> None:
    body = bytearray(sealed.envelope.read_bytes())
    body[-10] ^= 1
    changed = saved(sealed.envelope.parent / "changed", bytes(body))
    junk = saved(sealed.envelope.parent / "junk", b"junk")
    other = saved(sealed.envelope.parent / "signer.pem", new_secret(KeyKind.ED25519).public.pem)
    tries = [
        (sealed.envelope, sealed.other, sealed.signer),
        (changed, sealed.secret, sealed.signer),
        (junk, sealed.secret, sealed.signer),
        (sealed.envelope, junk, sealed.signer),
        (sealed.envelope, sealed.secret, other),
        (sealed.envelope, sealed.secret, sealed.secret),
    ]
    for envelope, secret, signer in tries:
        result = gw("open", envelope, "--identity", secret, "--key", signer)
        assert result.exit_code == 2, (envelope, secret, signer)
        assert result.stdout_bytes == b""
        assert result.stderr.startswith("Error: ")


SIGNER = new_secret(KeyKind.ED25519)


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    (tmp_path / "list.csv").write_bytes(b"Surname;Forename\nERIKSSON;ANNA MARIA\n")
    said = Receipt(
        submission="1",
        carrier="specimen",
        files=(received_file((tmp_path / "list.csv").read_bytes()),),
        received_at=NOW,
        channel="api",
        leaf="00" * 32,
        gateway="gateway",
        rules=(RuleInForce("EU-9841-LIST", NOW + timedelta(hours=1)), RuleInForce("IMO-FAL5")),
    )
    saved(tmp_path / "gateway.pem", SIGNER.public.pem)
    return saved(tmp_path / "receipt.json", sign_receipt(said, SIGNER))


def test_a_true_receipt(receipt: Path) -> None:
    result = gw(
        "receipt", "verify", receipt, "--key", receipt.parent / "gateway.pem", "--original", receipt.parent / "list.csv"
    )
    assert result.exit_code == 0, result.output
    assert "true: specimen submitted 1 file(s) to gateway at 2026-11-21T12:00:00+00:00" in result.output
    assert "in force: EU-9841-LIST, due 2026-11-21T13:00:00+00:00" in result.output
    assert "in force: IMO-FAL5, due without a time" in result.output


def test_a_receipt_that_was_changed_anywhere_is_not_true(receipt: Path) -> None:
    data = receipt.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 40)):
        changed = saved(receipt.parent / "changed.json", data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        result = gw("receipt", "verify", changed, "--key", receipt.parent / "gateway.pem")
        assert result.exit_code == 1, at
        assert result.output.startswith("not proved: ")


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b"\xff", b"{" * 5000], ids=repr)
def test_junk_is_no_receipt(junk: bytes, receipt: Path) -> None:
    result = gw("receipt", "verify", saved(receipt.parent / "junk", junk), "--key", receipt.parent / "gateway.pem")
    assert result.exit_code == 1


def test_a_receipt_of_another_gateway_or_for_another_file_proves_nothing(receipt: Path) -> None:
    other = saved(receipt.parent / "other.pem", new_secret(KeyKind.ED25519).public.pem)
    assert gw("receipt", "verify", receipt, "--key", other).exit_code == 1
    own = receipt.parent / "gateway.pem"
    changed = saved(receipt.parent / "changed.csv", b"Surname;Forename\nPROBE;LUCIA\n")
    result = gw("receipt", "verify", receipt, "--key", own, "--original", changed)
    assert result.exit_code == 1
    assert "not proved: " in result.output
    junk = gw("receipt", "verify", receipt, "--key", receipt)
    assert junk.exit_code == 2


def test_the_key_that_receipts_are_verified_with(tmp_path: Path) -> None:
    identity = new_identity(TODAY)
    saved(tmp_path / "identity", identity_file(identity))
    result = gw("receipt", "key", GATEWAY_STATE=str(tmp_path))
    assert result.stdout_bytes == identity.verify_keys[0].pem
    assert result.stderr == f"fingerprint {identity.verify_keys[0].fingerprint}\n"
    saved(tmp_path / "identity", b"something else")
    spoilt = gw("receipt", "key", GATEWAY_STATE=str(tmp_path))
    assert spoilt.exit_code == 3
    assert "this is not an identity file" in spoilt.output


def test_json_of_every_machine_readable_answer_is_json() -> None:
    assert isinstance(json.loads(gw("rules", "--json").stdout_bytes), list)
