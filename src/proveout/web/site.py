"""Every page, every deed and every file that there is."""

from __future__ import annotations

from types import ModuleType

from proveout.web.asked import Deed, Download, Page
from proveout.web.pages import (
    accounts,
    adoption,
    api_page,
    assessing,
    audit,
    board,
    calendar,
    charter,
    comparing,
    diagnosis,
    equipping,
    evidence,
    exception_item,
    exceptions,
    feedback,
    feedback_item,
    frameworks,
    inventory,
    leadership,
    me,
    notices,
    people,
    portfolio,
    practising,
    protocol,
    pulse,
    reviews,
    setting_up,
    signing_in,
    signoffs,
    tasks,
    training,
    training_sets,
    usage,
    value,
    value_observations,
    verdict,
)

_MODULES: tuple[ModuleType, ...] = (
    portfolio,
    verdict,
    evidence,
    board,
    tasks,
    feedback,
    feedback_item,
    charter,
    signoffs,
    reviews,
    calendar,
    inventory,
    audit,
    frameworks,
    protocol,
    setting_up,
    signing_in,
    me,
    accounts,
    api_page,
    people,
    equipping,
    leadership,
    training,
    training_sets,
    practising,
    notices,
    assessing,
    exceptions,
    exception_item,
    pulse,
    comparing,
    adoption,
    usage,
    diagnosis,
    value,
    value_observations,
)
"""Each has PAGES, and may have DEEDS and DOWNLOADS."""

PAGES: tuple[Page, ...] = tuple(page for each in _MODULES for page in each.PAGES)
DEEDS: tuple[Deed, ...] = tuple(deed for each in _MODULES for deed in getattr(each, "DEEDS", ()))
DOWNLOADS: tuple[Download, ...] = tuple(
    file for each in _MODULES for file in getattr(each, "DOWNLOADS", ())
)
