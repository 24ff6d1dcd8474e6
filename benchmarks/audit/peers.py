"""The profiles of other packages, each in a virtual environment of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.audit.flights import PROVEOUT
from benchmarks.audit.running import Run, RunFailedError, Runner, elsewhere, last_line

_READ = """
import resource, sys, warnings
warnings.simplefilter("ignore")
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
import pandas
frame = pandas.read_parquet(sys.argv[1])
"""
_YDATA = """
from ydata_profiling import ProfileReport
ProfileReport(frame, minimal=True, progress_bar=False).to_json()
"""
_EVIDENTLY = """
from evidently import Dataset, Report
from evidently.presets import DataSummaryPreset
Report([DataSummaryPreset()]).run(Dataset.from_pandas(frame), None).json()
"""
# It has no profile of its own any more: these are the figures that the others report, asked for as
# expectations that always hold. A figure that was not computed ends the run.
_GREAT_EXPECTATIONS = """
import great_expectations as gx
from great_expectations import expectations as e
batch = (
    gx.get_context(mode="ephemeral").data_sources.add_pandas("p").add_dataframe_asset("a")
    .add_batch_definition_whole_dataframe("b").get_batch(batch_parameters={"dataframe": frame})
)
suite = gx.ExpectationSuite("s")
for column in frame.columns:
    wanted = [e.ExpectColumnValuesToNotBeNull(column=column),
              e.ExpectColumnUniqueValueCountToBeBetween(column=column, min_value=0)]
    if frame[column].dtype.kind in "if":
        ends = {"column": column, "min_value": -1e18, "max_value": 1e18}
        wanted += [
            e.ExpectColumnMinToBeBetween(**ends), e.ExpectColumnMaxToBeBetween(**ends),
            e.ExpectColumnMeanToBeBetween(**ends), e.ExpectColumnStdevToBeBetween(**ends),
            e.ExpectColumnQuantileValuesToBeBetween(column=column, quantile_ranges={
                "quantiles": [.25, .5, .75], "value_ranges": [[None, 1e18]] * 3}),
        ]
    for each in wanted:
        suite.add_expectation(each)
found = batch.validate(suite).results
sys.exit(any(each.exception_info.get("raised_exception") for each in found))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    name: str
    package: str
    beside: tuple[str, ...] = ()
    """What else it needs and does not ask for itself."""
    code: str


_PEERS = (
    # Its report still reads the version of its parts through setuptools.
    _Peer(
        name="ydata-profiling, minimal mode",
        package="ydata-profiling",
        beside=("setuptools<81",),
        code=_YDATA,
    ),
    # Its older half, which the newer one loads, does not load with pandas 3.
    _Peer(
        name="Evidently, data summary", package="evidently", beside=("pandas<3",), code=_EVIDENTLY
    ),
    _Peer(
        name="Great Expectations, the same figures",
        package="great_expectations",
        code=_GREAT_EXPECTATIONS,
    ),
)


def report(runner: Runner, path: Path, *, sizes: Sequence[int], longest_s: float) -> None:
    """Print what each peer takes for the first rows of the table, or why there is no figure."""
    tables = [elsewhere(_first, path, n_rows) for n_rows in sizes]
    heads = " | ".join(f"first {n:,} rows" for n in sizes)
    print(f"\n| | {heads} |\n| --- |{' --- |' * len(sizes)}")
    ours = [_said(runner.run(PROVEOUT, "audit", str(table), "--json")) for table in tables]
    print(f"| `proveout audit` | {' | '.join(ours)} |", flush=True)
    for peer in _PEERS:
        with tempfile.TemporaryDirectory(prefix="audit-peer-") as folder:
            name, found = _measured(runner, peer, tables, folder=Path(folder), longest_s=longest_s)
        print(f"| {name} | {' | '.join(found)} |", flush=True)


def _first(path: Path, n_rows: int) -> Path:
    import duckdb

    first = path.with_name(f"first-{n_rows}.parquet")
    duckdb.execute("SET enable_progress_bar = false")
    duckdb.execute(f"COPY (SELECT * FROM '{path}' LIMIT {n_rows}) TO '{first}' (FORMAT parquet)")
    return first


def _measured(
    runner: Runner, peer: _Peer, tables: Sequence[Path], *, folder: Path, longest_s: float
) -> tuple[str, list[str]]:
    """Install a peer and run it on each table, after once for practice on a few rows."""
    python = folder / "bin" / "python"
    venv.create(folder, with_pip=True)
    install = subprocess.run(
        [python, "-m", "pip", "install", "-q", peer.package, *peer.beside, "pyarrow"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if install.returncode:
        return peer.name, [f"cannot be installed: {last_line(install.stderr)}"] * len(tables)
    limit = _half_of_memory()

    def run(table: Path) -> str:
        try:
            return _said(
                runner.run(
                    _READ + peer.code, str(table), str(limit),
                    python=python, folder=folder, longest_s=longest_s,
                )
            )  # fmt: skip
        except RunFailedError as failure:
            text = str(failure)
            return f"out of memory at {limit / 2**30:.0f} GiB" if "Memory" in text else text

    run(elsewhere(_first, tables[0], 1_000))
    version = f"from importlib.metadata import version; print(version('{peer.package}'))"
    name = f"{peer.name} ({runner.run(version, python=python, folder=folder).output.strip()})"
    return name, [run(table) for table in tables]


def _half_of_memory() -> int:
    """Bytes that a peer may use: nobody else's work shall be pushed out."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _said(run: Run) -> str:
    return f"{run.seconds:.1f} s ({run.cpu_seconds:.1f} s processor), {run.mebibytes:,.0f} MiB"
