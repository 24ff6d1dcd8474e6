"""Other packages' drift monitors with their defaults, each in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.audit.running import last_line
from benchmarks.drift.windows import Case, Trial

_BEGIN = """
import json, sys, warnings, logging
warnings.simplefilter("ignore"); logging.disable(logging.CRITICAL)
import numpy as np, pandas as pd
folder, n = sys.argv[1], int(sys.argv[2])
reference = pd.read_parquet(folder + "/reference.parquet")
numbers = [c for c in reference if pd.api.types.is_numeric_dtype(reference[c])]
def read(i):
    window = pd.read_parquet(f"{folder}/{i}.parquet")
    for c in numbers:
        window[c] = pd.to_numeric(window[c], errors="coerce")
    return window
found = []
"""
_EVIDENTLY = """
from evidently import Dataset, DataDefinition, Report
from evidently.presets import DataDriftPreset
texts = [c for c in reference if c not in numbers]
definition = DataDefinition(numerical_columns=numbers, categorical_columns=texts)
before = Dataset.from_pandas(reference, data_definition=definition)
for i in range(n):
    now = Dataset.from_pandas(read(i), data_definition=definition)
    ran = Report([DataDriftPreset()]).run(now, before).dict()
    named = []
    for metric in ran["metrics"]:
        config = metric.get("config", {})
        column = config.get("column")
        if column is None or not isinstance(metric["value"], (int, float)):
            continue
        threshold, value = config.get("threshold", 0.1), metric["value"]
        by_p = "p_value" in str(config.get("method"))
        if (value < threshold) if by_p else (value >= threshold):
            named.append(column)
    found.append(named)
"""
_NANNYML = """
import nannyml
calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference), chunk_size=5000)
calculator.fit(reference)
for i in range(n):
    table = calculator.calculate(read(i)).filter(period="analysis").to_df()
    named = [c for c in reference
             if any(table[k].any() for k in table if k[0] == c and k[-1] == "alert")]
    found.append(named)
"""
_FROUROS = """
from frouros.detectors.data_drift import KSTest, ChiSquareTest
for i in range(n):
    window, named = read(i), []
    for c in reference:
        before, now = reference[c].dropna().to_numpy(), window[c].dropna().to_numpy()
        detector = KSTest() if c in numbers else ChiSquareTest()
        detector.fit(X=before)
        try:
            p = detector.compare(X=now)[0].p_value
        except Exception:
            p = float("nan")
        if p < 0.05 / len(reference.columns):
            named.append(c)
    found.append(named)
"""
_END = "\nprint(json.dumps(found))\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A package, what it needs beside it, and how its defaults are asked."""

    name: str
    package: str
    beside: tuple[str, ...] = ()
    code: str


PEERS = (
    Peer(name="Evidently, data drift preset", package="evidently", beside=("pandas<3",),
         code=_EVIDENTLY),
    Peer(name="NannyML, univariate", package="nannyml", beside=("pandas<3",), code=_NANNYML),
    Peer(name="Frouros, KS and chi-square with Bonferroni", package="frouros", code=_FROUROS),
)  # fmt: skip


def named(
    case: Case, trials: Sequence[Trial], *, longest_s: float
) -> Mapping[str, list[frozenset[str]] | str]:
    """Return for each peer the columns that it names in each window, or why there is no figure."""
    with tempfile.TemporaryDirectory(prefix="drift-peers-") as name:
        folder = Path(name)
        case.reference.to_parquet(folder / "reference.parquet")
        for nth, trial in enumerate(trials):
            _plain(trial.table).to_parquet(folder / f"{nth}.parquet")
        return {peer.name: _asked(peer, folder, len(trials), longest_s) for peer in PEERS}


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Write columns of mixed types as text: what a peer reads from a file."""
    mixed = [c for c in table if table[c].dtype == object]
    return table.assign(**{c: table[c].map(lambda v: None if pd.isna(v) else str(v))
                           for c in mixed})  # fmt: skip


def _asked(peer: Peer, data: Path, n: int, longest_s: float) -> list[frozenset[str]] | str:
    with tempfile.TemporaryDirectory(prefix="drift-peer-") as name:
        python = Path(name) / "bin" / "python"
        venv.create(name, with_pip=True)
        install = subprocess.run(
            [python, "-m", "pip", "install", "-q", peer.package, *peer.beside, "pyarrow"],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if install.returncode:
            return f"cannot be installed: {last_line(install.stderr)}"
        try:
            ran = subprocess.run(
                [python, "-c", _BEGIN + peer.code + _END, str(data), str(n)],
                check=False, capture_output=True, text=True, timeout=longest_s,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"not finished after {longest_s:.0f} s"
        if ran.returncode:
            return f"failed: {last_line(ran.stderr)}"
        return [frozenset(each) for each in json.loads(ran.stdout.splitlines()[-1])]
