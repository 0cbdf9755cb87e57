"""The tamper-evident log: a Merkle tree over all entries, as RFC 9162 section 2.1 (and RFC 6962) draw it.

In: entries as bytes, and a function that gives stored nodes. Out: new nodes to store, roots, proofs, and their
verification. A node is (level, index): level 0 are the leaves, and node (l, i) stands for the 2^l leaves from i·2^l,
once all of them are there; such a node never changes. The store keeps those and nothing else. What a tree of `size`
leaves needs to grow or to give its root is its `Frontier`: one complete node for each 1 in `size` written in binary.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

import msgspec

NodeOf = Callable[[int, int], bytes]
"""(level, index) -> the stored hash of that complete node."""

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Node(msgspec.Struct, frozen=True, gc=False):
    level: int
    index: int
    hash: bytes


class Frontier(msgspec.Struct, frozen=True):
    """A tree of `size` leaves as its complete nodes, the largest (leftmost) first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> tuple["Frontier", list[Node]]:
        """The tree with these leaf hashes added, and the nodes that have become complete, to be stored."""
        size, hashes, new = self.size, list(self.hashes), []
        for leaf in leaves:
            level, index, digest = 0, size, leaf
            new.append(Node(level, index, digest))
            while index % 2:  # the left sibling is complete: so is the parent now
                level, index, digest = level + 1, index // 2, node_hash(hashes.pop(), digest)
                new.append(Node(level, index, digest))
            hashes.append(digest)
            size += 1
        return Frontier(size, tuple(hashes)), new

    @property
    def root(self) -> bytes:
        return _joined(self.hashes) if self.hashes else EMPTY_ROOT


def frontier_nodes(size: int) -> list[tuple[int, int]]:
    """(level, index) of the frontier of a tree of `size` leaves, in the order of `Frontier.hashes`."""
    return _covering(0, size)


def load_frontier(size: int, node: NodeOf) -> Frontier:
    return Frontier(size, tuple(node(level, index) for level, index in frontier_nodes(size)))


def inclusion_proof(index: int, size: int, node: NodeOf) -> list[bytes]:
    """The path that shows leaf `index` is in the tree of `size` leaves (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"a log of {size} entries has no entry {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: NodeOf) -> list[bytes]:
    """The path that shows the tree of `old` leaves is the beginning of the tree of `new` (RFC 9162 section 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"there is no consistency proof from {old} to {new} entries")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(start, end, node))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    position, last, digest = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position % 2 or position == last:
            digest = node_hash(sibling, digest)
            while not position % 2 and position:
                position, last = position // 2, last // 2
        else:
            digest = node_hash(digest, sibling)
        position, last = position // 2, last // 2
    return last == 0 and digest == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """RFC 9162 section 2.1.4.2. A tree is consistent with itself, and every tree with the empty one, without a proof."""
    if old == new or old == 0:
        return not proof and (old_root == new_root if old == new else old_root == EMPTY_ROOT)
    if not 0 < old < new or not proof:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]  # a power of two: the old root is itself a node
    position, last = old - 1, new - 1
    while position % 2:
        position, last = position // 2, last // 2
    old_digest = new_digest = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position % 2 or position == last:
            old_digest, new_digest = node_hash(sibling, old_digest), node_hash(sibling, new_digest)
            while not position % 2 and position:
                position, last = position // 2, last // 2
        else:
            new_digest = node_hash(new_digest, sibling)
        position, last = position // 2, last // 2
    return last == 0 and old_digest == old_root and new_digest == new_root


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (RFC 9162 section 2.1.1)."""
    return 1 << (size - 1).bit_length() - 1


def _covering(start: int, end: int) -> list[tuple[int, int]]:
    """The complete nodes that together are leaves `start` to `end`; `start` is the left edge of a subtree."""
    nodes: list[tuple[int, int]] = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _range_hash(start: int, end: int, node: NodeOf) -> bytes:
    return _joined([node(level, index) for level, index in _covering(start, end)])


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees, joined from the right (smallest) end."""
    digest = hashes[-1]
    for left in reversed(hashes[:-1]):
        digest = node_hash(left, digest)
    return digest
