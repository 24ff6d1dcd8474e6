"""The sandbox gap between real files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from proveout.charter.loaded import LoadedCharter
from proveout.charter.schema import Charter
from proveout.checks.contract import CheckContext, Finding
from proveout.checks.readiness.gap import findings
from proveout.checks.readiness.gap.fields import Profile, profiles
from proveout.evidence.catalogue import SHIPPED, Catalogue
from proveout.evidence.model import CheckRef, Evidence
from proveout.evidence.outcome import NotMeasured
from proveout.intake import CharterData, Session

# What Ibis 12 still does with DuckDB 2 and pandas 3, whenever it makes a data frame.
pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option is deprecated"),
]

GAP = "readiness.sandbox_gap"
AUC = "readiness.sandbox_auc"


@pytest.fixture
def session() -> Iterator[Session]:
    """One engine."""
    with Session(threads=1) as opened:
        yield opened


class Compared:
    """What the comparison of a sample with production found."""

    def __init__(self, found: list[Finding]) -> None:
        self.evidence = [each for each in found if isinstance(each, Evidence)]
        self.not_measured = [each for each in found if isinstance(each, NotMeasured)]

    def gap(self, column: str) -> Evidence:
        """Return the finding on one field."""
        (found,) = [
            e
            for e in self.evidence
            if e.metric == GAP and e.subject.as_dict() == {"column": column}
        ]
        return found

    @property
    def auc(self) -> Evidence:
        """Return the joint finding."""
        (found,) = [e for e in self.evidence if e.metric == AUC]
        return found


def compared(
    session: Session,
    folder: Path,
    pilot: pd.DataFrame | None,
    *production: pd.DataFrame,
    **data: Any,
) -> Compared:
    """Write the tables as files and compare them."""
    if pilot is not None:
        pilot.to_parquet(folder / "pilot.parquet")
        data["pilot"] = "pilot.parquet"
    for at, table in enumerate(production):
        table.to_parquet(folder / f"site{at}.parquet")
    data["production"] = [f"site{at}.parquet" for at in range(len(production))]
    loaded = LoadedCharter(
        charter=Charter.model_validate({"pilot": "p", "data": data}),
        path=folder / "pilot.yaml",
        content_hash="",
    )
    context = CheckContext(
        loaded=loaded,
        data=CharterData(loaded, session),
        open_system=lambda: pytest.fail("no system is asked"),
        catalogue=Catalogue(SHIPPED),
        check=CheckRef(name="readiness", version="1"),
        run="r1",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        seed=7,
        artifacts=folder,
    )
    return Compared(list(findings(context)))


def orders(n: int, seed: int) -> pd.DataFrame:
    """Make a table with a figure, a category, a moment, a key and a constant."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"{seed}-{at}" for at in range(n)],
            "amount": rng.normal(100, 20, n).round(2),
            "weight": rng.gamma(2, 3, n),
            "kind": rng.choice(["spare", "tool", "other"], n, p=[0.5, 0.3, 0.2]),
            "at": pd.Timestamp("2025-01-01", tz="UTC")
            + pd.to_timedelta(rng.integers(0, 8760, n), "h"),
            "currency": "EUR",
        }
    )


def test_two_samples_of_the_same_are_alike(session: Session, tmp_path: Path) -> None:
    """No field is beyond chance, and a classifier cannot tell them apart."""
    found = compared(session, tmp_path, orders(800, 1), orders(4_000, 2))

    assert found.auc.interval is not None
    assert found.auc.interval.low <= 0.5 <= found.auc.interval.high
    assert found.auc.details["summary"].startswith(
        "A classifier that is shown one record from each cannot say which is the pilot's"
    )
    assert {name: found.gap(name).details["summary"] for name in ("amount", "kind", "at")} == {
        "amount": "alike",
        "kind": "alike",
        "at": "alike",
    }
    assert found.gap("amount").n == 4_800
    assert set(found.gap("amount").inputs) == {"data:pilot", "data:site0"}


def test_a_planted_shift_is_found_and_named(session: Session, tmp_path: Path) -> None:
    """The field that was shifted is the one by which the two are told apart."""
    production = orders(4_000, 2)
    production["amount"] += 30

    found = compared(session, tmp_path, orders(2_000, 1), production)

    assert found.auc.interval is not None
    assert found.auc.interval.low > 0.7
    assert [each["column"] for each in found.auc.details["fields"]] == ["amount"]
    assert found.gap("amount").value > 0.4
    assert found.gap("weight").value < 0.1


