"""Simulate how crews are re-planned, by hand and with the system, on the flights of 2013.

The flights, their delays and the answers of the model are real; the planners are not: how they
notice, decide and make mistakes is drawn from the distributions below. So all that is found in
what is written here is called simulated.

Reads ../flights/data and the model there, and writes

    data/late.csv     one row for each late or cancelled flight: how long its crew waited, when it
                      was re-planned, what that cost
    data/on_time.csv  one row for each other flight: whether its crew was moved needlessly

January to March is the manual way. From April on a coin is tossed for each flight: whether its
planner is shown the answer of the system. The record is drawn in the evening of 30 June, so that
some late flights are not re-planned yet.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
FLIGHTS = HERE.parent / "flights"
TRIAL_BEGINS = pd.Timestamp("2013-04-01")
DRAWN_AT = pd.Timestamp("2013-06-30 22:00")
PLANNERS = {"EWR": 15, "JFK": 14, "LGA": 11}
SHOWN = 0.5
"""Chance that a flight is drawn to be shown."""
FOLLOWED = 0.85
"""Chance that a planner looks at what is shown."""


def flights_with_answers() -> pd.DataFrame:
    """Return the flights from January to June, and what the model answers for each."""
    sys.path.insert(0, str(FLIGHTS))
    from model import predict

    files = sorted((FLIGHTS / "data" / "production").glob("*.csv"))
    if not files:
        raise SystemExit("The flights are missing. First run: python ../flights/prepare.py")
    flights = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
    left = pd.to_datetime(flights["time_hour"].str[:19]) + pd.to_timedelta(
        flights["sched_dep_time"] % 100 + flights["dep_delay"].fillna(0), unit="min"
    )
    flights = flights.assign(departed=left)[left < DRAWN_AT]
    return flights.assign(answer=predict(flights)["answer"].to_numpy()).reset_index(drop=True)


def staffed(flights: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    """Give each flight a planner of its airport, and toss the coin of the trial."""
    number = draw.integers(0, flights["origin"].map(PLANNERS).to_numpy())
    planner = flights["origin"] + "-" + pd.Series(number + 1).astype(str).str.zfill(2)
    in_trial = flights["departed"] >= TRIAL_BEGINS
    shown = in_trial & (draw.random(len(flights)) < SHOWN)
    names = planner.drop_duplicates().sort_values()
    slowness = pd.Series(np.exp(draw.normal(0, 0.25, len(names))), index=names)
    return flights.assign(
        planner=planner,
        assigned=np.where(in_trial, np.where(shown, "yes", "no"), ""),
        with_system=shown & (draw.random(len(flights)) < FOLLOWED),
        slowness=planner.map(slowness),
    )


def late_flights(flights: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    """Tell for each late or cancelled flight when its crew was re-planned, and how it waited."""
    late = flights[flights["replan"] == "yes"].reset_index(drop=True)
    n = len(late)
    warned = late["with_system"] & (late["answer"] == "yes")
    # By hand a planner sees a long delay on the board early, and a short one when it is too late.
    delay = late["dep_delay"].fillna(180).clip(0, 180)
    by_hand = late["slowness"] * draw.lognormal(np.log(70 - 0.2 * delay), 0.8)
    by_answer = late["slowness"] * draw.lognormal(np.log(11), 0.6, n)
    minutes = np.where(warned, np.minimum(by_answer, by_hand), by_hand)
    replanned = late["departed"] + pd.to_timedelta(minutes, unit="min")
    # A crew waits for what is left of the delay once it could no longer be sent elsewhere.
    notice = late["air_time"].fillna(150) - minutes
    wait = np.where(notice > 45, 0.0, late["arr_delay"].fillna(120).clip(15, 240))
    wait = wait * draw.uniform(0.4, 1.0, n) + draw.lognormal(np.log(6), 0.7, n)
    cost = 55 + 3.1 * wait + draw.lognormal(np.log(30), 1.0, n)
    is_over = replanned <= DRAWN_AT
    return pd.DataFrame({
        "flight": late["carrier"] + late["flight"].astype(str) + " " + late["time_hour"].str[:16],
        "departed": late["departed"].dt.strftime("%Y-%m-%d %H:%M:%S"),
        "replanned": replanned.where(is_over).dt.strftime("%Y-%m-%d %H:%M:%S"),
        "airport": late["origin"],
        "planner": late["planner"],
        "carrier": late["carrier"],
        "distance": late["distance"],
        "assigned": late["assigned"],
        "with_system": late["with_system"].map({True: "yes", False: "no"}),
        "crew_wait_minutes": pd.Series(wait.round(1)).where(is_over),
        "cost_usd": pd.Series(cost.round(2)).where(is_over),
    })  # fmt: skip


def other_flights(flights: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    """Tell for each flight that was not late whether its crew was moved all the same."""
    others = flights[flights["replan"] == "no"].reset_index(drop=True)
    warned = others["with_system"] & (others["answer"] == "yes")
    by_hand = draw.random(len(others)) < 0.015 + 0.25 * (others["dep_delay"] > 20)
    moved = by_hand | (warned & (draw.random(len(others)) < 0.8))
    return pd.DataFrame({
        "departed": others["departed"].dt.strftime("%Y-%m-%d %H:%M:%S"),
        "airport": others["origin"],
        "planner": others["planner"],
        "assigned": others["assigned"],
        "with_system": others["with_system"].map({True: "yes", False: "no"}),
        "moved_needlessly": np.where(moved, "yes", "no"),
    })  # fmt: skip


def main() -> None:
    """Write both records."""
    draw = np.random.default_rng(2013)
    flights = staffed(flights_with_answers(), draw)
    folder = HERE / "data"
    folder.mkdir(exist_ok=True)
    late_flights(flights, draw).to_csv(folder / "late.csv", index=False)
    other_flights(flights, draw).to_csv(folder / "on_time.csv", index=False)


if __name__ == "__main__":
    main()
