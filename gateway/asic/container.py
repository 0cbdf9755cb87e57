"""The zip itself: `mimetype` first and stored, the files, the list of what is signed, the signature.

In: entries and a signer. Out: the container's bytes; and back: every file, whose signature covers them, and all that is
wrong. What comes from others is opened under the guards of `formats.zipped`. ETSI EN 319 162-1 clause 4.4 and annex A.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec

from gateway.asic import cades, manifest
from gateway.asic.cades import Signed, Signer
from gateway.formats import zipped

MEDIA_TYPE: Final = "application/vnd.etsi.asic-e+zip"
_MIMETYPE: Final = "mimetype"
_MOST_ENTRIES, _MOST_BYTES = 100, 64 << 20
_SIGNATURES = (".p7s", ".p7b", ".p7m")


class Names(msgspec.Struct, frozen=True):
    """Where the list of what is signed and the signature stand."""

    manifest: str
    signature: str


RIM: Final = Names("manifest.xml", "META-INF/signatures.p7b")
"""As EMSWe's RIM guide lists the entries; it does not say in which folder manifest.xml is."""
ETSI: Final = Names("META-INF/ASiCManifest.xml", "META-INF/signature.p7s")


class Entry(msgspec.Struct, frozen=True):
    """A file. Its repr shows no content."""

    name: str
    media_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"Entry({self.name!r}, {len(self.content)} bytes)"


class Container(msgspec.Struct, frozen=True):
    """What was in one. `signed`: by whom, where a signature holds. `covered`: the files that it covers, unchanged.
    `faults`: everything that is wrong, in words; `files` are there all the same, as far as they could be unpacked."""

    files: dict[str, bytes]
    signed: Signed | None
    covered: frozenset[str]
    faults: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Container of {len(self.files)} files>"


def pack(entries: Sequence[Entry], signer: Signer, at: datetime, names: Names = RIM) -> bytes:
    """The container. `at`: the time of signing."""
    listed = manifest.write({one.name: (one.media_type, one.content) for one in entries}, names.signature)
    signature = cades.sign(listed, signer, at)
    parts = [(one.name, one.content) for one in entries] + [(names.manifest, listed), (names.signature, signature)]
    made = BytesIO()
    with ZipFile(made, "w") as zip:
        zip.writestr(_info(_MIMETYPE, at, ZIP_STORED), MEDIA_TYPE)
        for name, content in parts:
            zip.writestr(_info(name, at, ZIP_DEFLATED), content)
    return made.getvalue()


def _info(name: str, at: datetime, method: int) -> ZipInfo:
    info = ZipInfo(name, at.timetuple()[:6])
    info.compress_type, info.external_attr = method, 0o644 << 16
    return info


def unpack(data: bytes) -> Container:
    """All that is in a container, signed or not. No bytes make it raise."""
    files: dict[str, bytes] = {}
    try:
        for name, content in _files(data):
            if name in files:
                return _broken(files, f'it holds "{_short(name)}" twice')
            files[name] = content
    except zipped.Refusal as refusal:
        return _broken(files, f"it was not opened: {refusal.why}")
    except zipped.Locked:
        return _broken(files, "it is locked with a password")
    except zipped.BROKEN:
        return _broken(files, "it is no whole zip file")
    faults = []
    if files.pop(_MIMETYPE, b"").strip() != MEDIA_TYPE.encode():
        faults.append("its mimetype entry is missing or says something else")
    signatures = [name for name in files if name.startswith("META-INF/") and name.endswith(_SIGNATURES)]
    if not signatures:
        return Container(files, None, frozenset(), (*faults, "it holds no signature"))
    return _checked(files, signatures, faults)


def _checked(files: dict[str, bytes], signatures: list[str], faults: list[str]) -> Container:
    """The first signature that covers a list of what is signed counts."""
    lists = {name: listed for name in files if (listed := manifest.read(files[name])) is not None}
    said = ["its signature covers no list of what is signed"]
    for signature in signatures:
        for name, listed in lists.items():
            found = cades.verify(files[name], files[signature])
            if isinstance(found, str):
                said.append(f"{_short(signature)}: {found}")
                continue
            whole = {file for file, digest in listed.items() if sha256(files.get(file, b"")).digest() == digest}
            content = {k: v for k, v in files.items() if k not in (*signatures, *lists)}
            faults += [f'"{_short(file)}" is not as it was signed' for file in sorted(listed.keys() - whole)]
            faults += [
                f'"{_short(file)}" is covered by no signature' for file in sorted(content.keys() - listed.keys())
            ]
            return Container(content, found, frozenset(whole & content.keys()), tuple(faults))
    return _broken(files, *faults, *said)


def _files(data: bytes) -> Iterator[tuple[str, bytes]]:
    left = _MOST_BYTES
    for entry in zipped.entries(data, most=_MOST_ENTRIES, most_bytes=_MOST_BYTES):
        if entry.is_dir():
            continue
        content = b"".join(zipped.pieces(data, entry, left))
        left -= len(content)
        yield entry.filename, content


def _broken(files: dict[str, bytes], *faults: str) -> Container:
    return Container(files, None, frozenset(), faults)


def _short(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name[:100])
