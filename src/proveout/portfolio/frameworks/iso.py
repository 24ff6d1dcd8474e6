"""ISO/IEC 42001:2023, the controls of its Annex A; numbers as there, titles in our words."""

from __future__ import annotations

from proveout.portfolio.frameworks import proofs as p
from proveout.portfolio.frameworks.model import Duty, Framework

ISO = Framework(
    id="iso",
    name="ISO/IEC 42001:2023, Annex A",
    about="A standard for a company's management system on AI, against which companies are "
    "certified. Proveout shows what one system does for its controls, not that the system of "
    "management exists.",
    duties=(
        Duty(number="A.3.2", title="Who does what",
             proofs=(p.OWNER, p.REVIEWER, p.DATA_OWNERS)),
        Duty(number="A.3.3", title="A way to raise concerns", proofs=(p.CONTACT, p.ANSWERED),
             beyond="Protection of whoever raises one."),
        Duty(number="A.4.2", title="What the system is made of and rests on",
             proofs=(p.INVENTORY, p.SEALED)),
        Duty(number="A.4.3", title="Which data it uses", proofs=(p.ROWS, p.DATA_OWNERS)),
        Duty(number="A.4.5", title="What computing it takes", proofs=(p.LOAD, p.BUDGET)),
        Duty(number="A.4.6", title="Which people and skills it takes",
             proofs=(p.TRAINED, p.HANDOFF, p.REFRESH)),
        Duty(number="A.5.4", title="What it means for individuals and groups",
             proofs=(p.ROLES, p.REPRESENTED),
             beyond="People outside the company: customers, applicants, the public."),
        Duty(number="A.6.1.2", title="What responsible development aims at",
             proofs=(p.OUTCOME, p.SEALED)),
        Duty(number="A.6.2.2", title="What the system has to do",
             proofs=(p.SEALED, p.PROMISES)),
        Duty(number="A.6.2.4", title="That it was verified and validated",
             proofs=(p.ACCURACY, p.STRESS, p.LOAD)),
        Duty(number="A.6.2.5", title="That it was let go live by a plan",
             proofs=(p.SIGN_OWNER, p.ROLLBACK, p.HANDOFF)),
        Duty(number="A.6.2.6", title="That it is operated and monitored",
             proofs=(p.DRIFT, p.SERVED, p.REVIEWS, p.REFRESH)),
        Duty(number="A.6.2.8", title="That events are logged", proofs=(p.SERVED, p.TRAIL)),
        Duty(number="A.7.2", title="How data are managed", proofs=(p.DATA_OWNERS, p.SIGN_DATA)),
        Duty(number="A.7.4", title="That data are good enough",
             proofs=(p.COMPLETE, p.CONFORM, p.GAP)),
        Duty(number="A.8.2", title="What users are told of it",
             proofs=(p.PROMISES, p.INFORMED)),
        Duty(number="A.8.3", title="That others can report harm", proofs=(p.CONTACT, p.ANSWERED),
             beyond="A way for people outside the company."),
        Duty(number="A.8.4", title="That incidents are told", proofs=(p.PROTOCOL, p.OVERDUE),
             beyond="Telling customers and authorities."),
        Duty(number="A.9.2", title="How it is used responsibly",
             proofs=(p.PROTOCOL, p.OUTPUT_AUDIT, p.SIGN_REVIEWER)),
        Duty(number="A.9.3", title="What responsible use aims at", proofs=(p.OUTCOME, p.VALUE)),
        Duty(number="A.9.4", title="That it is used for what it is meant for",
             proofs=(p.PROMISES, p.OVERRIDES, p.ADOPTION)),
        Duty(number="A.10.2", title="Who answers for what along the chain",
             proofs=(p.OWNER, p.HANDOFF), beyond="Suppliers and customers."),
    ),
    silent=(
        "A.2 (policies of the company)",
        "A.4.4 (tools), A.5.2, A.5.3 and A.5.5 (process and record of impact assessments, "
        "society), A.6.1.3, A.6.2.3 and A.6.2.7 (processes and documents of design)",
        "A.7.3, A.7.5 and A.7.6 (where data came from, how they were acquired and prepared)",
        "A.8.5 (information of others), A.10.3 and A.10.4 (suppliers, customers)",
        "Clauses 4 to 10: the management system itself, its audits and its risk treatment",
    ),
)  # fmt: skip
