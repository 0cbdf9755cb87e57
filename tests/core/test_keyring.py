"""A recipient's folder is understood or every problem in it is told; keys come back from their files as they went in."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given
from hypothesis import strategies as st

from gateway.findings import Finding, Severity
from gateway.keyring import (
    BadKey,
    KeyKind,
    PublicKey,
    Recipient,
    identity_file,
    new_identity,
    new_secret,
    outlook,
    parse_identity,
    parse_public,
    parse_recipient,
    parse_secret,
    parse_senders,
    senders_outlook,
)
from gateway.keyring.keys import holds_secret, sign, verify
from tests.often import often

README = (Path(__file__).parents[2] / "keys" / "README.md").read_text()
TOML, SFTP, ROUTES, *_ = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)  # and those of other files
SECRETS = {kind: new_secret(kind) for kind in KeyKind}
TODAY = date(2026, 11, 21)
WITHOUT_HTTPS = (TOML.split("[https]")[0] + "[seal]" + TOML.split("[seal]")[1]).encode()
WITHOUT_KEYS = (TOML.split("[[key]]")[0] + "[declarant]" + TOML.split("[declarant]")[1]).encode()


def certificate(key: object = None, name: str = "nordhavn", days: int = 100) -> bytes:
    key = key or ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime(2026, 11, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(named).issuer_name(named).serial_number(7)
    builder = builder.public_key(key.public_key()).not_valid_before(start).not_valid_after(start + timedelta(days=days))  # type: ignore[attr-defined]
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.PEM)  # type: ignore[arg-type]


SERVER = certificate(name="nsw.example")
FOLDER = {
    "recipient.toml": TOML.encode(),
    "routes.toml": ROUTES.encode(),
    "2026.pem": SECRETS[KeyKind.X25519].public.pem,
    "2027.pem": SECRETS[KeyKind.P256].public.pem,
    "server.pem": SERVER,
    "README.md": b"notes",
}


def parsed(**files: bytes) -> Recipient:
    got = parse_recipient("ut-nsw", FOLDER | {name.replace("_", "."): data for name, data in files.items()})
    assert isinstance(got, Recipient), got
    return got


def problems(folder: dict[str, bytes], id: str = "ut-nsw") -> list[Finding]:
    got = parse_recipient(id, folder)
    assert isinstance(got, list)
    return got


def toml(old: str, new: str) -> dict[str, bytes]:
    assert old in TOML
    return FOLDER | {"recipient.toml": TOML.replace(old, new).encode()}


def routes(old: str, new: str) -> dict[str, bytes]:
    assert old in ROUTES
    return FOLDER | {"routes.toml": ROUTES.replace(old, new).encode()}


def test_the_example_in_the_readme_is_a_recipient() -> None:
    got = parsed()
    assert (got.id, got.kind, got.country, got.form) == ("ut-nsw", "nsw", "FI", "jwe")
    assert got.https is not None
    assert got.https.url == "https://nsw.example/deliveries"
    assert got.tls == SERVER
    assert got.declarant is not None
    assert got.declarant.id == "FI1234567-8"
    assert got.edifact is not None
    assert got.edifact.recipient == "UTOPIAPIU"
    assert got.routes[0].when.scope == "schengen-border"
    assert got.routes[0].since == date(2026, 1, 1)


def test_of_overlapping_keys_the_later_one_is_used() -> None:
    got = parsed()
    first, second = got.keys[0].key, got.keys[1].key
    assert got.key_for(date(2025, 12, 31)) is None
    assert got.key_for(date(2026, 1, 1)) == first
    assert got.key_for(date(2026, 12, 31)) == first
    assert got.key_for(date(2027, 1, 1)) == second
    assert got.key_for(date(2028, 1, 31)) == second
    assert got.key_for(date(2028, 2, 1)) is None


HOST_KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE piu.example\n"


def by_sftp(old: str = "", new: str = "", host_key: bytes = HOST_KEY) -> dict[str, bytes]:
    assert old in SFTP
    text = TOML.split("[send]")[0] + SFTP.replace(old, new) + "[seal]" + TOML.split("[seal]")[1]
    return FOLDER | {"recipient.toml": text.encode(), "host.pub": host_key}


def test_the_readmes_sftp_recipient_is_one() -> None:
    got = parse_recipient("ut-nsw", by_sftp())
    assert isinstance(got, Recipient), got
    assert got.sftp is not None
    assert (got.send.transport, got.sftp.host, got.sftp.port, got.https, got.tls) == (
        "sftp",
        "sftp.piu.example",
        22,
        None,
        None,
    )
    assert got.files == {"host.pub": HOST_KEY}


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        (by_sftp(host_key=b"ssh-ed25519 AAAA"), "K-62"),
        (by_sftp(host_key=b"ssh-dss AAAAB3NzaC1kc3M="), "K-62"),
        (by_sftp(host_key=b"\xff\0"), "K-62"),
        (by_sftp('"host.pub"', '"other.pub"'), "K-01"),
        (by_sftp('host     = "sftp.piu.example"', 'host = "-oProxyCommand=x"'), "K-05"),
        (by_sftp('user     = "gateway"', 'user = "a b"'), "K-05"),
        (by_sftp('folder   = "incoming"', 'folder = ""'), "K-05"),
        (by_sftp("port     = 22", "port = 0"), "K-05"),
        (by_sftp('transport = "sftp"', 'transport = "feed"'), "K-61"),
    ],
)
def test_what_is_wrong_with_an_sftp_recipient_is_told(folder: dict[str, bytes], code: str) -> None:
    assert codes(folder) == {code}


def codes(folder: dict[str, bytes], id: str = "ut-nsw") -> set[str]:
    return {finding.code for finding in problems(folder, id)}


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ({}, "K-01"),
        ({k: v for k, v in FOLDER.items() if k != "2027.pem"}, "K-01"),
        ({k: v for k, v in FOLDER.items() if k != "server.pem"}, "K-01"),
        (FOLDER | {"recipient.toml": b"name ="}, "K-02"),
        (FOLDER | {"recipient.toml": b"\xff\xfe"}, "K-02"),
        (FOLDER | {"recipient.toml": b"a = " + b"[" * 20_000}, "K-02"),
        (toml("timeout_seconds", "timeout"), "K-03"),
        (toml("country       =", "# country ="), "K-04"),
        (toml('kind          = "nsw"', 'kind = "nws"'), "K-05"),
        (toml("timeout_seconds = 30 ", "timeout_seconds = 3000 "), "K-05"),
        (toml('"FI"', '"Finland"'), "K-05"),
        (toml("[send]", "[[send]]"), "K-05"),
        (FOLDER | {"recipient.toml": b"key = 3\n" + WITHOUT_KEYS}, "K-05"),
        (FOLDER | {"recipient.toml": b"key = {}\n" + WITHOUT_KEYS}, "K-05"),
        (FOLDER | {"2026.pem": b"nonsense"}, "K-06"),
        (FOLDER | {"secret.pem": SECRETS[KeyKind.X25519].pem}, "K-07"),
        (FOLDER | {"2026.pem": SECRETS[KeyKind.HYBRID].public.pem}, "K-08"),
        (FOLDER | {"2026.pem": SECRETS[KeyKind.ED25519].public.pem}, "K-08"),
        (toml('form = "jwe"', 'form = "envelope"'), "K-08"),
        (FOLDER | {"recipient.toml": b"key = []\n" + WITHOUT_KEYS}, "K-09"),
        (toml("until = 2027-01-31", "until = 2025-01-31"), "K-10"),
        (toml('id            = "ut-nsw"', 'id = "other"'), "K-11"),
        (toml("https://nsw.example/deliveries", "http://nsw.example/in"), "K-12"),
        (toml("https://nsw.example/deliveries", "https://user@nsw.example/in"), "K-12"),
        (toml("https://nsw.example/deliveries", "https://[nsw/in"), "K-12"),
        (toml("https://nsw.example/deliveries", "https://nsw.example:99999/"), "K-12"),
        (toml("https://nsw.example/deliveries", "https:///in"), "K-12"),
        (toml("https://nsw.example/deliveries", ""), "K-12"),
        (toml('"https"', '"feed"'), "K-61"),
        (FOLDER | {"recipient.toml": WITHOUT_HTTPS}, "K-60"),
        (FOLDER | {"server.pem": b"nonsense"}, "K-19"),
        (FOLDER | {"routes.toml": b"[[route]]\nid = 'x'"}, "K-04"),
        (routes('"emswe-json"', '"emswe"'), "K-05"),
        (routes('lists       = ["passengers", "crew"]', "lists = []"), "K-05"),
        (routes('lists       = ["passengers", "crew"]', 'lists = ["mixed"]'), "K-14"),
        (routes('["FI"]', '["Finland"]'), "K-05"),
        (routes("until       = 2027-12-31", "until = 2020-01-01"), "K-10"),
        (FOLDER | {"routes.toml": (ROUTES * 2).encode()}, "K-13"),
        (routes('"restricted" ', '"confidential" '), "K-16"),
        (routes('"none" ', '"consent 4" '), "K-16"),
        (toml("third_country = false", "third_country = true"), "K-17"),
        (routes('"restricted" ', '"non-confidential" '), "K-18"),
    ],
)
def test_each_mistake_is_told(folder: dict[str, bytes], code: str) -> None:
    found = problems(folder)
    assert {finding.code for finding in found} == {code}
    assert all(finding.hint for finding in found)
    assert all(finding.severity is Severity.ERROR for finding in found)


def test_a_piu_has_rules_of_its_own() -> None:
    piu = toml('kind          = "nsw"', 'kind = "piu"')
    assert codes(piu) == {"K-15"}
    border = ROUTES.replace('["border", "safety"]', '["border"]')
    assert isinstance(parse_recipient("ut-nsw", piu | {"routes.toml": border.encode()}), Recipient)
    inside = border.replace('"schengen-border"', '"intra-eu"')
    assert codes(piu | {"routes.toml": inside.encode()}) == {"K-25"}
    decided = inside.replace("# decision ", "decision ")
    assert isinstance(parse_recipient("ut-nsw", piu | {"routes.toml": decided.encode()}), Recipient)
    rescue = toml('kind          = "nsw"', 'kind = "sar"')
    assert codes(rescue) == {"K-15"}


def test_all_mistakes_are_told_at_once_with_their_places() -> None:
    folder = toml("timeout_seconds = 30 ", 'timeout_seconds = "soon" ')
    folder["recipient.toml"] = folder["recipient.toml"].replace(b'"FI"', b'"F"').replace(b"2028-01-31", b'"later"')
    folder["routes.toml"] = ROUTES.replace("reviewer ", "reviewed_by ").encode()
    folder["secret.pem"] = SECRETS[KeyKind.HYBRID].pem
    told = {f"{finding.code} {finding.place}" for finding in problems(folder)}
    assert told == {
        "K-07 secret.pem",
        "K-05 recipient.toml",
        "K-05 recipient.toml, [send]",
        "K-05 recipient.toml, [[key]] 2",
        "K-03 routes.toml, [[route]] 1",
        "K-04 routes.toml, [[route]] 1",
    }


def said(folder: dict[str, bytes]) -> str:
    (finding,) = problems(folder)
    return f"{finding.place}: {finding.text}"


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        (toml('"FI"', '"Finland"'), 'recipient.toml: "country" cannot be used: expected two capital letters, such as FI'),
        (toml('kind          = "nsw"', 'kind = "police"'), 'expected one of "nsw", "piu", "port", "sar"'),
        (toml("until = 2027-01-31", 'until = "31.1.2027"'), '[[key]] 1: "until" cannot be used: expected a date such as 2027-01-31'),
        (toml("timeout_seconds = 30 ", "timeout_seconds = 0 "), "[send]: \"timeout_seconds\" cannot be used: expected a whole number from 1 to 300"),
        (toml("timeout_seconds = 30 ", 'timeout_seconds = "30" '), "a whole number from 1 to 300"),
        (toml("third_country = false", 'third_country = "no"'), "true or false"),
        (toml('"UTOPIAPIU"', '"utopia"'), "1 to 35 capital letters"),
        (toml('"National single window of Utopia"', '""'), "a text of 1 to 500 characters"),
        (toml("[send]", "[[send]]"), "expected a table, [send]"),
        (FOLDER | {"recipient.toml": b"key = 3\n" + WITHOUT_KEYS}, "expected a table for each, [[key]]"),
        (toml("country       =", "# country ="), '"country" is missing: expected two capital letters'),
        (routes('["border", "safety"]', '["border", "fun"]'), '[[route]] 1, "purposes", entry 2: "purposes" cannot be used: expected one of "border", "safety", "booking"'),
        (routes('lists       = ["passengers", "crew"]', "lists = []"), 'with an entry at least, each one of "passengers"'),
        (routes('["FI"]', '["FI", "Sweden"]'), '[route.when]'.replace("route.", "") + ', "arrival_countries", entry 2'),
        (routes("from        = 2026-01-01", "from = 2026-02-30"), "routes.toml, line 7: the file cannot be read: there is no such date"),
        (FOLDER | {"recipient.toml": b"id = 'x'\nname =\n\n"}, "recipient.toml, line 2: the file cannot be read: "),
        (FOLDER | {"recipient.toml": b"id = 'x'\nname ="}, "recipient.toml, line 2: the file cannot be read: "),
        (FOLDER | {"recipient.toml": b"id = 'x'\nid = 'y'\nname = 'z'"}, "line 2: the file cannot be read: what stands there was said before"),
        (FOLDER | {"recipient.toml": b"id = 'x'\nname = '\xff'"}, "recipient.toml, line 2: the file cannot be read: it is not UTF-8"),
    ],
)  # fmt: skip
def test_a_problem_says_where_and_what_was_expected_in_plain_words(folder: dict[str, bytes], expected: str) -> None:
    told = said(folder)
    assert expected in told
    for word in ("regex", "enum", "RFC3339", "Expected", "Invalid", "str ", "int ", "$", "`", "None"):
        assert word not in told


def test_a_form_needs_the_table_that_it_is_written_with() -> None:
    undeclared = FOLDER | {"recipient.toml": TOML.split("[declarant]")[0].encode()}
    assert codes(undeclared) == {"K-26"}
    plain = ROUTES.replace('"emswe-json"', '"paxlst-sea"')
    assert codes(undeclared | {"routes.toml": plain.encode()}) == {"K-27"}
    common = ROUTES.replace('"emswe-json"', '"common-json"')
    assert isinstance(parse_recipient("ut-nsw", undeclared | {"routes.toml": common.encode()}), Recipient)
    assert codes(toml('"AG"', '"agent"')) == {"K-05"}  # a declarant that is wrong is not told as missing too


def test_one_bad_value_hides_no_other() -> None:
    text = TOML.replace("timeout_seconds = 30 ", "timeout_seconds = 999 ").replace(
        "https://nsw.example", "http://nsw.example"
    )
    text = (
        text.replace('"ut-nsw"', '"other"')
        .replace('form = "jwe"', 'form = "jwt"')
        .replace("until = 2028-01-31", "until = 2020-01-31")
    )
    register = ROUTES.replace('["border", "safety"]', '["border", "booking"]').replace(
        "until       = 2027", "until = 2020"
    )
    folder = FOLDER | {"recipient.toml": text.encode(), "routes.toml": register.encode(), "2026.pem": b"nonsense"}
    told = {f"{finding.code} {finding.place}" for finding in problems(folder)}
    assert told == {
        "K-05 recipient.toml, [send]",
        "K-12 recipient.toml, [https]",
        "K-11 recipient.toml",
        "K-05 recipient.toml, [seal]",
        "K-10 recipient.toml, [[key]] 2",
        "K-06 2026.pem",
        "K-10 routes.toml, [[route]] 1",
    }


def test_plain_http_is_for_this_machine_only() -> None:
    for url in ("http://127.0.0.1:8080/in", "http://[::1]/in", "http://localhost/in"):
        assert isinstance(parse_recipient("ut-nsw", toml("https://nsw.example/deliveries", url)), Recipient)
    assert codes(toml("https://nsw.example/deliveries", "http://localhost.example/in")) == {"K-12"}


def test_a_feed_has_no_address() -> None:
    text = (
        TOML.replace('"https"  ', '"feed"  ').replace("[https]", "").replace("url =", "# url").replace("tls =", "# tls")
    )
    got = parsed(recipient_toml=text.encode())
    assert (got.send.transport, got.https, got.files) == ("feed", None, {})


@often(75)
@given(st.data())
def test_no_bytes_make_the_folder_raise(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FOLDER)))
    whole = FOLDER[name]
    at = data.draw(st.integers(0, len(whole)))
    changed = whole[:at] + data.draw(st.binary(max_size=6)) + whole[at + data.draw(st.integers(0, 9)) :]
    assert isinstance(parse_recipient("ut-nsw", FOLDER | {name: changed}), Recipient | list)


# -- what the day brings


def told(got: Recipient, day: date) -> set[str]:
    return {finding.code for finding in outlook(got, day)}


def test_the_outlook_warns_thirty_days_before_and_errs_after() -> None:
    got = parsed()
    assert told(got, date(2026, 12, 31)) == set()  # a key ends in January, but the next one has taken over
    assert told(got, date(2027, 12, 1)) == {"K-24"}
    assert told(got, date(2027, 12, 2)) == {"K-22", "K-24"}
    assert told(got, date(2028, 1, 1)) == {"K-23", "K-24"}
    assert told(got, date(2028, 1, 2)) == {"K-21", "K-23", "K-24"}
    assert told(got, date(2028, 2, 1)) == {"K-20", "K-23", "K-24"}
    until = next(f for f in outlook(got, date(2028, 1, 5)) if f.code == "K-21")
    assert "2028-01-31" in until.text


# -- keys


@pytest.mark.parametrize("kind", list(KeyKind))
def test_keys_come_back_from_their_files(kind: KeyKind) -> None:
    secret = SECRETS[kind]
    assert parse_secret(secret.pem) == secret
    assert parse_public(secret.public.pem) == secret.public
    assert parse_public(secret.public.pem.replace(b"\n", b"\r\n")) == secret.public
    assert re.fullmatch(r"[0-9a-f]{64}", secret.public.fingerprint)
    assert repr(secret) == "<SecretKey>"
    assert holds_secret(secret.pem)
    assert not holds_secret(secret.public.pem)


def test_openssl_reads_our_pem_and_makes_the_same_fingerprint() -> None:
    public = SECRETS[KeyKind.X25519].public
    loaded = serialization.load_pem_public_key(public.pem)
    der = loaded.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(der)
    assert digest.finalize().hex() == public.fingerprint


def spki(key: object) -> bytes:
    return key.public_key().public_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


ZERO = SECRETS[KeyKind.X25519].public


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "no PEM blocks"),
        (ZERO.pem * 2, "2 PEM blocks"),
        (ZERO.pem.replace(b"=", b"*"), "PEM block"),
        (certificate(), "openssl x509"),
        (SECRETS[KeyKind.X25519].pem, "private key"),
        (spki(rsa.generate_private_key(65537, 2048)), "another kind"),
        (spki(ec.generate_private_key(ec.SECP384R1())), "another kind"),
        (PublicKey(KeyKind.X25519, b"\x30\x03\x02\x01\x00").pem, "cannot be read"),
        (PublicKey(KeyKind.X25519, ZERO.raw[:-32] + bytes(32)).pem, "not a valid point"),
        (PublicKey(KeyKind.HYBRID, SECRETS[KeyKind.HYBRID].public.raw[:-1]).pem, "1216 bytes"),
        (PublicKey(KeyKind.HYBRID, SECRETS[KeyKind.HYBRID].public.raw[:-32] + bytes(32)).pem, "not a valid point"),
        (PublicKey(KeyKind.HYBRID, b"\xff" * 1184 + SECRETS[KeyKind.HYBRID].public.raw[-32:]).pem, "not a valid point"),
    ],
)
def test_a_key_that_nothing_can_be_sealed_to_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(BadKey, match=why):
        parse_public(text)


def test_private_keys_are_noticed_in_every_usual_form() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    secret_forms = serialization.PrivateFormat
    locked = serialization.BestAvailableEncryption(b"word")
    for encoding, form, lock in (
        (serialization.Encoding.PEM, secret_forms.TraditionalOpenSSL, serialization.NoEncryption()),
        (serialization.Encoding.PEM, secret_forms.PKCS8, locked),
        (serialization.Encoding.PEM, secret_forms.OpenSSH, serialization.NoEncryption()),
        (serialization.Encoding.DER, secret_forms.PKCS8, serialization.NoEncryption()),
        (serialization.Encoding.DER, secret_forms.PKCS8, locked),
        (serialization.Encoding.DER, secret_forms.TraditionalOpenSSL, serialization.NoEncryption()),
    ):
        assert holds_secret(key.private_bytes(encoding, form, lock))
    bundle = pkcs12.serialize_key_and_certificates(b"n", key, None, None, serialization.NoEncryption())
    assert holds_secret(bundle)
    assert holds_secret(identity_file(new_identity(TODAY)))
    assert not holds_secret(certificate())
    assert not holds_secret(x509.load_pem_x509_certificate(certificate()).public_bytes(serialization.Encoding.DER))


def test_signing_needs_a_signing_key() -> None:
    signer, other = SECRETS[KeyKind.ED25519], SECRETS[KeyKind.X25519]
    signature = sign(signer, b"said")
    assert verify(signer.public, b"said", signature)
    assert not verify(signer.public, b"sait", signature)
    assert not verify(other.public, b"said", signature)
    with pytest.raises(BadKey):
        sign(other, b"said")


# -- our own identity


def test_an_identity_comes_back_and_keeps_its_older_generations() -> None:
    first = new_identity(date(2025, 1, 1))
    second = first.renewed(TODAY)
    back = parse_identity(identity_file(second))
    assert back == second
    assert [generation.made for generation in back.generations] == [TODAY, date(2025, 1, 1)]
    assert back.seal_to != first.seal_to
    assert back.opener(first.seal_to.fingerprint) == first.generations[0].opens
    assert back.opener("0" * 64) is None
    assert first.verify_keys[0] in back.verify_keys
    assert repr(back) == "<Identity>"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: text.replace(b"identity 1", b"identity 2"),
        lambda text: text[:-200],
        lambda text: text.replace(b"made 2026-11-21\n", b""),
        lambda text: text.replace(b"2026-11-21", b"2026-11-41"),
        lambda text: text.splitlines(keepends=True)[0] + b"made 2026-11-21\n" + SECRETS[KeyKind.ED25519].pem * 2,
    ],
)
def test_a_damaged_identity_is_refused(damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadKey):
        parse_identity(damage(identity_file(new_identity(TODAY))))


# -- carriers' certificates

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def der(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def test_a_carrier_is_known_by_its_key_not_its_name() -> None:
    old, new = certificate(), certificate(days=300)
    senders, found = parse_senders({"nordhavn.pem": old + new, "README.md": b"notes"})
    assert found == []
    assert senders.carrier(der(old), NOW) == senders.carrier(der(new), NOW) == "nordhavn"
    assert senders.carrier(der(certificate()), NOW) is None
    assert senders.carrier(der(old), NOW + timedelta(days=100)) is None
    assert senders.carrier(der(old), NOW - timedelta(days=100)) is None
    assert senders.carrier(b"nonsense", NOW) is None


def test_a_renewed_certificate_for_the_same_key_prolongs_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    senders, found = parse_senders({"nordhavn.pem": certificate(key, days=300) + certificate(key, days=10)})
    assert found == []
    assert senders.carrier(der(certificate(key, days=10)), NOW) == "nordhavn"


def test_wrong_sender_files_are_told_and_left_out() -> None:
    shared, good = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    secret = SECRETS[KeyKind.ED25519].pem
    senders, found = parse_senders(
        {
            "a.pem": certificate(shared),
            "b.pem": certificate(shared),
            "c.pem": b"nonsense",
            "d.pem": certificate(good) + secret,
            "e.pem": certificate(rsa.generate_private_key(65537, 1024)),
            "f.pem": certificate(good),
            "g.pem": certificate().replace(b"MII", b"AAA"),
        }
    )
    assert [(f.code, f.place.path) for f in found] == [
        ("K-31", "senders/b.pem"),
        ("K-30", "senders/c.pem"),
        ("K-07", "senders/d.pem"),
        ("K-32", "senders/e.pem"),
        ("K-30", "senders/g.pem"),
    ]
    assert {sender.carrier for sender in senders.by_key.values()} == {"a", "f"}


def test_certificates_about_to_end_are_told() -> None:
    senders, _ = parse_senders({"a.pem": certificate(days=10) + certificate(days=400), "b.pem": certificate(days=40)})
    told = [(f.code, f.place.path) for f in senders_outlook(senders, TODAY)]
    assert told == [("K-34", "senders/b.pem")]
    assert [f.code for f in senders_outlook(senders, date(2027, 1, 1))] == ["K-33"]
