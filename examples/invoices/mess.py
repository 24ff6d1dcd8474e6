"""What happens to a page on its way: scanners, mail programs, people."""

from __future__ import annotations

import random

_ALIKE = {
    "0": "O", "O": "0", "1": "l", "l": "1", "5": "S", "S": "5", "8": "B", "B": "8", "m": "rn",
    "e": "c", "i": "í", "g": "q", "ü": "ii", "ß": "B", "€": "C", ",": ".", ".": ",",
}  # fmt: skip


def scanned(text: str, numbers: random.Random, worst: float = 0.06) -> str:
    """Read a page as poor optical recognition does; how poor differs from scan to scan."""
    rate = numbers.uniform(0.004, worst)
    read = []
    for character in text:
        drawn = numbers.random()
        if drawn < rate and character in _ALIKE:
            read.append(_ALIKE[character])
        elif drawn < rate * 0.15:
            continue
        elif drawn > 1 - rate * 0.2 and character == " ":
            read.append("   ")
        else:
            read.append(character)
    lines = "".join(read).split("\n")
    stamp = f"RECEIVED {numbers.randint(1, 28)} / {numbers.randint(10, 99)}  {'~' * 3}"
    lines.insert(numbers.randrange(len(lines)), stamp)
    return "\n".join(lines)


def mailed(text: str, numbers: random.Random, earlier: str) -> str:
    """Wrap it into a mail as it is forwarded within a company, with another invoice below."""
    sender = numbers.choice(("gate.office", "stores", "maintenance.lead", "p.reid", "k.aydin"))
    remark = numbers.choice(
        ("pls process, thx", "fyi - is this one ours?", "Approved. Cost centre 4410.", "2nd try :)")
    )
    head = f"From: {sender}@calder.example\nTo: invoices@calder.example\nSubject: FW: {remark}\n"
    quoted = "\n".join(f"> {line}" for line in earlier.split("\n")[:12])
    notice = (
        "This message and any attachment are confidential. If you are not the intended recipient, "
        "delete it. Think before you print."
    )
    thread = f"\n\nOn Monday somebody wrote:\n{quoted}" if numbers.random() < 0.5 else ""
    return f"{head}\n{remark}\n\n---------- Forwarded ----------\n{text}\n\n{notice}{thread}"


def cut_off(text: str, numbers: random.Random) -> str:
    """Lose the last part, as a fax or a page limit does."""
    return text[: int(len(text) * numbers.uniform(0.6, 0.85))]


def reminder(text: str, numbers: random.Random) -> str:
    """Send it a second time, with a fee that is not part of the invoice."""
    fee = numbers.choice(("5,00", "10.00", "12,50"))
    return f"2ND REMINDER / 2. MAHNUNG\nFee / Gebühr: {fee}\nCopy of the open invoice:\n\n{text}"
