"""Every published sample, template and reference file beside the checkout, handed in as if it were a list.

None of them raises or hangs, none is passed over in silence, and nothing is said of a file that is not about the file.
Every fourth of them, up to a megabyte; all in the long run (GATEWAY_CASES).
"""

import os
import time
from pathlib import Path

import msgspec

from gateway.findings import Finding, Severity
from gateway.jail import RULES as OF_THE_FILE
from gateway.process.understand import Understood, understand
from gateway.sent import File
from tests.corpus.cases import LONGEST, NOW

LARGEST, STEP = (32 << 20, 1) if "GATEWAY_CASES" in os.environ else (1 << 20, 4)


def verdict(data: bytes) -> Understood:
    return understand((File(data),), carrier=None, now=NOW)


def problems(path: Path) -> list[str]:
    began = time.perf_counter()
    understood = verdict(path.read_bytes())
    took = time.perf_counter() - began
    found = [f"took {took:.0f} s"] if took > LONGEST else []
    if not understood.lists and not any(one.severity is Severity.ERROR for one in understood.findings):
        found.append("nothing was read, and no error says why")
    found += [f"{one.code} has no words" for one in understood.findings if not _is_whole(one)]
    msgspec.json.encode([one.manifest for one in understood.lists])  # the answer can be written
    return found


def _is_whole(finding: Finding) -> bool:
    return bool(finding.text) and "{" not in finding.text.replace('{"manifests"', "")


def test_all_of_it_is_read_or_refused_with_a_reason(shared_data: Path) -> None:
    files = sorted(path for path in shared_data.rglob("*") if path.is_file() and 0 < path.stat().st_size <= LARGEST)
    assert len(files) > 100
    wrong = {str(path.relative_to(shared_data)): found for path in files[::STEP] if (found := problems(path))}
    assert wrong == {}


def test_what_is_no_list_is_refused_by_its_kind() -> None:
    codes = {rule.id for rule in OF_THE_FILE}
    for data in (
        b"",
        b"  \n",
        b"%PDF-1.7\n%\xe2\xe3",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\x7fELF\x02",
        b"\xff\xd8\xff\xe0",
    ):
        (finding,) = verdict(data).findings
        assert finding.code in codes
