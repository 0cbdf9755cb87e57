"""Bodies: read whole, in time, within a size; of a submission, file by file.

In: a request. Out: bytes or `File`s, or a problem: 408 too slow, 413 too large, 415 encoded, 400 cut off or malformed.
Multipart is RFC 7578 with one file a part. A body without its end is no body: half a list never passes for a whole one.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from gateway.sent import File
from gateway.web.context import CONTEXT
from gateway.web.problems import Problem

BODY_SECONDS = 120.0  # the largest list over a slow satellite link: 13.6 MB at 1 Mbit/s takes 109 s
DOCUMENT_BYTES = 64 * 1024  # of a form or a small JSON document
MOST_FILES = 20
MOST_FIELDS, FIELD_BYTES = 20, 1024  # of a form with files
_CHUNK = 1 << 16


async def whole(request: web.Request, *, most: int) -> bytes:
    """The body, of at most `most` bytes."""
    _refuse_announced(request, most)
    body = bytearray()
    async with _in_time():
        while chunk := await request.content.readany():
            body += chunk
            if len(body) > most:
                raise _too_large(most)
    return bytes(body)


async def files(request: web.Request) -> tuple[File, ...]:
    """The files of a submission: the body itself, or the parts of a multipart body."""
    most = request.app[CONTEXT].settings.max_body
    if request.content_type.startswith("multipart/"):
        found = await _parts(request, most)
    else:
        found = (File(await whole(request, most=most)),)
    if not found or not all(file.data for file in found):
        raise Problem(400, "empty-body", "the body is empty: send the file itself, or multipart with one file a part")
    return found


async def form(request: web.Request, fields: dict[str, str], admit: Callable[[], None]) -> tuple[File, ...]:
    """A form with files: puts its fields into `fields` (of a name that comes twice the last) and returns the files that were chosen,
    if any. `admit` is called before the first file, with the fields before it read, and refuses by raising: then no file is read."""
    most = request.app[CONTEXT].settings.max_body
    chosen: list[File] = []
    is_admitted = False
    async with _in_time(), _well_formed():
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader) and part.filename is None:
                await _add_field(part, fields)
                continue
            if not is_admitted:
                admit()
                _refuse_announced(request, most + DOCUMENT_BYTES)
                is_admitted = True
            _add(chosen, await _file(part, most - sum(len(one.data) for one in chosen), most))
    if not is_admitted:
        admit()
    return tuple(
        file for file in chosen if file.data or file.name
    )  # a browser sends a part for a file that nobody chose


async def _add_field(part: BodyPartReader, fields: dict[str, str]) -> None:
    if len(fields) == MOST_FIELDS:
        raise Problem(400, "bad-form", f"a form has at most {MOST_FIELDS} fields")
    text = (await _file(part, FIELD_BYTES, FIELD_BYTES)).data
    fields[part.name or ""] = text.decode("utf-8", "replace")


async def _parts(request: web.Request, most: int) -> tuple[File, ...]:
    """One file a part; the cap is on all of them together."""
    _refuse_announced(request, most)
    found: list[File] = []
    async with _in_time(), _well_formed():
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            _add(found, await _file(part, most - sum(len(one.data) for one in found), most))
    return tuple(found)


def _add(found: list[File], file: File) -> None:
    if len(found) == MOST_FILES:
        raise Problem(400, "too-many-files", f"at most {MOST_FILES} files in one submission")
    found.append(file)


async def _file(part: object, left: int, most: int) -> File:
    if not isinstance(part, BodyPartReader):
        raise Problem(400, "bad-multipart", "a part holds parts of its own; send one file a part")
    if {"Content-Encoding", "Content-Transfer-Encoding"} & part.headers.keys():
        raise Problem(415, "encoded-body", "a part is encoded; send each file as it is (RFC 7578 section 4.7)")
    data = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        data += chunk
        if len(data) > left:
            raise _too_large(most)
    return File(bytes(data), part.filename)


def _refuse_announced(request: web.Request, most: int) -> None:
    if (request.content_length or 0) > most:
        raise _too_large(most)


def _too_large(most: int) -> Problem:
    return Problem(413, "too-large", f"at most {most:,} bytes are taken here; send a smaller file, or split the list")


@asynccontextmanager
async def _well_formed() -> AsyncIterator[None]:
    try:
        yield
    except (ValueError, RuntimeError, LookupError, AssertionError):  # all that aiohttp makes of a bad multipart body
        detail = "the multipart body is not well-formed or has no end; send one file a part"
        raise Problem(400, "bad-multipart", detail) from None


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            yield
    except TimeoutError:
        detail = f"the body did not arrive within {BODY_SECONDS:g} s; send it again"
        raise Problem(408, "too-slow", detail) from None
    except (HttpProcessingError, web.RequestPayloadError):
        detail = "the body ended early or is not framed as HTTP/1.1 asks; send it again"
        raise Problem(400, "bad-body", detail) from None
