"""Choosing cases, and summing up an attempt."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proveout.errors import InputError
from proveout.training import Attempt, Case, Part, Shown, Try, summary
from proveout.training.case import cut
from proveout.training.choosing import choose
from proveout.training.entering import pasted


def case(number: int, is_right: bool | None, *, has_answer: bool = True) -> Case:
    part = Part(field="", truth="t", answer="a", is_right=is_right)
    return Case(
        number=number,
        shown=(Shown(column="case", text=f"case {number}"),),
        parts=(part,),
        has_truth=is_right is not None,
        has_answer=has_answer,
        confidence=None,
        is_right=is_right,
        origin="test",
    )


_kinds = st.lists(st.sampled_from([True, False, None]), max_size=60)


def _cases(kinds: Sequence[bool | None]) -> list[Case]:
    return [case(number, kind) for number, kind in enumerate(kinds, start=1)]


@given(kinds=_kinds, wanted=st.integers(1, 40), seed=st.integers(0, 99))
def test_half_are_wrong_answers_where_so_many_are_known(
    kinds: list[bool | None], wanted: int, seed: int
) -> None:
    """As many as are wanted and there; none twice; numbered from 1; the counts are true."""
    candidates = _cases(kinds)
    chosen = choose(candidates, wanted=wanted, seed=seed)

    texts = [each.shown[0].text for each in chosen.cases]
    assert len(texts) == len(set(texts)) == min(wanted, len(candidates))
    assert [each.number for each in chosen.cases] == list(range(1, len(texts) + 1))
    wrong, others = kinds.count(False), len(kinds) - kinds.count(False)
    assert chosen.n_wrong == wrong
    assert chosen.n_chosen_wrong == min(wrong, max(round(wanted / 2), wanted - others))
    assert chosen == choose(candidates, wanted=wanted, seed=seed)


@given(
    kinds=_kinds,
    words=st.lists(st.sampled_from([True, False, None]), min_size=60, max_size=60),
)
def test_a_summary_counts_finished_cases_alone(
    kinds: list[bool | None], words: list[bool | None]
) -> None:
    """Caught are wrong answers that were not let stand; doubted are right ones."""
    cases = _cases(kinds)
    tries = {
        each.number: Try(number=each.number, answer="x", lets_stand=word)
        for each, word in zip(cases, words, strict=False)
    }
    found = summary(cases, Attempt(set_id="s", account="a", turn=1, tries=tries))

    pairs = list(zip(kinds, words, strict=False))
    assert found.finished == sum(word is not None for _, word in pairs)
    assert found.caught == pairs.count((False, False))
    assert found.wrong == pairs.count((False, False)) + pairs.count((False, True))
    assert found.doubted == pairs.count((True, False))
    assert found.is_complete == (bool(cases) and found.finished == len(cases))


@given(kinds=_kinds)
def test_a_frozen_case_reads_back_as_it_was(kinds: list[bool | None]) -> None:
    """What is kept is what was drawn."""
    for each in _cases(kinds):
        assert Case.from_json(each.as_json()) == each


def test_a_case_without_an_answer_is_done_once_one_has_answered() -> None:
    """There is nothing to decide where the system was not asked."""
    alone = case(1, None, has_answer=False)
    attempt = Attempt(set_id="s", account="a", turn=1, tries={1: Try(number=1, answer="x")})

    assert attempt.step(alone) == "see"
    assert summary([alone], attempt).judged == 0


def test_what_no_page_can_show_is_marked() -> None:
    """Halves of characters and NUL are replaced; what is too long is cut, and says so."""
    assert cut("a\0b\ud800c") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert cut("x" * 20_001) == "x" * 20_000 + (
        "\n[… cut here: the rest is left out of the training]"
    )


def test_pasted_rows_need_a_case_each() -> None:
    """Tabs between the three; a quoted cell may hold lines; nothing at all is refused."""
    found = list(pasted("A\tx\tX\nB\tx\ty\nC"))
    assert [(each.shown[0].text, each.is_right) for each in found] == [
        ("A", True), ("B", False), ("C", None),
    ]  # fmt: skip
    for text, message in (
        (" \n\t", "There is nothing to paste."),
        ("\tx\ty", "The case is missing."),
        ("x\n" * 201, "201 lines are too many."),
    ):
        with pytest.raises(InputError) as refused:
            list(pasted(text))
        assert refused.value.message == message


def test_a_cell_that_no_reader_takes_is_told_in_words() -> None:
    with pytest.raises(InputError, match=r"One cell is too long to be read\."):
        list(pasted('"' + "x" * 140_000))
