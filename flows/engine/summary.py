"""What happened in a run, in one sentence for a list of runs.

Called by `History.summary`. Names the step that matters by its title.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.engine.history import History


def summary_of(history: History) -> str:
    """For example `4 of 6 steps done, 1 skipped; failed at 'Create order': Part X is unknown.`"""
    plan, root = history.plan, history.root
    states = {id_: state for id_, state in root.steps.items() if id_ != plan.trigger}
    done = sum(state.status == "succeeded" for state in states.values())
    skipped = sum(state.status == "skipped" for state in states.values())
    parts = f"{done} of {len(plan.top) - 1} steps done" + (f", {skipped} skipped" if skipped else "")
    if history.cancelled is not None:
        return f"{parts}; cancelled."
    if root.errors:
        step, failure = next(iter(root.errors.items()))
        word = "uncertain" if failure["class"] == "uncertain" else "failed"
        return f"{parts}; {word} at '{plan.nodes[step].title}': {failure['message']}"
    waiting = next((id_ for id_, state in states.items() if state.status == "waiting"), None)
    if waiting is not None and not history.in_flight:
        problem = states[waiting].error
        because = f": {problem['message']}" if problem else ""
        return f"{parts}; waiting at '{plan.nodes[waiting].title}'{because}"
    return f"{parts}."
