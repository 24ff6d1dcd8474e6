"""Tables in PDF documents: words and rules of each page → tables, with the place of every row.

`extraction` takes pages apart (the only module that knows the PDF library), in a process of its
own (`apart`); everything after it is pure: words and rules in, tables and margin out.
"""

from proveout.intake.pdf.reader import read_pdf

__all__ = ["read_pdf"]
