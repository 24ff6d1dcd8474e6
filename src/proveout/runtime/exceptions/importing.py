"""True answers that come later, in files, matched with what was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proveout.charter.loaded import LoadedCharter
from proveout.errors import InputError
from proveout.intake.batches import batches_of
from proveout.intake.truths import LABEL, truth_by_field
from proveout.runtime.exceptions.labels import Label, read_labels, write_labels
from proveout.runtime.log.finding import moment_of
from proveout.runtime.monitors.rows import ID, ROW
from proveout.runtime.monitors.served import LogPlace, open_served
from proveout.runtime.places import log_of
from proveout.runtime.store.port import Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from proveout.intake.session import Session

BATCH = 10_000
EXAMPLES = 3
_APART = "\x1f"
"""Stands between the fields of a document; no text of a table holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, row by row of the file."""

    read: int
    matched: int
    """Rows of the file with an answer in the log."""
    labels: int
    """Answers that have a label by it: one row may belong to several."""
    new: int
    changed: int
    """Answers that had another label before."""
    without_label: int
    ambiguous: int
    """Rows whose key does not name one row of the file and one answer; none of them is taken."""
    unmatched: int
    unmatched_examples: tuple[str, ...] = ()
    ambiguous_example: str | None = None
    """Such a key, and how often it stands in the file and in the log."""
    key: tuple[str, ...] = ()
    label_columns: tuple[str, ...] = ()
    kept: bool = True
    by_call: bool = False
    """Matched by the id of the call."""

    def as_dict(self) -> dict[str, Any]:
        """Return the plain form."""
        return {name: getattr(self, name) for name in self.__slots__}


def import_labels(
    loaded: LoadedCharter,
    store: Store,
    table: ir.Table,
    *,
    session: Session,
    source: str,
    key: Sequence[str] = (),
    label: str | None = None,
    who: str | None = None,
    since: datetime | None = None,
    now: datetime,
    dry: bool = False,
) -> Imported:
    """Match a table of true answers with the log, and keep them.

    The key is `proveout_id` (and `proveout_row`), or the charter's data.key, or what is given.
    A label is taken where its key names one row of the file and one answer. The same record may be
    asked for again, and stand in the file again with the same label: its identity (the proveout-id,
    data.key) says that it is the same. Raises InputError where the columns are not there, and
    where most keys are ambiguous.
    """
    labels = _label_columns(loaded, table, label)
    names = _key_columns(loaded, table, key)
    by_call = _are_calls(table, names)
    place = _place(loaded)
    asked = (
        _calls(place, session, since)
        if by_call
        else _rows(loaded, place, store, session, names, since=since, now=now)
    )
    told = _told(table, names, labels, by_call=by_call)
    keys = [name for name in told.columns if name.startswith("k")]
    labelled = told.filter(told.said != "")
    groups = labelled.group_by(keys).aggregate(
        said=labelled.said.max(), different=labelled.said.nunique(), n=labelled.count()
    )
    groups = _with_answers(groups, asked, keys)
    is_clear = groups.different == 1
    if not (by_call or _is_identity(loaded, names)):
        is_clear &= (groups.n == 1) & (groups.answers <= 1)
    usable, unclear = groups.filter(is_clear), groups.filter(~is_clear)
    read, with_label = _number(told.count()), _number(labelled.count())
    ambiguous, example = _number(unclear.n.sum()), _ambiguous_example(unclear, keys)
    if 2 * ambiguous > with_label:
        raise InputError(
            f"{ambiguous:,} of {with_label:,} rows with a label cannot be told apart by "
            f"{', '.join(names)}, such as {example}. No label was kept.",
            hint=_better_key(loaded, names),
        )
    joined = usable.join(asked, keys).select("id", "row", "said")
    lost = usable.anti_join(asked, keys)
    examples = lost.order_by(keys).limit(EXAMPLES).select(keys).execute()
    found = _labels(joined, loaded, list(labels), source=source, who=who, at=now.timestamp())
    n, new, changed = _keep(store, loaded.charter.pilot, found, dry=dry)
    return Imported(
        read=read,
        matched=_number(usable.semi_join(asked, keys).n.sum()),
        labels=n,
        new=new,
        changed=changed,
        without_label=read - with_label,
        ambiguous=ambiguous,
        ambiguous_example=example,
        unmatched=_number(lost.n.sum()),
        unmatched_examples=tuple(
            ", ".join(str(value) for value in row)
            for row in examples.itertuples(index=False, name=None)
        ),
        key=tuple(names),
        label_columns=tuple(labels.values()),
        kept=not dry,
        by_call=by_call,
    )


def _with_answers(groups: ir.Table, asked: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Count the answers of the log that each key names."""
    import ibis

    counted = asked.group_by(keys).aggregate(answers=asked.count())
    joined = groups.left_join(counted, keys)
    kept = [*keys, "said", "different", "n"]
    return joined.select(*kept, answers=ibis.coalesce(joined.answers, 0))


