"""The frameworks that there are."""

from __future__ import annotations

from proveout.portfolio.frameworks.act import ACT
from proveout.portfolio.frameworks.iso import ISO
from proveout.portfolio.frameworks.model import Framework
from proveout.portfolio.frameworks.nist import NIST

FRAMEWORKS: tuple[Framework, ...] = (NIST, ISO, ACT)

LIMITS: tuple[str, ...] = (
    "This is no legal advice, no certificate, and no statement that a duty is met.",
    "It says which evidence speaks to which duty. Whether that is enough, people decide who know "
    "the framework and the case.",
    "Duties are told in our words and shortened: read the original.",
    "Evidence that people attest is their word; it carries their name.",
    "What a framework asks of the company as a whole is not seen from one pilot.",
)
