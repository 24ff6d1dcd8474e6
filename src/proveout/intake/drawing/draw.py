"""Draw by design, where the data lives: only the records drawn are pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proveout.intake.databases.answers import from_server
from proveout.intake.databases.numbering import record_text
from proveout.intake.drawing.design import Design

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

WEIGHT = "__weight"
"""Column of the design weight, 1 / probability of being drawn; they add up to the population."""
STRATUM = "__stratum"
"""Column of the stratum that a record was drawn from."""

_LABEL, _MARK, _TURN, _KEY, _RANK = "__label", "__mark", "__turn", "__key", "__rank"
_MARGIN = 7
"""Standard deviations above the number wanted that a sieve lets through."""
_DIGITS = 12
_DIGITS_OF_MARK = 20
"""80 bits: two of a billion different records meet once in a million such populations."""


def draw_sample(table: ir.Table, label: ir.StringValue, design: Design, *, seed: int) -> pa.Table:
    """Draw the records of a design; each comes with its stratum and its weight.

    Every record gets a key: MD5 of the seed, of what stands in it, and of its turn among records
    that are equal to it. Of each stratum those with the smallest keys are drawn, which is simple
    random sampling without replacement. The order of rows, threads and the engine do not matter.
    """
    import ibis

    names = list(table.columns)
    of_label = design.stratum_of()
    marked = table.mutate(
        **{_LABEL: label, _MARK: _md5(record_text(table, names)).left(_DIGITS_OF_MARK)}
    )
    alike = ibis.window(group_by=_MARK, order_by=_MARK)
    in_turn = marked.mutate(**{_TURN: ibis.row_number().over(alike)})
    salted = [ibis.literal(str(seed)), in_turn[_TURN].cast("string"), in_turn[_MARK]]
    key = _md5(ibis.literal("/").join(salted)).left(_DIGITS)
    keyed = in_turn.mutate(**{_KEY: key}).drop(_TURN, _MARK)
    homes = {label: stratum.name for label, stratum in of_label.items() if stratum.name != label}
    if homes:
        home = keyed[_LABEL].cases(*homes.items(), else_=keyed[_LABEL])
        keyed = keyed.mutate(**{_LABEL: home})
    # Few records pass the sieve, and only these are ranked.
    sieved = keyed.filter(
        keyed[_KEY]
        <= keyed[_LABEL].cases(
            *((each.name, _sieve(each.n_sampled, each.n_population)) for each in design.strata),
            else_="",
        )
    )
    ranked = sieved.mutate(
        **{_RANK: ibis.row_number().over(ibis.window(group_by=_LABEL, order_by=_KEY))}
    )
    drawn = ranked.filter(
        ranked[_RANK]
        < ranked[_LABEL].cases(*((each.name, each.n_sampled) for each in design.strata), else_=0)
    )
    answer = drawn.order_by(_KEY).select(*names, _LABEL)
    return _weighted(from_server(answer), design)


def _weighted(drawn: pa.Table, design: Design) -> pa.Table:
    import pyarrow as pa

    weights = {stratum.name: stratum.weight for stratum in design.strata}
    labels = drawn[_LABEL].to_pylist()
    return (
        drawn.drop_columns([_LABEL])
        .append_column(STRATUM, pa.array(labels, type=pa.string()))
        .append_column(WEIGHT, pa.array([weights[label] for label in labels], type=pa.float64()))
    )


def _sieve(wanted: int, n: int) -> str:
    """Return the key below which more than enough of a stratum's records lie."""
    if wanted >= n:
        return "g"  # behind every hexadecimal digit
    share = (wanted + _MARGIN * (wanted**0.5 + 1)) / n
    top: int = 16**_DIGITS
    return "g" if share >= 1 else f"{int(share * top):0{_DIGITS}x}"


def _md5(text: Any) -> Any:
    import ibis

    if text.get_backend().name == "mssql":
        return text.hexdigest("md5")

    def md5(value: str) -> str:
        raise NotImplementedError(value)  # the engine's own is called

    return ibis.udf.scalar.builtin(md5)(text)
