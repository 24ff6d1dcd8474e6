"""`proveout contract`: files in, files out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from proveout.charter.contract import load_contract
from proveout.cli import contract_command
from proveout.cli.app import build_app, run_app
from proveout.errors import InputError

pytestmark = [
    # Ibis 12 calls DuckDB and pandas by names that these have deprecated since.
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The 'future.infer_string' option"),
]

Run = Callable[..., tuple[int, str, str]]

_CHARTER = """\
pilot: invoices
data:
  production:
    - {name: invoices, path: invoices.csv, owner: Dana Levy}
  key: id
  timestamp: posted
  freshness_hours: 24
  fields:
    amount: {type: number, min: 0, required: true, unit: EUR}
    site: {values: [north, south]}
"""


@pytest.fixture
def contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run the command in a folder with a charter and its data."""
    monkeypatch.chdir(tmp_path)
    rows = [
        f"{i},{i * 1.5},{'north' if i % 3 else 'south'},2024-05-{i % 28 + 1:02d}" for i in range(60)
    ]
    Path("invoices.csv").write_text("id,amount,site,posted\n" + "\n".join(rows), encoding="utf-8")
    Path("pilot.yaml").write_text(_CHARTER, encoding="utf-8")

    def run(*words: str) -> tuple[int, str, str]:
        code = run_app(build_app([contract_command.register]), ["contract", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_charter_goes_out_and_its_data_comes_back(contract: Run) -> None:
    """With what an audit saw beside what is declared."""
    code, out, _ = contract("export", "pilot.yaml", "-o", "invoices.odcs.yaml")
    back, said, err = contract("import", "invoices.odcs.yaml")

    assert (code, out) == (
        0, "Wrote invoices.odcs.yaml: 1 table; rules declared: 3, observed: 9.\n"
    )  # fmt: skip
    assert back == 0
    assert (
        said
        == """\
data:
  timestamp: posted
  production:
  - path: invoices.csv
    owner: Dana Levy
  key:
  - id
  fields:
    amount:
      type: number
      min: 0
      required: true
      unit: EUR
    site:
      values:
      - north
      - south
  freshness_hours: 24
"""
    )
    assert err.splitlines()[0] == "Not taken over, for it was observed and declared by nobody:"
    assert len(err.splitlines()) == 10


def test_without_a_charter_all_is_observed(contract: Run) -> None:
    """A file alone, as one JSON document."""
    code, out, _ = contract("export", "invoices.csv", "--json")

    document = json.loads(out)
    rules = [
        rule
        for part in document["contract"]["schema"][0]["properties"]
        for rule in part.get("quality", [])
    ]
    assert (code, document["ok"]) == (0, True)
    assert {rule["severity"] for rule in rules} == {"info"}


def test_nothing_is_read_where_only_what_is_declared_is_wanted(contract: Run) -> None:
    """The data need not even be there."""
    Path("invoices.csv").unlink()

    code, out, _ = contract("export", "--declared-only", "--json")

    contract_ = json.loads(out)["contract"]
    assert code == 0
    assert [each["name"] for each in contract_["schema"][0]["properties"]] == [
        "amount",
        "site",
        "id",
    ]
    assert "info" not in out


def test_a_contract_lists_what_a_charter_cannot_say_as_json(contract: Run) -> None:
    """Beside the data part."""
    Path("c.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: '1'\nstatus: draft\n"
        "domain: finance\nschema: [{name: t, properties: [{name: a, logicalType: date}]}]\n",
        encoding="utf-8",
    )

    code, out, _ = contract("import", "c.yaml", "--json")

    assert (code, json.loads(out)) == (0, {
        "ok": True,
        "data": {"fields": {"a": {"type": "date"}}},
        "unmapped": ["domain: a charter has no place for it"],
        "observed": [],
    })  # fmt: skip


_BEGIN = "kind: DataContract\napiVersion: v3.1.0\n"
_LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Nine lines that stand for a thousand million values.
        (
            _BEGIN + _LAUGHS,
            "c.yaml unfolds to more than 200,000 values.\n"
            "Its aliases ('*name') repeat parts that repeat parts: write them out.",
        ),
        (
            _BEGIN + "schema: &s [*s]\n",
            "c.yaml is nested more than 60 levels deep.\n"
            "A contract needs fewer: its aliases ('*name') may contain themselves.",
        ),
        (
            "[" * 5_000,
            "c.yaml is nested more than 60 levels deep.\n"
            "A contract needs fewer: its aliases ('*name') may contain themselves.",
        ),
        (
            "schema: [\n",
            "c.yaml, line 2: this is not YAML: expected the node content, but found "
            "'<stream end>'.\n"
            "A contract is one YAML document, as the Open Data Contract Standard describes.",
        ),
        (
            "!!python/object/apply:os.system [ls]\n",
            "c.yaml, line 1: this is not YAML: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object/apply:os.system'.\n"
            "A contract is one YAML document, as the Open Data Contract Standard describes.",
        ),
        (
            "kind: Pod\napiVersion: v1\n",
            "c.yaml is no data contract: it must say 'kind: DataContract', and says 'kind: Pod'.\n"
            "Give a contract of the Open Data Contract Standard, version 3.",
        ),
        (
            "kind: DataContract\napiVersion: v2.2.2\n",
            "c.yaml follows version v2.2.2 of the standard.\n"
            "Bring it to version 3: its sections have other names there.",
        ),
    ],
)
def test_what_is_no_contract_is_refused(
    text: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within bounds, and with what to do."""
    monkeypatch.chdir(tmp_path)
    Path("c.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(InputError) as refused:
        load_contract(Path("c.yaml"))

    assert str(refused.value) == message


def test_days_in_a_contract_are_text(tmp_path: Path) -> None:
    """YAML makes dates of them, which JSON has no word for."""
    file = tmp_path / "c.yaml"
    file.write_text(_BEGIN + "team: {members: [{dateIn: 2024-01-02}]}\n", encoding="utf-8")

    loaded: dict[str, Any] = load_contract(file)

    assert loaded["team"] == {"members": [{"dateIn": "2024-01-02"}]}


@pytest.mark.parametrize(
    ("arguments", "kept", "message"),
    [
        (("export", "pilot.yaml", "-o", "pilot.yaml"), "pilot.yaml",
         "Error: pilot.yaml is one of the files to read, and would be overwritten.\n"),
        (("export", "invoices.csv", "-o", "invoices.csv"), "invoices.csv",
         "Error: invoices.csv is one of the files to read, and would be overwritten.\n"),
        (("import", "contract.yaml", "-o", "contract.yaml"), "contract.yaml",
         "Error: contract.yaml is the contract to read, and would be overwritten.\n"),
    ],
)  # fmt: skip
def test_what_is_read_is_not_overwritten(
    contract: Run, arguments: tuple[str, ...], kept: str, message: str
) -> None:
    """Neither charter nor data nor contract."""
    contract("export", "--declared-only", "-o", "contract.yaml")
    before = Path(kept).read_bytes()

    code, _, said = contract(*arguments)

    assert (code, said) == (2, message + "Name another file with --out.\n")
    assert Path(kept).read_bytes() == before
