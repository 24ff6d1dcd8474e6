"""Train the pilot's model on the curated winter sample."""

from __future__ import annotations

from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

HERE = Path(__file__).parent
CATEGORIES = ["carrier", "origin", "dest"]
NUMBERS = ["sched_dep_time", "dep_delay", "distance", "hour"]


def main() -> None:
    """Fit and save the model."""
    train = pd.read_csv(HERE / "data" / "train.csv")
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    model = make_pipeline(
        make_column_transformer((encode, CATEGORIES), ("passthrough", NUMBERS)),
        HistGradientBoostingClassifier(random_state=2013),
    )
    model.fit(train[CATEGORIES + NUMBERS], train["replan"])
    joblib.dump(model, HERE / "model.joblib")


if __name__ == "__main__":
    main()
