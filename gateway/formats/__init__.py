"""Formats: what arrives, and what is sent out. One module (or folder) a format.

A reader is a module with

    NAME        how it is called in answers and on the command line
    MEDIA       its media types
    JAILED      whether its bytes may only be decoded in a child process (`gateway.jail`)
    RULES       its kinds of finding
    recognise   head (the first 64 KiB) -> is this it?
    read        data, options -> Reading: lists and findings; never an exception, whatever the bytes

and a jailed one also `guard` (data -> findings; an error among them means: do not open), `decode` (data -> grid, run in the
child, from a file that imports nothing of the gateway) and `read_grid` (grid, options -> Reading). `read` is then the three in
one process. Options come from the carrier's profile (`Carrier.options_for`); an option that a reader does not know is not for it.

Writers are listed in `forms`. To add a reader, write its module and add it to `FORMATS`, before the more general ones.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from gateway.findings import Finding, Rule
from gateway.formats import (
    commonjson,
    delimited,
    emswe_json,
    emswe_xml,
    enoad,
    epc,
    paxlst,
    pnrgov,
    spms_fixed,
    workbook,
)
from gateway.formats.raw import Reading

HEAD = 1 << 16


class Format(Protocol):
    """A reader. Modules satisfy it."""

    NAME: str
    MEDIA: tuple[str, ...]
    JAILED: bool
    RULES: tuple[Rule, ...]

    def recognise(self, head: bytes, /) -> bool: ...
    def read(self, data: bytes, options: Mapping[str, Any], /) -> Reading: ...


class JailedFormat(Format, Protocol):
    """A reader whose `decode` runs in a child process."""

    def guard(self, data: bytes, /) -> list[Finding]: ...
    def decode(self, data: bytes, /) -> bytes: ...
    def read_grid(self, grid: bytes, options: Mapping[str, Any], /) -> Reading: ...


FORMATS: tuple[Format, ...] = (
    workbook,
    pnrgov,
    paxlst,
    epc,
    emswe_xml,
    enoad,
    emswe_json,
    commonjson,
    spms_fixed,
    delimited,
)
"""In the order in which they are asked: the first that recognises the bytes reads them."""


def recognise(data: bytes) -> Format | None:
    """The format of these bytes, by what they are and never by a name or a media type that somebody wrote beside them."""
    head = data[:HEAD]
    return next((format for format in FORMATS if format.recognise(head)), None)


def named(name: str) -> Format | None:
    return next((format for format in FORMATS if name == format.NAME), None)
