"""What is told where full size cannot be predicted."""

from dataclasses import replace

import numpy as np
from test_load_telling import BUSY, OF_FULL_SIZE, measured, teller

from proveout.checks.load.foretelling import foretold
from proveout.evidence.outcome import NotMeasured


def test_a_generator_that_did_not_keep_up_foretells_nothing_and_says_what_helps() -> None:
    """Each figure that is missing is named, none of them one that is measured."""
    late = replace(measured(np.full(1_000, 0.5)), limited="it was late")

    told = list(foretold(teller(**BUSY), [late]))

    missing = [each for each in told if isinstance(each, NotMeasured)]
    assert missing == told
    assert {(each.reason, each.next_step) for each in missing} == {
        (
            "it was late",
            "Send from a machine that is otherwise idle, or from several processes: "
            "proveout load --workers 2",
        )
    }
    assert {each.metric for each in missing}.isdisjoint(OF_FULL_SIZE)


def test_a_run_that_says_too_little_has_a_reason_and_a_next_step() -> None:
    """No refusal leaves its reader without either."""
    told = list(foretold(teller(**BUSY), [measured(np.full(5, 0.5), users=1)]))

    assert told
    assert all(isinstance(each, NotMeasured) and each.reason and each.next_step for each in told)
