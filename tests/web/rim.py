"""The folders of a gateway that speaks TLS, and of a single window that it reaches over AS4."""

from pathlib import Path

import msgspec

from tests.senders.window import NSW, certificate, folder, key_pem, our_keys, pem, rsa_key
from tests.web.world import Folders, make_folders


def make_rim_folders(root: Path, url: str, tls: bytes | None = None, routes: bytes | None = None) -> Folders:
    """The window is at `url` and shows the certificate `tls`; `routes`: its register, where it is owed lists."""
    made = make_folders(root)
    our_keys(made.settings.state)
    (root / "keys" / NSW).mkdir()
    for name, data in folder(url, tls).items():
        (root / "keys" / NSW / name).write_bytes(data)
    if routes is not None:
        (root / "keys" / NSW / "routes.toml").write_bytes(routes)
    (root / "tls.key").write_bytes(key_pem(rsa_key("gateway")))
    (root / "tls.pem").write_bytes(pem(certificate("gateway", rsa_key("gateway"))))
    own = msgspec.structs.replace(made.settings, tls_cert=root / "tls.pem", tls_key=root / "tls.key")
    return msgspec.structs.replace(made, settings=own)