def _is_identity(loaded: LoadedCharter, names: Sequence[str]) -> bool:
    """Tell whether the key names a record by what the charter or the gateway calls it."""
    key = set(loaded.charter.data.key)
    return ID in names or (bool(key) and key <= set(names))


def _ambiguous_example(unclear: ir.Table, keys: Sequence[str]) -> str | None:
    """Show one key that does not tell, and how often it is there."""
    frame = unclear.order_by(keys).limit(1).execute()
    for row in frame.to_dict(orient="records"):
        named = ", ".join(str(row[key]) for key in keys)
        rows = "1 row" if row["n"] == 1 else f"{row['n']:,} rows"
        if row["different"] > 1:
            rows += " with different labels"
        answers = "1 answer" if row["answers"] == 1 else f"{row['answers']:,} answers"
        return f"{named} ({rows} of the file, {answers} of the log)"
    return None


def _better_key(loaded: LoadedCharter, names: Sequence[str]) -> str:
    key = ",".join(loaded.charter.data.key)
    if _is_identity(loaded, names):
        return "Leave one row of each in the file, with the label that holds."
    if key:
        return f"Match by the charter's data.key (--key {key}), or by --key proveout_id"
    return "Match by the id that stood in the replies (--key proveout_id), or set data.key."


def _label_columns(loaded: LoadedCharter, table: ir.Table, label: str | None) -> Mapping[str, str]:
    """Return the column of each field of the truth; under LABEL where it is one value."""
    wanted = truth_by_field(loaded.charter) if label is None else {LABEL: label}
    if not wanted and "label" in table.columns:
        wanted = {LABEL: "label"}
    missing = [column for column in wanted.values() if column not in table.columns]
    if missing or not wanted:
        raise InputError(
            f"The file has no column '{missing[0]}' with the true answer."
            if missing
            else "The charter does not say which column holds the true answer.",
            hint=f"Name it: --label COLUMN. The file has: {_listed(table)}",
        )
    return wanted


def _key_columns(loaded: LoadedCharter, table: ir.Table, key: Sequence[str]) -> list[str]:
    if key:
        names = list(key)
    elif ID in table.columns:
        names = [ID]
    else:
        names = list(loaded.charter.data.key)
    missing = [name for name in names if name not in table.columns]
    if missing or not names:
        raise InputError(
            f"The file has no column '{missing[0]}' to match its rows by."
            if missing
            else "Nothing says by which column rows of the file belong to answers.",
            hint=f"Name it: --key COLUMN, with the proveout-id or the charter's key. The file has: "
            f"{_listed(table)}",
        )
    return names


def _are_calls(table: ir.Table, names: Sequence[str]) -> bool:
    if len(names) != 1:
        return False
    values = table[names[0]].cast("string")
    first = table.filter(values.notnull()).limit(20).select(value=values).execute()["value"]
    return bool(len(first)) and all(
        moment_of(str(each).strip().upper()) is not None for each in first
    )


def _told(
    table: ir.Table, names: Sequence[str], labels: Mapping[str, str], *, by_call: bool
) -> ir.Table:
    """Return what the file says: keys k0 …, and all parts of the truth as one text."""
    import ibis

    keys = {f"k{at}": _text(table[name]) for at, name in enumerate(names)}
    if by_call:
        keys["k0"] = keys["k0"].upper()
        keys["k1"] = _row_text(table[ROW]) if ROW in table.columns else ibis.literal("0")
    parts = [_text(table[column]).fill_null("") for column in labels.values()]
    said = parts[0]
    for part in parts[1:]:
        said = said + _APART + part
    empty = _APART * (len(parts) - 1)
    return table.select(**keys, said=ibis.ifelse(said == empty, "", said))


def _text(column: Any) -> Any:
    """Write a value so that 7, 7.0 and ' 7' of two files are the same, and 007 is another."""
    text = column.cast("string").strip()
    return text.re_replace(r"\.0+$", "") if column.type().is_floating() else text


def _row_text(column: Any) -> Any:
    """Write the place of a row: the first where nothing is said, and what is no number as it is."""
    number = column.try_cast("float64").try_cast("int64").cast("string")
    return number.coalesce(_text(column).nullif("")).fill_null("0")


def _number(expression: Any) -> int:
    """Ask for a count; the sum of nothing is 0."""
    return int(expression.fill_null(0).execute())


