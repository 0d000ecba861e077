"""Open for-each nodes inside a history: items begin, end, fail, and the loop closes.

Part of `history.py`, which calls it while applying facts; also gives `act` a closed loop's outcome. Keeps the work per
item constant, whatever the number of items.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flows.engine.errors import ErrorDict, StepFailed
from flows.engine.facts import Fact
from flows.engine.frames import Close, Frame, Loop, Start, StepState
from flows.engine.outcomes import Done, Fail, Outcome
from flows.engine.plan import PlannedNode

if TYPE_CHECKING:
    from flows.engine.history import History

_NO_SCOPE: Final[dict[str, Any]] = {}


def open_loop(history: History, frame: Frame, node: PlannedNode, fact: Fact) -> None:
    """A for-each has its items; an empty one may close at once."""
    items: list[Any] = fact["items"]
    loop = Loop(fact["step"], node, frame, items, fact["attempt"], results=[None] * len(items))
    history.loops[loop.path] = loop
    if not items:
        history.offer(frame, Close(loop.path, node.id, loop.attempt))
    elif not frame.blocked():
        history.roomy[loop.path] = loop
    if frame.loop is not None:
        after_settling(history, frame)


def _loop_of(history: History, prefix: str) -> tuple[Loop, int]:
    """The loop and item index of a path prefix such as `outer[1].inner[0].`."""
    cut = prefix.rindex("[")
    return history.loops[prefix[:cut]], int(prefix[cut + 1 : -2])


def item_scope(history: History, prefix: str) -> dict[str, Any]:
    """The scope of an item that has not begun; the same dictionary is used once it begins."""
    loop, index = _loop_of(history, prefix)
    if index in loop.scopes:
        return loop.scopes[index]
    outer = loop.frame.scope
    item, above = loop.items[index], outer["steps"]
    steps = {step: above[step] for step in loop.node.outer_steps if step in above}
    steps[loop.node.id] = {"item": item, "index": index}
    scope = {"trigger": outer["trigger"], "steps": steps, "env": outer["env"], "item": item, "index": index}
    loop.scopes[index] = scope
    return scope


def begin_item(history: History, prefix: str) -> Frame:
    """The first fact of an item: its frame exists from now on, its first steps are ready."""
    loop, index = _loop_of(history, prefix)
    scope = item_scope(history, prefix)
    loop.scopes.pop(index, None)
    frame = Frame(prefix, loop.frame, loop, index, scope, len(loop.node.children))
    history.frames[prefix] = frame
    loop.active[index] = frame
    loop.begin(index)
    if not loop.has_room():
        history.roomy.pop(loop.path, None)
    for root in loop.node.roots:
        history.offer(frame, Start(prefix + root, root, 1))
    return frame


def after_settling(history: History, frame: Frame) -> None:
    """Something inside a for-each settled or came to rest: items and loops around it may end."""
    current: Frame | None = frame
    while current is not None and current.loop is not None:
        loop = current.loop
        if not current.closed and not current.running:
            if current.errors and not loop.failing:
                _close_item(history, current, {"error": next(iter(current.errors.values()))})
            elif not current.errors and not current.unsettled:
                _end_well(history, current)
        if loop.failing and not loop.running():
            history.offer(loop.frame, Close(loop.path, loop.node.id, loop.attempt))
        current = current.parent


def _end_well(history: History, frame: Frame) -> None:
    """All steps of an item settled: keep what it leaves."""
    assert frame.loop is not None
    collect = frame.loop.node.params.collect
    if collect is None:
        _close_item(history, frame, _last_output(history, frame))
        return
    try:
        kept = collect.json(frame.scope)
    except StepFailed as failure:
        fail_frame(history, frame, f"{frame.prefix}collect", failure.error)
        return
    _close_item(history, frame, kept)


def _last_output(history: History, frame: Frame) -> Any:
    """The output of the last child, in the order of the plan, that succeeded."""
    assert frame.loop is not None
    for id_ in reversed(frame.loop.node.children):
        state = frame.steps.get(id_)
        if state is not None and state.status == "succeeded":
            return state.output
    return None


def _close_item(history: History, frame: Frame, kept: Any) -> None:
    loop = frame.loop
    assert loop is not None
    frame.closed = True
    if frame.errors:
        loop.failures[frame.index] = next(iter(frame.errors.values()))
    loop.results[frame.index] = kept
    loop.closed_count += 1
    loop.active.pop(frame.index, None)
    frame.scope = _NO_SCOPE
    frame.held.clear()
    for state in frame.steps.values():
        state.output = None
    if loop.closed_count == len(loop.items) and not loop.failing:
        history.offer(loop.frame, Close(loop.path, loop.node.id, loop.attempt))
    elif loop.has_room() and not loop.frame.blocked():
        history.roomy[loop.path] = loop


def fail_frame(history: History, frame: Frame, step: str, failure: ErrorDict) -> None:
    """A failure nothing catches: the frame stops, and a loop that stops on errors with it."""
    frame.errors[step] = failure
    if frame.loop is not None and frame.loop.node.params.stops_on_error:
        frame.loop.failing = True
    history.hold_blocked()
    if frame.loop is not None:
        after_settling(history, frame)


def close_loop(history: History, close: Close) -> Outcome:
    """What a for-each leaves: its items' values in their order, or the first failure by item."""
    loop = history.loops[close.step]
    if not loop.failing:
        return Done({"items": loop.results, "count": len(loop.items), "failed": len(loop.failures)})
    frame = min((frame for frame in loop.active.values() if frame.errors), key=lambda frame: frame.index)
    step, failure = next(iter(frame.errors.items()))
    detail = {
        **(failure.get("detail") or {}),
        "item": frame.index,
        "step": (failure.get("detail") or {}).get("step", step),
    }
    return Fail({**failure, "detail": detail})


def resolve(history: History, fact: Fact) -> None:
    """A person resolved an uncertain step: undo its failure and go on with the answer, or try it again."""
    step: str = fact["step"]
    history.finished = None
    frame = history.frames.get(step[: step.rfind(".") + 1])
    if frame is None or step not in frame.errors or frame.closed:
        return
    id_ = step.rpartition(".")[2]
    node, state = history.plan.nodes[id_], frame.steps[id_]
    del frame.errors[step]
    _revive_around(history, frame)
    history.release_held()
    if fact["made"]:
        history.succeed(frame, node, state, "out", fact.get("output"))
    else:
        state.status = "waiting"
        history.offer(frame, Start(step, id_, state.attempt + 1))


def _revive_around(history: History, frame: Frame) -> None:
    """Loops that failed because of this frame are open again, inside out, unless another item failed too."""
    loop = frame.loop
    while loop is not None:
        loop.failing = any(other.errors for other in loop.active.values())
        if loop.failing:
            return
        outer = loop.frame
        state: StepState = outer.steps[loop.node.id]
        if state.status == "failed" and state.port is not None:
            return
        state.status, state.error = "running", None
        outer.errors.pop(loop.path, None)
        outer.held.pop(loop.path, None)
        history.ready.pop(loop.path, None)
        loop = outer.loop
