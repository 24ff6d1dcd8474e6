"""Single cells that are probably wrong: each detector, on a small table made for it."""

import random

import pytest

from proveout.checks.readiness.cells.detecting import detect
from proveout.checks.readiness.cells.edits import learned
from proveout.checks.readiness.cells.grid import Grid, grid_of
from proveout.checks.readiness.cells.labels import Labels
from proveout.checks.readiness.cells.picking import pick_rows
from proveout.checks.readiness.cells.sharing import share_interval
from proveout.checks.readiness.cells.suspects import SuspectCell
from proveout.statistics import wilson

TOWNS = ("Berlin", "Hamburg", "Bremen", "Kassel", "Dresden", "Leipzig", "Potsdam", "Rostock")
N = 400


def table(**columns: list[str]) -> Grid:
    return grid_of(list(columns.items()))


def suspects(grid: Grid, labels: Labels | None = None) -> list[SuspectCell]:
    return [cell for column in detect(grid, labels=labels, seed=0) for cell in column.cells()]


def repeated(*values: str, n: int = N) -> list[str]:
    return [values[at % len(values)] for at in range(n)]


def with_value(values: list[str], row: int, value: str) -> list[str]:
    return [*values[:row], value, *values[row + 1 :]]


def test_a_clean_table_has_no_suspects() -> None:
    """Where nothing is wrong, nothing is listed."""
    zips = [f"1{at % len(TOWNS)}000" for at in range(N)]
    days = [f"2026-{1 + at % 12:02}-{1 + at % 28:02}" for at in range(N)]
    prices = [f"{random.Random(at).uniform(5, 90):.2f}" for at in range(N)]

    assert suspects(table(zip=zips, town=repeated(*TOWNS), day=days, price=prices)) == []


@pytest.mark.parametrize(
    ("column", "wrong", "kind", "suggestion"),
    [
        (repeated("12.5", "13.5", "9", "4.25"), "12.5%", "type", "12.5"),
        (repeated("12.5", "13.5", "9", "4.25"), "n/a", "stand-in", ""),
        (repeated("12", "13", "9", "45"), "45.0", "format", "45"),
        (repeated("99%", "7%", "closed", "54%"), "5x%", "format", None),
        ([str(20 + at % 60) for at in range(N)], "9999", "stand-in", ""),
        ([str(20 + at % 60) for at in range(N)], "54000", "outlier", None),
        (repeated(*TOWNS), "Hambrug", "typo", "Hamburg"),
        (repeated(*TOWNS), "HAMBURG", "spelling", "Hamburg"),
        (repeated(*TOWNS), "", "missing", None),
        ([f"2026-01-{1 + at % 28:02}" for at in range(N)], "03/02/26", "format", None),
        ([f"PX{10000 + at}" for at in range(N)], "P10037", "format", None),
        (repeated("Zürich", "Genf"), "ZÃ¼rich", "encoding", "Zürich"),
        ([f"{1 + at % 28} March {2000 + at % 9}" for at in range(N)], "3 Marhc 2004", "typo", None),
    ],
)
def test_one_wrong_value_is_found_with_its_kind(
    column: list[str], wrong: str, kind: str, suggestion: str | None
) -> None:
    """The one value that does not belong is listed, and no other."""
    number = [str(at) for at in range(N)]

    found = suspects(table(number=number, value=with_value(column, 7, wrong)))

    assert [(cell.row, cell.value) for cell in found] == [(7, wrong)]
    assert found[0].kind == kind
    if suggestion is not None:
        assert found[0].suggestion == suggestion


def test_a_broken_dependency_names_the_rows_that_speak_against_it() -> None:
    """Which columns decide which is found from the data; the companions give the suggestion."""
    codes = [f"K{at % 8}" for at in range(N)]
    towns = with_value(repeated(*TOWNS), 16, "Rostock")

    found = suspects(table(code=codes, town=towns, region=repeated(*"ABCDEFGH")))

    assert found == [
        SuspectCell(
            16, "town", "Rostock", "dependency",
            "all 49 other records with code 'K0' have 'Berlin'", found[0].confidence, "Berlin",
        )
    ]  # fmt: skip


def test_of_a_broken_pair_the_value_that_breaks_most_is_the_wrong_one() -> None:
    """A wrong code contradicts town and region, which agree: the code is listed, not these."""
    codes = with_value([f"K{at % 8}" for at in range(N)], 16, "K7")

    found = suspects(table(code=codes, town=repeated(*TOWNS), region=repeated(*"ABCDEFGH")))

    assert [(cell.row, cell.column, cell.suggestion) for cell in found] == [(16, "code", "K0")]


def test_an_empty_cell_is_filled_from_the_records_with_the_same_key() -> None:
    """Empty cells are suspect where the key's other records have a value."""
    codes = [f"K{at % 8}" for at in range(N)]
    towns = [town if at % 5 else "" for at, town in enumerate(repeated(*TOWNS))]

    found = suspects(table(code=codes, town=towns))

    assert {cell.row for cell in found} == set(range(0, N, 5))
    assert all(cell.kind == "missing" and cell.suggestion for cell in found)


def test_two_columns_together_can_decide_a_third() -> None:
    """Neither state nor status decides the relief, both together do."""
    draw = random.Random(1)
    states, status = ([draw.choice(of) for _ in range(N)] for of in ("ABCD", "SM"))
    relief = [str(100 * (ord(s) * 3 + ord(m)) % 1700) for s, m in zip(states, status, strict=True)]

    found = suspects(table(state=states, status=status, relief=with_value(relief, 3, "1")))
    place = [(cell.row, cell.column, cell.suggestion) for cell in found]

    assert place == [(3, "relief", relief[3])]


