"""Protocols that carry rows: generic JSON, Open Inference v2, MLflow."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from proveout.charter import schema
from proveout.errors import InputError
from proveout.systems.answering import NotAnswersError
from proveout.systems.dialects import open_dialect
from proveout.systems.exchange import Dialect, Reply

URL = "http://127.0.0.1:9"
ROWS = [{"n": 1, "x": 0.5, "is": True, "t": "a"}, {"n": 2, "x": None, "is": False, "t": None}]


def dialect(task: Any = "classification", **system: Any) -> Dialect:
    found = open_dialect(schema.System.model_validate({**system, "task": task}), variables={})
    assert found is not None
    return found


def sent(found: Dialect, rows: list[dict[str, Any]]) -> Any:
    return json.loads(found.encode(rows).body)


def read(found: Dialect, body: Any, rows: int = 2) -> tuple[list[Any], list[float]]:
    reply = Reply(status=200, headers={}, body=json.dumps(body).encode())
    raw = found.decode(reply, rows).answers
    values = np.where(np.isnan(raw.number), raw.text, raw.number.astype(object)).tolist()
    return values, raw.confidence.tolist()


def test_systems_that_are_not_reached_by_http_have_no_dialect() -> None:
    """A callable, a program and recorded answers are asked in other ways."""
    for system in ({"python": "a.py:f"}, {"command": {"run": ["a"]}}, {"recorded": "said"}):
        assert open_dialect(schema.System.model_validate(system)) is None


class TestJson:
    """Generic JSON."""

    def test_one_row_fills_a_template(self) -> None:
        """Numbers stay numbers, and the answer may stand alone."""
        found = dialect(
            http={
                "url": URL,
                "batch_rows": 1,
                "request_template": {"in": {"n": "{n}", "text": "no. {n}: {t}"}},
                "answer_path": "out.label",
                "confidence_path": "out.p",
            }
        )

        assert sent(found, ROWS[1:]) == {"in": {"n": 2, "text": "no. 2: "}}
        assert read(found, {"out": {"label": "late", "p": 0.5}}, 1) == (["late"], [0.5])

    def test_the_whole_response_may_be_the_answers(self) -> None:
        """A dot is the path to all of it."""
        assert read(dialect(http={"url": URL, "answer_path": "."}), ["a", "b"])[0] == ["a", "b"]

    def test_a_place_for_one_row_needs_requests_of_one_row(self) -> None:
        """Otherwise a hundred rows would get one answer."""
        with pytest.raises(InputError) as raised:
            dialect(http={"url": URL, "request_template": {"n": "{n}"}})

        assert raised.value.message == (
            "system.http.request_template: '{n}' stands for the value of one row, and "
            "system.http.batch_rows is 100."
        )
        assert raised.value.hint == (
            "Set system.http.batch_rows to 1, or write '$rows' for the list of records."
        )


class TestOpenInference:
    """Open Inference v2."""

    def test_each_column_is_a_tensor_of_its_kind(self) -> None:
        """A gap makes whole numbers fractions; text goes as BYTES; an empty cell is null."""
        found = dialect(open_inference={"url": URL + "/", "model": "a b", "model_version": "3"})
        request = found.encode(ROWS)

        assert request.url == f"{URL}/v2/models/a%20b/versions/3/infer"
        assert json.loads(request.body) == {
            "inputs": [
                {"name": "n", "shape": [2, 1], "datatype": "INT64", "data": [1, 2]},
                {"name": "x", "shape": [2, 1], "datatype": "FP64", "data": [0.5, None]},
                {"name": "is", "shape": [2, 1], "datatype": "BOOL", "data": [True, False]},
                {"name": "t", "shape": [2, 1], "datatype": "BYTES", "data": ["a", None],
                 "parameters": {"content_type": "str"}},
            ],
            # Without it MLServer would look at the first column alone.
            "parameters": {"content_type": "pd"},
        }  # fmt: skip

    def test_a_matrix_is_one_tensor_row_by_row(self) -> None:
        """As servers take it whose model was trained on an array."""
        found = dialect(open_inference={"url": URL, "model": "m", "layout": "matrix"})

        assert sent(found, [{"a": 1, "b": 0.5}, {"a": 2, "b": None}]) == {
            "inputs": [
                {"name": "input-0", "shape": [2, 2], "datatype": "FP32", "data": [1, 0.5, 2, None]}
            ]
        }

    @pytest.mark.parametrize("data", [[0.9, 0.1, 0.2, 0.8], [[0.9, 0.1], [0.2, 0.8]]])
    def test_probabilities_become_answer_and_confidence(self, data: Any) -> None:
        """Flat or nested, as the protocol allows both."""
        found = dialect(open_inference={"url": URL, "model": "m", "classes": ["on time", "late"]})
        body = {"outputs": [{"name": "p", "shape": [2, 2], "datatype": "FP32", "data": data}]}

        assert read(found, body) == (["on time", "late"], [0.9, 0.8])

    def test_the_confidence_is_that_of_the_class_that_was_answered(self) -> None:
        """Not the highest, where a service answers by rules of its own."""
        found = dialect(
            open_inference={
                "url": URL,
                "model": "m",
                "answer": "label",
                "confidence": "p",
                "classes": ["0", "1"],
            }
        )
        outputs = [
            {"name": "p", "shape": [2, 2], "data": [0.9, 0.1, 0.2, 0.8]},
            {"name": "label", "shape": [2, 1], "data": [1, 1]},
        ]

        assert sent(found, ROWS)["outputs"] == [{"name": "label"}, {"name": "p"}]
        assert read(found, {"outputs": outputs}) == ([1.0, 1.0], [0.1, 0.8])

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"error": "no"}, "the response has no 'outputs'"),
            ({"outputs": [{"name": "b"}]}, "the response has no output 'a' (it has: 'b')"),
            ({"outputs": [{"name": "a"}]}, "the output 'a' has no 'data'"),
            ({"outputs": [{"name": "a", "shape": [1, 3], "data": [1, 0, 0]}]},
             "3 probabilities came for 2 classes"),
        ],
    )  # fmt: skip
    def test_what_is_no_output_says_why(self, body: Any, reason: str) -> None:
        """In words that name what was looked for."""
        found = dialect(
            open_inference={"url": URL, "model": "m", "answer": "a", "classes": ["x", "y"]}
        )
        with pytest.raises(NotAnswersError) as raised:
            read(found, body)

        assert str(raised.value) == reason


class TestMlflow:
    """MLflow scoring server."""

    @pytest.mark.parametrize(
        ("layout", "content"),
        [
            ("dataframe_split", {"columns": ["n", "t"], "data": [[1, "a"], [2, None]]}),
            ("dataframe_records", [{"n": 1, "t": "a"}, {"n": 2, "t": None}]),
            ("inputs", {"n": [1, 2], "t": ["a", None]}),
        ],
    )
    def test_writes_the_three_layouts(self, layout: str, content: Any) -> None:
        """To /invocations below the URL."""
        found = dialect(mlflow={"url": URL, "layout": layout})
        request = found.encode([{"n": row["n"], "t": row["t"]} for row in ROWS])

        assert request.url == f"{URL}/invocations"
        assert json.loads(request.body) == {layout: content}

    @pytest.mark.parametrize(
        ("settings", "predictions", "answers"),
        [
            ({}, ["a", "b"], ["a", "b"]),
            ({}, [[1.5], [2.5]], [1.5, 2.5]),
            ({}, [{"label": "a", "score": 1}, {"label": "b", "score": 1}], ["a", "b"]),
            ({}, [{"fare": 1.5}, {"fare": 2.5}], [1.5, 2.5]),
            ({}, {"label": ["a", "b"], "score": [1, 1]}, ["a", "b"]),
            ({"answer_field": "k"}, [{"k": "a", "l": 1}, {"l": 1}], ["a", None]),
            ({"classes": ["a", "b"]}, [[0.9, 0.1], [0.2, 0.8]], ["a", "b"]),
        ],
    )
    def test_reads_predictions(self, settings: Any, predictions: Any, answers: Any) -> None:
        """Plain, in lists of their own, objects, columns, or probabilities."""
        found = dialect(mlflow={"url": URL, **settings})

        assert read(found, {"predictions": predictions})[0] == answers

    def test_an_object_may_be_the_document(self) -> None:
        """Without its confidence; or it holds the document and the confidence beside it."""
        found = dialect("extraction", mlflow={"url": URL, "confidence_field": "sure"})

        plain = read(found, {"predictions": [{"total": 1, "day": "x", "sure": 0.5}]}, 1)
        inner = read(found, {"predictions": [{"answer": {"total": 1}, "sure": 0.5}]}, 1)

        assert plain == ([{"total": 1, "day": "x"}], [0.5])
        assert inner == ([{"total": 1}], [0.5])

    def test_objects_that_could_hold_the_answer_anywhere_are_asked_about(self) -> None:
        """Nothing is guessed."""
        with pytest.raises(NotAnswersError) as raised:
            read(dialect(mlflow={"url": URL}), {"predictions": [{"a": 1, "b": 2}]}, 1)

        assert str(raised.value) == (
            "predictions are objects with 'a', 'b'; system.mlflow.answer_field says which"
        )
