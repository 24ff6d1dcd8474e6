"""The profiles of other packages, each in a virtual environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

_LONGEST_S = 900
"""After so long a peer counts as one that did not finish."""

_YDATA = """
from ydata_profiling import ProfileReport
ProfileReport(frame, minimal=True, progress_bar=False).to_json()
"""
_EVIDENTLY = """
from evidently import Dataset, Report
from evidently.presets import DataSummaryPreset
Report([DataSummaryPreset()]).run(Dataset.from_pandas(frame), None).json()
"""
_GREAT_EXPECTATIONS = """
import great_expectations as gx
context = gx.get_context(mode="ephemeral")
batch = (
    context.data_sources.add_pandas("p").add_dataframe_asset("a")
    .add_batch_definition_whole_dataframe("b")
)
suite = context.suites.add(gx.ExpectationSuite("s"))
from great_expectations import expectations as e
for column in frame.columns:
    suite.add_expectation(e.ExpectColumnValuesToNotBeNull(column=column))
    suite.add_expectation(e.ExpectColumnUniqueValueCountToBeBetween(column=column, min_value=0))
    if frame[column].dtype.kind in "if":
        suite.add_expectation(e.ExpectColumnMinToBeBetween(column=column, min_value=None, max_value=1e18))
        suite.add_expectation(e.ExpectColumnMaxToBeBetween(column=column, min_value=-1e18, max_value=None))
        suite.add_expectation(e.ExpectColumnMeanToBeBetween(column=column, min_value=-1e18, max_value=1e18))
        suite.add_expectation(e.ExpectColumnQuantileValuesToBeBetween(
            column=column, quantile_ranges={"quantiles": [.25, .5, .75], "value_ranges": [[None, 1e18]] * 3}))
gx.ValidationDefinition(name="v", data=batch, suite=suite)
batch.run if False else batch.get_batch(batch_parameters={"dataframe": frame}).validate(suite)
"""
_PEERS = (
    ("ydata-profiling, minimal", "ydata-profiling setuptools", _YDATA),
    ("Evidently, data summary", "evidently", _EVIDENTLY),
    (
        "Great Expectations, the same figures as expectations",
        "great_expectations",
        _GREAT_EXPECTATIONS,
    ),
)
_READ = """
import sys, time, warnings
warnings.simplefilter("ignore")
began = time.perf_counter()
import pandas
frame = pandas.read_parquet(sys.argv[1]).head(int(sys.argv[2]))
"""


def report(path: Path, *, n_rows: int) -> None:
    """Print the time of each peer on the first rows of the table, or why there is none."""
    small = path.with_name("small.parquet")
    import duckdb

    duckdb.execute(f"COPY (SELECT * FROM '{path}' LIMIT {n_rows}) TO '{small}' (FORMAT parquet)")
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from proveout.cli import main; main()", "audit", str(small), "--json"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    print(f"| first {n_rows:,} rows | |\n| --- | --- |")
    print(f"| `proveout audit` | {time.perf_counter() - began:.1f} s |", flush=True)
    for name, packages, code in _PEERS:
        print(f"| {name} | {_time(small, n_rows, packages, code)} |", flush=True)


def _time(path: Path, n_rows: int, packages: str, code: str) -> str:
    with tempfile.TemporaryDirectory(prefix="audit-peer-") as folder:
        python = Path(folder) / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = subprocess.run(
            [python, "-m", "pip", "install", "-q", *packages.split(), "pyarrow"],
            check=False, capture_output=True, text=True,
        )  # fmt: skip
        if install.returncode:
            return f"cannot be installed: {_last(install.stderr)}"
        began = time.perf_counter()
        try:
            run = subprocess.run(
                [python, "-c", _READ + code, str(path), str(n_rows)],
                check=False, capture_output=True, text=True, timeout=_LONGEST_S, cwd=folder,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"not finished after {_LONGEST_S} s"
        if run.returncode:
            return f"fails: {_last(run.stderr)}"
        return f"{time.perf_counter() - began:.1f} s"


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no message"
