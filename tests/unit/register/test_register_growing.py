"""A mapping that grows without being copied: each version stays as it was."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from proveout.register.growing import added

STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(), st.integers(0, 30)), max_size=30)


@given(STEPS)
def test_every_version_is_what_a_copy_would_be(steps: list[tuple[int, int, int]]) -> None:
    """Whichever version one adds to, and however often: order, length and values."""
    plain: list[dict[int, int]] = [{9: 9}]
    grown = [added({}, 9, 9)]
    for key, value, onto in steps:
        place = len(plain) - 1 if onto >= len(plain) else onto
        plain.append({**plain[place], key: value})
        grown.append(added(grown[place], key, value))
    for expected, found in zip(plain, grown, strict=True):
        assert list(found.items()) == list(expected.items())
        assert (len(found), found == expected) == (len(expected), True)
        assert {key: found.get(key) for key in range(7)} == {
            key: expected.get(key) for key in range(7)
        }


def test_two_who_add_to_one_version_do_not_see_each_other() -> None:
    start = added({}, 0, 0)
    made = {}

    def add(name: int) -> None:
        mine = start
        for number in range(200):
            mine = added(mine, (name, number), number)
        made[name] = mine

    threads = [threading.Thread(target=add, args=(name,)) for name in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    for name, mine in made.items():
        assert list(mine) == [0, *((name, number) for number in range(200))]
