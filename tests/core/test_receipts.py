"""Receipts prove filing offline; the log's proofs hold for every size and break for every change."""

import base64
import json
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from gateway.keyring import KeyKind, new_identity, new_secret
from gateway.receipts import (
    EMPTY_ROOT,
    Frontier,
    Node,
    NotTrue,
    Receipt,
    RuleInForce,
    TreeHead,
    consistency_proof,
    frontier_nodes,
    inclusion_proof,
    is_logged,
    leaf_hash,
    load_frontier,
    node_hash,
    received_file,
    sign_head,
    sign_receipt,
    verify_consistency,
    verify_head,
    verify_inclusion,
    verify_receipt,
)
from tests.often import often

# The eight leaves that the Certificate Transparency reference implementation tests with, and the roots it publishes.
KNOWN_LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 130


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162 section 2.1.1, word for word: the oracle."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


class Stored:
    """What a store would hold: every complete node, and the frontier after each leaf."""

    def __init__(self, entries: list[bytes]) -> None:
        self.leaves = [leaf_hash(entry) for entry in entries]
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.roots = [EMPTY_ROOT]
        frontier = Frontier()
        for leaf in self.leaves:
            frontier, new = frontier.extended([leaf])
            assert not self.nodes.keys() & {(n.level, n.index) for n in new}, "a node is never written twice"
            self.nodes.update({(n.level, n.index): n.hash for n in new})
            self.roots.append(frontier.root)

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


LOG = Stored([b"entry %d" % n for n in range(LARGEST)])
IDENTITY = new_identity(date(2026, 11, 21))
FILE = b"UNA:+.? 'UNB+..."
RECEIPT = Receipt(
    submission="0193f3a4-7c1e-7d54-a2f4-5b8f6f1f9d10",
    carrier="nordhavn",
    files=(received_file(FILE), received_file(b"")),
    received_at=datetime(2026, 11, 21, 9, 30, 5, 120000, tzinfo=UTC),
    channel="api",
    leaf=leaf_hash(b"an entry").hex(),
    gateway="Gateway of Utopia (Übung)",
    rules=(RuleInForce("EU-9841-LIST", datetime(2026, 11, 21, 10, 15, tzinfo=UTC)), RuleInForce("INT-SOLAS-27b")),
)


def test_empty_tree_has_the_hash_of_nothing() -> None:
    assert Frontier().root == EMPTY_ROOT == sha256(b"").digest()


def test_known_leaves_give_the_published_roots() -> None:
    roots = [root.hex() for root in Stored(KNOWN_LEAVES).roots[1:]]
    assert roots == KNOWN_ROOTS


def test_published_proofs() -> None:
    """Audit paths and consistency proofs that the reference implementation publishes for the same leaves."""
    log = Stored(KNOWN_LEAVES)
    path = inclusion_proof(5, 8, log.node)
    assert [hash.hex() for hash in path] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    path = consistency_proof(6, 8, log.node)
    assert [hash.hex() for hash in path] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_root_is_that_of_the_definition() -> None:
    for size in range(LARGEST + 1):
        assert LOG.roots[size] == plain_root(LOG.leaves[:size])


def test_a_frontier_comes_back_from_stored_nodes_and_grows_in_any_batch() -> None:
    whole, nodes = Frontier().extended(LOG.leaves)
    assert {(n.level, n.index): n.hash for n in nodes} == LOG.nodes
    for size in range(LARGEST + 1):
        loaded = load_frontier(size, LOG.node)
        assert len(frontier_nodes(size)) == size.bit_count()
        assert loaded.root == LOG.roots[size]
        assert loaded.extended(LOG.leaves[size:])[0] == whole


def test_every_inclusion_proof_verifies_and_no_other_leaf_does() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(0, size, 1 if size < 34 else 7):
            proof = inclusion_proof(index, size, LOG.node)
            assert verify_inclusion(LOG.leaves[index], index, size, proof, LOG.roots[size])
            assert len(proof) <= (size - 1).bit_length()
            assert not verify_inclusion(LOG.leaves[index], index, size, proof, LOG.roots[size - 1])
            assert not verify_inclusion(LOG.leaves[index], index, 2 * size + 1, proof, LOG.roots[size])
            assert not verify_inclusion(leaf_hash(b"never logged"), index, size, proof, LOG.roots[size])
            assert not verify_inclusion(LOG.leaves[index], size, size, proof, LOG.roots[size])
            if proof:
                assert not verify_inclusion(LOG.leaves[index], index, size, proof[:-1], LOG.roots[size])
                assert not verify_inclusion(LOG.leaves[index], index ^ 1, size, proof, LOG.roots[size])


