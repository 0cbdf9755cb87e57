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

    from gateway.bench import board, core, whole
    from gateway.settings import utc_now

    now = utc_now()
    measured = core.figures(now, 3 if quick else 7, quick=quick)
    loaded = () if core_only else (part.figures for part in (whole, board))
    found = []
    running = (figure for figures in loaded for figure in asyncio.run(figures(now, quick=quick)))
    for figure in itertools.chain(measured, running):
        found.append(figure)
        if not as_json:
            click.echo(str(figure))
    if as_json:
        click.echo(msgspec.json.encode(found))
