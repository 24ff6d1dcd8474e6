"""A folder of documents as a source: one row for each file, with the text that can be read of it.

`source.open_documents` opens it; a kind of document is a module here that turns bytes into text.
"""
