"""How often a property is tried: `@often(60)` for sixty examples, the same ones in each run, so that only a change turns a test red.

The search for what nobody thought of is a run of its own, with other examples each time:

    GATEWAY_SEARCH=20 ./gw test tests/core        # twenty times as many of each
"""

import os
from math import ceil
from typing import Any

from hypothesis import settings

TIMES = float(os.environ.get("GATEWAY_SEARCH", "1"))
IS_SEARCH = TIMES != 1


def often(examples: int, **more: Any) -> settings:
    """The settings for so many examples, times GATEWAY_SEARCH; `more` are further settings of hypothesis'."""
    return settings(
        max_examples=ceil(examples * TIMES), deadline=None, database=None, derandomize=not IS_SEARCH, **more
    )
