"""gbstats and confidence, each in a virtual environment that is thrown away."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Found = dict[str, list[list[float]]]
"""By setting, for each experiment: estimate, low, high."""

_GBSTATS = """
import json, sys, warnings
warnings.simplefilter("ignore")
from gbstats.frequentist import tests as t
from gbstats.models import statistics as s

def sample(arm):
    return s.SampleMeanStatistic(n=arm["n"], sum=arm["sum"], sum_squares=arm["squares"])

def statistic(kind, arm):
    if kind == "proportion":
        return s.ProportionStatistic(n=arm["n"], sum=arm["sum"])
    if "before" not in arm:
        return sample(arm)
    before = s.SampleMeanStatistic(
        n=arm["n"], sum=arm["before"], sum_squares=arm["before_squares"])
    return s.RegressionAdjustedStatistic(
        n=arm["n"], post_statistic=sample(arm), pre_statistic=before,
        post_pre_sum_of_products=arm["products"], theta=0.0)

found = {}
for kind, runs in json.load(open(sys.argv[1])).items():
    found[kind] = []
    for run in runs:
        a, b = statistic(kind, run["without"]), statistic(kind, run["with"])
        if "look" in run:
            config = t.SequentialConfig(
                difference_type="absolute", sequential_tuning_parameter=run["tuned_for"])
            test = t.SequentialTwoSidedTTest(a, b, config)
        else:
            test = t.TwoSidedTTest(a, b, t.FrequentistConfig(difference_type="absolute"))
        told = test.compute_result()
        found[kind].append([float(told.expected), float(told.ci[0]), float(told.ci[1])])
print("FOUND " + json.dumps(found))
"""

_CONFIDENCE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
import spotify_confidence as c

found = {}
for kind, runs in json.load(open(sys.argv[1])).items():
    rows = []
    for number, run in enumerate(runs):
        for arm in ("without", "with"):
            sums = run[arm]
            row = {"run": number, "arm": arm, "sum": sums["sum"], "n": sums["n"],
                   "squares": sums["sum"] if kind == "proportion" else sums["squares"]}
            if "before" in sums:
                row |= {"before": sums["before"], "before_squares": sums["before_squares"],
                        "products": sums["products"]}
            if "samples" in run:
                row["samples"] = np.array(run["samples"][arm])
            if "look" in run:
                row |= {"look": run["look"], "life": run["life"], "final": run["final"]}
            rows.append(row)
    frame = pd.DataFrame(rows)
    extra = {}
    method = "z-test"
    if "before" in frame:
        method = "z-test-linreg"
        extra = {"feature_column": "before", "feature_sum_squares_column": "before_squares",
                 "feature_cross_sum_column": "products"}
    if "samples" in frame:
        method, extra = "bootstrap", {"bootstrap_samples_column": "samples"}
    frame["method"] = method
    sums = dict(numerator_column="sum", numerator_sum_squares_column="squares",
                denominator_column="n", method_column="method")
    found[kind] = []
    if "look" in frame:
        # One experiment a life: several in one would share its error among themselves.
        for _, life in frame.groupby("life"):
            told = c.Experiment(
                life, categorical_group_columns="arm", ordinal_group_column="look", **sums
            ).difference(level_1="without", level_2="with", groupby="look", absolute=True,
                         final_expected_sample_size_column="final")
            told = told.sort_values("look")
            columns = ["difference", "adjusted ci_lower", "adjusted ci_upper"]
            found[kind] += told[columns].astype(float).to_numpy().tolist()
        continue
    every = c.Experiment(frame, categorical_group_columns=["arm", "run"], **sums, **extra)
    told = every.difference(level_1="without", level_2="with", groupby="run", absolute=True)
    told = told.sort_values("run")
    found[kind] = told[["difference", "ci_lower", "ci_upper"]].astype(float).to_numpy().tolist()
print("FOUND " + json.dumps(found))
"""

PEERS = {
    "gbstats": (_GBSTATS, ("gbstats==0.8.0",)),
    "confidence": (_CONFIDENCE, ("spotify-confidence==4.1.0",)),
}


def asked(name: str, runs: Mapping[str, Sequence[Mapping[str, Any]]]) -> Found | str:
    """Return what a peer finds, or why there is nothing."""
    code, packages = PEERS[name]
    with tempfile.TemporaryDirectory(prefix=f"value-{name}-") as made:
        folder = Path(made)
        python = folder / "venv" / "bin" / "python"
        venv.create(folder / "venv", with_pip=True)
        install = subprocess.run(
            [python, "-m", "pip", "install", "-q", *packages],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if install.returncode:
            return f"cannot be installed: {install.stderr.strip().splitlines()[-1]}"
        given = folder / "runs.json"
        given.write_text(json.dumps(runs), encoding="utf-8")
        run = subprocess.run(
            [python, "-c", code, str(given)], check=False, capture_output=True, text=True
        )
        for line in run.stdout.splitlines():
            if line.startswith("FOUND "):
                found: Found = json.loads(line[6:])
                return found
        return f"failed: {run.stderr.strip().splitlines()[-1]}"
