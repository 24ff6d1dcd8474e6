"""Make the questions that employees ask the help desk, and what a right answer holds.

Writes, always the same:

    data/pilot.csv          42 well-written questions, each with the right article: the sample
    data/desk/chat.csv      what came in by three ways in six weeks: the same questions as people
    data/desk/mail.csv      really write them, two in one, without context, in other languages,
    data/desk/phone.jsonl   and some that a machine must hand to a person
    data/articles.csv       the knowledge base
    data/answers.jsonl      for the simulated assistant: reference answers, and how hard each is

The company, its people, rules and numbers are invented.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from articles import ARTICLES, ASK_BACK, HAND_OVER, HANDED_OVER, UNCLEAR, Article, Fact

HERE = Path(__file__).parent
SEED = 20250505
NEIGHBOURS = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "g": "fh", "h": "gj", "i": "uo",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "r": "et", "s": "ad",
    "t": "ry", "u": "yi", "w": "qe", "y": "tu",
}  # fmt: skip
"""Keys beside each other."""


@dataclass(frozen=True)
class Question:
    """One question, as it was asked and as it was meant."""

    text: str
    meant: str
    """The same before anybody mistyped it."""
    kind: str
    context: str
    """The article that the search found; not always the right one."""
    expected: str
    answer: str
    wrong_rate: float


def clean(article: Article, text: str, fact: Fact, wrong_rate: float = 0.03) -> Question:
    """Return a well-written question."""
    context = f"{article.title}: {article.text}"
    return Question(text, text, "plain", context, fact.expected, fact.answer, wrong_rate)


def mistyped(text: str, numbers: random.Random) -> str:
    """Type as people do in a hurry: neighbouring keys, lost letters, no capitals."""
    typed = []
    for letter in text.lower():
        drawn = numbers.random()
        if drawn < 0.05 and letter in NEIGHBOURS:
            typed.append(numbers.choice(NEIGHBOURS[letter]))
        elif drawn < 0.08 and letter.isalpha():
            continue
        else:
            typed.append(letter)
    return "".join(typed).rstrip("?") + numbers.choice(("", "?", "??", " thx", " asap"))


def asked(numbers: random.Random) -> Iterator[Question]:
    """Draw what comes in when nobody chooses."""
    every = [(article, fact) for article in ARTICLES for fact in article.facts]
    for article, fact in every:
        yield clean(article, fact.again, fact, 0.05)
        yield replace(clean(article, fact.foreign, fact, 0.16), kind="foreign")
        hurried = clean(article, numbers.choice((fact.ask, fact.again)), fact, 0.08)
        yield replace(hurried, text=mistyped(hurried.text, numbers), kind="typos")
    for article, fact in numbers.sample(every, 36):
        yield two_in_one(article, fact, every, numbers)
    for text in HANDED_OVER * 2:
        handed = Fact(text, text, text, "hand this over", HAND_OVER)
        yield off_the_articles(handed, "hand-over", 0.30, numbers)
    for text in UNCLEAR * 2:
        unclear = Fact(text, text, text, "tell me more", ASK_BACK)
        yield off_the_articles(unclear, "unclear", 0.35, numbers)
    for article, fact in numbers.sample(every, 24):
        elsewhere = numbers.choice([other for other in ARTICLES if other is not article])
        text = f"Hello, {fact.ask[0].lower()}{fact.ask[1:]}"
        yield replace(clean(elsewhere, text, fact, 0.45), kind="wrong article")


def two_in_one(
    article: Article, fact: Fact, every: list[tuple[Article, Fact]], numbers: random.Random
) -> Question:
    """Ask two things; what the second one is answered is what gets lost, and what is looked at."""
    _, first = numbers.choice([pair for pair in every if pair[0] is not article])
    text = f"{first.again} And another thing: {fact.again[0].lower()}{fact.again[1:]}"
    return replace(clean(article, text, fact, 0.22), kind="two in one")


def off_the_articles(fact: Fact, kind: str, wrong_rate: float, numbers: random.Random) -> Question:
    """Ask what must not be answered from an article, though the search always finds one."""
    said = fact.ask + numbers.choice(("", " Please.", " Thank you", " It is about last week."))
    return replace(clean(numbers.choice(ARTICLES), said, fact, wrong_rate), kind=kind)


def rows(questions: list[Question], prefix: str, begin: datetime) -> list[dict[str, str]]:
    """Write questions as rows, one every few hours."""
    return [
        {
            "ticket": f"{prefix}{at:04}",
            "asked_at": (begin + timedelta(hours=3.7 * at)).isoformat(timespec="minutes"),
            "kind": question.kind,
            "question": question.text,
            "context": question.context,
            "expected": question.expected,
        }
        for at, question in enumerate(questions)
    ]


def write(table: list[dict[str, str]], file: Path) -> None:
    """Write a table, as CSV or as JSON Lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".jsonl":
        lines = [json.dumps(row, ensure_ascii=False) for row in table]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def main() -> None:
    """Write the files."""
    numbers = random.Random(SEED)  # noqa: S311 - nothing here is a secret
    shown = [clean(article, fact.ask, fact) for article in ARTICLES for fact in article.facts]
    received = list(asked(numbers))
    numbers.shuffle(received)
    data = HERE / "data"
    write(rows(shown, "P", datetime.fromisoformat("2025-02-03T08:00")), data / "pilot.csv")
    for at, file in enumerate(("chat.csv", "mail.csv", "phone.jsonl")):
        begin = datetime.fromisoformat(f"2025-04-01T{6 + at:02}:00")
        write(rows(received[at::3], "CMT"[at], begin), data / "desk" / file)
    articles = [{"article": a.id, "title": a.title, "text": a.text} for a in ARTICLES]
    write(articles, data / "articles.csv")
    known: dict[str, dict[str, str]] = {}
    for question in [*shown, *received]:
        row = {"question": question.meant, "answer": question.answer}
        known.setdefault(question.meant, {**row, "wrong_rate": str(question.wrong_rate)})
    write(list(known.values()), data / "answers.jsonl")


if __name__ == "__main__":
    main()
