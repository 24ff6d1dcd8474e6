"""Clusters in words, and as lines of a table."""

from __future__ import annotations

from collections.abc import Iterator

from proveout.checks.readiness.duplicates.model import Cluster, Duplicates, Likened, Member

COLUMNS = ("cluster", "source", "row", "probability", "evidence")
"""The columns of the list of clusters, before those of the records themselves."""

_LONGEST = 60
_SAID = {
    "agrees": "agree",
    "exchanged": "exchanged",
    "nearly": "nearly",
    "partly": "partly",
    "differs": "differ",
    "empty": "empty in one",
}


def evidence_of(member: Member) -> str:
    """Say which fields agree, which nearly ('Meier' and 'Meyer'), and which differ.

    >>> evidence_of(Member(record=3, source="crm", row=3, probability=1.0, evidence=(), values={},
    ...                    copy_of=1))
    'equal to row 1 in every column'
    """
    if member.copy_of is not None:
        return f"equal to row {member.copy_of} in every column"
    said = []
    for likeness, word in _SAID.items():
        found = [each for each in member.evidence if each.likeness == likeness]
        if likeness == "empty":
            found = [each for each in found if each.one is not None or each.other is not None]
        if found:
            with_values = likeness in ("nearly", "partly", "exchanged", "differs")
            listed = ", ".join(_named(each, with_values=with_values) for each in found)
            said.append(f"{word}: {listed}")
    return "; ".join(said)


def lines(found: Duplicates) -> Iterator[dict[str, object]]:
    """Give every record of every cluster as one line, in the order of COLUMNS and then naming."""
    for cluster in found.clusters:
        for member in cluster.members:
            yield {
                "cluster": cluster.number,
                "source": member.source,
                "row": member.row,
                "probability": round(member.probability, 4),
                "evidence": evidence_of(member),
                **{name: member.values.get(name) for name in found.naming},
            }


def in_short(cluster: Cluster, naming: tuple[str, ...]) -> str:
    """Write a cluster for a list of examples: its records by name, and how sure it is."""
    records = " | ".join(_record(member, naming) for member in cluster.members[:3])
    more = f" | and {len(cluster.members) - 3} more" if len(cluster.members) > 3 else ""
    return f"{records}{more} (probability {cluster.probability:.2f})"


def _record(member: Member, naming: tuple[str, ...]) -> str:
    shown = [member.values[name] for name in naming[:3] if member.values.get(name)]
    where = f"{member.source} row {member.row}"
    return f"{where}: {', '.join(_cut(each) for each in shown if each)}"


def _named(likened: Likened, *, with_values: bool) -> str:
    if not with_values or likened.one is None or likened.other is None:
        return likened.field
    return f"{likened.field} ('{_cut(likened.one)}' and '{_cut(likened.other)}')"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
