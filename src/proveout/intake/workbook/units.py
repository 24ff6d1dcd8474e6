"""Units of measure, as they stand in a row below a header."""

from __future__ import annotations

import re

_UNITS = frozenset(
    """
    mm cm dm m km in ft yd mi µm nm mil mm2 cm2 m2 km2 ha sqm sqft m² km² cm² mm² qm mm3 cm3 m3 m³
    cm³ l ml cl hl dl gal bbl ltr liter litre mg g kg t lb lbs oz to tonne tonnes tons µg s sec min
    h hr hrs std ms d day days tage stunden hours minutes seconds week weeks month months year years
    jahre monate wochen a w kw mw gw wh kwh mwh gwh j kj mj gj kcal cal v kv mv ma hz khz mhz ghz
    rpm 1/min u/min va kva °c °f k c f grad deg ° bar mbar pa kpa mpa hpa psi n kn nm n/mm2 n/mm²
    m/s km/h mph m/s2 l/h l/min m3/h m³/h kg/h kg/m3 g/l mg/l kg/m² w/m2 kg/ha t/ha % ‰ ppm ppb pct
    percent prozent db ph eur usd gbp chf jpy cny pln sek nok dkk czk huf inr aud cad try rub brl
    mxn zar krw € $ £ ¥ teur keur meur mio mrd tsd k€ m€ t€ kusd musd bn thousand million pcs pc
    piece pieces stk stück st. st ea each units unit no. nr nos qty count anzahl eur/kg €/kg eur/h
    eur/t usd/t eur/kwh ct/kwh €/h €/t €/mwh eur/mwh usd/h px bit byte kb gb tb mb pixel lx lm cd
    mol mmol/l mg/dl u/l iu text date yyyy-mm-dd dd.mm.yyyy id - -- [-] (-) n/a
    """.split()  # noqa: SIM905 - read as a list of words
)
_BRACKETS = re.compile(r"^[\[(<{]\s*(.{1,14}?)\s*[\])>}]$")
_POWERS = str.maketrans({"\u00b2": "2", "\u00b3": "3"})
_EMPTY = frozenset({"-", "--", "n/a", "text", "date", "id", "[-]", "(-)"})


def is_unit(text: str) -> bool:
    """Tell whether a text is a unit, bare or in brackets."""
    bracketed = _BRACKETS.match(text)
    if bracketed is not None:
        return True
    plain = " ".join(text.casefold().removeprefix("in ").split())
    return plain in _UNITS or plain.translate(_POWERS) in _UNITS


def is_none(text: str) -> bool:
    """Tell whether a cell of a row of units says that its column has none."""
    return text.casefold() in _EMPTY
