"""./gw bench: the design's figures, measured here and now."""

import click


@click.command()
@click.option("--quick", is_flag=True, help="Fewer runs, and the running gateway under load for a shorter time.")
@click.option("--core", "core_only", is_flag=True, help="The pure part only; nothing is started.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array at the end.")
def bench(quick: bool, core_only: bool, as_json: bool) -> None:
    """Measure speed, latency, growth and memory. Absolute numbers are this machine's; the ratios travel."""
    import asyncio
    import itertools

    import msgspec

    from gateway.bench import core, whole
    from gateway.settings import utc_now

    now = utc_now()
    measured = core.figures(now, 3 if quick else 7, quick=quick)
    loaded = iter(()) if core_only else iter(asyncio.run(whole.figures(now, quick=quick)))
    found = []
    for figure in itertools.chain(measured, loaded):
        found.append(figure)
        if not as_json:
            click.echo(str(figure))
    if as_json:
        click.echo(msgspec.json.encode(found))
