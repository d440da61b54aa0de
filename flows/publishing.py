"""``cip publish``: the only command that adds to the release ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows.places import find_database, find_programmes, root_option

if TYPE_CHECKING:
    from pipeline.store.paths import ProgrammePaths
    from schemas.definitions import Layer


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
@click.option(
    "--purge",
    type=click.Choice(["exports", "comments", "answers", "key"]),
    help="Delete this layer of a published year; without --signed only say what that would be.",
)
@root_option
def publish(
    part: str | None, programme: str | None, reason: str, signed: str, waive: tuple[str, ...], withdraw: int | None,
    purge: Layer | None, root: Path | None,
) -> None:  # fmt: skip
    """Audit and check the finished reports, collect them, and write the release into the ledger.

    With --purge, delete what is no longer to be kept of a year; the ledger says what, when, why and by whom.

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
    if purge is not None:
        _purge(paths, part, purge, reason, signed)
        return
    if waive:
        entry = waive_groups(paths, part, waive, on=today, reason=reason, signed=signed)
        click.echo(f"Entry {entry.number} of the ledger: waived. Now 'cip run', look at the reports, and publish.")
        return
    done = publish_part(paths, part, on=today, reason=reason, signed=signed, beside=find_database())
    click.echo(
        f"Release {done.entry.number}, {done.entry.kind} of {part}: {len(done.entry.files)} files in {done.folder}"
    )
    click.echo(f"Keep in git: {paths.ledger.parent}")


def _purge(paths: ProgrammePaths, part: str, layer: Layer, reason: str, signed: str) -> None:
    """Delete a layer of a published year, or say what that would be."""
    from pipeline.stages.purge import describe_purge, plan_purge, purge_layer

    if not signed:
        planned = plan_purge(paths, part, layer)
        for line in describe_purge(paths, planned):
            click.echo(f"  {line}")
        click.echo(
            f"{len(planned.files)} files would be deleted, and nothing was. Add --signed NAME and --reason TEXT to delete "
            "them; copies elsewhere, such as backups and the survey tool's own, are yours to delete."
        )
        return
    entry = purge_layer(paths, part, layer, on=date.today(), reason=reason, signed=signed)
    click.echo(f"Entry {entry.number} of the ledger: {len(entry.files)} files of {part} are deleted ({layer}).")
    click.echo(f"Keep in git: {paths.ledger.parent}")
