"""The history of one run: its facts folded into what decide needs.

Called by the runner, which applies every fact once, in journal order. Keeps an index of what became ready, so apply
costs the same whatever the size of the document or the journal. Facts are read, never changed; the same facts in any
order that respects cause give the same state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flows.engine import loops
from flows.engine.facts import Fact
from flows.engine.folding import HANDLERS
from flows.engine.frames import Close, Frame, Loop, Skip, Sleepers, Start, StepState
from flows.engine.plan import Plan, PlannedNode
from flows.engine.summary import summary_of

_SETTLED: Final = frozenset({"succeeded", "failed", "skipped"})


class History:
    """One run, folded from its facts.

    Args:
        plan: The compiled version the run keeps.
        trigger: `body`, `headers`, `query` and `received_at` of the event.
        env: Environment variables of the tenant.

    Attributes:
        finished: The fact `run_finished`, or None.
        cancelled: The fact `run_cancelled`, or None.
        ready: Step path -> decision to take now.
        loops: Path -> open for-each; `roomy` those where another item may begin.
        tokens: Steps that wait for a token and no moment.
        attempts: Tries recorded; `calls` connector calls among them.
    """

    def __init__(self, plan: Plan, trigger: dict[str, Any], env: dict[str, Any]) -> None:
        self.plan = plan
        self.root = Frame("", None, None, 0, {"trigger": trigger, "steps": {}, "env": env}, len(plan.top))
        self.frames: dict[str, Frame] = {"": self.root}
        self.loops: dict[str, Loop] = {}
        self.roomy: dict[str, Loop] = {}
        self.ready: dict[str, Start | Skip | Close] = {}
        self.sleepers = Sleepers()
        self.tokens: dict[str, None] = {}
        self.in_flight: dict[str, tuple[StepState, Frame]] = {}
        self.admitted = False
        self.finished: Fact | None = None
        self.cancelled: Fact | None = None
        self.attempts = 0
        self.calls = 0
        self._active_seconds = 0.0
        self._active_since: datetime | None = None

    def apply(self, fact: Fact) -> None:
        """Fold one fact in; a fact about a step that is already settled changes nothing."""
        handler = HANDLERS.get(fact["type"])
        if handler is not None:
            handler(self, fact)

    def reopen(self) -> None:
        """Forget that tries are in flight: their holder is gone.

        Called once by a new holder after it applied the journal. Every step that started and has no outcome becomes
        ready again with the same attempt number; for a call the effect ledger makes the second asking safe.
        """
        for step, (state, frame) in list(self.in_flight.items()):
            self.land(step, frame, None)
            state.status = "waiting"
            self.offer(frame, Start(step, step.rpartition(".")[2], state.attempt))

    def scope(self, step: str) -> dict[str, Any]:
        """What expressions of this step see: `trigger`, `steps`, `env`, inside a for-each `item` and `index`.

        Read it, never change it. Inside a for-each, `steps.<id of the for-each>` holds its own `item` and `index`, so
        that inner loops can read outer items.
        """
        prefix = step[: step.rfind(".") + 1]
        frame = self.frames.get(prefix)
        return frame.scope if frame is not None else loops.item_scope(self, prefix)

    def step(self, path: str) -> StepState | None:
        """The state of a step, None before its first fact."""
        prefix = path[: path.rfind(".") + 1]
        frame = self.frames.get(prefix)
        return None if frame is None else frame.steps.get(path[len(prefix) :])

    @property
    def statuses(self) -> dict[str, str]:
        """Step path -> status, of every step that has one."""
        return {f"{f.prefix}{id_}": s.status for f in self.frames.values() for id_, s in f.steps.items()}

    @property
    def running(self) -> int:
        """How many tries are in flight."""
        return len(self.in_flight)

    @property
    def status(self) -> str:
        """The run's status: queued, running or waiting, or how it finished."""
        if self.finished is not None:
            return str(self.finished["status"])
        if self.in_flight:
            return "running"
        if self.ready or self.roomy or not self.admitted:
            return "running" if self.attempts else "queued"
        return "waiting" if self.root.unsettled and not self.root.errors else "running"

    @property
    def summary(self) -> str:
        """What happened so far, in one sentence."""
        return summary_of(self)

    def active_seconds(self, now: datetime) -> float:
        """Seconds during which at least one try was in flight; waiting, queueing and outages do not count."""
        if self._active_since is None:
            return self._active_seconds
        return self._active_seconds + max(0.0, (now - self._active_since).total_seconds())

    def offer(self, frame: Frame, decision: Start | Skip | Close) -> None:
        """A decision became possible; it is held back while its frame may not go on."""
        if frame.blocked():
            frame.held[decision.step] = decision
        else:
            self.ready[decision.step] = decision

    def hold_blocked(self) -> None:
        """Something failed: take back the decisions of frames that may not go on."""
        for step, decision in list(self.ready.items()):
            frame = self.frames[step[: step.rfind(".") + 1]]
            if frame.blocked():
                del self.ready[step]
                frame.held[step] = decision
        for path, loop in list(self.roomy.items()):
            if loop.failing or loop.frame.blocked():
                del self.roomy[path]

    def release_held(self) -> None:
        """A failure was resolved: give back what may go on again."""
        for frame in list(self.frames.values()):
            if frame.held and not frame.blocked():
                self.ready.update(frame.held)
                frame.held.clear()
        for path, loop in self.loops.items():
            if loop.has_room() and not loop.frame.blocked():
                self.roomy[path] = loop

    def succeed(self, frame: Frame, node: PlannedNode, state: StepState, port: str, output: Any) -> None:
        """A step succeeded: its output is visible, its edges are live or dead."""
        state.status, state.port, state.output, state.error = "succeeded", port, output, None
        frame.scope["steps"][node.id] = output
        self.spread(frame, node, port)

    def spread(self, frame: Frame, node: PlannedNode, port: str | None) -> None:
        """A step settled: count it off at what follows it, then at the for-each around it."""
        for target, ports, only in node.targets:
            live = port in ports
            if not only:
                left = frame.waiting.get(target)
                left = len(self.plan.nodes[target].sources) - 1 if left is None else left - 1
                frame.waiting[target] = left
                if live:
                    frame.live.add(target)
                if left:
                    continue
                live = target in frame.live
            path = frame.prefix + target
            self.offer(frame, Start(path, target, 1) if live else Skip(path, target))
        frame.unsettled -= 1
        if frame.loop is not None:
            loops.after_settling(self, frame)

    def touch(self, fact: Fact) -> tuple[Frame, PlannedNode, StepState] | None:
        """The frame, node and state a fact is about; None when the step is already settled."""
        step: str = fact["step"]
        prefix = step[: step.rfind(".") + 1]
        frame = self.frames.get(prefix)
        if frame is None:
            frame = loops.begin_item(self, prefix)
        id_ = step[len(prefix) :]
        state = frame.steps.get(id_)
        if state is None:
            state = frame.steps[id_] = StepState()
        elif state.status in _SETTLED:
            return None
        if self.ready:
            self.ready.pop(step, None)
        if frame.held:
            frame.held.pop(step, None)
        if self.tokens:
            self.tokens.pop(step, None)
        state.wake_at = None
        attempt = fact.get("attempt")
        if attempt is not None:
            state.attempt = attempt
            if not self.land(step, frame, fact) and step not in self.loops:
                self.attempts += 1
        return frame, self.plan.nodes[id_], state

    def fly(self, step: str, state: StepState, frame: Frame, fact: Fact) -> None:
        """A try is in flight, here and for everything around."""
        if not self.in_flight:
            self._active_since = datetime.fromisoformat(fact["at"])
        self.in_flight[step] = (state, frame)
        around: Frame | None = frame
        while around is not None:
            around.running += 1
            around = around.parent

    def land(self, step: str, frame: Frame, fact: Fact | None) -> bool:
        """A try is no longer in flight; without a fact its holder is gone and its time is not counted."""
        if not self.in_flight or self.in_flight.pop(step, None) is None:
            return False
        around: Frame | None = frame
        while around is not None:
            around.running -= 1
            around = around.parent
        if not self.in_flight:
            if fact is not None:
                self._active_seconds = self.active_seconds(datetime.fromisoformat(fact["at"]))
            self._active_since = None
        return True
