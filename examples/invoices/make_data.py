"""Make the invoices that a company receives, and what is true of each.

Writes, always the same:

    data/pilot.csv          60 clean invoices of the two main suppliers: what the pilot was shown
    data/inbox/leeds.csv    what three sites received: 400 documents with all the mess there is
    data/inbox/linz.csv
    data/inbox/lyon.jsonl
    data/truth.csv          what accounts payable booked for every document
    data/answers.jsonl      for the simulated reader: the pages before scanners and mail programs
                            had them, the truth, and how hard each is

Every company, person, account and amount is invented.
"""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from mess import cut_off, mailed, reminder, scanned
from suppliers import MAIN, OTHERS, SITES, Supplier
from writing import Invoice, page

HERE = Path(__file__).parent
SEED = 20250331
N_PILOT, N_PRODUCTION, N_BLANK = 60, 400, 4
BASE_RATE = 0.03
"""Share of clean, familiar invoices that the simulated reader gets wrong."""


@dataclass(frozen=True)
class Document:
    """One document as it came in."""

    id: str
    site: str
    received: date
    channel: str
    text: str
    page: str
    """The page before anything happened to it."""
    truth: dict[str, str]
    wrong_rate: float

    @property
    def row(self) -> dict[str, str]:
        """What the inbox has of it."""
        return {
            "document": self.id,
            "received": self.received.isoformat(),
            "channel": self.channel,
            "text": self.text,
        }


def iban(bank: str, numbers: random.Random) -> str | None:
    """Make an account number whose check digits are right."""
    if not bank:
        return None
    country, *code = bank.split()
    account = "".join(code) + "".join(str(numbers.randrange(10)) for _ in range(10))
    as_digits = "".join(str(int(c, 36)) for c in account + country + "00")
    return f"{country}{98 - int(as_digits) % 97:02}{account}"


def invoice(
    supplier: Supplier, moment: date, recipient: str, numbers: random.Random, *, is_clean: bool
) -> Invoice:
    """Draw an invoice of a supplier."""
    is_long = not is_clean and numbers.random() < 0.1
    n_lines = numbers.randint(16, 34) if is_long else numbers.randint(1, 5)
    lines = tuple(
        (numbers.choice(supplier.goods), numbers.randint(1, 24), numbers.randint(150, 48_000))
        for _ in range(n_lines)
    )
    has_order = is_clean or numbers.random() < 0.7
    has_due = is_clean or numbers.random() < 0.88
    due = moment + timedelta(days=supplier.days)
    return Invoice(
        supplier=supplier,
        number=f"{supplier.prefix}{numbers.randint(1000, 99999):05}",
        day=moment,
        due=due if has_due else None,
        lines=lines,
        iban=iban(supplier.bank, numbers) if is_clean or numbers.random() < 0.92 else None,
        order=f"45{numbers.randint(0, 99_999_999):08}" if has_order else None,
        customer=str(numbers.randint(10_000, 99_999)),
        recipient=recipient,
        is_credit=not is_clean and numbers.random() < 0.07,
    )


def how_hard(made: Invoice, channel: str) -> float:
    """Say how often a reader who learnt on clean English letters gets such a page wrong."""
    rate = BASE_RATE
    rate += 0.05 * (made.supplier not in MAIN) + 0.04 * (made.supplier.language != "en")
    rate += 0.05 * (made.supplier.layout in ("keys", "mail")) + 0.25 * made.is_credit
    rate += 0.12 * (len(made.lines) > 14) + 0.06 * (made.due is None) + 0.05 * (channel == "mail")
    rate += 0.10 * (made.supplier.dates == "%m/%d/%Y")  # the day that is taken for the month
    return round(min(rate, 0.9), 3)


def pilot(numbers: random.Random) -> list[Document]:
    """Draw the curated sample."""
    made = []
    for at in range(N_PILOT):
        moment = date(2025, 1, 6) + timedelta(days=at % 40)
        drawn = invoice(MAIN[at % 2], moment, SITES["leeds"], numbers, is_clean=True)
        text = page(drawn, numbers)
        hard = how_hard(drawn, "portal")
        made.append(Document(f"P{at:03}", "leeds", moment, "portal", text, text, drawn.truth, hard))
    return made


def production(numbers: random.Random) -> list[Document]:
    """Draw what comes in when nobody chooses."""
    made: list[Document] = []
    earlier = ""
    for at in range(N_PRODUCTION - N_BLANK):
        site = numbers.choice(list(SITES))
        moment = date(2025, 3, 3) + timedelta(days=at * 28 // N_PRODUCTION)
        is_main = numbers.random() < 0.25
        supplier = numbers.choice(MAIN if is_main else OTHERS)
        drawn = invoice(supplier, moment, SITES[site], numbers, is_clean=False)
        clean = page(drawn, numbers)
        channel = numbers.choices(("portal", "mail", "scan"), (0.35, 0.35, 0.30))[0]
        text = reminder(clean, numbers) if numbers.random() < 0.04 else clean
        if channel == "mail":
            text = mailed(text, numbers, earlier)
        if channel == "scan":
            text = scanned(text, numbers)
            text = cut_off(text, numbers) if numbers.random() < 0.06 else text
        received = moment + timedelta(days=numbers.randint(0, 6))
        hard = how_hard(drawn, channel)
        made.append(Document(f"D{at:04}", site, received, channel, text, clean, drawn.truth, hard))
        earlier = clean
    return made + blank_scans(made, numbers)


def blank_scans(made: list[Document], numbers: random.Random) -> list[Document]:
    """Add pages of which the scanner sent nothing; people had the paper, and booked them."""
    blank = []
    for at, like in enumerate(numbers.sample(made, N_BLANK)):
        drawn = invoice(OTHERS[at], like.received, SITES[like.site], numbers, is_clean=False)
        blank.append(
            Document(f"D{900 + at:04}", like.site, like.received, "scan", "", "", drawn.truth, 1.0)
        )
    return blank


def write(documents: list[Document], file: Path) -> None:
    """Write documents as the site's system exports them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [document.row for document in documents]
    if file.suffix == ".jsonl":
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    write_table(rows, file)


def write_table(rows: list[dict[str, str]], file: Path) -> None:
    """Write rows as CSV."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Write the files."""
    numbers = random.Random(SEED)  # noqa: S311 - nothing here is a secret
    shown, received = pilot(numbers), production(numbers)
    everything = shown + received
    write(shown, HERE / "data" / "pilot.csv")
    for site, file in (("leeds", "leeds.csv"), ("linz", "linz.csv"), ("lyon", "lyon.jsonl")):
        here = [document for document in received if document.site == site]
        write(here, HERE / "data" / "inbox" / file)
    write_table(
        [{"document": document.id, **document.truth} for document in everything],
        HERE / "data" / "truth.csv",
    )
    known = [
        {"text": document.page, "wrong_rate": document.wrong_rate, **document.truth}
        for document in everything
        if document.page
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in known]
    answers = HERE / "data" / "answers.jsonl"
    answers.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
