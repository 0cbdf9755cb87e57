"""Signed receipts and the tamper-evident log's proofs.

In: what was received, entries, stored nodes, public keys. Out: documents that prove, offline, who filed what and when, whose lists
passed in the sandbox, and that no entry was changed, dropped or slipped in later. Storing the log is `store`'s work.
"""

from gateway.receipts.certificate import Certificate, sign_certificate, verify_certificate
from gateway.receipts.log import (
    EMPTY_ROOT,
    Frontier,
    Node,
    NodeOf,
    consistency_proof,
    frontier_nodes,
    inclusion_proof,
    leaf_hash,
    load_frontier,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from gateway.receipts.receipt import (
    Receipt,
    ReceivedFile,
    RuleInForce,
    TreeHead,
    Verdict,
    is_logged,
    received_file,
    sign_head,
    sign_receipt,
    verify_head,
    verify_receipt,
)
from gateway.receipts.signed import NotTrue, canonical

__all__ = [
    "EMPTY_ROOT",
    "Certificate",
    "Frontier",
    "Node",
    "NodeOf",
    "NotTrue",
    "Receipt",
    "ReceivedFile",
    "RuleInForce",
    "TreeHead",
    "Verdict",
    "canonical",
    "consistency_proof",
    "frontier_nodes",
    "inclusion_proof",
    "is_logged",
    "leaf_hash",
    "load_frontier",
    "node_hash",
    "received_file",
    "sign_certificate",
    "sign_head",
    "sign_receipt",
    "verify_certificate",
    "verify_consistency",
    "verify_head",
    "verify_inclusion",
    "verify_receipt",
]  # fmt: skip