def test_what_the_pilot_never_saw_is_listed(session: Session, tmp_path: Path) -> None:
    """Missing values, new categories and figures outside the range, of all production sources."""
    first, second = orders(1_000, 2), orders(1_000, 3)
    first.loc[:99, "kind"] = None
    second.loc[:39, "kind"] = "returned"
    second.loc[:9, "amount"] = 9_999.0

    found = compared(session, tmp_path, orders(1_000, 1), first, second)

    kind, amount = found.gap("kind").details, found.gap("amount").details
    assert kind["missing"] == {"pilot": 0.0, "production": 0.05}
    assert kind["unseen_values"] == {
        "n_values": 1,
        "n_records": 40,
        "share": 0.02,
        "examples": [{"value": "returned", "n": 40}],
    }
    assert amount["unseen_range"]["n_records"] >= 10
    assert amount["unseen_range"]["production"][1] == "9,999"


def test_the_share_of_what_the_pilot_never_saw_is_evidence(
    session: Session, tmp_path: Path
) -> None:
    """Field by field; a field in which nothing is new has a share of 0, not no figure."""
    production = orders(1_000, 2)
    production.loc[:39, "kind"] = "returned"

    found = compared(session, tmp_path, orders(1_000, 1), production)

    unseen = {
        e.subject.get("column"): e for e in found.evidence if e.metric == "readiness.unseen_share"
    }
    assert set(unseen) == {"amount", "weight", "kind", "at", "currency"}
    assert (unseen["kind"].value, unseen["kind"].n) == (0.04, 1_000)
    assert unseen["kind"].details["summary"] == (
        "4 % of production holds a value that the pilot never showed: returned"
    )
    assert unseen["currency"].value == 0.0


def test_a_combination_that_the_pilot_never_saw_is_named(session: Session, tmp_path: Path) -> None:
    """Tools in December: each is there in the pilot, and the two are never there together."""
    pilot, production = orders(2_000, 1), orders(4_000, 2)
    never = (pilot["kind"] == "tool") & (pilot["at"].dt.month == 12)

    found = compared(session, tmp_path, pilot[~never], production)

    (outside,) = [e for e in found.evidence if e.metric == "readiness.outside_pilot"]
    first = outside.details["segments"][0]
    n = int(((production["kind"] == "tool") & (production["at"].dt.month == 12)).sum())
    assert (first["what"], first["n"]) == ("kind tool in December", n)
    assert first["sentence"] == (
        f"kind tool in December: {n / 40:.1f} % of production, none in the pilot"
    )
    assert outside.interval is not None
    assert outside.interval.low < n / 4_000 + 0.002 < outside.interval.high


def test_fields_that_moved_together_are_named(session: Session, tmp_path: Path) -> None:
    """Both fill alike on either side, each for itself; only how they go together differs."""
    pilot, production = orders(2_000, 1), orders(4_000, 2)
    production["weight"] = np.sort(production["weight"])[
        production["amount"].rank(method="first").astype(int) - 1
    ]

    found = compared(session, tmp_path, pilot, production)

    assert found.gap("weight").details["summary"] == "alike"
    (moved,) = found.auc.details["together"]
    assert moved["columns"] == ["amount", "weight"]
    assert moved["distance"] > 0.3
    assert moved["summary"].startswith("amount and weight go together differently: ")


def test_dates_do_not_count_for_telling_the_two_apart(session: Session, tmp_path: Path) -> None:
    """A winter's sample differs from the year by its dates; that is told beside the AUC."""
    production = orders(4_000, 2)
    winter = orders(8_000, 1).query("at.dt.month == 1").assign(month=1)
    production["month"] = production["at"].dt.month

    found = compared(session, tmp_path, winter, production)

    assert found.auc.interval is not None
    assert found.auc.interval.low <= 0.5
    assert found.auc.details["with_time"]["auc"] > 0.9
    assert {each["column"]: each["reason"] for each in found.auc.details["left_out"]} == {
        "id": "identifier",
        "at": "date: any two periods differ in it",
        "month": "date: any two periods differ in it",
        "currency": "constant",
    }
    assert found.gap("at").details["parts"]["month"] > 0.7
    assert found.gap("at").details["parts"]["hour"] < 0.15


def test_the_true_answer_does_not_help_the_classifier(session: Session, tmp_path: Path) -> None:
    """The label's own distribution is compared; but the system never sees it."""
    pilot, production = orders(1_000, 1).assign(late="no"), orders(2_000, 2).assign(late="yes")

    found = compared(session, tmp_path, pilot, production, label="late")

    assert found.gap("late").value == pytest.approx(1, abs=0.01)
    assert found.auc.interval is not None
    assert found.auc.interval.low <= 0.5


def test_figures_that_became_text_are_still_compared_as_figures(
    session: Session, tmp_path: Path
) -> None:
    """Remarks among the figures of production are counted, and the rest is compared."""
    production = orders(1_000, 2)
    texts = production["amount"].astype(str)
    texts[:50] = "see note"
    production["amount"] = texts

    found = compared(session, tmp_path, orders(1_000, 1), production)

    details = found.gap("amount").details
    assert details["kind"] == "number"
    assert details["unreadable"] == {"pilot": 0.0, "production": 0.05}
    assert details["summary"].startswith("not a number in 5.0")


