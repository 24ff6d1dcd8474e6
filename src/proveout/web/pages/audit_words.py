"""Entries of the ledger as sentences: who did what. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proveout.evidence.figures import figure
from proveout.evidence.ledger.port import Entry

Body = Mapping[str, Any]

_LONG = 220
_NOTHING = "–"
_ACTS: Mapping[str, str] = {
    "signoff.given": "signed off as {role}: {why}",
    "signoff.withdrawn": "withdrew the signature as {role}: {why}",
    "legal.answered": "wrote down an answer to “{question}”: {answer}",
    "legal.signed": "signed an answer to “{question}”: {answer}",
    "handoff.accepted": "accepted ownership: {why}",
    "handoff.refused": "refused ownership: {why}",
    "review.held": "noted that “{name}” was held on {on}, with {present}",
    "review.moved": "moved “{name}” from {day} to {to}: {why}",
    "review.live": "noted that it went live on {on}",
    "refresh.practised": "noted a retraining run on {on}: {note}",
    "inventory.confirmed": "confirmed the tool “{tool}”",
    "inventory.added": "added the tool “{tool}”, owned by {owner}, to the inventory",
    "inventory.retired": "took the tool “{tool}” out of use: {why}",
    "audit.verified": "verified the chain of the ledger: {n_entries} entries, whole",
    "preparing.informed": "confirmed knowing what changes for the role “{role}”",
    "preparing.listed": "noted a signed list of {count} for the role “{role}”: {note}",
    "preparing.list_withdrawn": "withdrew a signed list of people who were told: {why}",
    "preparing.represented": "confirmed having spoken for the role “{role}”: {note}",
    "manager.named": "named {name} as a manager of those affected: {leads}",
    "manager.unnamed": "took {name} off the managers of those affected: {why}",
    "manager.equipped": "confirmed being able to lead the change: {note}",
    "incentive.added": "noted the rule “{rule}”, which rewards the {rewards} way",
    "incentive.changed": "noted that the rule “{rule}” was changed: {evidence}",
    "incentive.reopened": "took back that the rule “{rule}” was changed: {evidence}",
    "incentive.looked": "confirmed that all rules were looked at: {note}",
    "leadership.message": "noted a message of {by} on {on}: {what}",
    "leadership.obstacle": "raised an obstacle, for {owner} to remove by {due}: {what}",
    "leadership.removed": "noted that an obstacle is gone: {how}",
    "leadership.looked": "confirmed that the list of obstacles is complete: {note}",
    "spending.noted": "noted {amount} {currency} spent until {until}: {note}",
    "training.invited": "invited to the training “{training}”: {people}",
    "training.excused": "took {name} off the training “{training}”: {why}",
    "training.due": "set {by} as the day by which “{training}” is completed",
    "training.completed": (
        "completed “{training}” on {cases} cases, and caught {caught} of {of} wrong answers"
    ),
    "training.listed": "noted a signed list of {count} who completed “{training}”: {note}",
    "training.list_withdrawn": "withdrew a signed list of “{training}”: {why}",
    "fix.planned": "planned that {owner} puts “{criterion}” right by {due}",
    "fix.dropped": "dropped the plan for “{criterion}”",
}
_WHO = ("who", "person")


def who_did(entry: Entry) -> str | None:
    """Return whose name stands in an entry; None where a machine wrote it."""
    return next((str(entry.body[key]) for key in _WHO if entry.body.get(key)), None)


def sentence(entry: Entry) -> str:
    """Say in one sentence what an entry records, without who did it."""
    told = _WORDS.get(entry.kind, _plain)(entry.body)
    return told if len(told) <= _LONG else f"{told[: _LONG - 1].rstrip()}…"


def _act(body: Body) -> str:
    kind, says = str(body.get("act", "")), body.get("says", {})
    words = {key: told for key, value in says.items() if (told := _word(value))}
    if kind.startswith("signoff.") and "role" in words:
        words["role"] = words["role"].replace("-", " ")
    if kind in _ACTS:
        return _ACTS[kind].format_map(_Lenient(words)).removesuffix(f": {_NOTHING}")
    named = kind.replace(".", ": ").replace("_", " ")
    more = "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in words.items())
    return f"{named} ({more})" if more else named


class _Lenient(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return _NOTHING


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_word, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_word(item)}" for key, item in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.2f}".removesuffix(".00")
    return "" if value is None else str(value)


def _evidence(body: Body) -> str:
    subject = ", ".join(f"{key} {value}" for key, value in body.get("subject", {}).items())
    about = f" of {subject}" if subject else ""
    value = figure(float(body["value"]), str(body["unit"]))
    how = {
        "attested": "vouches for",
        "simulated": f"the check “{body['check']['name']}” simulated",
    }.get(str(body["basis"]), f"the check “{body['check']['name']}” measured")
    return f"{how} {body['metric']}{about}: {value} (n = {body['n']:,})"


def _outcome(body: Body) -> str:
    reason = f": {body['reason']}" if body.get("reason") else ""
    return f"the check “{body['check']}” ended as {body['status']}{reason}"


def _run(body: Body) -> str:
    checks = ", ".join(map(str, body.get("checks", ())))
    return f"a run began: {checks}"


def _seal(_: Body) -> str:
    return "sealed the charter"


def _amendment(body: Body) -> str:
    changes = body.get("changes", ())
    where = ", ".join(str(change["path"]) for change in changes[:3])
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    return f"amended the charter ({where}{more}): {body.get('why', '')}"


def _waiver(body: Body) -> str:
    return f"waived “{body['criterion']}” until {str(body['until'])[:10]}: {body['why']}"


def _verdict(body: Body) -> str:
    return f"the gate “{body['stage']}” was decided: {body['decision']}. {body['summary']}"


def _switch(body: Body) -> str:
    return f"switched in production ({body.get('act', '')}): {body.get('why', '')}"


def _alarm(body: Body) -> str:
    if body.get("state") == "raised":
        return f"an alarm was raised on {body.get('metric', '')}: {body.get('what', '')}"
    return f"resolved an alarm: {body.get('why', body.get('how', ''))}"


def _plain(body: Body) -> str:
    return ", ".join(f"{key} {_word(value)}" for key, value in body.items())


_WORDS: Mapping[str, Callable[[Body], str]] = {
    "act": _act,
    "evidence": _evidence,
    "outcome": _outcome,
    "run": _run,
    "seal": _seal,
    "amendment": _amendment,
    "waiver": _waiver,
    "verdict": _verdict,
    "switch": _switch,
    "alarm": _alarm,
}
