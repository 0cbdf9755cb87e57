"""The key files that a command is given: the keys, or a sentence that names the file that holds none."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from gateway.cli.exits import Unusable
from gateway.keyring import BadKey, PublicKey, SecretKey, parse_public, parse_secret

T = TypeVar("T")


def public_keys(paths: Iterable[Path]) -> list[PublicKey]:
    return _parsed(paths, parse_public)


def secret_keys(paths: Iterable[Path]) -> list[SecretKey]:
    return _parsed(paths, parse_secret)


def _parsed(paths: Iterable[Path], parse: Callable[[bytes], T]) -> list[T]:
    keys = []
    for path in paths:
        try:
            keys.append(parse(path.read_bytes()))
        except BadKey as why:
            raise Unusable(f"{path}: {why}") from None
    return keys
