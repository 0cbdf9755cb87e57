"""A person at a terminal: commands called as they are typed, and a server on this machine that answers as it is told."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from gateway.cli import cli

PROJECT = Path(__file__).parents[2]


def gw(*words: str | Path, given: bytes | None = None, **environment: str) -> Result:
    """`./gw words`, in this process."""
    result = CliRunner(env=environment).invoke(cli, [str(word) for word in words], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def process(*words: str | Path, given: bytes = b"", **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """`./gw words`, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, words)],
        input=given, capture_output=True, check=False, cwd=PROJECT, timeout=60,
        env=os.environ | {"PYTHONPATH": str(PROJECT)} | environment,
    )  # fmt: skip


class Answering(HTTPServer):
    """`requests`: what came, as (method, path, headers, body)."""

    def __init__(self, answers: dict[tuple[str, str], tuple[int, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.answers = answers
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Answering

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path, dict(self.headers), body))
        status, answer = self.server.answers[self.command, self.path.split("?")[0]]
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def answering(answers: dict[tuple[str, str], tuple[int, Any]]) -> Iterator[Answering]:
    """A server that gives these answers, by method and path."""
    server = Answering(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
