"""The pilot's system: must the ground crew of this flight be re-planned?"""

from __future__ import annotations

from pathlib import Path

import joblib
import pandas as pd

MODEL = joblib.load(Path(__file__).parent / "model.joblib")


def predict(flights: pd.DataFrame) -> pd.DataFrame:
    """Answer 'yes' or 'no' for each flight, with the model's own confidence."""
    probability = MODEL.predict_proba(flights)
    best = probability.argmax(axis=1)
    return pd.DataFrame({"answer": MODEL.classes_[best], "confidence": probability.max(axis=1)})