def test_every_consistency_proof_verifies_and_a_rewritten_log_does_not() -> None:
    rewritten = Stored([b"entry %d" % (n if n != 3 else 99) for n in range(LARGEST)])
    for new in range(1, LARGEST + 1):
        for old in range(1, new + 1, 1 if new < 34 else 5):
            proof = consistency_proof(old, new, LOG.node)
            assert verify_consistency(old, new, proof, LOG.roots[old], LOG.roots[new])
            if new > 3:
                other = consistency_proof(old, new, rewritten.node)
                if old > 3:
                    assert not verify_consistency(old, new, other, LOG.roots[old], rewritten.roots[new])
                assert not verify_consistency(old, new, proof, LOG.roots[old], rewritten.roots[new])
            if old < new:
                assert not verify_consistency(old, 2 * new + 1, proof, LOG.roots[old], LOG.roots[new])
                assert not verify_consistency(old, new, proof[:-1], LOG.roots[old], LOG.roots[new])
                assert not verify_consistency(old, new, [*proof, EMPTY_ROOT], LOG.roots[old], LOG.roots[new])
    assert verify_consistency(0, 5, [], EMPTY_ROOT, LOG.roots[5])
    assert not verify_consistency(0, 5, [], LOG.roots[1], LOG.roots[5])
    assert not verify_consistency(6, 5, [], LOG.roots[6], LOG.roots[5])


@often(75)
@given(st.data())
def test_any_changed_byte_of_a_proof_is_seen(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, LARGEST))
    index, old = data.draw(st.integers(0, new - 1)), data.draw(st.integers(1, new - 1))
    for proof, holds in (
        (
            inclusion_proof(index, new, LOG.node),
            lambda p: verify_inclusion(LOG.leaves[index], index, new, p, LOG.roots[new]),
        ),
        (
            consistency_proof(old, new, LOG.node),
            lambda p: verify_consistency(old, new, p, LOG.roots[old], LOG.roots[new]),
        ),
    ):
        at, byte, bit = (data.draw(st.integers(0, top)) for top in (len(proof) - 1, 31, 7))
        changed = bytearray(proof[at])
        changed[byte] ^= 1 << bit
        assert holds(proof)
        assert not holds([*proof[:at], bytes(changed), *proof[at + 1 :]])


def test_impossible_proofs_are_refused() -> None:
    for index, size in ((-1, 5), (5, 5), (0, 0)):
        with pytest.raises(ValueError, match="no entry"):
            inclusion_proof(index, size, LOG.node)
    for old, new in ((0, 5), (6, 5)):
        with pytest.raises(ValueError, match="no consistency proof"):
            consistency_proof(old, new, LOG.node)


def test_nodes_say_where_they_stand() -> None:
    _, nodes = Frontier().extended([leaf_hash(b"a"), leaf_hash(b"b")])
    assert nodes[-1] == Node(1, 0, node_hash(leaf_hash(b"a"), leaf_hash(b"b")))


def test_a_receipt_verifies_and_says_what_was_received() -> None:
    verdict = verify_receipt(sign_receipt(RECEIPT, IDENTITY.signer), IDENTITY.verify_keys, [FILE, b""])
    assert verdict.problems == ()
    assert verdict.receipt == RECEIPT
    assert verdict.key_id == IDENTITY.verify_keys[0].fingerprint


def test_a_receipt_of_an_older_identity_still_verifies() -> None:
    document = sign_receipt(RECEIPT, IDENTITY.signer)
    renewed = IDENTITY.renewed(date(2027, 11, 21))
    assert verify_receipt(document, renewed.verify_keys).problems == ()
    assert verify_receipt(document, renewed.verify_keys[:1]).problems == (
        "it is signed with another key than those you gave",
    )


