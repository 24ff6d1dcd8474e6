"""How the standard of today compares with the one that was sealed, line by line (R104).

An amendment is judged place by place when it is made. This holds the outcome against the seal: a
line that has become easier is found whichever place of the charter made it so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from proveout.charter.schema import Charter, Stage
from proveout.errors import CharterError
from proveout.evidence.catalogue import Catalogue
from proveout.gate.adjusting import each_term, is_looser
from proveout.gate.milder import tried_less_than_sealed
from proveout.gate.model import Criterion, Dossier
from proveout.gate.standard import standard_for


def eased_since_seal(
    stage: Stage, criteria: Iterable[Criterion], dossier: Dossier, catalogue: Catalogue
) -> tuple[str, ...]:
    """Return what every verdict must say of lines that are easier than sealed; often nothing."""
    if dossier.first_sealed is None or not dossier.n_amendments:
        return ()
    try:
        sealed = Charter.model_validate(dossier.first_sealed)
        lines, _ = standard_for(stage, sealed, catalogue)
    except (ValidationError, CharterError):
        return (
            "The charter as it was sealed cannot be read any more, so that nothing shows what has "
            "become easier since.",
        )
    now = {criterion.id: criterion for criterion in criteria}
    eased = [told for line in lines for told in _compared(line, now.get(line.id), catalogue)]
    told = (("Easier", eased), ("A milder trial", _milder(stage, dossier, catalogue)))
    return tuple(
        f"{what} than when it was sealed: {'; '.join(each)}." for what, each in told if each
    )


def _milder(stage: Stage, dossier: Dossier, catalogue: Catalogue) -> list[str]:
    """Name what the gate of the trials must know of them."""
    if stage != "production" or None in (dossier.first_sealed, dossier.sealed_content):
        return []
    first, now = dossier.first_sealed, dossier.sealed_content
    return list(tried_less_than_sealed(first or {}, now or {}, catalogue))


def _compared(was: Criterion, now: Criterion | None, catalogue: Catalogue) -> Iterator[str]:
    if now is None:
        yield f"{was.id} is gone"
    elif _what(was) != _what(now):
        yield f"{was.id} asks for something else"
    elif is_looser(now, was):
        both = zip(each_term(was, catalogue), each_term(now, catalogue), strict=True)
        changed = (f"{before} became {after}" for before, after in both if before != after)
        yield f"{was.id} ({', '.join(changed)})"


def _what(line: Criterion) -> tuple[object, ...]:
    return line.metric, line.subject, line.comparison, line.scope, line.bases
