"""From evidence to a list of things to fix, the weightiest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from proveout.charter.schema import Charter
from proveout.checks.readiness.remediation.instructions import (
    ABSENT_FIELD,
    DIVERGENT_FORMATS,
    INSTRUCTIONS,
    MIXED_FORMATS,
    NUMBER_FORMAT,
    ONE_TEXT,
    SEVERITIES,
    STALE,
    STAND_IN,
    TWO_READINGS,
    UNREADABLE_DOCUMENTS,
    Instruction,
    Severity,
)
from proveout.checks.readiness.remediation.reading_items import reading_items
from proveout.checks.readiness.remediation.series_items import not_delivered, series_items
from proveout.checks.readiness.remediation.wording import (
    EXAMPLES,
    age,
    conflict_words,
    examples_of,
    percent,
)
from proveout.evidence.model import Evidence
from proveout.intake.charter_data import unique_names

NOBODY = "nobody named"
"""Owner of a source for which the charter names no one."""

_A_TYPE = {
    "integer": "a whole number",
    "number": "a number",
    "float": "a number",
    "boolean": "yes or no",
    "date": "a date",
    "timestamp": "a date and time",
    "time": "a time of day",
}
_ONE = {"repeat": "repeats", "carry": "carries", "have": "has"}
_MANY = {verb: verb for verb in _ONE}
_USUAL = 0.85
"""Share of values in the usual form from which another one is an irregularity."""
_DIVERGES = 0.1
"""Lower bound of the distance from which sites or periods write a field differently."""
_MOSTLY = 0.8
"""Share of the records concerned from which one site is named as the place of the trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemediationItem:
    """One thing to fix at the source."""

    id: str
    """Stable from audit to audit: '<source>:<kind>:<column>', of a change also since when."""
    kind: str
    source: str
    column: str | None
    site: str | None
    """The site where most of it is, where one stands out."""
    severity: Severity
    n_records: int
    """Records concerned."""
    n_of: int
    """Records looked at."""
    sentence: str
    """What is wrong, for people."""
    owner: str
    """Who answers for the source; 'nobody named' when the charter names no one."""
    instruction: str
    """What to do at the source."""
    metric: str
    """The metric to watch on the next audit."""
    verification: str
    """When it counts as fixed."""
    examples: tuple[str, ...] = ()
    """Up to three real ones."""
    status: str | None = None
    """'new', 'back', 'worse', 'same' or 'better' than in the audit before; None where there is no
    audit before."""
    first_seen: date | None = None
    """Day of the audit that saw it first."""
    trend: str = ""
    """What the status rests on."""

    @property
    def share(self) -> float:
        """Share of the records looked at, 0 to 1."""
        return self.n_records / self.n_of if self.n_of else 0.0

    @property
    def extent(self) -> str:
        """The part concerned, as text: '2.5 %', '1 of 12 deliveries'."""
        if self.metric.endswith("_deliveries"):
            return f"{self.n_records:,} of {self.n_of:,} deliveries"
        return percent(self.share)

    @property
    def size(self) -> str:
        """What is concerned, as text: '8,255 (2.5 %)', '1 of 12 deliveries'."""
        if self.metric.endswith("_deliveries"):
            return self.extent
        return f"{self.n_records:,} ({percent(self.share)})"

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "id": self.id,
            "kind": self.kind,
            "source": self.source,
            "column": self.column,
            "site": self.site,
            "severity": self.severity,
            "n_records": self.n_records,
            "n_of": self.n_of,
            "share": self.share,
            "sentence": self.sentence,
            "owner": self.owner,
            "instruction": self.instruction,
            "metric": self.metric,
            "verification": self.verification,
            "examples": list(self.examples),
            "status": self.status,
            "first_seen": None if self.first_seen is None else self.first_seen.isoformat(),
            "trend": self.trend,
        }


def remediation(evidence: Iterable[Evidence], charter: Charter) -> tuple[RemediationItem, ...]:
    """List what to fix in production data: what blocks first, then by number of records.

    Order of the evidence does not matter; evidence on anything but production data is ignored.
    """
    found = [each for each in evidence if each.scope == "production"]
    owners = _owners(charter)
    items = [
        *_counted(found, owners),
        *_stand_ins(found, owners),
        *_mixed_formats(found, owners, charter),
        *_figures(found, owners),
        *_two_readings(found, owners),
        *_divergent_formats(found, owners, charter),
        *_absent(found),
        *_stale(found, owners, charter.data.freshness_hours),
        *series_items(found, partial(_item, owners=owners)),
        *reading_items(found, partial(_item, owners=owners)),
    ]
    ranked = sorted(
        marked(items, found),
        key=lambda item: (SEVERITIES.index(item.severity), -item.n_records, item.id),
    )
    # One text in a field may be found twice: as of another type, and as standing for no value.
    by_id: dict[str, RemediationItem] = {}
    for item in ranked:
        by_id.setdefault(item.id, item)
    return tuple(by_id.values())


