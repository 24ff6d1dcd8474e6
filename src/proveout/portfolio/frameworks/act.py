"""EU AI Act, Regulation (EU) 2024/1689: what falls on deployers, and after a system is in use."""

from __future__ import annotations

from proveout.portfolio.frameworks import proofs as p
from proveout.portfolio.frameworks.model import Duty, Framework

ACT = Framework(
    id="eu-ai-act",
    name="EU AI Act, Regulation (EU) 2024/1689",
    about="Law in the European Union. Here: the duties of a deployer (who uses a system) and "
    "those after launch. Articles 26, 27, 72 and 73 fall on high-risk systems alone; whether "
    "yours is one, and from which day which article applies, is for your lawyers to say: the "
    "regulation and its dates have been amended.",
    duties=(
        Duty(number="Art. 4", title="Those who use it are helped to understand AI well enough",
             proofs=(p.TRAINED, p.INFORMED, p.PROMISES)),
        Duty(number="Art. 26(1)", title="It is used as its provider's instructions say",
             proofs=(p.PROMISES, p.OVERRIDES), beyond="What the instructions say."),
        Duty(number="Art. 26(2)", title="Competent, trained people with authority oversee it",
             proofs=(p.REVIEWER, p.TRAINED, p.SIGN_REVIEWER, p.ROLLBACK)),
        Duty(number="Art. 26(4)", title="Data fed to it are relevant and representative",
             proofs=(p.ROWS, p.GAP, p.SIGN_DATA)),
        Duty(number="Art. 26(5)", title="It is monitored; risks and serious incidents are told on, "
             "and its use is suspended where needed",
             proofs=(p.DRIFT, p.OVERDUE, p.ROLLBACK, p.PROTOCOL),
             beyond="Telling provider, distributor and authority."),
        Duty(number="Art. 26(6)", title="Logs are kept, for six months at least",
             proofs=(p.SERVED, p.TRAIL),
             beyond="How long your prediction log is kept is yours to set."),
        Duty(number="Art. 26(7)", title="Workers and their representatives are told beforehand",
             proofs=(p.INFORMED, p.REPRESENTED, p.ROLES),
             beyond="What the law of your country asks besides, such as a works council's say."),
        Duty(number="Art. 26(9)", title="What the provider tells is used for the data protection "
             "impact assessment", proofs=(p.LEGAL_ASKED, p.LEGAL_SIGNED),
             beyond="The assessment itself."),
        Duty(number="Art. 26(11)", title="People on whom it helps to decide are told so",
             proofs=(p.PROMISES,), beyond="People outside the company."),
        Duty(number="Art. 27", title="The effect on fundamental rights is assessed, by those whom "
             "the article names", proofs=(p.LEGAL_SIGNED, p.ROLES, p.PROTOCOL),
             beyond="The assessment itself, and telling the authority."),
        Duty(number="Art. 50", title="People know that they deal with AI, or with content that it "
             "made", proofs=(p.PROMISES, p.INFORMED),
             beyond="Marks on content, and telling people outside the company."),
        Duty(number="Art. 72", title="Experience in use is collected and evaluated (the "
             "provider's duty, to which a deployer contributes)",
             proofs=(p.SERVED, p.ESTIMATED, p.DRIFT, p.REVIEWS),
             beyond="The provider's plan, and passing the data on."),
        Duty(number="Art. 73", title="Serious incidents are reported (the provider's duty; a "
             "deployer tells the provider)",
             proofs=(p.PROTOCOL, p.OVERDUE, p.TRAIL),
             beyond="Whether an incident is serious, the report, and its deadlines."),
        Duty(number="Art. 86", title="A decision can be explained to whom it concerns",
             proofs=(p.TRAIL, p.CONTACT), beyond="The explanation itself."),
    ),
    silent=(
        "Art. 5 (what is forbidden) and Art. 6 with Annex III (what is high-risk)",
        "Art. 8 to 21 and 43 to 49 (providers: risk management, technical documents, conformity, "
        "registration), and Art. 25 (when a deployer becomes a provider)",
        "Art. 26(8), 26(10) and 26(12) (public authorities, biometrics, cooperation)",
        "Art. 51 to 56 (general-purpose models)",
        "Every other law: data protection, labour, product liability, sectors",
    ),
)  # fmt: skip
