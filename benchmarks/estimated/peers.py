"""NannyML's CBPE, in a virtual environment that is thrown away."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from benchmarks.estimated.cases import Case

_CODE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pandas as pd
import nannyml
found = {}
for path in sys.argv[1:]:
    data = pd.read_parquet(path)
    reference, rest = data[data.part == "reference"], data[data.part != "reference"]
    found[path] = {}
    for name, chunk in rest.groupby("part"):
        cbpe = nannyml.CBPE(
            y_pred_proba="p", y_pred="answer", y_true="y", metrics=["accuracy"],
            problem_type="classification_binary", chunk_size=len(chunk),
        ).fit(reference)
        told = cbpe.estimate(chunk.drop(columns="y")).filter(period="analysis").to_df()
        found[path][name] = [float(told[("accuracy", key)].iloc[0]) for key in (
            "value", "lower_confidence_boundary", "upper_confidence_boundary")]
print("FOUND " + json.dumps(found))
"""


def cbpe(cases: Sequence[Case]) -> dict[str, dict[str, list[float]]] | str:
    """Return estimates and their bounds by case and part, or why there are none."""
    with tempfile.TemporaryDirectory(prefix="estimated-peer-") as name:
        folder = Path(name)
        python = folder / "venv" / "bin" / "python"
        venv.create(folder / "venv", with_pip=True)
        # Some of its parts are not always drawn in with it.
        install = subprocess.run(
            [python, "-m", "pip", "install", "-q", "nannyml", "statsmodels", "pyarrow"],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if install.returncode:
            return f"cannot be installed: {install.stderr.strip().splitlines()[-1]}"
        files = {}
        for nth, case in enumerate(cases):
            file = folder / f"case-{nth}.parquet"
            plain = case.answers.astype({"y": int, "answer": int})
            plain.to_parquet(file)
            files[str(file)] = case.name
        run = subprocess.run(
            [python, "-c", _CODE, *files], check=False, capture_output=True, text=True
        )
        for line in run.stdout.splitlines():
            if line.startswith("FOUND "):
                return {files[path]: each for path, each in json.loads(line[6:]).items()}
        return f"did not run: {(run.stderr.strip().splitlines() or ['no word'])[-1]}"
