"""What a system answers that knows the right answers."""

import random
from pathlib import Path

import pytest

from proveout.errors import InputError
from proveout.simulation.behaviour import Behaviour
from proveout.simulation.chat import ChatRequest
from proveout.simulation.informed import Informed
from proveout.simulation.knowledge import Knowledge, Known, read_answers
from proveout.simulation.mistakes import wrong_answers
from proveout.simulation.settings import AnswerFile

PLACES = ("Lisbon", "Turin", "Malmö", "Ghent", "Graz", "Porto", "Lyon", "Brno", "Cork", "Gdynia")


def letter(number: int) -> str:
    place = PLACES[number % 10]
    return (
        f"Dear office, order {4711 + 13 * number} for our branch in {place} has not come. We wait "
        f"for {number + 3} crates of part KX-{number:03} since March. "
        f"Regards, store {place} {number}"
    )


def truth(number: int) -> dict[str, str | None]:
    return {
        "order": str(4711 + 13 * number),
        "city": PLACES[number % 10],
        "since": f"2025-03-{number % 12 + 1:02}",
        "note": None,
    }


KNOWLEDGE = Knowledge(
    [Known(number=n, text=letter(n), key=f"L{n}", truth=truth(n)) for n in range(200)]
)


def asked(text: str, **more: object) -> ChatRequest:
    return ChatRequest(model="m", text=text, **{"temperature": 0.0, "wants_json": True, **more})


def answered(behaviour: Behaviour, text: str) -> tuple[dict[str, str | None], float]:
    import orjson

    said = Informed(behaviour, KNOWLEDGE).chat(asked(text), random.Random(0))
    return orjson.loads(said.text), said.confidence or 0.0


def damaged(text: str, share: float, seed: int) -> str:
    numbers = random.Random(seed)
    return "".join("#" if numbers.random() < share and c != " " else c for c in text)


def test_row_is_found_in_the_midst_of_a_prompt() -> None:
    """A template around the text changes nothing."""
    prompt = f"You read letters. Answer as JSON.\n---\n{letter(42)}\n---\nOnly JSON, please."

    found = KNOWLEDGE.about(prompt)

    assert found is not None
    assert (found.row.number, found.similarity) == (42, 1.0)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.upper(),
        lambda text: text[: len(text) // 2],
        lambda text: damaged(text, 0.1, seed=1),
        lambda text: text.replace("e", "3").replace("o", "0"),  # nearly every word
        lambda text: text.replace("e", "е"),  # the Cyrillic one
        lambda text: "FROM: someone\nTO: office\n" + text + "\nThis message is confidential.",
    ],
)
def test_row_is_found_when_its_text_is_damaged(damage: object) -> None:
    """By what is left of it; then it is less sure than whole."""
    texts = [damage(letter(n)) for n in range(0, 200, 7)]  # type: ignore[operator]

    found = [KNOWLEDGE.about(f"Read this:\n{text}") for text in texts]

    hits = [
        each
        for n, each in zip(range(0, 200, 7), found, strict=True)
        if each and each.row.number == n
    ]
    assert len(hits) >= 0.9 * len(texts)


def test_what_no_row_is_about_is_not_found() -> None:
    """Nor is it answered with any confidence by a system that knows itself."""
    assert KNOWLEDGE.about("What is the capital of Mongolia?") is None

    _, confidence = answered(Behaviour(), "What is the capital of Mongolia?")

    assert confidence == 0


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.4, 1.0])
def test_wanted_share_is_wrong(rate: float) -> None:
    """Within four standard errors of 200 answers."""
    wrong = [answered(Behaviour(wrong_rate=rate), letter(n))[0] != truth(n) for n in range(200)]

    assert sum(wrong) / 200 == pytest.approx(rate, abs=4 * (rate * (1 - rate) / 200) ** 0.5 + 1e-9)


