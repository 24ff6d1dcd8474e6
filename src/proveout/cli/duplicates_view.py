"""Near duplicates: as a file, on a terminal, and as plain JSON."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from proveout.errors import InputError
from proveout.evidence.figures import figure

if TYPE_CHECKING:
    from proveout.checks.contract import CheckContext
    from proveout.checks.readiness.duplicates import Cluster, Duplicates, Member
    from proveout.cli.adhoc import Collected
    from proveout.cli.output import Output

_CLUSTERS = 3
_SIDE_BY_SIDE = 3


def with_duplicates(
    context: CheckContext, collected: Collected, out: Path, output: Output
) -> tuple[Collected, Duplicates]:
    """Look for near duplicates, list them in a file, and add what was found to the rest.

    Raises MissingExtraError without the extra 'duplicates'.
    """
    from proveout.checks.readiness.duplicates import METRIC, find_duplicates, findings_of
    from proveout.cli.adhoc import Collected, collect

    sources = context.data.production()
    found = find_duplicates(sources, seed=context.seed)
    write_clusters(found, out)
    more = collect(findings_of(context, sources, found), output, begin="comparing records")
    listed = sum(len(cluster.members) for cluster in found.clusters)
    output.say(f"{listed:,} records in {len(found.clusters):,} clusters are listed in {out}.")
    return Collected(
        evidence=(*(e for e in collected.evidence if e.metric != METRIC), *more.evidence),
        not_measured=(
            *(each for each in collected.not_measured if each.metric != METRIC),
            *more.not_measured,
        ),
    ), found


def write_clusters(found: Duplicates, out: Path) -> None:
    """Write every record of every cluster as CSV. Raises InputError where it cannot be written."""
    from proveout.checks.readiness.duplicates import COLUMNS, lines
    from proveout.intake.standard.writing import harmless, replacing

    names = [*COLUMNS, *(name for name in found.naming if name not in COLUMNS)]
    try:
        with (
            replacing(out) as partial,
            partial.open("w", newline="", encoding="utf-8") as stream,
        ):
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(
                {name: harmless(value) for name, value in line.items()} for line in lines(found)
            )
    except OSError as error:
        raise InputError(
            f"{out} cannot be written: {error.strerror or error}.",
            hint="Name a file in a folder that exists: --duplicates duplicates.csv",
        ) from error


def shown_duplicates(found: Duplicates) -> RenderableType:
    """Return the human form: how many, three clusters side by side, and what was not compared."""
    parts: list[RenderableType] = []
    for source, n in found.n_records.items():
        untold = found.untold.get(source)
        if untold is not None:
            parts.append(Text(f"Near duplicates cannot be told: {untold.reason}.", "yellow"))
            parts.append(Text(untold.next_step, "dim"))
            continue
        parts.append(_counted(found, source, n))
    for cluster in _telling(found.clusters):
        parts += ["", _side_by_side(cluster)]
    if found.n_unreached:
        parts += ["", Text(_unreached(found), "yellow")]
    return Group(*parts)


def plain_duplicates(found: Duplicates) -> dict[str, Any]:
    """Return the plain form."""
    from proveout.checks.readiness.duplicates import about_of, evidence_of

    return {
        "sources": [
            {
                "source": source,
                "n_records": n,
                "n_in_excess": None if source in found.untold else found.in_excess(source),
                "n_equal_in_every_column": found.n_copies[source],
                "not_told": found.untold[source].reason if source in found.untold else None,
            }
            for source, n in found.n_records.items()
        ],
        "threshold": found.threshold,
        **about_of(found),
        "clusters": [
            {
                "cluster": cluster.number,
                "probability": cluster.probability,
                "records": [
                    {
                        "source": member.source,
                        "row": member.row,
                        "probability": member.probability,
                        "match_weight": member.weight,
                        "evidence": evidence_of(member),
                        "values": {name: member.values.get(name) for name in found.naming},
                    }
                    for member in cluster.members
                ],
            }
            for cluster in found.clusters
        ],
    }


def _counted(found: Duplicates, source: str, n: int) -> Text:
    excess, text = found.in_excess(source), Text()
    text.append("Near duplicates  ", "bold")
    text.append(f"{source}: ")
    if not excess:
        text.append(f"none among {n:,} records", "green")
    else:
        are = "is there again" if excess == 1 else "are there again"
        text.append(f"{excess:,} of {n:,} records", "bold")
        text.append(f" ({figure(excess / n, 'fraction')}) {are} under another spelling")
    mine = [each for each in found.clusters if source in each.sources and len(each.sources) > 1]
    if mine:
        text.append(f"; {len(mine):,} stand in another source too")
    text.append(f"; a model's estimate, from probability {found.threshold:g} on", "dim")
    return text


def _telling(clusters: Sequence[Cluster]) -> list[Cluster]:
    """Choose three: the surest, one of the middle, and the least sure."""
    if len(clusters) <= _CLUSTERS:
        return list(clusters)
    return [clusters[0], clusters[len(clusters) // 2], clusters[-1]]


def _side_by_side(cluster: Cluster) -> Table:
    members = cluster.members[:_SIDE_BY_SIDE]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 1), header_style="dim")
    table.add_column(f"Cluster {cluster.number}", no_wrap=True)
    for member in members:
        table.add_column(f"{member.source} row {member.row}", overflow="fold")
    for name in members[0].values:
        values = [member.values[name] for member in members]
        if any(value is not None for value in values):
            table.add_row(Text(name, "dim"), *(_cell(value, values) for value in values))
    more = len(cluster.members) - len(members)
    rest = f", and {more:,} more" if more > 0 else ""
    table.add_row(Text("probability", "dim"), f"{_least(members):.3f}{rest}")
    return table


def _least(members: Sequence[Member]) -> float:
    return min(member.probability for member in members)


def _cell(value: str | None, beside: Sequence[str | None]) -> Text:
    if value is None:
        return Text("(empty)", "dim")
    return Text(value, "" if len(set(beside) - {None}) == 1 else "yellow")


def _unreached(found: Duplicates) -> str:
    n = found.n_unreached
    record = "record was" if n == 1 else "records were"
    return (
        f"{n:,} {record} compared with no other: what records are chosen by is empty there, or "
        "too frequent to choose by."
    )
