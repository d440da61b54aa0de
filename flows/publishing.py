"""``cip publish``: the only command that adds to the release ledger."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import click

from flows.places import find_programmes, root_option


@click.command()
@click.argument("part", metavar="YEAR|PERIOD", required=False)
@click.option("--programme", help="Needed where there are several.")
@click.option("--reason", default="", help="Why an earlier release is replaced or withdrawn, or a figure waived.")
@click.option("--signed", default="", metavar="NAME", help="Who decided it.")
@click.option(
    "--waive",
    multiple=True,
    metavar="GROUP",
    help="Have a group's corrected figures shown although few people's answers changed.",
)
@click.option("--withdraw", type=int, metavar="NUMBER", help="Record that a release is no longer valid.")
@root_option
def publish(
    part: str | None, programme: str | None, reason: str, signed: str, waive: tuple[str, ...], withdraw: int | None,
    root: Path | None,
) -> None:  # fmt: skip
    """Audit and check the finished reports, collect them, and write the release into the ledger.

    Example: cip publish 2027 --programme cip
    """
    from pipeline.stages.publish import publish_part, waive_groups, withdraw_release

    if (part is None) == (withdraw is None):
        raise click.UsageError("Name the year or period to publish, or a release to --withdraw.")
    paths, *others = find_programmes(root, (programme,) if programme else ())
    if others:
        raise click.UsageError("There are several programmes: say which with --programme.")
    today = date.today()
    if withdraw is not None:
        entry = withdraw_release(paths, withdraw, on=today, reason=reason, signed=signed)
        click.echo(
            f"Entry {entry.number} of the ledger: release {withdraw} is withdrawn. Whoever holds it can still read it."
        )
        return
    assert part is not None
    if waive:
        entry = waive_groups(paths, part, waive, on=today, reason=reason, signed=signed)
        click.echo(f"Entry {entry.number} of the ledger: waived. Now 'cip run', look at the reports, and publish.")
        return
    database = Path(os.environ["PREFECT_HOME"]) / "prefect.db"
    beside = [database] if database.is_file() else []
    done = publish_part(paths, part, on=today, reason=reason, signed=signed, beside=beside)
    click.echo(
        f"Release {done.entry.number}, {done.entry.kind} of {part}: {len(done.entry.files)} files in {done.folder}"
    )
    click.echo(f"Keep in git: {paths.ledger.parent}")
