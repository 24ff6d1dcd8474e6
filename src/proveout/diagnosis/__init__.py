"""Why a pilot failed or stalled, and what must be so before the next one (R1001, R1002).

Pure: a diagnosis is a function of a charter, of evidence and of answers.
"""

from proveout.diagnosis.answers import Answers, answers_from, parse_answers
from proveout.diagnosis.diagnosis import Diagnosis, diagnose
from proveout.diagnosis.record import Record

__all__ = ["Answers", "Diagnosis", "Record", "answers_from", "diagnose", "parse_answers"]
