"""One try of a step, as far as it can be pure.

Called by the runner for every `Start` and `Close`. A `Call` comes back as data for the gateway. Nothing a document or
its values do can raise from here, except what the tables themselves raise.
"""

from __future__ import annotations

from datetime import datetime

from flows.engine.errors import PYTHON_FAILURES, StepFailed, from_python, located
from flows.engine.frames import Close, Start
from flows.engine.history import History
from flows.engine.loops import close_loop
from flows.engine.outcomes import Fail, Outcome, Tables
from flows.engine.plan import Plan


def act(plan: Plan, history: History, decision: Start | Close, tables: Tables, now: datetime) -> Outcome:
    """Run the step's node.

    Args:
        plan: Of the run's version.
        history: With every fact applied that the decision followed from.
        decision: What `decide` answered.
        tables: Lookup tables named by `plan.tables`.
        now: The moment of the try; given for node kinds that wait, never read from a clock.
    """
    node = plan.nodes[decision.node]
    try:
        if type(decision) is Close:
            return close_loop(history, decision)
        return node.impl.run(node.params, history.scope(decision.step), tables)
    except StepFailed as failure:
        return Fail(located(failure, node.pointer).error)
    except PYTHON_FAILURES as failure:
        return Fail(located(from_python(failure, f" in '{node.title}'"), node.pointer).error)
