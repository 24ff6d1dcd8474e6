"""The reference page docs/frameworks.md, generated from the tables."""

from __future__ import annotations

from proveout.portfolio.frameworks.model import LEDGER, SEAL, Framework, Proof
from proveout.portfolio.frameworks.tables import FRAMEWORKS, LIMITS

_HEAD = """\
# Evidence and three frameworks

<!-- Generated from src/proveout/portfolio/frameworks by `make docs`. -->

Which evidence of Proveout speaks to which duty of the NIST AI Risk Management Framework, of \
ISO/IEC 42001 and of the EU AI Act.
The dashboard shows the same table for each pilot under *Frameworks*, with what is there, what is \
stale, what says no, and the gaps.

## What it is not

"""


def frameworks_page() -> str:
    """Return the page as Markdown."""
    limits = "".join(f"- {limit}\n" for limit in LIMITS)
    return "\n".join([_HEAD + limits, *(_section(each) for each in FRAMEWORKS)])


def _section(framework: Framework) -> str:
    rows = [
        "| duty | in our words | evidence | what it asks besides |",
        "| --- | --- | --- | --- |",
    ]
    rows += [
        f"| {duty.number} | {duty.title} | {'; '.join(map(_proof, duty.proofs))} | {duty.beyond} |"
        for duty in framework.duties
    ]
    silent = "".join(f"- {each}\n" for each in framework.silent)
    return (
        f"## {framework.name}\n\n{framework.about}\n\n" + "\n".join(rows) + "\n\n"
        f"Proveout says nothing about:\n\n{silent}"
    )


def _proof(proof: Proof) -> str:
    if proof.metric in (LEDGER, SEAL):
        return proof.what
    about = f"[{proof.subject}]" if proof.subject.parts else ""
    return f"{proof.what} (`{proof.metric}{about}`)"
