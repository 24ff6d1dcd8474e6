"""Who sends invoices, and the words they use. Every company, person and account is invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Supplier:
    """One supplier and the habits of its invoices."""

    name: str
    address: str
    language: str
    currency: str
    layout: str
    dates: str
    """How it writes a day, for strftime."""
    numbers: str
    """How it writes 1234.5: 'en' 1,234.50, 'de' 1.234,50, 'fr' 1 234,50, 'ch' 1'234.50."""
    prefix: str
    """What its invoice numbers begin with."""
    vat: float
    bank: str
    """Country of its account and bank code; empty where it is paid otherwise."""
    days: int
    """Days to pay."""
    states_due: bool = True
    """Gives the day itself; otherwise the number of days."""
    goods: tuple[str, ...] = ()


MAIN = (
    Supplier("Brandt Verpackung GmbH", "Hafenstr. 12, 28195 Bremen", "en", "EUR", "letter",
             "%d %B %Y", "en", "BV-", 0.19, "DE 29040090", 30,
             goods=("Corrugated box 400x300", "Stretch film 500 mm", "Pallet label roll",
                    "Edge protector")),
    Supplier("Northgate Tooling Ltd", "4 Foundry Lane, Leeds LS9 8AB", "en", "GBP", "letter",
             "%d/%m/%Y", "en", "NT", 0.20, "GB NWBK 601613", 30,
             goods=("Carbide insert CNMG", "Drill 8.5 mm", "Tap M10", "Collet ER32")),
)  # fmt: skip
"""The two whose clean invoices the pilot was shown on."""

OTHERS = (
    Supplier("Huber & Söhne KG", "Industriering 7, 4020 Linz", "de", "EUR", "table",
             "%d.%m.%Y", "de", "RE", 0.20, "AT 34000", 14,
             goods=("Kugellager 6204", "Dichtring 35x47", "Schmierfett 400 g", "Keilriemen SPZ")),
    Supplier("Ateliers Moreau SARL", "18 rue des Forges, 69007 Lyon", "fr", "EUR", "table",
             "%d/%m/%Y", "fr", "FA", 0.20, "FR 30004 00834", 45, states_due=False,
             goods=("Plaque acier 3 mm", "Découpe laser", "Pliage", "Transport")),
    Supplier("Officine Ricci S.p.A.", "Via Emilia 201, 41122 Modena", "it", "EUR", "keys",
             "%d-%m-%Y", "de", "", 0.22, "IT 05034 12900", 60,
             goods=("Valvola DN25", "Guarnizione", "Raccordo 1/2", "Collaudo")),
    Supplier("Talleres Iberos S.L.", "Pol. Ind. Sur 33, 41012 Sevilla", "es", "EUR", "letter",
             "%d de %B de %Y", "de", "F/", 0.21, "ES 2100 0418", 30,
             goods=("Rodamiento", "Mano de obra", "Desplazamiento", "Juego de juntas")),
    Supplier("Lakeshore Industrial Supply Inc.", "2200 W Monroe St, Chicago, IL 60612", "en", "USD",
             "table", "%m/%d/%Y", "en", "INV-", 0.0, "", 30, states_due=False,
             goods=("Safety gloves (case)", "Hydraulic hose 1/2in", "Shop towels", "Freight")),
    Supplier("Kowalczyk Logistyka Sp. z o.o.", "ul. Portowa 5, 81-350 Gdynia", "pl", "PLN", "keys",
             "%Y-%m-%d", "fr", "FV/", 0.23, "PL 1090 2402", 21,
             goods=("Transport krajowy", "Magazynowanie", "Paleta EUR", "Opłata paliwowa")),
    Supplier("Van der Meer Techniek B.V.", "Keizersweg 88, 3011 GA Rotterdam", "nl", "EUR", "mail",
             "%d-%m-%Y", "de", "VDM", 0.21, "NL RABO 0315", 30,
             goods=("Onderhoud compressor", "Filterset", "Voorrijkosten", "Olie 5 l")),
    Supplier("Alpin Messtechnik AG", "Bahnhofplatz 3, 8400 Winterthur", "de", "CHF", "letter",
             "%d. %B %Y", "ch", "", 0.081, "CH 00762", 30,
             goods=("Kalibrierung", "Messuhr 0.01", "Prüfprotokoll", "Express-Zuschlag")),
    Supplier("Skandia Pumpar AB", "Verkstadsgatan 9, 211 42 Malmö", "sv", "SEK", "table",
             "%Y-%m-%d", "fr", "", 0.25, "SE 500", 30,
             goods=("Pump P40", "Tätningssats", "Frakt", "Service på plats")),
    Supplier("Penrose Facilities plc", "Unit 6, Deeside Park, Chester CH5 2NS", "en", "GBP", "mail",
             "%d %b %Y", "en", "PF/25/", 0.20, "GB BARC 203045", 14, states_due=False,
             goods=("Window cleaning", "Waste collection", "Lamp replacement", "Call-out")),
    Supplier("Bergmann Druck", "Lindenallee 4, 04229 Leipzig", "de", "EUR", "keys",
             "%d.%m.%y", "de", "2025", 0.07, "DE 86055592", 10,
             goods=("Prospekt A4 4-seitig", "Visitenkarten", "Satzkorrektur", "Versand")),
    Supplier("Quick Courier Services", "11 Harbour Road, Dublin D02 X285", "en", "EUR", "mail",
             "%d.%m.%Y", "en", "QC", 0.23, "IE AIBK 931152", 7,
             goods=("Same-day parcel", "Waiting time", "Fuel surcharge", "Return trip")),
)  # fmt: skip
"""Whose invoices come as well, once the system meets the whole company's mail."""

