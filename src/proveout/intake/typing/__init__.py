"""What a column of text holds: figures and moments as each country writes them.

Pure: values of a sample in, formats and the SQL that proves and converts them out. The readers ask
by way of `readers.typing`.
"""