def test_a_receipt_can_be_verified_with_no_code_of_ours() -> None:
    """RFC 7515 appendix F by hand: sort the members, encode, join, verify."""
    document = json.loads(sign_receipt(RECEIPT, IDENTITY.signer))
    header, _, signature = document["signature"].split(".")
    payload = json.dumps(document["receipt"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signed = header.encode() + b"." + base64.urlsafe_b64encode(payload).rstrip(b"=")
    key = load_der_public_key(IDENTITY.verify_keys[0].raw)
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.urlsafe_b64decode(signature + "=="), signed)
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["typ"] == "maritime-receipt+json"


def test_any_flipped_bit_of_a_receipt_is_seen() -> None:
    small = Receipt(
        submission="s",
        carrier="c",
        files=(),
        received_at=RECEIPT.received_at,
        channel="api",
        leaf="0" * 64,
        gateway="g",
    )
    document = sign_receipt(small, IDENTITY.signer)
    for at in range(len(document) - 1):  # the last byte is the line feed after the document
        for bit in range(8):
            changed = bytearray(document)
            changed[at] ^= 1 << bit
            assert verify_receipt(bytes(changed), IDENTITY.verify_keys).problems, f"byte {at}, bit {bit}"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d[:-40], "not a JSON document"),
        (lambda d: b"[]", "must have the members"),
        (lambda d: d.replace(b'"nordhavn"', b'"sudhavn"'), "changed after it was signed"),
        (lambda d: d.replace(b'"channel"', b'"carrier"'), "twice"),
        (lambda d: d.replace(b'..', b'.e30.'), "detached"),
        (lambda d: d.replace(b'"signature": "', b'"signature": "x'), "damaged"),
        (lambda d: d.replace("Ü".encode(), b"\\ud800"), "damaged"),
        (lambda d: b"[" * 100_000, "not a JSON document"),
    ],
)  # fmt: skip
def test_a_damaged_receipt_says_precisely_what_is_wrong(change, reason) -> None:  # type: ignore[no-untyped-def]
    verdict = verify_receipt(change(sign_receipt(RECEIPT, IDENTITY.signer)), IDENTITY.verify_keys)
    assert verdict.receipt is None
    assert len(verdict.problems) == 1
    assert reason in verdict.problems[0]


def test_a_receipt_for_another_file_says_which_and_why() -> None:
    document = sign_receipt(RECEIPT, IDENTITY.signer)
    verdict = verify_receipt(document, IDENTITY.verify_keys, [FILE, b"x" * len(FILE), b"longer" * 9])
    assert [problem.split(" ")[1] for problem in verdict.problems] == ["2", "3"]
    assert "SHA-256 differs" in verdict.problems[0]
    assert "54 bytes, received were 16 or 0" in verdict.problems[1]


def test_a_head_is_no_receipt_and_a_receipt_no_head() -> None:
    head = TreeHead(size=130, root=LOG.roots[130].hex(), at=RECEIPT.received_at, gateway="g")
    document = sign_head(head, IDENTITY.signer)
    assert verify_head(document, IDENTITY.verify_keys) == head
    assert verify_receipt(document.replace(b'"head"', b'"receipt"'), IDENTITY.verify_keys).problems == (
        "the signature is for another kind of document, maritime-receipt+json is expected",
    )
    with pytest.raises(NotTrue, match="members"):
        verify_head(sign_receipt(RECEIPT, IDENTITY.signer), IDENTITY.verify_keys)
    with pytest.raises(NotTrue, match="another key"):
        verify_head(document, [new_secret(KeyKind.ED25519).public])


def test_a_receipt_and_a_head_prove_that_an_entry_is_in_the_log() -> None:
    head = TreeHead(size=100, root=LOG.roots[100].hex(), at=RECEIPT.received_at, gateway="g")
    receipt = Receipt(
        submission="s", carrier="c", files=(), received_at=RECEIPT.received_at, channel="api",
        leaf=LOG.leaves[41].hex(), gateway="g",
    )  # fmt: skip
    proof = inclusion_proof(41, 100, LOG.node)
    assert is_logged(receipt, 41, proof, head)
    assert not is_logged(receipt, 42, proof, head)
    assert not is_logged(RECEIPT, 41, proof, head)
