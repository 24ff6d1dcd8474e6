"""A mistake in a charter gives a message that a tired engineer can act on.

Each message is kept whole in __snapshots__; a diff in wording is reviewed like a diff in code.
"""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from syrupy.assertion import SnapshotAssertion

from proveout.charter.loading import load_charter
from proveout.errors import CharterError

MISTAKES: dict[str, str] = {
    # A key is misspelled: the nearest one is named, and its absence is not told a second time.
    "misspelled key": """\
        pilot: claims
        outcome: {statment: Claims are answered in a day}
    """,
    # A key is right and stands one level too high.
    "key in the wrong part": """\
        pilot: claims
        label: approved
    """,
    # A key is like no other.
    "key that nobody knows": """\
        pilot: claims
        system: {python: 'model.py:predict', gpu: true}
    """,
    # The one thing that must be there is not.
    "no pilot": """\
        title: Claims
    """,
    # The id of a pilot is used in file names and in the ledger.
    "pilot with spaces": """\
        pilot: my first pilot
    """,
    # A number where a word is meant, as with identifiers.
    "number for text": """\
        pilot: claims
        data: {label: 2013}
    """,
    # A decimal comma.
    "decimal comma": """\
        pilot: claims
        acceptance:
          - {metric: quality.accuracy, comparison: '>=', threshold: '0,85'}
    """,
    # The operator is the wrong way round: bad answers would pass, and good ones would not.
    "operator the wrong way round": """\
        pilot: claims
        acceptance:
          - quality.accuracy <= 0.85
          - {metric: quality.silent_failure, comparison: '>=', threshold: 0.02}
    """,
    # A percentage where a share is held against it: 5 would be 500 %.
    "threshold as a percentage": """\
        pilot: claims
        acceptance:
          - quality.accuracy >= 85
          - quality.silent_failure <= 5
    """,
    # A threshold that everything reaches holds nobody to anything.
    "threshold that nothing could miss": """\
        pilot: claims
        acceptance:
          - quality.accuracy >= 0
          - {metric: quality.silent_failure, comparison: '<=', threshold: 1}
    """,
    # Nobody would send it, and nobody would say so.
    "level of load beyond full size": """\
        pilot: claims
        load: {users: 600, levels: [50, 5000]}
    """,
    # A percentage in the short form.
    "percent sign in short": """\
        pilot: claims
        acceptance: quality.accuracy >= 85%
    """,
    # Something that overflows is no figure either.
    "number beyond all numbers": """\
        pilot: claims
        acceptance: quality.accuracy >= 1e999
    """,
    # A dimension is named, and none of its values.
    "subject that names nothing": """\
        pilot: claims
        acceptance: 'quality.accuracy[site] >= 0.85'
    """,
    # The beginning of a metric's name.
    "metric cut short": """\
        pilot: claims
        acceptance: quality.acc >= 0.85
    """,
    # The id of a criterion holds a dot and looks like two keys.
    "criterion in two keys": """\
        pilot: claims
        standard:
          production:
            rejects: {threshold: 0.02, why: scans}
    """,
    # No damage at all is no test.
    "stress that damages nothing": """\
        pilot: claims
        stress: {severities: [0, 0.1]}
    """,
    "stress without severities": """\
        pilot: claims
        stress: {severities: []}
    """,
    # Escapes bring in what no editor shows: a terminal would obey it, and half a character
    # cannot be stored.
    "escapes that are not text": r"""
        pilot: claims
        title: "red \e[31m"
        outcome: "half \ud83d"
        "key\0": 1
    """,
    # Yes is no number, a number is no yes, and no number is a day.
    "values of another kind": """\
        pilot: claims
        acceptance: [{metric: quality.f1, comparison: '>=', threshold: true, limit: 1}]
        milestones: [{name: half-time, on: 0}]
    """,
    # A percentage with its sign.
    "percent sign": """\
        pilot: claims
        stress: {max_quality_drop: 5%}
    """,
    # A percentage without its sign.
    "percentage for a share": """\
        pilot: claims
        acceptance:
          - {metric: quality.accuracy, comparison: '>=', threshold: 0.9, confidence: 95}
    """,
    # A word for a number.
    "word for a number": """\
        pilot: claims
        load: {users: many}
    """,
    # Half a user.
    "fraction of a whole number": """\
        pilot: claims
        load: {users: 10.5}
    """,
    # Not a figure at all.
    "not a number": """\
        pilot: claims
        acceptance:
          - {metric: quality.accuracy, comparison: '>=', threshold: .nan}
    """,
    # Out of range.
    "negative budget": """\
        pilot: claims
        budget: {currency: EUR, per_month: -5}
    """,
    # One of a closed set, almost.
    "nearly a choice": """\
        pilot: claims
        data: {fields: {amount: {type: numeric}}}
    """,
    # One of a closed set, not even nearly.
    "no choice": """\
        pilot: claims
        system: {python: 'model.py:predict', task: ranking}
    """,
    # A criterion in short with a comparison that decides nothing at the threshold.
    "strict comparison in short": """\
        pilot: claims
        acceptance: quality.accuracy > 0.85
    """,
    # The metric does not exist.
    "unknown metric in short": """\
        pilot: claims
        acceptance:
          - quality.acuracy >= 0.85
    """,
    # The metric of an assumption does not exist either.
    "unknown metric of an assumption": """\
        pilot: claims
        assumptions:
          - {name: full, statement: Fields are filled in, metric: completeness, holds_from: 0.9}
    """,
    # A subject is narrowed by something that no evidence has.
    "unknown dimension": """\
        pilot: claims
        acceptance: 'quality.accuracy[plant=north] >= 0.85'
    """,
    # A subject that evidence on this metric never has.
    "metric by the wrong dimension": """\
        pilot: claims
        acceptance: ['quality.accuracy[column=age] >= 0.85', 'quality.f1[site=north] >= 0.8']
    """,
    # A metric that is measured for each source and never for all together.
    "metric without its subject": """\
        pilot: claims
        acceptance: readiness.rejects <= 0.01
    """,
    # An assumption names a metric and not what would refute it.
    "assumption that nothing refutes": """\
        pilot: claims
        assumptions:
          - {name: full, statement: Fields are filled in, metric: readiness.completeness}
    """,
    # Lower end above upper end.
    "range upside down": """\
        pilot: claims
        data: {fields: {age: {min: 120, max: 0}}}
    """,
    # The threshold is met by doing nothing.
    "threshold worse than the baseline": """\
        pilot: claims
        kpis:
          - name: handling_time
            unit: minutes
            direction: lower
            baseline: {value: 14.5, source: time study of March}
            threshold: 20
    """,
    # Two sources of one name could not be told apart in any report.
    "source name given twice": """\
        pilot: claims
        data:
          production:
            - {name: north, path: north.csv}
            - {name: north, path: south.csv}
    """,
    # A reference to a source that is not there.
    "reference to nowhere": """\
        pilot: claims
        data:
          production: {name: claims, path: claims.csv}
          references: [{column: customer, source: custmers, key: id}]
    """,
    # A data owner of a source that is not there.
    "owner of nothing": """\
        pilot: claims
        people: {data_owners: [{name: Ada Byron, source: claim}]}
        data: {production: [{name: claims, path: claims.csv}]}
    """,
    # The system would be given the true answer.
    "label among the inputs": """\
        pilot: claims
        data: {label: approved, inputs: [amount, approved]}
    """,
    # A file without a function.
    "no function in the file": """\
        pilot: claims
        system: model.py
    """,
    # Two systems at once.
    "two systems": """\
        pilot: claims
        system: {python: 'model.py:predict', http: 'http://localhost:8080'}
    """,
    # A single value where keys belong.
    "value for a part": """\
        pilot: claims
        process: invoicing
    """,
    # A list where keys belong.
    "list for a part": """\
        pilot: claims
        process:
          - name: invoicing
    """,
    # Keys where a list belongs.
    "part for a list": """\
        pilot: claims
        kpis: {name: time, unit: minutes, direction: lower}
    """,
    # A heading with nothing beneath it, as after commenting out its lines.
    "empty part": """\
        pilot: claims
        governance:
          # reviews: …
    """,
    # A day that is in no calendar.
    "impossible date": """\
        pilot: claims
        milestones: [{name: half-time, on: 2026-02-30}]
    """,
    # A date as it is written on paper.
    "date written another way": """\
        pilot: claims
        milestones: [{name: half-time, on: 30.9.2026}]
    """,
    # Neither yes nor no.
    "maybe": """\
        pilot: claims
        data: {fields: {amount: {required: maybe}}}
    """,
    # A change to the default standard must say why.
    "adjustment without a reason": """\
        pilot: claims
        standard: {production.completeness: {threshold: 0.9}}
    """,
    # More people in the pilot than there are.
    "more participants than people": """\
        pilot: claims
        change: {participants: {count: 50, population: 20, chosen: volunteers}}
    """,
    # A pattern that is no regular expression.
    "broken pattern": """\
        pilot: claims
        data: {fields: {plate: {pattern: '[A-Z'}}}
    """,
    # A currency by its sign.
    "currency sign": """\
        pilot: claims
        budget: {currency: €, per_month: 2000}
    """,
    # The same key twice: YAML libraries keep the last and say nothing.
    "key given twice": """\
        pilot: claims
        title: Claims
        title: Claims of the north
    """,
    # A tab.
    "tab": """\
        pilot: claims
        data:
        \tlabel: approved
    """,
    # A sentence with a colon and no quotes.
    "colon in a sentence": """\
        pilot: claims
        outcome: In short: claims are answered in a day
    """,
    # A quote that never ends.
    "open quote": """\
        pilot: claims
        title: 'Claims
        outcome: Faster
    """,
    # An apostrophe inside single quotes.
    "apostrophe in quotes": """\
        pilot: claims
        title: 'The clerk's claims'
    """,
    # A key one space off.
    "uneven indentation": """\
        pilot: claims
        data:
          label: approved
         key: claim
    """,
    # A star that is meant as a glob.
    "unquoted glob": """\
        pilot: claims
        data: {production: *.csv}
    """,
    # A bracket that is never closed.
    "open bracket": """\
        pilot: claims
        data:
          key: [claim, line
          label: approved
    """,
    # A tag that would run code in careless readers.
    "python tag": """\
        pilot: claims
        title: !!python/object/apply:os.system [ls]
    """,
    # Merge keys are of YAML 1.1.
    "merge key": """\
        pilot: claims
        data: &d {label: approved}
        process: {name: claims, <<: *d}
    """,
    # Two documents in one file.
    "second document": """\
        pilot: claims
        ---
        pilot: invoices
    """,
    # A list of pilots.
    "list of pilots": """\
        - pilot: claims
        - pilot: invoices
    """,
    # Nothing but a comment.
    "empty": """\
        # to be written
    """,
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told_with_its_place_and_what_to_write(
    name: str, complaint: Callable[[str], str], snapshot: SnapshotAssertion
) -> None:
    """A message names file, line, column and path, says what is wrong and what to write."""
    assert complaint(dedent(MISTAKES[name])) == snapshot


def test_all_mistakes_are_told_at_once_in_the_order_of_lines(
    complaint: Callable[[str], str], snapshot: SnapshotAssertion
) -> None:
    """Nobody wants to correct one line, run again, and be told of the next."""
    text = dedent("""\
        pilot: my claims
        pilot: claims
        outcome: {statment: Claims are answered in a day}
        kpis:
          - name: handling_time
            unit: 5
            direction: down
        data:
          production: {name: claims, path: claims.csv}
          references: [{column: customer, source: customers, key: id}]
        acceptance:
          - quality.acuracy >= 0.85
          - quality.f1 => 0.8
    """)

    assert complaint(text) == snapshot


@pytest.mark.parametrize(
    ("content", "told"),
    [
        # Another encoding, as from an old editor.
        (
            b"pilot: claims\ntitle: r\xe9clamations\n",
            "pilot.yaml has 1 mistake.\npilot.yaml:2:9\n  The byte 0xe9 is not UTF-8.\n"
            "  Save the file as UTF-8 (in most editors: Save with encoding, UTF-8).",
        ),
        # UTF-16, as from the Windows Notepad of old.
        (
            "pilot: claims\n".encode("utf-16"),
            "pilot.yaml has 1 mistake.\npilot.yaml:1:1\n  The file is stored as UTF-16 or UTF-32.\n"
            "  Save the file as UTF-8 (in most editors: Save with encoding, UTF-8).",
        ),
        # A control character.
        (
            b"pilot: claims\ntitle: a\x00b\n",
            "pilot.yaml has 1 mistake.\npilot.yaml:2:9\n"
            "  The file holds the control character U+0000.\n"
            "  Delete it; a charter is plain text.",
        ),
        # Zero bytes.
        (
            b"",
            "pilot.yaml has 1 mistake.\npilot.yaml:1:1\n  The file is empty.\n"
            "  Write at least: pilot: my-pilot",
        ),
        # Data instead of a charter.
        (
            b"a,b\n" * 70_000,
            "pilot.yaml is larger than 256 KiB, the most that a charter may have.",
        ),
        # Brackets without end.
        (
            b"pilot: " + b"[" * 5_000,
            "pilot.yaml has 1 mistake.\npilot.yaml:1:58\n  The values are nested too deeply.\n"
            "  Close the brackets left open.",
        ),
        # Something that contains itself.
        (
            b"pilot: claims\nsystem: &s {http: {url: 'http://x', request_template: *s}}\n",
            "pilot.yaml has 1 mistake.\npilot.yaml:2:9: system.http.request_template\n"
            "  This alias refers to something that it is itself a part of.\n"
            "  Write the value out.",
        ),
    ],
)
def test_a_file_that_is_no_charter_is_refused_in_plain_words(
    content: bytes, told: str, complaint: Callable[[bytes], str]
) -> None:
    """Whatever the bytes are, the answer is one readable sentence and never a traceback."""
    assert complaint(content).rpartition("\n")[0] == told


def test_aliases_of_aliases_are_refused_before_they_fill_the_memory(
    complaint: Callable[[str], str],
) -> None:
    """Ten lines of aliases can stand for a billion values."""
    lines = ["pilot: claims", "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for level in range(1, 10):
        repeated = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{repeated}]")

    told = complaint("\n".join(lines))

    assert (
        "The file holds or unfolds to more than 20,000 values.\n"
        "  Put data into files of its own, and write out what '*' repeats."
    ) in told


def test_a_file_that_is_not_there_is_told_with_the_way_to_one(tmp_path: Path) -> None:
    """The first thing a new user meets."""
    missing = tmp_path / "pilot.yaml"

    with pytest.raises(CharterError) as caught:
        load_charter(missing, known_metrics=None)

    assert str(caught.value) == (
        f"There is no charter at {missing}.\n"
        "Write one: proveout init. Or name the file that you have, as this command takes it: "
        "path/to/pilot.yaml, or --charter path/to/pilot.yaml"
    )


def test_a_folder_is_not_a_charter(tmp_path: Path) -> None:
    """The file in it is probably meant."""
    with pytest.raises(CharterError) as caught:
        load_charter(tmp_path, known_metrics=None)

    assert str(caught.value) == (
        f"{tmp_path} is a folder, not a charter.\nName the file in it: {tmp_path / 'pilot.yaml'}"
    )


def test_mistakes_without_end_are_counted(tmp_path: Path) -> None:
    """A file that is something else altogether does not fill the screen."""
    file = tmp_path / "pilot.yaml"
    file.write_text("pilot: p\n" + "".join(f"k{i}: 1\n" for i in range(200)), encoding="utf-8")

    with pytest.raises(CharterError) as caught:
        load_charter(file)

    lines = caught.value.message.splitlines()
    assert lines[0] == f"{file} has 200 mistakes."
    assert lines[-1] == "… and 150 more."
    assert len(lines) == 1 + 50 * 3 + 1


def test_what_upper_rooms_know_is_told_with_its_place(tmp_path: Path) -> None:
    """The gate knows which criteria there are; the charter knows on which line they are named."""
    file = tmp_path / "pilot.yaml"
    file.write_text("pilot: p\nstandard:\n  x: {why: y}\n", encoding="utf-8")

    with pytest.raises(CharterError) as caught:
        load_charter(file, further=lambda _: [(("standard", "x"), "no such line.", "Write z.")])

    assert caught.value.message == (
        f"{file} has 1 mistake.\n{file}:3:3: standard.x\n  No such line.\n  Write z."
    )