def marked(
    items: Iterable[RemediationItem], evidence: Iterable[Evidence]
) -> Iterator[RemediationItem]:
    """Note on each item since when it is known, and how it moved, as the register tells."""
    known: dict[str, tuple[Mapping[str, Any], bool]] = {
        str(plain["id"]): (plain, each.details.get("since") is not None)
        for each in evidence
        if each.metric == "readiness.remediation"
        for plain in each.details.get("findings") or ()
    }
    for item in items:
        plain, has_past = known.get(item.id, ({}, False))
        yield replace(
            item,
            status=str(plain["status"]) if has_past else None,
            first_seen=date.fromisoformat(plain["first_seen"][:10]) if plain else None,
            trend=str(plain["why"]) if has_past else "",
        )


def _counted(found: Sequence[Evidence], owners: Mapping[str, str]) -> Iterator[RemediationItem]:
    by_metric = {each.metric: each for each in INSTRUCTIONS}
    required = {
        each.subject.get("column")
        for each in found
        if each.metric == "readiness.required_completeness"
    }
    absent = not_delivered(found)
    for each in found:
        instruction = by_metric.get(each.metric)
        if instruction is None or each.subject.get("site") is not None:
            continue
        if instruction.kind == "missing" and required:
            continue  # the charter says which fields matter
        place = each.subject.get("source") or "", each.subject.get("column") or ""
        share = 1 - each.value if instruction.counts_good else each.value
        n_records = round(share * each.n)
        if instruction.kind == "wrong-type":
            n_records -= _otherwise(each)  # these are figures, and told as such
        if instruction.kind == "unreadable-rows":
            n_records -= int(each.details.get("cells", 0))  # told as faulty cells
            if each.details.get("documents"):
                instruction = UNREADABLE_DOCUMENTS
        if n_records <= 0:
            continue
        if instruction.kind == "missing" and absent.get(place, 0) >= _MOSTLY * n_records:
            continue
        a_type = _A_TYPE.get(str(each.details.get("found")), "what it should hold")
        if instruction.kind == "wrong-type" and (text := _only_text(each)):
            yield _item(ONE_TEXT, each, n_records, owners=owners, texts=f"'{text}'", a_type=a_type)
        else:
            yield _item(
                instruction, each, n_records, owners=owners,
                site=_main_site(each, found, n_records),
                a_type=a_type, conflict=conflict_words(each.details),
            )  # fmt: skip


def _otherwise(evidence: Evidence) -> int:
    """Return how many figures are written in another way than most of their field."""
    return int((evidence.details.get("figures") or {}).get("otherwise", 0))


def _figures(found: Sequence[Evidence], owners: Mapping[str, str]) -> Iterator[RemediationItem]:
    for each in found:
        n_records = _otherwise(each) if each.metric == NUMBER_FORMAT.metric else 0
        if n_records and each.subject.get("site") is None:
            figures = each.details["figures"]
            usual, examples = f"'{figures['usual']}'", [f"'{text}'" for text in figures["examples"]]
            yield _item(
                NUMBER_FORMAT, each, n_records, owners=owners, examples=examples, usual=usual
            )


def _two_readings(
    found: Sequence[Evidence], owners: Mapping[str, str]
) -> Iterator[RemediationItem]:
    for each in found:
        two = each.details.get("two_ways") if each.metric == TWO_READINGS.metric else None
        if two:
            texts, (one, other) = [f"'{text}'" for text in two["texts"]], two["readings"]
            yield _item(
                TWO_READINGS, each, each.n, owners=owners,
                texts=texts[0], one=one, other=other, examples=texts,
            )  # fmt: skip


def _only_text(evidence: Evidence) -> str | None:
    """Return the text that all values of another type are, if they are one.

    Their examples hold the first and the last of them in alphabetical order.
    """
    examples = [str(each) for each in evidence.details.get("examples") or ()]
    only = examples[0] if len(examples) == 1 else ""
    return None if any(map(str.isdigit, only)) else only or None


def _mixed_formats(
    found: Sequence[Evidence], owners: Mapping[str, str], charter: Charter
) -> Iterator[RemediationItem]:
    """Find fields of one form, such as a time or a case number, where some values have another.

    Where the charter says what is allowed, other values are told as breaking that.
    """
    fields = charter.data.fields
    declared = {name for name, field in fields.items() if field.pattern or field.values}
    for each in found:
        if each.subject.get("column") in declared:
            continue
        if each.metric != MIXED_FORMATS.metric or not _USUAL <= each.value < 1:
            continue
        patterns = list(each.details.get("patterns") or ())
        n_records = round((1 - each.value) * each.n)
        if "9" not in str(each.details.get("dominant")) or len(patterns) < 2 or not n_records:
            continue
        others = [str(other["example"]) for other in patterns[1:]]
        usual = f"'{patterns[0]['example']}'"
        yield _item(MIXED_FORMATS, each, n_records, owners=owners, examples=others, usual=usual)


