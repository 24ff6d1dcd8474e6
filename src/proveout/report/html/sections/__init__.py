"""The sections of the page: evidence in, charts and sentences out."""
