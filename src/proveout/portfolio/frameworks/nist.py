"""NIST AI Risk Management Framework 1.0 (NIST AI 100-1, January 2023)."""

from __future__ import annotations

from proveout.portfolio.frameworks import proofs as p
from proveout.portfolio.frameworks.model import Duty, Framework

NIST = Framework(
    id="nist",
    name="NIST AI Risk Management Framework 1.0",
    about="Voluntary; for whoever builds or uses AI. Four functions, of which Proveout speaks to "
    "the outcomes that one system in use can show.",
    duties=(
        Duty(number="GOVERN 1.1", title="Legal requirements on AI are known and dealt with",
             proofs=(p.LEGAL_ASKED, p.LEGAL_SIGNED, p.SIGN_LEGAL),
             beyond="Which laws apply is for your lawyers to say."),
        Duty(number="GOVERN 1.4", title="Risk is managed by a process that is transparent",
             proofs=(p.SEALED, p.TRAIL)),
        Duty(number="GOVERN 1.5", title="Monitoring and regular review are planned, with who does "
             "what", proofs=(p.REVIEWS, p.ATTENDANCE, p.DRIFT)),
        Duty(number="GOVERN 1.6", title="AI systems are inventoried",
             proofs=(p.INVENTORY, p.CONFIRMED)),
        Duty(number="GOVERN 1.7", title="A system can be taken out of use safely",
             proofs=(p.ROLLBACK, p.DRILL),
             beyond="Deleting data and models at the end of life."),
        Duty(number="GOVERN 2.1", title="Roles and responsibilities are written down and known",
             proofs=(p.OWNER, p.REVIEWER, p.DATA_OWNERS, p.HANDOFF)),
        Duty(number="GOVERN 2.2", title="People are trained for their part",
             proofs=(p.TRAINING, p.TRAINED)),
        Duty(number="GOVERN 2.3", title="Executives answer for the decisions on risk",
             proofs=(p.SIGN_SPONSOR, p.LEADERSHIP)),
        Duty(number="GOVERN 3.2", title="Who oversees the system, and how people and system share "
             "the work, is defined", proofs=(p.PROTOCOL, p.REVIEWER, p.SIGN_REVIEWER)),
        Duty(number="GOVERN 4.3", title="Testing, reporting of incidents and sharing of what was "
             "found are practised", proofs=(p.DRILL, p.STRESS, p.TRAIL)),
        Duty(number="GOVERN 5.1", title="Feedback from those affected is collected and used",
             proofs=(p.FEEDBACK, p.ANSWERED, p.FAVOURABLE)),
        Duty(number="GOVERN 6.2", title="Failure of third-party systems or data has a fallback",
             proofs=(p.ROLLBACK, p.DRILL), beyond="Contracts with suppliers."),
        Duty(number="MAP 1.1", title="Purpose, users, and where it is used are understood",
             proofs=(p.OUTCOME, p.PROCESS, p.ROLES, p.PROMISES)),
        Duty(number="MAP 1.4", title="The business value, or the context of use, is defined",
             proofs=(p.OUTCOME, p.VALUE)),
        Duty(number="MAP 1.6", title="Requirements come from those concerned",
             proofs=(p.REPRESENTED, p.SEALED)),
        Duty(number="MAP 2.2", title="The limits of its knowledge, and how people oversee its "
             "output, are documented", proofs=(p.PROMISES, p.OUTPUT_AUDIT, p.CALIBRATED)),
        Duty(number="MAP 2.3", title="Validity is designed for: data, measurement, testing",
             proofs=(p.ROWS, p.GAP, p.ASSUMPTIONS)),
        Duty(number="MAP 3.2", title="What errors cost is known",
             proofs=(p.BUDGET, p.VALUE), beyond="Costs to people outside the company."),
        Duty(number="MAP 3.4", title="Operators are shown to be proficient",
             proofs=(p.TRAINED, p.INFORMED)),
        Duty(number="MAP 3.5", title="Human oversight is defined and documented",
             proofs=(p.PROTOCOL, p.OUTPUT_AUDIT, p.SIGN_REVIEWER)),
        Duty(number="MEASURE 1.1", title="Measures of the largest risks are chosen, and what "
             "cannot be measured is named", proofs=(p.SEALED, p.ACCURACY)),
        Duty(number="MEASURE 2.3", title="Performance is measured under conditions like those of "
             "deployment", proofs=(p.ACCURACY, p.GAP, p.LOAD)),
        Duty(number="MEASURE 2.4", title="Behaviour is monitored in production",
             proofs=(p.SERVED, p.DRIFT, p.ESTIMATED)),
        Duty(number="MEASURE 2.5", title="Validity and reliability are shown, with their limits",
             proofs=(p.ACCURACY, p.SLICES, p.STRESS)),
        Duty(number="MEASURE 2.6", title="It fails safely, also beyond what it knows",
             proofs=(p.STRESS_SILENT, p.SILENT, p.DRILL),
             beyond="Harm to health and safety of people."),
        Duty(number="MEASURE 2.7", title="Security and resilience are evaluated",
             proofs=(p.DRILL, p.RECOVERY, p.LOAD), beyond="Attacks on model, data and supply."),
        Duty(number="MEASURE 2.8", title="Risks of transparency and accountability are examined",
             proofs=(p.TRAIL, p.OWNER)),
        Duty(number="MEASURE 2.11", title="Fairness is evaluated",
             proofs=(p.SLICES,), beyond="Only groups that your data name are compared; whether a "
             "difference is unfair, nobody measures."),
        Duty(number="MEASURE 3.1", title="Risks that are known, new or unexpected are tracked",
             proofs=(p.DRIFT, p.HOLDS, p.EXCEPTIONS)),
        Duty(number="MEASURE 3.3", title="Users can report problems and appeal",
             proofs=(p.CONTACT, p.ANSWERED, p.EXCEPTIONS)),
        Duty(number="MEASURE 4.3", title="Gains and losses of performance in the field are "
             "recorded", proofs=(p.ESTIMATED, p.VALUE, p.OVERRIDES)),
        Duty(number="MANAGE 1.1", title="It is decided whether to go on",
             proofs=(p.SEALED, p.SIGN_OWNER, p.TRAIL)),
        Duty(number="MANAGE 2.3", title="What was unknown is responded to",
             proofs=(p.PROTOCOL, p.OVERDUE)),
        Duty(number="MANAGE 2.4", title="It can be superseded, disengaged or switched off, and it "
             "is said by whom", proofs=(p.ROLLBACK, p.RECOVERY)),
        Duty(number="MANAGE 3.2", title="Pre-trained models are watched as part of the system",
             proofs=(p.ESTIMATED, p.DRIFT)),
        Duty(number="MANAGE 4.1", title="After launch: monitoring, input from users, override, "
             "incident response, change", proofs=(p.DRIFT, p.ANSWERED, p.OVERRIDES, p.REFRESH)),
        Duty(number="MANAGE 4.2", title="Improvement is continual and measured",
             proofs=(p.REVIEWS, p.REFRESH)),
        Duty(number="MANAGE 4.3", title="Incidents and errors are told to those concerned and "
             "tracked", proofs=(p.OVERDUE, p.ANSWERED, p.TRAIL)),
    ),
    silent=(
        "GOVERN 1.2 and 1.3 (policies and risk tolerance of the company), 3.1 (diverse teams), "
        "4.1 and 4.2 (safety-first culture, impacts), 5.2, 6.1 (rights of third parties)",
        "MAP 1.2, 1.3, 1.5, 2.1, 3.1, 3.3, 4.1, 4.2, 5.1 and 5.2 (teams, mission, impacts on "
        "individuals and society, third-party components)",
        "MEASURE 1.2, 1.3, 2.1, 2.2 (human subjects), 2.9 (explanation), 2.10 (privacy), 2.12 "
        "(environment), 2.13, 3.2, 4.1 and 4.2",
        "MANAGE 1.2 to 1.4, 2.1, 2.2 and 3.1 (priorities, residual risk, resources, suppliers)",
        "The generative AI profile (NIST AI 600-1)",
    ),
)  # fmt: skip
