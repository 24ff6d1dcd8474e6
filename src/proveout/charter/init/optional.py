"""The parts that no data file can answer: all of them commented examples."""

from __future__ import annotations

from proveout.charter.init.blocks import Block

OPTIONAL: tuple[Block, ...] = (
    Block(
        "The business figures that will decide whether the pilot widens. They are sealed now.",
        """
        kpis:
          - name: handling_time
            unit: minutes
            direction: lower
            baseline: {value: 14.5, source: 'time study of March, 120 cases', n: 120}
            threshold: 10
            ## How it is taken from the records; without a source, from value.records.
            measured: {source: cases.csv, begins: opened_at, ends: closed_at, statistic: median}
        """,
    ),
    Block(
        "The process that changes, and how it is redesigned alongside the system.",
        """
        process:
          name: claims handling
          redesign: Clear claims are paid at once; clerks see the doubtful ones only
        """,
    ),
    Block(
        "How the system connects to what people use every day.",
        """
        integration:
          connects_to: [claims desk, mail room]
          how: The answer stands in the claims desk beside the claim
        """,
    ),
    Block(
        "What happens when it gives a wrong answer live.",
        """
        rollback:
          procedure: The team lead switches the claims desk back to manual
          to: manual
          within_minutes: 15
          decided_by: Ada Byron
        """,
    ),
    Block(
        "Life after the pilot, designed from day one.",
        """
        production_design:
          maintainer: Application team 3
          monitoring: Weekly figures and alarms to the reviewer
          data_updates: Claims data team, nightly
          accountable: Ada Byron
        """,
    ),
    Block(
        "What the system was built on, and what would show that it no longer holds.",
        """
        assumptions:
          - name: complete
            statement: Claims arrive with amount and date
            metric: readiness.required_completeness
            subject: {source: '*', column: '*'}
            holds_from: 0.95
        """,
    ),
    Block(
        "Changes to single lines of the default standard; a looser one is shown as such.",
        """
        standard:
          production.required-completeness:
            threshold: 0.99
            why: The payment run refuses incomplete claims
        """,
    ),
    Block(
        "Tests made to break the system, and how much it may suffer.",
        """
        stress:
          max_quality_drop: 0.1
          max_silent_failure: 0.05
        """,
    ),
    Block(
        "From the pilot's users to everybody: proveout load sends it, level by level.",
        """
        load:
          pilot_users: 50
          users: 10000
          requests_per_user_per_day: 30
          ## The share of a day's requests that comes in its busiest hour.
          peak_share_of_day: 0.2
          ## More users than these are never sent; what lies beyond is predicted, and called so.
          measure_up_to: 2000
          give_up_after_s: 10
          p95_latency_s: 2
          max_error_rate: 0.01
        """,
    ),
    Block(
        "What it may cost. Prices of models: proveout cost models NAME",
        """
        budget:
          currency: EUR
          per_month: 2000
          on_exceeded: notify
          ## Your own prices; or of a model: {model: gpt-4o-mini, provider: openai, usd_rate: 0.92}
          ## where usd_rate says what one US dollar is in your currency.
          price: {per_request: 0.002}
        """,
    ),
    Block(
        "Faults are injected while your own people keep the work going: proveout drill run.",
        """
        drill:
          ## A shipped one (proveout drill scenarios) or a file; the system is behind HTTP.
          scenario: weekend
          minutes: 30
          ## Who is to notice and to act, and who is not to be needed.
          participants: [Michael Faraday]
          vendor: [Victor Vendor]
          ## Apprise URLs that alarms go to; without one, people see for themselves.
          # notify: ['${DRILL_CHANNEL}']
          ## What answers meanwhile; unset where people work by hand.
          # fallback: https://old.example.com/v1
        """,
    ),
    Block(
        "What stands in front of the system in production: proveout gateway.",
        """
        gateway:
          listen: 127.0.0.1:8800
          deadline_s: 10
          ## What people do when the system does not answer in time.
          fallback: Decide by the claims handbook, page 12
          ## Who may call; nobody is asked for a key without this list.
          # clients: [{name: claims-desk, key: '${CLAIMS_DESK_KEY}', team: claims}]
        """,
    ),
    Block(
        "How a new version comes to everybody, and what takes it back without asking.",
        """
        rollout:
          steps: [{groups: [volunteers], at_least_days: 7}, {share: 0.1}, {share: 1}]
          rollback_when: [quality.accuracy <= 0.8]
        """,
    ),
    Block(
        "How often the same checks look at production, and who is called: proveout monitor.",
        """
        monitoring:
          every_hours: 24
          window_days: 7
          ## At most so likely is anybody ever called for nothing.
          false_alarms: {probability: 0.05, life_days: 365}
        """,
    ),
    Block(
        "Who it was made for, and by what record it is told who uses it.",
        """
        adoption:
          ## Columns: person, team, role, volunteer, eligible_from, eligible_until.
          people: {source: staff.csv, person: employee}
          ## Columns: person, at, outcome; or: usage: dashboard
          usage: {source: usage.csv, person: user, at: used_at}
          window_days: 28
        """,
    ),
    Block(
        "What the business has of it: the records of the process, before and after.",
        """
        value:
          ## One row a case. Columns: at, case, team, person, with_system, assigned, volunteer.
          records: {source: cases.csv, at: opened_at, traits: [kind]}
          ## From when on all had it; or by team: rollout: [{team: north, on: 2027-02-01}]
          rolled_out: 2027-02-01
          ## Teams that never have it, and go through the same seasons.
          control_teams: [south]
          ## One planned day of decision; without it one may look every day, at a price.
          decides_on: 2027-05-31
          ## What it brings and costs; one in twenty is below 'low', one in twenty above 'high'.
          returns:
            currency: EUR
            worth:
              ## What a minute is worth, and which part of it becomes money.
              - {kpi: handling_time, per_unit: 0.75, realised: 0.6}
            spent: 90000
            rollout: {likely: 40000, low: 30000, high: 60000}
            run_per_month: {likely: 3000, low: 2500, high: 5000}
            support_per_month: 2000
        """,
    ),
    Block(
        "Who watches, who decides, how often.",
        """
        governance:
          exceptions: {goes_to: Michael Faraday, due_hours: 24, escalates_to: Ada Byron}
          refresh: {every_days: 90, done_by: Application team 3}
          reviews: {every_days: 30, attended_by: [Ada Byron, Michael Faraday]}
          output_audit: {how: Two clerks judge a random sample, share: 0.02}
          handoff: {to: Application team 3}
          inventory:
            - {tool: claims model, owner: Ada Byron, outputs_used_for: paying claims}
        """,
    ),
    Block(
        "What it means for people.",
        """
        change:
          roles:
            - {role: Claims clerk, headcount: 40, what_changes: Clerks decide doubtful claims only}
          training:
            - {who: Claims clerks, scenarios: twenty real claims of last month, invited: 40}
          incentives:
            - {rule: Bonus per claim handled, rewards: old, changed_by: Ada Byron}
          participants: {count: 12, population: 40, chosen: volunteers}
          will_do: [propose to pay or to look closer]
          will_not_do: [refuse a claim]
          contact: claims-help@example.com
          feedback: A button in the claims desk; each remark is answered within three days
        """,
    ),
    Block(
        "Questions of legal and compliance, asked before the launch week.",
        """
        legal:
          - question: May answers be kept for two years?
            asked_of: Legal department
        """,
    ),
    Block(
        "Reviews that the production owner attends.",
        """
        milestones:
          - {name: half-time review, on: 2027-03-31, attended_by: [Ada Byron]}
        """,
    ),
    Block(
        "Earlier pilots of the same kind; an empty list says that there were none.",
        """
        predecessors:
          - pilot: claims-2024
            result: failed
            failures: [data-gap]
            addressed: Production data was audited before this pilot began
        """,
    ),
)
