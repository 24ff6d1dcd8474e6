"""A large table of orders with slips and swaps, for time and memory."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.error_detection.made import SYLLABLES

_CUSTOMERS, _PRODUCTS, _ZIPS = 50_000, 3_000, 2_000
_WRONG = 0.01


def large_table(rows: int, *, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (dirty, clean): ten columns, six of them with one wrong cell in a hundred."""
    rng = np.random.default_rng(seed)
    words = np.array(["".join(each).capitalize() for each in rng.choice(SYLLABLES, (60_000, 3))])
    customer = rng.integers(0, _CUSTOMERS, rows)
    product = rng.integers(0, _PRODUCTS, rows)
    zip_of = rng.integers(0, _ZIPS, _CUSTOMERS)[customer]
    firm = np.char.add(words[:_CUSTOMERS], rng.choice([" GmbH", " AG", " Ltd"], _CUSTOMERS))
    price = np.round(rng.lognormal(3, 1, _PRODUCTS), 2).astype(str)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, rows), "D")
    clean = pd.DataFrame({
        "order": np.arange(rows).astype(str),
        "customer": np.char.add("C", customer.astype(str)),
        "name": firm[customer],
        "zip": (10_000 + zip_of).astype(str),
        "city": words[50_000 + zip_of],
        "country": np.array(["DE", "FR", "US", "UK"])[zip_of % 4],
        "product": np.char.add("P", product.astype(str)),
        "product_name": words[55_000 + product],
        "price": price[product],
        "date": days.strftime("%Y-%m-%d"),
    })  # fmt: skip
    dirty = clean.copy()
    for column in ("name", "zip", "city", "country", "product_name", "date"):
        values = dirty[column].to_numpy(object).copy()
        wrong = rng.choice(rows, int(_WRONG * rows), replace=False)
        slips, swaps = np.array_split(wrong, 2)
        for row in slips.tolist():
            at = int(rng.integers(len(values[row])))
            values[row] = values[row][:at] + "x" + values[row][at + 1 :]
        values[swaps] = values[rng.integers(0, rows, len(swaps))]
        dirty[column] = values
    return dirty, clean
