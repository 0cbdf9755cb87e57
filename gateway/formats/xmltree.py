"""XML as it arrives: bytes in, a tree or the finding that says why not out; and the small questions that readers ask of a tree.

A document type is refused: with it come entities, and with them bombs and other people's files. Nothing is fetched and nothing
expanded. Names are asked for without their namespace, because senders of one standard disagree about it. XML 1.0 (fifth edition).
"""

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from gateway.findings import Finding, Place, Rule, Severity

NOT_WELL_FORMED = Rule(
    id="X-01",
    severity=Severity.ERROR,
    text="this XML cannot be read: it breaks off or is not well-formed at line {line}",
    hint="export it again and look at its end; write it with an XML library, which escapes & and < and states the encoding",
    cites="XML 1.0 section 2.1",
)
DOCTYPE = Rule(
    id="X-02",
    severity=Severity.ERROR,
    text="this XML has a document type (<!DOCTYPE …>), which is refused",
    hint="leave the line <!DOCTYPE …> out; no list needs it, and entities could be used for an attack",
    cites="XML 1.0 section 2.8",
)
ENCODING = Rule(
    id="X-03",
    severity=Severity.WARNING,
    text="the XML says it is in {declared}, but its bytes are not; it was read as UTF-8",
    hint="let the declaration name the encoding in which the file is written, best UTF-8",
    cites="XML 1.0 section 4.3.3",
)
TOO_MUCH = Rule(
    id="X-10",
    severity=Severity.ERROR,
    text="this XML holds more than {most:,} {what}; what goes beyond was not read",
    hint="send the lists of one sailing in one file; a list of 5,000 persons has some 150,000 elements",
)
INNER = Rule(
    id="X-29",
    severity=Severity.ERROR,
    text="a message that stands in this element as text cannot be read: {why}",
    hint="send the message alone, or mend the program that puts it into the envelope",
    cites="XML 1.0 section 2.1",
)
RULES = (NOT_WELL_FORMED, DOCTYPE, ENCODING, TOO_MUCH, INNER)

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
"""What XML Schema's own attributes (xsi:nil, xsi:type) begin with."""

_MOST_DOCUMENTS = 100
_MOST_TAGS, _MOST_ATTRIBUTES = 2_500_000, 500_000
"""Opened or closed, and signs of equality: a tree takes some 100 bytes a node, whatever little stands in it."""

_DECLARED = re.compile(
    rb"""\A(<\?xml[^>]{0,80}?)\s+encoding\s*=\s*["']((?:utf|ucs|iso-10646-ucs)-?(?:16|32|2|4)\w*)["']""", re.I
)
_ROOT = re.compile(r"<(?![?!])(?:([\w.-]+):)?([\w.-]+)((?:\s[^>]*)?)>?")
_PROLOG = 4096
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))


def root_of(head: bytes) -> tuple[str, str]:
    """Namespace and local name of the root element, from the beginning of a file; empty texts where this is no XML."""
    text = head.decode(next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8"), "replace")
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return "", ""
    found = _ROOT.search(re.sub(r"<!--.*?-->", "", text, flags=re.S))
    if found is None:
        return "", ""
    prefix, name, attributes = found.groups()
    stated = re.search(rf"""\sxmlns{":" + re.escape(prefix) if prefix else ""}\s*=\s*["']([^"']*)["']""", attributes)
    return stated[1] if stated else "", name


def parse(data: bytes, *, exact: bool = False) -> tuple[etree._Element | None, list[Finding]]:
    """The root element, or None and why. Comments and processing instructions are left out, and white space between elements.

    `exact`: only comments are, as in canonical XML without comments; for what is signed, where every other node counts.
    """
    for sign, most, what in ((b"<", _MOST_TAGS, "tags"), (b"=", _MOST_ATTRIBUTES, "attributes")):
        if data.count(sign) > most:
            return None, [TOO_MUCH.at(most=most, what=what)]
    findings: list[Finding] = []
    data = data.lstrip(b" \t\r\n")  # senders put an empty line before the declaration, where none may be
    if lie := _DECLARED.match(data):  # ASCII bytes that we can read here are in no such encoding
        findings.append(ENCODING.at(declared=lie[2].decode("ascii")))
        data = lie[1] + data[lie.end() :]
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=not exact,
        collect_ids=False,
        remove_blank_text=not exact,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<!DOCTYPE" in data[:_PROLOG]:
            return None, [*findings, DOCTYPE.at()]
        return None, [*findings, NOT_WELL_FORMED.at(line=getattr(error, "lineno", None) or 1)]
    if root.getroottree().docinfo.doctype:
        return None, [*findings, DOCTYPE.at()]
    return root, findings


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return bare(str(element.tag))


def bare(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The child elements of this local name."""
    return (one for one in element if local(one) == name) if element is not None else iter(())


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element at the end of a path of local names."""
    for name in path:
        element = next(children(element, name), None)
    return element


def text(element: etree._Element | None, *path: str) -> str | None:
    """The text at the end of a path, without white space around it; None where there is none."""
    found = child(element, *path)
    return (found.text or "").strip() or None if found is not None else None


def place(element: etree._Element, field: str | None = None, above: str = "") -> Place:
    """Where the element stands: local names, and a number (from 1) where it has brothers of the same name.

    `above`: the path of the element in which all this stood as text (see `documents`)."""
    steps = []
    at: etree._Element | None = element
    while at is not None:
        name = local(at)
        before = sum(1 for _ in at.itersiblings(f"{{*}}{name}", preceding=True))
        is_only = not before and next(at.itersiblings(f"{{*}}{name}"), None) is None
        steps.append(name if is_only else f"{name}[{before + 1}]")
        at = at.getparent()
    return Place(path=f"{above}/{'/'.join(reversed(steps))}", field=field)


def documents(root: etree._Element, name: str) -> tuple[list[tuple[etree._Element, str]], list[Finding]]:
    """The elements of this name: the root, or what an envelope holds, as elements or as text (CDATA, entities).

    Each with the path of the element that it stood in as text, "" where it did not. What such a text declares about its
    encoding was true of a file that it no longer is, and is not looked at.
    """
    found: list[tuple[etree._Element, str]] = []
    findings: list[Finding] = []
    for element in [root] if local(root) == name else root.iter():
        if len(found) + len(findings) > _MOST_DOCUMENTS:
            return found[:_MOST_DOCUMENTS], [*findings, TOO_MUCH.at(most=_MOST_DOCUMENTS, what="messages")]
        if local(element) == name:
            found.append((element, ""))
        elif (stated := element.text) and name in stated and stated.lstrip().startswith("<"):
            inner, said = parse(_DECLARATION.sub("", stated, count=1).encode("utf-8", "replace"))
            above = place(element).path or ""
            if inner is None:
                findings.append(INNER.at(Place(path=above), why=said[-1].text))
            else:
                within = (one for one in inner.iter() if local(one) == name)
                found += [(one, above) for one in islice(within, _MOST_DOCUMENTS + 1)]
    return found, findings


def mentions(head: bytes, *names: str) -> bool:
    """Whether the beginning of a file is XML and holds one of these names."""
    text = head.replace(b"\0", b"")
    return root_of(head)[1] != "" and any(name.encode() in text for name in names)
