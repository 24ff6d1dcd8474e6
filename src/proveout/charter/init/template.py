"""The text of a first charter: what is known as lines, all else as commented examples.

Two conventions let a person (or an editor) take comments away without thinking: '# ' stands before
YAML, '## ' before explanations, which stay comments when one '#' is taken away.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from proveout.charter.init.answers import Answers
from proveout.charter.init.blocks import Block, Group
from proveout.charter.init.kinds import other_kinds, scoring
from proveout.charter.init.optional import OPTIONAL
from proveout.charter.init.yaml_text import listed, scalar

_HEAD = """\
## The charter of an AI pilot: what is agreed before it begins.
## Take away the '# ' before whatever you can already say, and write your own words there. What
## stays a comment is reported as missing, where it is needed. When it is agreed: proveout seal,
## and after that: proveout assess. A seal that comes after results proves nothing of them.
## Completion in an editor: proveout schema --out pilot.schema.json
"""


def render(answers: Answers) -> str:
    """Return the text of a charter."""
    parts = [
        f"## Id of the pilot; everything in the ledger is filed under it.\n"
        f"pilot: {scalar(answers.pilot)}",
        *("\n".join(group.lines()) for group in _essential(answers)),
        *("\n".join(block.lines(0, as_comment=False)) for block in OPTIONAL),
    ]
    return _HEAD + "\n" + "\n\n".join(parts) + "\n"


def _essential(answers: Answers) -> tuple[Group, ...]:
    return (_outcome(answers), _people(answers), _data(answers), _system(answers), _bar(answers))


def _line(key: str, why: str, answer: str | None, example: str) -> Block:
    value = example if answer is None else scalar(answer)
    return Block(why, f"{key}: {value}", answer is not None)


def _list(key: str, why: str, answer: tuple[str, ...], example: str) -> Block:
    return Block(why, f"{key}: {listed(answer) if answer else example}", bool(answer))


def _outcome(answers: Answers) -> Group:
    return Group(
        "The operational or financial result, stated before any tool is chosen.",
        "outcome",
        (
            _line("statement", "What will be different, in one sentence.", answers.outcome,
                  "Claims are answered within one day instead of six"),
            Block("", "kind: operational"),
            Block("", "process: claims handling"),
        ),
    )  # fmt: skip


def _people(answers: Answers) -> Group:
    source = _source_of(answers)
    return Group(
        "Who owns what, by name.",
        "people",
        (
            _line("production_owner", "Owns the result in the business, from day one.",
                  answers.production_owner, "{name: Ada Byron, role: COO}"),
            _line("executive_sponsor", "Removes obstacles, and answers to the board.",
                  answers.executive_sponsor, "{name: Charles Babbage, role: CFO}"),
            Block("Somebody else than the production owner.",
                  "project_owner: {name: Mary Somerville}"),
            Block("Looks at exceptions and monitors.", "reviewer: {name: Michael Faraday}"),
            Block("Who answers for which source.",
                  f"data_owners:\n  - {{source: {scalar(source)}, name: Jane Marcet}}"),
        ),
    )  # fmt: skip


def _data(answers: Answers) -> Group:
    fields = answers.fields or (("amount", "number"), ("received", "timestamp"))
    told = "\n".join(f"  {scalar(name)}: {{type: {type_}}}" for name, type_ in fields)
    return Group(
        "Production as it really is, and the sample that the pilot was shown on.",
        "data",
        (
            Block("One item for each source: file, folder, glob or database URL.",
                  _production(answers), answers.production is not None),
            *_sites(answers),
            _line("pilot", "The curated sample which the pilot was built or shown on.",
                  answers.sample, "data/pilot.csv"),
            _line("label", "The column that holds the true answer.", answers.label, "approved"),
            _list("key", "The columns that name one record.", answers.key, "[claim_id]"),
            _line("timestamp", "The column that says when a record came about.",
                  answers.timestamp, "received"),
            _line("site_column", "The column that names the site, where one source holds several.",
                  answers.site_column, "branch"),
            Block("Columns to break results down by.",
                  f"slices: {listed(answers.slices or ('channel',))}"),
            Block("Columns that the system needs in every record.",
                  f"required: {listed(answers.required or ('amount', 'received'))}"),
            Block("What is known of single columns: type, unit, min, max, values, pattern.",
                  f"fields:\n{told}"),
            Block("Which moments cannot come before which.",
                  "order:\n  - {earlier: received, later: answered}"),
            Block("How old the newest record may be when the system needs it.",
                  "freshness_hours: 24"),
            Block("At most so many production rows go through the system, drawn at random.",
                  "sample_rows: 20000"),
        ),
    )  # fmt: skip


def _production(answers: Answers) -> str:
    path = "data/production/*.csv" if answers.production is None else answers.production
    parts = [f"name: {scalar(_source_of(answers))}", f"path: {scalar(path)}"]
    if answers.table is not None:
        parts.append(f"table: {scalar(answers.table)}")
    if answers.null_values:
        parts.append(f"null_values: {listed(answers.null_values)}")
    return f"production:\n  - {{{', '.join(parts)}}}"


def _sites(answers: Answers) -> tuple[Block, ...]:
    """Show the files of a folder one by one, for each may be of one site.

    As explanation: it stands for the line above, and both together would count all records twice.
    """
    if not answers.files:
        return ()
    nulls = f", null_values: {listed(answers.null_values)}" if answers.null_values else ""
    return (
        Block("Where each file is of one site, write instead of the line above:", ""),
        *(
            Block(f"  - {{path: {scalar(path)}, site: {scalar(_stem(path))}{nulls}}}", "")
            for path in answers.files
        ),
    )


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _system(answers: Answers) -> Group:
    kind = "http" if (answers.system or "").startswith(("http://", "https://")) else "python"
    return Group(
        "The system under test, and how it is reached.",
        "system",
        (
            _line(kind, "", answers.system, "'model.py:predict'"),
            *other_kinds(),
            Block("Found from the label when not given.",
                  f"task: {answers.task or 'classification'}"),
            *scoring(),
            Block("From this confidence on, an answer counts as confident.", "confident_at: 0.9"),
            Block("", "version: '1.0'"),
            Block("", "owner: Data team"),
        ),
    )  # fmt: skip


def _bar(answers: Answers) -> Group:
    regression = answers.task == "regression"
    example = "quality.mae <= 5" if regression else "quality.accuracy >= 0.85"
    return Group(
        "What the pilot must reach, beside the default standard. All metrics: proveout metrics",
        "acceptance",
        (
            Block("", f"- {scalar(answers.acceptance or example)}", answers.acceptance is not None),
            Block("A limit that is broken stops the pilot instead of holding it.",
                  "- {metric: quality.silent_failure, comparison: '<=', threshold: 0.02, "
                  "limit: true}"),
            Block("'*' asks it of each site.", f"- '{_each_site(regression)}'"),
        ),
    )  # fmt: skip


def _each_site(regression: bool) -> str:
    return "quality.mae[site=*] <= 8" if regression else "quality.accuracy[site=*] >= 0.8"


def _source_of(answers: Answers) -> str:
    """Name the one source after its file."""
    stem = (answers.production or "production").rpartition("/")[2].partition(".")[0]
    name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in stem)
    return name.strip("_")[:80] or "production"