def _place(loaded: LoadedCharter) -> LogPlace:
    folder, archive = log_of(loaded.charter, loaded.folder)
    return LogPlace(folder=folder, archive=archive, pilot=loaded.charter.pilot)


def _calls(place: LogPlace, session: Session, since: datetime | None) -> ir.Table:
    """Return every answer of the log by its call and row."""
    from proveout.runtime.log.table import open_log

    log = open_log(
        place.folder, place.pilot, session=session, archive=place.archive, since=since
    ).table
    import ibis

    rows = log.select("id", row=ibis.range(0, log.rows.cast("int64")).unnest())
    return rows.select("id", "row", k0=rows.id, k1=rows.row.cast("string"))


def _rows(
    loaded: LoadedCharter,
    place: LogPlace,
    store: Store,
    session: Session,
    names: Sequence[str],
    *,
    since: datetime | None,
    now: datetime,
) -> ir.Table:
    """Return every answer of the log by the key in its request."""
    from proveout.checks import Window

    window = Window(begins=since or datetime(2000, 1, 1, tzinfo=UTC), ends=now)
    served = open_served(loaded, place, window, session=session, store=store, types={})
    table = served.rows.table
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise InputError(
            f"Requests hold no '{missing[0]}', so that rows cannot be matched by it.",
            hint="Match by the proveout-id that stood in the replies: --key COLUMN",
        )
    keys = {f"k{at}": _text(table[name]) for at, name in enumerate(names)}
    return table.select(id=table[ID], row=table[ROW], **keys)


def _labels(
    joined: ir.Table,
    loaded: LoadedCharter,
    fields: Sequence[str],
    *,
    source: str,
    who: str | None,
    at: float,
) -> Iterator[Label]:
    pilot = loaded.charter.pilot
    for batch in batches_of(joined, rows=BATCH):
        for found in batch.to_pylist():
            label = found["said"]
            if fields != [LABEL]:
                parts = zip(fields, label.split(_APART), strict=True)
                document = {name: value or None for name, value in parts}
                label = json.dumps(document, ensure_ascii=False, sort_keys=True)
            yield Label(found["id"], int(found["row"]), pilot, label, source, who, at)


def _keep(store: Store, pilot: str, labels: Iterator[Label], *, dry: bool) -> tuple[int, int, int]:
    """Write labels; return how many there are, are new, and differ from what was known."""
    known = {(each.call, each.row): each.label for each in read_labels(store, pilot)}
    n = new = changed = 0
    while batch := list(islice(labels, BATCH)):
        n += len(batch)
        new += sum((each.call, each.row) not in known for each in batch)
        changed += sum(known.get((each.call, each.row), each.label) != each.label for each in batch)
        if not dry:
            with store.writing() as connection:
                write_labels(connection, store.dialect, batch)
    return n, new, changed


def _listed(table: ir.Table) -> str:
    return ", ".join(table.columns[:12])


def export_labels(
    loaded: LoadedCharter, store: Store, file: Path, *, session: Session, now: datetime
) -> int:
    """Write true answers with what was asked and answered, as CSV or Parquet; return how many.

    Where the log keeps no payload, ids and labels are written alone.
    """
    import pyarrow as pa

    from proveout.checks import Window

    labels = list(read_labels(store, loaded.charter.pilot))
    told = pa.table(
        {
            ID: pa.array([each.call for each in labels], pa.string()),
            ROW: pa.array([each.row for each in labels], pa.int64()),
            "label": pa.array([each.label for each in labels], pa.string()),
            "label_source": pa.array([each.source for each in labels], pa.string()),
            "label_by": pa.array([each.who for each in labels], pa.string()),
            "label_at": pa.array(
                [datetime.fromtimestamp(each.at, UTC) for each in labels],
                pa.timestamp("us", tz="UTC"),
            ),
        }
    )
    name = session.new_name("export_labels")
    session.engine.register(name, told)
    window = Window(begins=datetime(2000, 1, 1, tzinfo=UTC), ends=now)
    served = open_served(loaded, _place(loaded), window, session=session, store=None, types={})
    rows = served.rows.table
    asked = rows.drop("proveout_label") if "proveout_label" in rows.columns else rows
    table = session.table(name).left_join(asked, [ID, ROW])
    table = table.drop(*[each for each in table.columns if each.endswith("_right")])
    table = table.order_by("label_at", ID, ROW)
    if file.suffix.lower() == ".parquet":
        table.to_parquet(file)
    elif file.suffix.lower() == ".csv":
        table.to_csv(file)
    else:
        raise InputError(
            f"'{file.name}' is neither CSV nor Parquet.",
            hint="Name it labels.csv or labels.parquet",
        )
    return len(labels)
