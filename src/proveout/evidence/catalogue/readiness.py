"""Metrics of the readiness family: is the data of production fit to stand on?

'Wilson' is the score interval at 95 %, the source being taken as a sample of production to come;
the share itself is exact for the data in hand unless the details name a sample.
"""

from __future__ import annotations

from proveout.evidence.catalogue.metric import Direction, Metric
from proveout.evidence.model import Dimension

_FIELD: tuple[Dimension, ...] = ("source", "column")


def _metric(
    what: str,
    direction: Direction,
    meaning: str,
    computed: str,
    source: str,
    *,
    dimensions: tuple[Dimension, ...] = _FIELD,
    unit: str = "fraction",
) -> Metric:
    return Metric(
        name=f"readiness.{what}",
        unit=unit,
        direction=direction,
        family="technical",
        meaning=meaning,
        computed=computed,
        source=source,
        dimensions=dimensions,
    )


METRICS: tuple[Metric, ...] = (
    _metric(
        "rows", "neither",
        "How many records the source holds.",
        "Full count of the rows that could be read.",
        "R201", dimensions=("source",), unit="rows",
    ),
    _metric(
        "completeness", "higher",
        "How often the field holds a value.",
        "1 - missing / rows; missing is null, NaN, or empty or blank text. Full count; Wilson.",
        "R202",
    ),
    _metric(
        "required_completeness", "higher",
        "How often a field that the system needs in every record holds a value.",
        "As completeness, for the columns declared as required, also per site. "
        "A required column that is absent counts as never filled. Full count; Wilson.",
        "R202", dimensions=("source", "column", "site"),
    ),
    _metric(
        "record_completeness", "higher",
        "How many records have every field that the system needs.",
        "Share of rows with no required column missing (of all columns where none is declared as "
        "required). Full count; Wilson.",
        "R202", dimensions=("source",),
    ),
    _metric(
        "type_conformance", "higher",
        "How many values are what the field claims to hold.",
        "Share of the values present that convert to the declared type; where none is declared, "
        "to the type that at least 90 % of a text column's values have; 1 where the storage "
        "itself speaks for the type. Full count; Wilson.",
        "R203, R205",
    ),
    _metric(
        "format_consistency", "higher",
        "How many values of a text field are written in its usual way.",
        "Share of values in the dominant pattern mask (letters a/A, digits 9, other characters "
        "kept, runs collapsed), from a full count of the distinct values or, for columns with "
        "very many of them, a seeded sample that the details name. Wilson.",
        "R203, R205; masks after Raman & Hellerstein, Potter's Wheel (VLDB 2001)",
    ),
    _metric(
        "format_divergence", "lower",
        "How differently sites, or periods, write the same field.",
        "Largest total variation distance between the pattern shares of one site (across sources) "
        "or one month and those of all others; groups under 100 values are left out. Interval: "
        "Weissman's L1 bound for the group named, Bonferroni over the groups compared.",
        "R203; Weissman et al., HP Labs HPL-2003-97",
    ),
    _metric(
        "out_of_range", "lower",
        "How many values break what the field declares: minimum, maximum, list or pattern.",
        "Share of the values present that are below min, above max, outside values, or do not "
        "match pattern. Full count; Wilson.",
        "R204, R205",
    ),
    _metric(
        "outliers", "lower",
        "How many figures lie far outside the body of their field.",
        "Share of the figures beyond fences at 3.5 robust standard deviations from the median, "
        "each side for itself and stretched where the side is skewed (g-distribution fitted to "
        "quartile and decile); fences from a seeded sample of 50,000, counted on all. Wilson.",
        "R204; Iglewicz & Hoaglin (1993); Hoaglin, g-and-h distributions (1985)",
    ),
    _metric(
        "category_variants", "lower",
        "How many values are near-identical spellings of a more frequent value.",
        "Share of the values present whose spelling differs from a more frequent one only in "
        "case, blanks, accents, punctuation or a typing error. Wilson.",
        "R203, R205",
    ),
    _metric(
        "duplicate_rows", "lower",
        "How many records repeat another one exactly.",
        "1 - distinct rows / rows, over all columns, distinct by a 64-bit hash. Full count; "
        "Wilson.",
        "R205", dimensions=("source",),
    ),
    _metric(
        "duplicate_keys", "lower",
        "How many records carry a key that an earlier record already has.",
        "1 - distinct keys / rows with a complete key. Full count; Wilson.",
        "R205", dimensions=("source",),
    ),
    _metric(
        "near_duplicates", "lower",
        "How many records are probably there already, in another spelling.",
        "A model's estimate: records beyond the first of each cluster / rows; clusters of pairs "
        "with a match probability from 0.9 on (Fellegi-Sunter model trained by Splink), joined "
        "where at least half of their pairs are linked; exact repeats are counted apart. Not "
        "measured where no field names a record. Wilson.",
        "R205; Fellegi & Sunter, A theory for record linkage (JASA 1969)", dimensions=("source",),
    ),
    _metric(
        "timestamp_conflicts", "lower",
        "How many records have moments that cannot be true together.",
        "Share of rows where a later moment is before an earlier one, a record lies in the future "
        "or before 1900, or a date or time in text does not exist or is written in another "
        "format or zone than the field's own. Full count; Wilson.",
        "R205", dimensions=("source",),
    ),
    _metric(
        "constant_columns", "lower",
        "How many fields hold one and the same value in every record.",
        "Columns with exactly one distinct value among at least two rows, or with none at all. "
        "Full count.",
        "R205", dimensions=("source",), unit="count",
    ),
    _metric(
        "unresolved_references", "lower",
        "How many values name something that the list they refer to does not hold.",
        "Share of the values present that are not in the key column of the reference. "
        "Full count; Wilson.",
        "R205",
    ),
    _metric(
        "rejects", "lower",
        "How many rows could not be read at all.",
        "Rejected rows / (rows read + rejected). Full count; Wilson.",
        "R201, R205", dimensions=("source",),
    ),
    _metric(
        "faulty_cells", "lower",
        "How many cells of a workbook hold an error, or a formula that was never worked out, "
        "instead of a value; by kind.",
        "Count of the cells that were refused for it; their rows were read. Full count.",
        "R201, R205", dimensions=("source", "kind"), unit="count",
    ),
    _metric(
        "repairs", "lower",
        "How many rows or cells had to be put right to be read; by kind.",
        "Count of what the reader recorded as repaired; nothing is lost by it. Full count.",
        "R201, R203", dimensions=("source", "kind"), unit="count",
    ),
    _metric(
        "unread_pages", "lower",
        "How many pages and attachments of the source's documents could not be read: scans, and "
        "fonts or drawings that say nothing; by kind.",
        "Count of the pages and attachments that were refused, and of documents that were cut; "
        "what stands on them is in no figure. Full count.",
        "R201", dimensions=("source", "kind"), unit="count",
    ),
    _metric(
        "unread_tables", "lower",
        "How many tables of the source's files were not read, because the charter names none.",
        "Tables found beside the main one of each file, less those that are put together.",
        "R201", dimensions=("source",), unit="count",
    ),
    _metric(
        "exceptions", "lower",
        "How many records the system, or a person, must handle as an exception.",
        "Share of records with at least one of: missing-required, wrong-type, out-of-range, "
        "duplicate, timestamp-conflict, unresolved-reference, reject; also per kind. "
        "Full count; Wilson.",
        "R204", dimensions=("source", "kind"),
    ),
    _metric(
        "suspect_cells", "lower",
        "How many values of the field are probably wrong, one by one.",
        "Share of cells that detectors (patterns, spellings, broken dependencies between columns, "
        "conflicting sources, far-off figures …) hold for wrong, sharpened by labelled rows where "
        "there are any: an estimate. Interval only with labels: Wilson on labelled rows, "
        "stratified by what the detectors say.",
        "R205; after Mahdavi et al., Raha (SIGMOD 2019); Dong et al. (VLDB 2009)",
    ),
    _metric(
        "newest_age", "lower",
        "How old the newest record is.",
        "Time of the audit less the largest value of data.timestamp that is not in the future; "
        "a moment without a zone is read as UTC.",
        "R209", dimensions=("source",), unit="hours",
    ),
    _metric(
        "schema_changes", "lower",
        "How often a series of files changed what it holds, or how it is written.",
        "Changes from one delivery to the next: a column that appears, vanishes or is called "
        "otherwise; another type, form, unit or set of codes; a field that is no longer filled; "
        "another delimiter or encoding. Each told once, with the delivery from which it holds.",
        "R209, R901", dimensions=("source",), unit="count",
    ),
    _metric(
        "missing_deliveries", "lower",
        "How many deliveries of a series are not there.",
        "Periods between the first and the last delivery for which there is none, by the rhythm "
        "that is declared, else found from the names of the files, else from their timestamps; "
        "n is how many there should be.",
        "R209", dimensions=("source",), unit="count",
    ),
    _metric(
        "late_deliveries", "lower",
        "How many deliveries are overdue.",
        "Periods since the last delivery whose end, plus due_days, has passed; only where the "
        "charter declares deliveries.",
        "R209", dimensions=("source",), unit="count",
    ),
    _metric(
        "repeated_deliveries", "lower",
        "How many deliveries bring again what another one has brought.",
        "Deliveries with the same records as an earlier one, a tenth or more of their records in "
        "another one, or a period that was delivered already; records compared by a 64-bit hash.",
        "R205, R209", dimensions=("source",), unit="count",
    ),
    _metric(
        "odd_deliveries", "lower",
        "How many deliveries cannot be whole, or hold what belongs in another one.",
        "Deliveries that cannot be read or are empty; whose number of records is more than 3.5 "
        "robust standard deviations and a half from the median (on a log scale); or of which a "
        "tenth of the records or more lie outside the period they are named for.",
        "R209; Iglewicz & Hoaglin (1993)", dimensions=("source",), unit="count",
    ),
    _metric(
        "remediation", "lower",
        "How many findings on the data are open; by kind: how many are new, worse, better, the "
        "same, back again, gone, or were not looked at this time.",
        "Findings of this audit, matched with those of the one before by source, kind and column. "
        "Better and worse: Newcombe's 95 % interval of the difference of both shares excludes 0, "
        "and it is a tenth or more; an exact count where the records are the same.",
        "R208, R210; Newcombe, Statistics in Medicine 17 (1998)", dimensions=("source", "kind"),
        unit="count",
    ),
    _metric(
        "sandbox_gap", "lower",
        "How differently the curated pilot sample and production fill a field.",
        "Jensen-Shannon distance between the field's distribution in the pilot sample and in "
        "production, 0 (alike) to 1 (disjoint), less what chance adds; full count on both sides.",
        "R206; Endres & Schindelin (2003)", dimensions=("column",),
    ),
    _metric(
        "unseen_share", "lower",
        "How many production records hold a value of the field that the pilot sample never showed.",
        "Share of production records with a category that is not in the pilot sample, or a figure "
        "or moment beyond its smallest and largest; full count on both sides; Wilson.",
        "R206, R207", dimensions=("column",),
    ),
    _metric(
        "outside_pilot", "lower",
        "How many production records are of a kind that the pilot sample never showed.",
        "Share of a seeded sample of at most 20,000 production records with a value that the pilot "
        "sample never holds, or with two values that it never holds together though a sample of "
        "its size from production would (Bonferroni over the pairs that it lacks, 5 %); dates, "
        "keys and fields in which nearly every value is new are left out. Wilson.",
        "R206, R207; missing mass after Good (1953)", dimensions=(),
    ),
    _metric(
        "sandbox_auc", "lower",
        "How well a classifier tells pilot records from production records, field by field alike.",
        "ROC AUC of a classifier told pilot from production, trained on one half of a seeded "
        "sample of at most 20,000 records a side and judged on the other; 0.5 is alike, 1 is told "
        "apart every time; DeLong interval.",
        "R206; Lopez-Paz & Oquab, Revisiting Classifier Two-Sample Tests (ICLR 2017)",
        dimensions=(),
    ),
)  # fmt: skip
