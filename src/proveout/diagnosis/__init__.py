"""Why a pilot failed or stalled, and what must be so before the next one (R1001, R1002).

Pure: a diagnosis is a function of a charter, of evidence and of answers.
"""
