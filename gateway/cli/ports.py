"""./gw ports: the codes that stand for sea ports in systems that know airports alone, as those systems load them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from gateway.codes.surrogates import AirportRow


@click.group()
def ports() -> None:
    """Codes that stand for sea ports in other systems."""


@ports.command()
@click.option("--sql", "form", flag_value="sql", default=True, help="Statements for GTAS' MariaDB (the default).")
@click.option("--csv", "form", flag_value="csv", help="A table: name, code, UN/LOCODE, country, latitude, longitude.")
@click.option("--country", "countries", multiple=True, help="Only ports of this country (alpha-2); may be repeated.")
@click.option(
    "--extend", is_flag=True, help="Our own table again, with the ports that it lacks at its end (for its keeper)."
)
def gtas(form: str, countries: tuple[str, ...], extend: bool) -> None:
    """Write the rows that a Passenger Information Unit loads into GTAS' `airport` table, once for each edition.

    A code is never given to another port, so that loading twice, or a newer edition later, changes nothing that is there.
    """
    from gateway.codes import surrogates, tables

    if extend:
        known = surrogates.table()
        made = surrogates.extended(known, (line[:5] for line in tables.lines("ports")))
        click.echo(surrogates.file_text(made), nl=False)
        return
    rows = list(surrogates.airport_rows(code.upper() for code in countries))
    if not rows:
        raise click.UsageError("there are no sea ports of these countries; give alpha-2 codes, such as GR")
    click.echo(_sql(rows, surrogates.edition()) if form == "sql" else _csv(rows), nl=False)


def _csv(rows: "Iterable[AirportRow]") -> str:
    from gateway.formats.inert import delimited

    return delimited([("name", "iata", "locode", "country", "latitude", "longitude"), *rows], ",")


_LOAD: Final = """
INSERT INTO airport (name, iata, city, country, latitude, longitude)
SELECT * FROM sea_port WHERE iata NOT IN (SELECT iata FROM airport WHERE iata IS NOT NULL);
INSERT INTO airport_restore (name, iata, city, country, latitude, longitude)
SELECT * FROM sea_port WHERE iata NOT IN (SELECT iata FROM airport_restore WHERE iata IS NOT NULL);
UPDATE airport SET originId = id WHERE originId IS NULL;
DROP TABLE sea_port;
"""


def _sql(rows: "Iterable[AirportRow]", edition: int) -> str:
    """Adds the ports whose code is not there yet. `airport_restore` is what GTAS' own pages reset the table from."""
    values = (
        f"({_text(f'{name} (port {locode})')}, '{code}', {_text(name)}, {_text(country)}, {_number(north)}, {_number(east)})"
        for name, code, locode, country, north, east in rows
    )
    head = (
        f"-- sea ports for GTAS, edition {edition}; restart GTAS afterwards, which keeps its airports in memory",
        "SET NAMES utf8mb4;",
        "CREATE TEMPORARY TABLE sea_port AS SELECT name, iata, city, country, latitude, longitude FROM airport LIMIT 0;",
        "INSERT INTO sea_port VALUES",
    )
    return "\n".join(head) + "\n" + ",\n".join(values) + ";" + _LOAD


def _number(value: float | None) -> str:
    return "NULL" if value is None else str(value)


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'" if text else "NULL"
