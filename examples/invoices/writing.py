"""From what an invoice says to the page it says it on."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date

from suppliers import MONTHS, SIGNS, WORDS, Supplier


@dataclass(frozen=True)
class Invoice:
    """What an invoice says; amounts in cents, negative on a credit note."""

    supplier: Supplier
    number: str
    day: date
    due: date | None
    lines: tuple[tuple[str, int, int], ...]
    """Description, quantity, price of one."""
    iban: str | None
    order: str | None
    customer: str
    recipient: str
    is_credit: bool

    @property
    def net(self) -> int:
        """Sum of the lines."""
        total = sum(quantity * price for _, quantity, price in self.lines)
        return -total if self.is_credit else total

    @property
    def vat(self) -> int:
        """Tax on it, rounded to the cent."""
        return round(self.net * self.supplier.vat)

    @property
    def truth(self) -> dict[str, str]:
        """The fields, as the books want them; empty where the page has none."""
        return {
            "supplier": self.supplier.name,
            "invoice_number": self.number,
            "invoice_date": self.day.isoformat(),
            "due_date": "" if self.due is None else self.due.isoformat(),
            "currency": self.supplier.currency,
            "net": plain(self.net),
            "vat": plain(self.vat),
            "total": plain(self.net + self.vat),
            "iban": self.iban or "",
            "purchase_order": self.order or "",
        }


def plain(cents: int) -> str:
    """Write an amount as the books do."""
    return f"{cents / 100:.2f}"


def page(invoice: Invoice, numbers: random.Random) -> str:
    """Write an invoice in its supplier's layout."""
    return {"letter": _letter, "table": _table, "keys": _keys, "mail": _mail}[
        invoice.supplier.layout
    ](invoice, numbers)


def amount(cents: int, supplier: Supplier) -> str:
    """Write an amount the way the supplier does."""
    english = f"{cents / 100:,.2f}"
    marks = {"en": ",.", "de": ".,", "fr": " ,", "ch": "'."}[supplier.numbers]
    return english.translate(str.maketrans({",": marks[0], ".": marks[1]}))


def day(moment: date, supplier: Supplier) -> str:
    """Write a day the way the supplier does."""
    form = supplier.dates
    names = MONTHS.get(supplier.language)
    if names is not None:
        form = form.replace("%B", names[moment.month - 1])
    return moment.strftime(form)


def _head(invoice: Invoice) -> list[tuple[str, str]]:
    words, supplier = WORDS[invoice.supplier.language], invoice.supplier
    head = [(words["number"], invoice.number), (words["date"], day(invoice.day, supplier))]
    head.append((words["customer"], invoice.customer))
    if invoice.order:
        head.append((words["order"], invoice.order))
    if invoice.due and supplier.states_due:
        head.append((words["due"], day(invoice.due, supplier)))
    return head


def _foot(invoice: Invoice) -> list[tuple[str, str]]:
    words, supplier = WORDS[invoice.supplier.language], invoice.supplier
    rate = f"{supplier.vat:.1%}".replace(".0%", "%")
    foot = [(words["net"], amount(invoice.net, supplier))]
    foot.append((f"{words['vat']} {rate}", amount(invoice.vat, supplier)))
    foot.append((words["total"], _with_sign(invoice.net + invoice.vat, supplier)))
    return foot


def _with_sign(cents: int, supplier: Supplier) -> str:
    sign, written = SIGNS[supplier.currency], amount(cents, supplier)
    return f"{sign}{written}" if supplier.numbers == "en" else f"{written} {sign}"


def _payment(invoice: Invoice) -> list[str]:
    words, supplier = WORDS[invoice.supplier.language], invoice.supplier
    told = []
    if invoice.due and not supplier.states_due:
        told.append(words["terms"].format(days=supplier.days))
    if invoice.iban:
        spaced = " ".join(invoice.iban[at : at + 4] for at in range(0, len(invoice.iban), 4))
        told.append(f"{words['iban']}: {spaced}")
    return told


def _title(invoice: Invoice) -> str:
    words = WORDS[invoice.supplier.language]
    return words["credit"] if invoice.is_credit else words["invoice"]