def test_fields_of_one_side_only_are_named(session: Session, tmp_path: Path) -> None:
    """Production without a field of the pilot is as far off as can be; the reverse is unknown."""
    pilot = orders(500, 1).assign(curated=1)
    production = orders(500, 2).assign(raw=1)

    found = compared(session, tmp_path, pilot, production)

    assert found.gap("curated").value == 1
    assert found.gap("curated").details["summary"] == "production does not have this field"
    assert found.not_measured == [
        NotMeasured(
            metric=GAP,
            subject=found.not_measured[0].subject,
            reason="the pilot sample does not have the field raw, which production has",
            next_step="Where the system uses it, take it into the pilot sample.",
        )
    ]
    assert found.auc.details["only_in_pilot"] == ["curated"]
    assert found.auc.details["only_in_production"] == ["raw"]


def test_what_cannot_be_compared_is_said(session: Session, tmp_path: Path) -> None:
    """No sample, no records, too few, or nothing shared: never a figure, always a reason."""
    some = orders(100, 1)
    cases = {
        "the charter names no pilot sample": (None, some),
        "the pilot sample holds no records": (some.head(0), some),
        "production holds no records": (some, some.head(0)),
        "the pilot sample and production share no field": (
            some[["amount"]],
            some[["kind"]],
        ),
        "one side holds 20 records only; telling them apart takes 50": (some.head(20), some),
        "the two share no field but dates, identifiers and constants": (
            some[["id", "at"]],
            some[["id", "at"]],
        ),
    }

    for reason, (pilot, production) in cases.items():
        found = compared(session, tmp_path, pilot, production)
        assert [each.reason for each in found.not_measured if each.metric == AUC] == [reason]


def test_equal_seeds_give_equal_findings(session: Session, tmp_path: Path) -> None:
    """The same data and seed give the same figures, to the last digit."""
    pilot, production = orders(300, 1), orders(600, 2)

    once = compared(session, tmp_path, pilot, production).evidence
    again = compared(session, tmp_path, pilot, production).evidence

    assert [each.id for each in once] == [each.id for each in again]


def test_nothing_is_left_in_the_engine(session: Session, tmp_path: Path) -> None:
    """What the comparison names for itself is gone when it is done."""
    before = session.rows("SELECT count(*) FROM duckdb_views() WHERE NOT internal")

    compared(session, tmp_path, orders(100, 1), orders(200, 2))

    names = session.rows("SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'proveout%'")
    assert (names, before) == ([], [(0,)])


def test_production_in_several_files_is_one_production(session: Session, tmp_path: Path) -> None:
    """How production is split into files changes no distance."""
    whole, pilot = orders(600, 2), orders(200, 1)

    in_one = compared(session, tmp_path, pilot, whole)
    in_two = compared(session, tmp_path, pilot, whole[:250], whole[250:])

    names = [name for name in whole.columns if name in pilot.columns]
    assert [in_one.gap(name).details for name in names] == [
        in_two.gap(name).details for name in names
    ]


def test_blanks_around_a_text_do_not_change_what_it_is(session: Session, tmp_path: Path) -> None:
    """Figures and dates are counted with blanks around them; blank texts are not filled."""
    texts = {
        "figure": [" 12 ", "\t7", "1.5", "", "  ", None, "x"],
        "moment": [" 2024-01-05 ", "\t2024-01-05 10:00", "2024-01-05", " ", "", None, "may"],
    }
    pd.DataFrame(texts).to_parquet(tmp_path / "texts.parquet")

    found = profiles(session.connection.read_parquet(tmp_path / "texts.parquet"))

    assert found == {
        "figure": Profile(
            n=7, n_filled=4, n_distinct=4, stored="text", n_numbers=3, n_moments=0
        ),
        "moment": Profile(
            n=7, n_filled=4, n_distinct=3, stored="text", n_numbers=0, n_moments=3
        ),
    }  # fmt: skip


def test_where_nothing_tells_kinds_apart_nothing_is_said_to_be_covered(
    session: Session, tmp_path: Path
) -> None:
    """Identifiers alone: not 'every record is of a known kind', for nobody looked."""
    pilot, production = orders(60, 1)[["id"]], orders(500, 2)[["id"]]

    found = compared(session, tmp_path, pilot, production)

    (missing,) = [e for e in found.not_measured if e.metric == "readiness.outside_pilot"]
    assert missing.reason == (
        "the two share no field by which records can be of one kind: there are but identifiers, "
        "and fields whose values hardly come again"
    )
