"""The figures of the design's section 8, measured here and now, each beside a peer where one can be installed.

In: nothing but invented lists. Out: `Figure`s: persons per second, seconds, bytes, and ratios against a peer in the same
run. Absolute numbers belong to one machine; ratios travel. `core` measures the pure part, `whole` the running gateway.
"""

from gateway.bench.figure import Figure

__all__ = ["Figure"]