def test_honest_confidence_is_right_as_often_as_it_says() -> None:
    """Calibration 1: the mean confidence is the accuracy, and wrong answers have less of it."""
    results = [(answered(Behaviour(wrong_rate=0.3), letter(n)), truth(n)) for n in range(200)]
    right = [confidence for (answer, confidence), true in results if answer == true]
    wrong = [confidence for (answer, confidence), true in results if answer != true]

    assert (sum(right) + sum(wrong)) / 200 == pytest.approx(len(right) / 200, abs=0.1)
    assert sum(right) / len(right) > sum(wrong) / len(wrong) + 0.3


def test_system_that_does_not_know_itself_is_always_as_sure() -> None:
    """Calibration 0."""
    behaviour = Behaviour(wrong_rate=0.3, calibration=0)

    assert {answered(behaviour, letter(n))[1] for n in range(50)} == {0.97}


def test_more_damage_is_more_wrong_answers_and_never_heals_one() -> None:
    """Row for row, so that a test under stress sees the effect and not the draw."""

    def wrong(share: float) -> set[int]:
        behaviour = Behaviour(wrong_rate=0.1)
        texts = {n: "\n".join(damaged(w, share, n) for w in [letter(n)]) for n in range(200)}
        return {n for n, text in texts.items() if answered(behaviour, text)[0] != truth(n)}

    clean, light, heavy = wrong(0.0), wrong(0.03), wrong(0.15)

    assert len(clean) < len(light) < len(heavy)
    assert clean <= heavy


def test_same_question_has_the_same_answer_unless_the_temperature_is_up() -> None:
    """At temperature 0 always; above it a doubtful answer varies, a sure one does not."""
    behaviour = Behaviour(wrong_rate=0.3)

    def answers(number: int, temperature: float) -> list[str]:
        informed = Informed(behaviour, KNOWLEDGE)
        numbers = random.Random(3)
        request = asked(letter(number), temperature=temperature)
        return [informed.chat(request, numbers).text for _ in range(8)]

    assert all(len(set(answers(n, 0.0))) == 1 for n in range(40))
    assert any(len(set(answers(n, 1.0))) > 1 for n in range(40))
    assert any(len(set(answers(n, 1.0))) == 1 for n in range(40))


def test_mistakes_are_plausible() -> None:
    """One or two fields differ, and by kinds that people make too."""
    for number in range(100):
        row = KNOWLEDGE.rows[number]
        given = wrong_answers(KNOWLEDGE, row, random.Random(number))
        differing = [name for name in row.truth if given[name] != row.truth[name]]

        assert 1 <= len(differing) <= 2, (given, row.truth)


def test_answer_follows_the_schema_that_is_asked_for() -> None:
    """Numbers are numbers, a field that states a confidence is filled, others are left out."""
    properties = {
        "order": {"type": "integer"},
        "note": {"type": ["string", "null"]},
        "confidence": {"type": "number"},
    }
    request = asked(letter(5), schema={"type": "object", "properties": properties})

    said = Informed(Behaviour(wrong_rate=0), KNOWLEDGE).chat(request, random.Random(0))

    assert said.text == '{"order":4776,"note":null,"confidence":1.0}'


def test_answer_file_tells_its_columns_apart(tmp_path: Path) -> None:
    """The longest texts are the questions, 'id' is a key, the rest are answers."""
    file = tmp_path / "truth.csv"
    file.write_text("id,question,answer\nA1,Where is the canteen on Fridays?,Ground floor\n")

    knowledge = read_answers(AnswerFile(path=file))

    assert knowledge.rows == [
        Known(
            number=0,
            text="Where is the canteen on Fridays?",
            key="A1",
            truth={"answer": "Ground floor"},
        )
    ]


def test_answer_file_without_the_named_column_is_refused(tmp_path: Path) -> None:
    """With what it has, and what may be meant."""
    file = tmp_path / "truth.csv"
    file.write_text("id,question,answer\nA1,Where?,There\n")

    with pytest.raises(InputError) as refused:
        read_answers(AnswerFile(path=file, text="questions"))

    assert str(refused.value) == (
        f"{file} has no column 'questions'; it has id, question, answer.\n'question' is meant?"
    )
