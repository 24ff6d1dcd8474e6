"""Other packages' drift monitors with their defaults, each in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import tempfile
import venv
from collections.abc import Iterator, Sequence
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
    print(json.dumps([i, named]), flush=True)
"""
_NANNYML = """
import nannyml
calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference), chunk_size=5000)
calculator.fit(reference)
for i in range(n):
    table = calculator.calculate(read(i)).filter(period="analysis").to_df()
    named = [c for c in reference
             if any(table[k].any() for k in table if k[0] == c and k[-1] == "alert")]
    print(json.dumps([i, named]), flush=True)
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
    print(json.dumps([i, named]), flush=True)
"""
_LONGEST_INSTALL_S = 900


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
    Peer(name="NannyML, univariate", package="nannyml", beside=("pandas<3", "statsmodels"),
         code=_NANNYML),
    Peer(name="Frouros, KS and chi-square with Bonferroni", package="frouros", code=_FROUROS),
)  # fmt: skip


def named(
    case: Case, trials: Sequence[Trial], *, longest_s: float
) -> Iterator[tuple[str, dict[int, frozenset[str]], str]]:
    """Yield for each peer the columns that it names by window, and what was left out and why.

    The windows come in the order in which they are to be asked, as far as the time allows.
    """
    with tempfile.TemporaryDirectory(prefix="drift-peers-") as name:
        folder = Path(name)
        case.reference.to_parquet(folder / "reference.parquet")
        for nth, trial in enumerate(trials):
            _plain(trial.table).to_parquet(folder / f"{nth}.parquet")
        for peer in PEERS:
            found, why = _asked(peer, folder, len(trials), longest_s)
            yield peer.name, found, why


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Write columns of mixed types as text: what a peer reads from a file."""
    mixed = [c for c in table if table[c].dtype == object]
    return table.assign(**{c: table[c].map(lambda v: None if pd.isna(v) else str(v))
                           for c in mixed})  # fmt: skip


def _asked(
    peer: Peer, data: Path, n: int, longest_s: float
) -> tuple[dict[int, frozenset[str]], str]:
    with tempfile.TemporaryDirectory(prefix="drift-peer-") as name:
        python = Path(name) / "bin" / "python"
        venv.create(name, with_pip=True)
        try:
            install = subprocess.run(
                [python, "-m", "pip", "install", "-q", peer.package, *peer.beside, "pyarrow"],
                check=False, capture_output=True, text=True, timeout=_LONGEST_INSTALL_S,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {}, f"not installed after {_LONGEST_INSTALL_S} s"
        if install.returncode:
            return {}, f"cannot be installed: {last_line(install.stderr)}"
        told = Path(name) / "found.jsonl"
        with told.open("w") as out:
            try:
                ran = subprocess.run(
                    [python, "-c", _BEGIN + peer.code, str(data), str(n)],
                    check=False, stdout=out, stderr=subprocess.PIPE, text=True, timeout=longest_s,
                )  # fmt: skip
                why = f"failed: {last_line(ran.stderr)}" if ran.returncode else ""
            except subprocess.TimeoutExpired:
                why = f"stopped after {longest_s:.0f} s"
        return _read(told.read_text()), why


def _read(told: str) -> dict[int, frozenset[str]]:
    """Read what was named, window by window; what else a package printed is left out."""
    found = {}
    for line in told.splitlines():
        if line.startswith("[") and line.endswith("]"):
            nth, columns = json.loads(line)
            found[nth] = frozenset(columns)
    return found
