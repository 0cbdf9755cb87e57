"""./gw make: invented lists to try a gateway with, and what must be found in them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.whole import put

if TYPE_CHECKING:
    from gateway.carrier import Carrier
    from gateway.make import Made, Order
    from gateway.make.late import Changes
    from gateway.manifest import ListKind


@click.command()
@click.option("--form", help="The form to write; --list-forms names them.")
@click.option("--persons", default=30, show_default=True, type=click.IntRange(2, 20_000), help="How many persons.")
@click.option(
    "--kind", type=click.Choice(["passengers", "crew", "mixed"]), help="Whose list. As the form has it, unless said."
)
@click.option(
    "--carrier", "carrier_id", help="The line whose columns, words, dates and letters to use (carriers/<id>.toml)."
)
@click.option(
    "--faults", default="", help="Names of faults with commas between, or how many; --list-faults names them."
)
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0), help="The same seed and day give the same bytes."
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of sailing. Today, unless said.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file; OUT.expected.json says what must be found.",
)
@click.option(
    "--late", is_flag=True, help="Also OUT-late: the list that replaces it, with persons added, removed and changed."
)
@click.option("--list-forms", is_flag=True, help="Name the forms and end.")
@click.option("--list-faults", is_flag=True, help="Name the faults, the findings expected of them, and end.")
def make(
    form: str | None, persons: int, kind: str | None, carrier_id: str | None, faults: str, seed: int, on: date | None,
    out: Path | None, late: bool, list_forms: bool, list_faults: bool,
) -> None:  # fmt: skip
    """Write an invented list in FORM to OUT, or to stdout. Exit status: 0 written, 1 not with all faults, 2 not at all."""
    from gateway import make as making
    from gateway.make.targets import TARGETS
    from gateway.settings import utc_now

    if list_forms:
        for target in TARGETS.values():
            click.echo(f"{target.name:14}{', '.join(target.kinds)}")
        return
    if list_faults:
        for fault in making.FAULTS.values():
            alone = " (comes alone)" if fault.is_alone else ""
            click.echo(f"{fault.name:26}{' or '.join(fault.codes):24}{fault.means}{alone}")
        return
    if form not in TARGETS:
        raise click.UsageError(f"say --form, one of {', '.join(TARGETS)}")
    if late and out is None:
        raise click.UsageError("--late makes a second file; say --out")
    order = making.Order(
        form=form, persons=persons, seed=seed, on=date(on.year, on.month, on.day) if on else utc_now().date(),
        kind=_kind(kind, TARGETS[form].kinds), carrier=_carrier(carrier_id), faults=(),
    )  # fmt: skip
    order = _with_faults(order, faults)
    made = making.make(order)
    for name in made.left_out:
        click.echo(f"{name}: this list has no place for it", err=True)
    if out is None:
        click.echo(made.data, nl=False)
    else:
        put(out, made.data)
        changes = _late(order, out) if late else None
        put(out.with_name(out.name + ".expected.json"), _expected(order, made, changes))
    raise click.exceptions.Exit(1 if made.left_out else 0)


def _kind(said: str | None, kinds: "tuple[ListKind, ...]") -> "ListKind | None":
    if said is not None and said not in kinds:
        raise click.UsageError(f"this form takes {' or '.join(kinds)}")
    return next((kind for kind in kinds if kind == said), None)


def _carrier(id: str | None) -> "Carrier | None":
    from gateway.cli.read import profile

    return profile(id) if id is not None else None


def _with_faults(order: "Order", said: str) -> "Order":
    import msgspec

    from gateway import make as making

    if said.isdecimal():
        return msgspec.structs.replace(order, faults=making.chosen(order, int(said)))
    names = tuple(name.strip() for name in said.split(",") if name.strip())
    if unknown := [name for name in names if name not in making.FAULTS]:
        raise click.UsageError(f"no such fault: {', '.join(unknown)}; --list-faults names them")
    if why := making.together(names):
        raise click.UsageError(why)
    return msgspec.structs.replace(order, faults=names)


def _late(order: "Order", out: Path) -> "Changes":
    from gateway import make as making

    made, changes = making.make_later(order)
    put(out.with_stem(f"{out.stem}-late"), made.data)
    return changes


def _expected(order: "Order", made: "Made", changes: "Changes | None") -> bytes:
    import msgspec

    said = {
        "form": order.form,
        "persons": len(made.manifest.persons),
        "seed": order.seed,
        "on": order.on,
        "carrier": order.carrier.id if order.carrier else None,
        "findings": made.expected,
        "not put in": made.left_out,
        "late": changes,
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"
