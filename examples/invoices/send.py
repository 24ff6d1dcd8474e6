"""What the clerks' program sends in a week: every document of the three sites, to the gateway.

It speaks to the gateway as it would to the vendor, and adds who asks. Whatever the gateway calls
each request goes to `data/booked.csv`, with what accounts payable booked for it in the end.
"""

import csv
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from proveout.charter.loading import load_charter
from proveout.systems.dialects.opening import open_dialect

HERE = Path(__file__).parent
GATEWAY = "http://127.0.0.1:8800/v1/chat/completions"
CLERKS = {"leeds": 7, "linz": 8, "lyon": 2}


def documents() -> Iterator[tuple[str, str, str]]:
    """Yield site, name and text of each document in the inbox."""
    for site in ("leeds", "linz"):
        with (HERE / "data" / "inbox" / f"{site}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield site, row["document"], row["text"]
    for line in (HERE / "data" / "inbox" / "lyon.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield "lyon", row["document"], row["text"] or ""


def main(most: int) -> None:
    """Send them, six at a time."""
    system = load_charter(HERE / "pilot.yaml").charter.system
    dialect = None if system is None else open_dialect(system)
    if dialect is None:
        sys.exit("pilot.yaml names no system that is reached by HTTP")

    def send(number: int, site: str, name: str, text: str) -> tuple[str, str, int]:
        asked = dialect.encode([{"text": text}])
        who = {"proveout-team": site, "proveout-user": f"{site}-{number % CLERKS[site]}"}
        reply = client.post(GATEWAY, content=asked.body, headers={**asked.headers, **who})
        return name, reply.headers["proveout-id"], reply.status_code

    chosen = list(documents())[:most]
    with httpx.Client(timeout=30) as client, ThreadPoolExecutor(6) as pool:
        sent = list(pool.map(lambda each: send(each[0], *each[1]), enumerate(chosen)))
    truths = {
        row["document"]: row
        for row in csv.DictReader((HERE / "data" / "truth.csv").open(encoding="utf-8"))
    }
    with (HERE / "data" / "booked.csv").open("w", encoding="utf-8", newline="") as file:
        fields = [name for name in next(iter(truths.values())) if name != "document"]
        writer = csv.DictWriter(file, ["proveout_id", "document", *fields])
        writer.writeheader()
        for name, call, _ in sent:
            writer.writerow({"proveout_id": call, **truths[name]})
    answered = sum(status == 200 for _, _, status in sent)
    sys.stdout.write(
        f"{answered} of {len(sent)} documents were answered; data/booked.csv says what was booked\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
