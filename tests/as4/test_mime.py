"""MIME packages of other software's making, and what cannot be one."""

import base64

import pytest

from gateway.as4.errors import Refused
from gateway.as4.mime import Part, build, content_id_of, open_package

SOAP = "Content-Type: application/soap+xml; charset=UTF-8"
TYPE = 'multipart/related; boundary="b"; type="application/soap+xml"'


def package(*parts: tuple[str, str], end: str = "\r\n--b--\r\n") -> bytes:
    """Each part: header lines and content."""
    pieces = (f"--b\r\n{head}\r\n\r\n{content}" for head, content in parts)
    return ("\r\n".join(pieces) + end).replace("\n\r\n\r\n", "\n\r\n").encode("latin-1")


ROOT = (SOAP, "<e/>")
PART = ("Content-Type: application/pdf\r\nContent-ID: <one@x>", "1\r\n-- b\r\n2")


def test_parts_by_content_id():
    got = open_package(TYPE, package(ROOT, PART))
    assert got.envelope == b"<e/>"
    assert got.parts["one@x"].content == b"1\r\n-- b\r\n2"
    assert got.parts["one@x"].content_type == "application/pdf"


@pytest.mark.parametrize(
    "content_type",
    [
        "Multipart/Related;boundary=b",
        'multipart/related;\r\n\ttype="application/soap+xml";\r\n boundary="b"',
        'multipart/related; start="<root>"; boundary=b',
    ],
)
def test_ways_to_write_the_content_type(content_type):
    root = (SOAP + "\r\nContent-ID: <root>\r\nContent-Transfer-Encoding: 8bit", "<e/>")
    parts = (PART, root) if "start" in content_type else (root, PART)
    got = open_package(content_type, b"a preamble\r\n" + package(*parts) + b"an epilogue")
    assert (got.envelope, list(got.parts)) == (b"<e/>", ["one@x"])


def test_base64_and_content_ids_without_brackets():
    text = base64.encodebytes(bytes(range(256))).decode().replace("\n", "\r\n")
    head = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: BASE64\r\nContent-ID: one@x"
    assert open_package(TYPE, package(ROOT, (head, text))).parts["one@x"].content == bytes(range(256))


@pytest.mark.parametrize(
    ("why", "content_type", "body"),
    [
        ("no MIME of ours", "text/html", b"<html>"),
        ("SOAP 1.1", "text/xml", b"<e/>"),
        ("no boundary", "multipart/related", package(ROOT)),
        ("an impossible boundary", 'multipart/related; boundary="b\x7f"', package(ROOT)),
        ("another boundary", "multipart/related; boundary=c", package(ROOT)),
        ("no part", TYPE, b"--b--\r\n"),
        ("cut short", TYPE, package(ROOT, PART, end="")),
        ("cut in the closing line", TYPE, package(ROOT, PART, end="\r\n--b")),
        ("the root is something else", TYPE, package(PART)),
        ("the root is not there", TYPE + "; start=other", package(ROOT, PART)),
        ("the root is there twice", TYPE + "; start=root", package(*[(SOAP + "\r\nContent-ID: <root>", "<e/>")] * 2)),
        ("two parts with one id", TYPE, package(ROOT, PART, PART)),
        ("a part without id", TYPE, package(ROOT, ("Content-Type: application/pdf", "1"))),
        ("two ids", TYPE, package(ROOT, (PART[0] + "\r\nContent-ID: <two@x>", "1"))),
        ("two types", TYPE, package((SOAP + "\r\n" + SOAP, "<e/>"))),
        ("an encoding that is not known", TYPE, package(ROOT, (PART[0] + "\r\nContent-Transfer-Encoding: x", "1"))),
        ("no base64", TYPE, package(ROOT, (PART[0] + "\r\nContent-Transfer-Encoding: base64", "A"))),
        ("headers without end", TYPE, package(ROOT, (PART[0] + "\r\nX: " + "x" * 5000, "1"))),
        ("too many parts", TYPE, package(ROOT, *((f"Content-ID: <{n}>", "") for n in range(101)))),
        ("a line that begins as the boundary does", TYPE, package(ROOT, (PART[0], "1\r\n--bb\r\n2"))),
        ("no delimiter line", TYPE, package(ROOT).replace(b"--b\r\n", b"--b\n")),
    ],
)  # fmt: skip
def test_what_is_no_package(why, content_type, body):
    with pytest.raises(Refused) as refused:
        open_package(content_type, body)
    assert [error.code for error in refused.value.errors] == ["EBMS:0007"], why


def test_content_ids_in_uris():
    assert content_id_of("cid:a%40b") == "a@b"
    assert content_id_of("CID:a") == "a"
    assert content_id_of("#a") is content_id_of("") is content_id_of("http://x/cid:a") is None


def test_no_payload_is_in_a_repr():
    part = Part("one", "text/plain", b"ERIKSSON")
    assert "ERIKSSON" not in repr(part) + repr(open_package(*build(b"<soap/>", [part])).parts)