WORDS: dict[str, dict[str, str]] = {
    "en": {"invoice": "INVOICE", "credit": "CREDIT NOTE", "number": "Invoice No.", "date": "Date",
           "due": "Due date", "terms": "Payment within {days} days of the invoice date",
           "net": "Subtotal", "vat": "VAT", "total": "Total due", "iban": "IBAN",
           "order": "Your order", "customer": "Customer no.", "delivery": "Delivery note",
           "page": "Page", "carried": "Carried forward", "item": "Description", "to": "Bill to",
           "hello": "Dear Sir or Madam,\nplease find below our invoice.",
           "bye": "Kind regards"},
    "de": {"invoice": "RECHNUNG", "credit": "GUTSCHRIFT", "number": "Rechnungs-Nr.",
           "date": "Datum", "due": "Zahlbar bis", "terms": "Zahlbar innerhalb {days} Tagen netto",
           "net": "Nettobetrag", "vat": "MwSt", "total": "Rechnungsbetrag", "iban": "IBAN",
           "order": "Ihre Bestellung", "customer": "Kunden-Nr.", "delivery": "Lieferschein",
           "page": "Seite", "carried": "Übertrag", "item": "Bezeichnung", "to": "An",
           "hello": "Sehr geehrte Damen und Herren,\nwir erlauben uns zu berechnen:",
           "bye": "Mit freundlichen Grüßen"},
    "fr": {"invoice": "FACTURE", "credit": "AVOIR", "number": "Facture n°", "date": "Date",
           "due": "Échéance", "terms": "Paiement à {days} jours date de facture",
           "net": "Total HT", "vat": "TVA", "total": "Net à payer TTC", "iban": "IBAN",
           "order": "Votre commande", "customer": "Code client", "delivery": "Bon de livraison",
           "page": "Page", "carried": "Report", "item": "Désignation", "to": "Client",
           "hello": "Madame, Monsieur,\nveuillez trouver ci-dessous notre facture.",
           "bye": "Cordialement"},
    "it": {"invoice": "FATTURA", "credit": "NOTA DI CREDITO", "number": "Fattura n.",
           "date": "Data", "due": "Scadenza",
           "terms": "Pagamento a {days} giorni data fattura",
           "net": "Imponibile", "vat": "IVA", "total": "Totale documento", "iban": "IBAN",
           "order": "Vs. ordine", "customer": "Cod. cliente", "delivery": "DDT",
           "page": "Pagina", "carried": "Riporto", "item": "Descrizione", "to": "Spett.le",
           "hello": "Gentili Signori,\nVi trasmettiamo la nostra fattura.",
           "bye": "Distinti saluti"},
    "es": {"invoice": "FACTURA", "credit": "FACTURA RECTIFICATIVA", "number": "Factura nº",
           "date": "Fecha", "due": "Vencimiento", "terms": "Pago a {days} días fecha factura",
           "net": "Base imponible", "vat": "IVA", "total": "Total factura", "iban": "IBAN",
           "order": "Su pedido", "customer": "Nº cliente", "delivery": "Albarán",
           "page": "Página", "carried": "Suma y sigue", "item": "Concepto", "to": "Cliente",
           "hello": "Estimados señores:\nles adjuntamos nuestra factura.", "bye": "Atentamente"},
    "pl": {"invoice": "FAKTURA VAT", "credit": "FAKTURA KORYGUJĄCA", "number": "Nr faktury",
           "date": "Data wystawienia", "due": "Termin płatności", "terms": "Płatne w {days} dni",
           "net": "Netto", "vat": "VAT", "total": "Do zapłaty", "iban": "Konto",
           "order": "Zamówienie", "customer": "Nr klienta", "delivery": "WZ",
           "page": "Strona", "carried": "Z przeniesienia", "item": "Nazwa", "to": "Nabywca",
           "hello": "Szanowni Państwo,\nw załączeniu faktura.", "bye": "Z poważaniem"},
    "nl": {"invoice": "FACTUUR", "credit": "CREDITNOTA", "number": "Factuurnummer", "date": "Datum",
           "due": "Vervaldatum", "terms": "Betaling binnen {days} dagen",
           "net": "Subtotaal", "vat": "BTW", "total": "Te betalen", "iban": "IBAN",
           "order": "Uw order", "customer": "Klantnr.", "delivery": "Pakbon",
           "page": "Pagina", "carried": "Transport", "item": "Omschrijving", "to": "Aan",
           "hello": "Geachte heer, mevrouw,\nhierbij onze factuur.",
           "bye": "Met vriendelijke groet"},
    "sv": {"invoice": "FAKTURA", "credit": "KREDITFAKTURA", "number": "Fakturanr", "date": "Datum",
           "due": "Förfallodatum", "terms": "Betalning inom {days} dagar",
           "net": "Summa exkl. moms", "vat": "Moms", "total": "Att betala", "iban": "IBAN",
           "order": "Er order", "customer": "Kundnr", "delivery": "Följesedel",
           "page": "Sida", "carried": "Transport", "item": "Benämning", "to": "Till",
           "hello": "Hej,\nhär kommer vår faktura.", "bye": "Med vänlig hälsning"},
}  # fmt: skip

MONTHS: dict[str, tuple[str, ...]] = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
           "Oktober", "November", "Dezember"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
           "octubre", "noviembre", "diciembre"),
}  # fmt: skip

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$", "PLN": "zł", "CHF": "CHF", "SEK": "kr"}

SITES = {
    "leeds": "Calder Works Ltd, Accounts Payable, Leeds",
    "linz": "Calder Werke GmbH, Buchhaltung, Linz",
    "lyon": "Calder France SAS, Comptabilité, Lyon",
}
