"""Names and marks in written figures and days; every place that reads them takes them from here."""

SPACES = "\u0020\u00a0\u2009\u202f"
APOSTROPHES = "'\u2019"
MINUS = "\u2212-"
CURRENCY = (
    "US[$]|A[$]|C[$]|HK[$]|NZ[$]|R[$]|S[$]|[$]|[\u20a0-\u20bf\u00a3\u00a5]|z\u0142|K\u010d|"
    "kr[.]?|Ft|Fr[.]|lei|"
    "AED|AUD|BGN|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HRK|HUF|IDR|ILS|INR|ISK|JPY|KRW|MXN|MYR|"
    "NOK|NZD|PHP|PLN|RON|RSD|RUB|SAR|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"
)
"""Alternatives of a regular expression that every engine knows. Not any three letters: those are
the beginning of a code."""

SIGNS_OF_CURRENCIES = {
    "US$": "USD", "A$": "AUD", "C$": "CAD", "HK$": "HKD", "NZ$": "NZD", "R$": "BRL", "S$": "SGD",
    "$": "USD AUD CAD HKD NZD SGD MXN TWD", "€": "EUR", "£": "GBP", "¥": "JPY CNY", "₹": "INR",
    "₩": "KRW", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₫": "VND", "₪": "ILS", "฿": "THB", "₱": "PHP",
    "zł": "PLN", "Kč": "CZK", "kr": "SEK NOK DKK ISK", "Ft": "HUF", "Fr": "CHF", "lei": "RON",
}  # fmt: skip
"""The currencies that a sign may stand for."""

MONTHS = (
    "jan|january|januar|janner|janv|janvier|ene|enero|gen|gennaio|januari|janeiro",
    "feb|february|februar|fev|fevr|fevrier|febrero|febbraio|februari|fevereiro",
    "mar|march|marz|mrz|mars|marzo|maart|marco|mrt",
    "apr|april|avr|avril|abr|abril|aprile",
    "may|mai|mayo|mag|maggio|mei|maio",
    "jun|june|juni|juin|junio|giu|giugno|junho",
    "jul|july|juli|juil|juillet|julio|lug|luglio|julho",
    "aug|august|aou|aout|ago|agosto|augustus",
    "sep|sept|september|septembre|septiembre|set|settembre|setembro",
    "oct|october|okt|oktober|octobre|octubre|ott|ottobre|out|outubro",
    "nov|november|novembre|noviembre|novembro",
    "dec|december|dez|dezember|decembre|dic|diciembre|dicembre|dezembro",
)
"""Without accents: English, German, French, Spanish, Italian, Dutch and Portuguese."""

MONTH_NAMES = "|".join(sorted("|".join(MONTHS).split("|"), key=len, reverse=True))
"""Alternatives of a regular expression, the longer names first."""