def _divergent_formats(
    found: Sequence[Evidence], owners: Mapping[str, str], charter: Charter
) -> Iterator[RemediationItem]:
    """Find fields of which one site or period keeps to a form that is hardly known elsewhere.

    Where both know each other's forms in other shares, it is the values that differ (other
    carriers, other products), which nobody can put right at the source.
    """
    sites = {source: site for source, site in _sites(charter).items() if site is not None}
    for each in found:
        low = each.value if each.interval is None else each.interval.low
        if each.metric != DIVERGENT_FORMATS.metric or low < _DIVERGES:
            continue
        details = each.details
        group = str(details.get("most_different", ""))
        if not _keeps_apart(details.get("there") or {}, details.get("elsewhere") or {}):
            continue
        if group in sites.values() and sites.get(each.subject.get("source") or "") != group:
            continue  # it is told of the source that has to change
        where = f"at {group}" if details.get("by") == "site" else f"in {group}"
        examples = [
            f"{place}: {next(iter(details[key]))}"
            for place, key in ((group, "there"), ("elsewhere", "elsewhere"))
            if details.get(key)
        ]
        n_records = round(each.value * each.n)
        yield _item(
            DIVERGENT_FORMATS, each, n_records, owners=owners, examples=examples, where=where
        )


def _keeps_apart(there: Mapping[str, float], elsewhere: Mapping[str, float]) -> bool:
    return any(
        share >= _USUAL and theirs.get(form, 0.0) <= 1 - _USUAL
        for ours, theirs in ((there, elsewhere), (elsewhere, there))
        for form, share in ours.items()
    )


def _stand_ins(found: Sequence[Evidence], owners: Mapping[str, str]) -> Iterator[RemediationItem]:
    for each in found:
        texts: Mapping[str, int] = each.details.get("stand_ins") or {}
        if each.metric != STAND_IN.metric or not texts:
            continue
        often = sorted(texts, key=lambda text: (-texts[text], text))
        quoted = " or ".join(f"'{text}'" for text in often[:EXAMPLES])
        yield _item(
            STAND_IN, each, sum(texts.values()), owners=owners, texts=quoted, examples=often
        )


def _absent(found: Sequence[Evidence]) -> Iterator[RemediationItem]:
    for each in found:
        if each.metric == ABSENT_FIELD.metric and each.details.get("only_in") == "pilot":
            n_records = int(each.details.get("n_production", each.n))
            yield _item(ABSENT_FIELD, each, n_records, owners={})


def _stale(
    found: Sequence[Evidence], owners: Mapping[str, str], most_hours: float | None
) -> Iterator[RemediationItem]:
    for each in found:
        if each.metric == STALE.metric and most_hours is not None and each.value > most_hours:
            old, limit = age(each.value), age(most_hours)
            yield _item(STALE, each, each.n, owners=owners, age=old, limit=limit)


def _item(
    instruction: Instruction,
    evidence: Evidence,
    n_records: int,
    *,
    owners: Mapping[str, str],
    site: str | None = None,
    mark: str | None = None,
    examples: Sequence[str] = (),
    **more: str,
) -> RemediationItem:
    column = evidence.subject.get("column")
    source = evidence.subject.get("source") or "production"
    words = {
        "column": column or source,
        "source": source,
        **(_ONE if n_records == 1 else _MANY),
        "records": "1 record" if n_records == 1 else f"{n_records:,} records",
        **more,
    }
    at_site = "" if site is None else f", mostly at {site}"
    return RemediationItem(
        id=":".join(part for part in (source, instruction.kind, column, mark) if part),
        kind=instruction.kind,
        source=source,
        column=column,
        site=site,
        severity=instruction.severity,
        n_records=n_records,
        n_of=max(evidence.n, n_records),
        sentence=instruction.sentence.format(**words) + at_site + ".",
        owner=owners.get(source, NOBODY),
        instruction=instruction.instruction.format(**words),
        metric=instruction.metric,
        verification=instruction.verification.format(**words),
        examples=tuple(examples[:EXAMPLES]) or examples_of(evidence.details),
    )


def _owners(charter: Charter) -> dict[str, str]:
    """Name the owner of each source: the data owner in people, else the one beside the source."""
    names = unique_names(charter.data)
    by_source = {
        names[id(source)]: source.owner
        for source in charter.data.production
        if source.owner is not None
    }
    return {**by_source, **{each.source: each.name for each in charter.people.data_owners}}


def _sites(charter: Charter) -> dict[str, str | None]:
    names = unique_names(charter.data)
    return {names[id(source)]: source.site for source in charter.data.production}


def _main_site(evidence: Evidence, found: Sequence[Evidence], n_records: int) -> str | None:
    """Name the site that holds most of the trouble, where the metric is also known by site."""
    by_site = {
        site: round((1 - each.value) * each.n)
        for each in found
        if each.metric == evidence.metric
        and each.subject.get("source") == evidence.subject.get("source")
        and each.subject.get("column") == evidence.subject.get("column")
        and (site := each.subject.get("site")) is not None
    }
    if len(by_site) < 2:
        return None
    site = max(by_site, key=lambda name: (by_site[name], name))
    return site if by_site[site] >= _MOSTLY * n_records else None
