"""One sample as the shell hands it over: taken apart, and read as it is without a profile.

In: a grid for tables, or what another reader made of the bytes. Out: a `Sample`, and how much of it a profile reads.
"""

from collections.abc import Sequence

import msgspec

from gateway.carrier import Carrier
from gateway.formats import tables
from gateway.formats.grid import Grid
from gateway.formats.raw import RawList, Reading
from gateway.manifest import Manifest


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """`grid` is None where the format fixes what is what (PAXLST, JSON). `encoding` and `delimiter` only for delimited text;
    `guessed`: the encoding is the likeliest by its letters. `name` is the file's, without folders."""

    name: str
    format: str
    reading: Reading
    grid: Grid | None = None
    encoding: str = ""
    guessed: bool = False
    delimiter: str = ""

    @property
    def lists(self) -> Sequence[RawList]:
        return [one for one in self.reading.lists if isinstance(one, RawList)]

    @property
    def sizes(self) -> list[int]:
        """How many persons each list holds."""
        return [one.size if isinstance(one, RawList) else len(one.persons) for one in self.reading.lists]

    @property
    def ships(self) -> list[tuple[str, str]]:
        """IMO number and name that each list states, an empty text where it does not."""
        return [_ship(one) for one in self.reading.lists]

    @property
    def fields(self) -> set[str]:
        """The fields of persons in which anything stands."""
        return {field for one in self.lists for field, texts in one.columns.items() if any(texts)}


def _ship(one: RawList | Manifest) -> tuple[str, str]:
    if isinstance(one, Manifest):
        return one.vessel.imo or "", one.vessel.name or ""
    number, name = (one.header.get(field) for field in ("vessel.imo", "vessel.name"))
    return number.text if number else "", " ".join(name.text.split()) if name else ""


def of_table(
    name: str, format: str, grid: Grid, *, encoding: str = "", guessed: bool = False, delimiter: str = ""
) -> Sample:
    return Sample(
        name=name, format=format, reading=tables.read(grid, {}, format), grid=grid, encoding=encoding, guessed=guessed, delimiter=delimiter
    )  # fmt: skip


def filled(sample: Sample, carrier: Carrier | None) -> int:
    """How many values of the sample stand in a field, read with this profile or, by its words alone, without one."""
    reading = sample.reading
    if carrier is not None and sample.grid is not None:
        reading = tables.read(sample.grid, carrier.options_for("table"), sample.format)
    lists = [one for one in reading.lists if isinstance(one, RawList)]
    return sum(
        len(one.header) + sum(text is not None for texts in one.columns.values() for text in texts) for one in lists
    )