def test_a_value_that_hangs_on_another_is_put_back_where_it_belongs() -> None:
    """'Bend OR' with an empty state is 'Bend'."""
    towns = with_value([f"Town{at}" for at in range(N)], 5, "Bend OR")
    states = with_value(repeated("OR", "WA", "CA"), 5, "")

    found = [cell for cell in suspects(table(town=towns, state=states)) if cell.column == "town"]

    assert [(cell.row, cell.kind, cell.suggestion) for cell in found] == [(5, "misplaced", "Bend")]


def reports(seed: int = 3) -> tuple[Grid, dict[int, str]]:
    """Eight systems report on 60 suppliers; two good ones are outvoted by bad ones that copy."""
    draw = random.Random(seed)
    wrong = {"a": 0.0, "b": 0.02, "c": 0.1, "d": 0.2, "e": 0.3, "f": 0.6, "g": 0.6, "h": 0.6}
    rows: list[tuple[str, str, str]] = []
    truth: dict[int, str] = {}
    for key in range(60):
        right, copied = f"{key}-right", f"{key}-{draw.random()}"
        bad = draw.random() < wrong["f"]
        for system, share in wrong.items():
            is_wrong = bad if system in "fgh" else draw.random() < share
            truth[len(rows)] = right
            text = copied if system in "fgh" else f"{key}-{draw.random()}"
            rows.append((system, f"K{key}", text if is_wrong else right))
    systems, keys, values = (list(each) for each in zip(*rows, strict=True))
    return table(system=systems, key=keys, value=values), truth


def test_sources_in_conflict_are_weighed_by_how_far_they_can_be_trusted() -> None:
    """Who is right is learned from the reports themselves; copies count once."""
    grid, truth = reports()

    found = {cell.row for cell in suspects(grid) if cell.column == "value"}

    wrong = {row for row, right in truth.items() if grid.columns[2].at(row) != right}
    assert len(found ^ wrong) <= 0.02 * len(wrong)


def test_labels_overrule_the_detectors() -> None:
    """What a person said of a row holds, and an edit that put one value right finds its kin."""
    values = repeated("12.0 oz", "16.0 oz", "8.0 oz")
    grid = table(number=[str(at) for at in range(N)], size=values)
    before = suspects(grid)

    labels = Labels(truth={1: {0: "12", 1: "16"}})
    found = suspects(grid, labels)

    assert before == []
    assert len(found) == N
    assert found[0] == SuspectCell(0, "size", "12.0 oz", "edit", "corrected by hand", 1.0, "12")
    assert found[2][2:] == (
        "8.0 oz", "edit", "as in the rows that were corrected by hand", found[2].confidence, "8",
    )  # fmt: skip


def test_a_value_labelled_as_right_is_not_listed_again() -> None:
    """Where '?' is right in one row, it is no longer taken for a missing value."""
    values = [("?" if at % 10 == 0 else "Sales") for at in range(N)]
    grid = table(number=[str(at) for at in range(N)], department=values)

    assert len(suspects(grid)) == N // 10
    assert suspects(grid, Labels(truth={1: {0: "?", 1: "Sales"}})) == []


def test_the_tables_own_way_to_write_no_value_is_no_slip() -> None:
    """'?' throughout a table, in place of empty cells, is a rule; a lone 'n/a' beside it is not."""
    ages = [("?" if at % 8 == 0 else str(20 + at % 60)) for at in range(N)]
    jobs = [("?" if at % 9 == 0 else "Sales") for at in range(N)]

    found = suspects(table(age=with_value(ages, 5, "n/a"), job=jobs))

    assert [(cell.row, cell.value) for cell in found] == [(5, "n/a")]


def test_an_edit_that_would_change_a_right_value_is_not_learned() -> None:
    """'.0' is cut off only where no value known to be right ends in it."""
    assert [edit.way for edit in learned([("12.0 oz", "12")], ["14"])] == ["number", "cut end"]
    assert learned([("5.0", "5")], ["7.0"]) == []


def test_equal_seeds_give_equal_results() -> None:
    """Nothing is left to chance but what the seed decides."""
    grid, truth = reports()
    labels = Labels(truth={2: {row: truth[row] for row in range(0, 300, 15)}})

    assert suspects(grid, labels) == suspects(grid, labels)
    assert pick_rows(grid, 20, seed=4) == pick_rows(grid, 20, seed=4)


def test_picked_rows_show_every_kind_of_trouble_first() -> None:
    """The first rows asked about hold what the detectors see, not what is plain."""
    values = [("12%" if at % 40 == 0 else "n/a" if at % 40 == 1 else "12") for at in range(N)]
    grid = table(number=[str(at) for at in range(N)], value=values)

    shown = {grid.columns[1].at(row) for row in pick_rows(grid, 3, seed=0)}

    assert shown == {"12%", "n/a", "12"}
    assert set(pick_rows(grid, 5, without=[0, 1])).isdisjoint({0, 1})


def test_the_interval_judges_suspected_and_other_cells_apart() -> None:
    """Ten labelled of each: all suspected ones wrong, none of the others."""
    import numpy as np

    suspected = np.arange(1000) < 100
    rows = [*range(10), *range(500, 510)]

    interval = share_interval(suspected, rows=rows, wrong=set(range(10)), found=0.1)

    assert interval is not None
    assert interval.low == pytest.approx(0.1 * wilson(10, 10, level=0.975).low)
    assert interval.high == pytest.approx(0.1 + 0.9 * wilson(0, 10, level=0.975).high)
    assert share_interval(suspected, rows=[], wrong=set(), found=0.1) is None