def _rows(invoice: Invoice) -> list[str]:
    supplier = invoice.supplier
    return [
        f"{at:>3}  {name:<28} {quantity:>4} x {amount(price, supplier):>10} "
        f"{amount(quantity * price, supplier):>12}"
        for at, (name, quantity, price) in enumerate(invoice.lines, start=1)
    ]


def _paged(invoice: Invoice) -> list[str]:
    """Break a long table into pages, each with what is carried forward: no total yet."""
    words, rows = WORDS[invoice.supplier.language], _rows(invoice)
    if len(rows) <= 14:
        return rows
    told: list[str] = []
    pages = [rows[at : at + 14] for at in range(0, len(rows), 14)]
    done = 0
    for number, part in enumerate(pages, start=1):
        if number > 1:
            told += ["\f", f"{invoice.supplier.name}   {words['page']} {number}/{len(pages)}"]
            told.append(f"{words['carried']}: {amount(done, invoice.supplier)}")
        told += part
        lines = invoice.lines[(number - 1) * 14 : number * 14]
        done += sum(quantity * price for _, quantity, price in lines)
        if number < len(pages):
            told.append(f"{words['carried']}: {amount(done, invoice.supplier)}")
    return told


def _letter(invoice: Invoice, numbers: random.Random) -> str:
    words, supplier = WORDS[invoice.supplier.language], invoice.supplier
    head = [f"{name}: {value}" for name, value in _head(invoice)]
    foot = [f"{name:>48}  {value:>14}" for name, value in _foot(invoice)]
    delivery = f"{words['delivery']}: {numbers.randint(40000, 99999)}"
    parts = [
        [supplier.name, supplier.address],
        [f"{words['to']}: {invoice.recipient}"],
        [_title(invoice), *head, delivery],
        [words["item"], *_paged(invoice)],
        foot,
        _payment(invoice),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _table(invoice: Invoice, numbers: random.Random) -> str:
    words, supplier = WORDS[invoice.supplier.language], invoice.supplier
    head = _head(invoice)
    names = "  ".join(f"{name:<18}" for name, _ in head)
    values = "  ".join(f"{value:<18}" for _, value in head)
    foot = [f"{name} .......... {value}" for name, value in _foot(invoice)]
    lines = [f"{supplier.name} * {supplier.address}", "", _title(invoice), names, values]
    lines += ["", f"{words['to']}: {invoice.recipient}", "-" * 62, *_paged(invoice), "-" * 62]
    reference = f"{words['delivery']} {numbers.randint(40000, 99999)}"
    return "\n".join([*lines, *foot, "", reference, *_payment(invoice)])


def _keys(invoice: Invoice, numbers: random.Random) -> str:
    lines = [f"{name}={value}" for name, value in [*_head(invoice), *_foot(invoice)]]
    numbers.shuffle(lines)  # no order that could be relied upon
    rows = [" / ".join(re.split(r"\s{2,}", row.strip())) for row in _paged(invoice)]
    title = f"*** {_title(invoice)} *** {invoice.supplier.name}, {invoice.supplier.address}"
    currency = f"Currency {invoice.supplier.currency}"
    return "\n".join([title, *lines, currency, *rows, *_payment(invoice), invoice.recipient])


def _mail(invoice: Invoice, numbers: random.Random) -> str:
    """Say it in sentences; the supplier's name comes last."""
    words, supplier = WORDS[invoice.supplier.language], invoice.supplier
    head, foot = dict(_head(invoice)), _foot(invoice)
    told = ", ".join(f"{name} {value}" for name, value in head.items())
    sums = "; ".join(f"{name} {value}" for name, value in foot)
    items = ", ".join(f"{quantity} {name}" for name, quantity, _ in invoice.lines)
    person = numbers.choice(("J. Okonkwo", "M. de Wit", "S. Byrne", "P. Larsen"))
    lines = [words["hello"], "", f"{_title(invoice)}: {told}.", f"{words['item']}: {items}."]
    lines += [f"{sums}.", *_payment(invoice), "", words["bye"], person]
    return "\n".join([*lines, supplier.name, supplier.address])
