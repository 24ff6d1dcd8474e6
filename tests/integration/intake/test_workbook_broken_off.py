"""A workbook whose text breaks off."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from proveout.charter.schema import Source
from proveout.errors import InputError
from proveout.intake import Session, open_source

NAMES = "urn:oasis:names:tc:opendocument:xmlns"
BROKEN_OFF = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:text="{NAMES}:text:1.0" '
    f'xmlns:table="{NAMES}:table:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S"><table:table-row><table:table-cell office:value-type="float" '
    'office:value="4"><text:p>4</text:p></table:table-cell></table:table-row>'
    '<table:table-row table:number-rows-repeated="2"est/>'
)


def test_an_open_document_that_breaks_off_is_refused(tmp_path: Path) -> None:
    """Its end is not waited for."""
    with zipfile.ZipFile(tmp_path / "cut.ods", "w") as cut:
        cut.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        cut.writestr("content.xml", BROKEN_OFF)
        cut.writestr("META-INF/manifest.xml", "<manifest/>")

    with Session() as session, pytest.raises(InputError, match=r"^cut\.ods is no workbook that"):
        open_source(Source(path="cut.ods"), folder=tmp_path, session=session)
