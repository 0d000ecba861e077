/** Everything wrong with the draft; each line leads to the step and the field. */
import { ActionIcon, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconX } from "@tabler/icons-react";
import { useReactFlow } from "@xyflow/react";
import { placeOf } from "@/document/graph";
import type { Problem } from "@/document/types";
import { useDocument, useEditor } from "./editor";
import { titleOf } from "./kinds";
import classes from "./layout.module.css";

export function ProblemsPanel({ problems }: { problems: Problem[] }) {
  const { view } = useEditor();
  const document = useDocument();
  const flow = useReactFlow();
  function jump(problem: Problem) {
    const { nodeId, field } = placeOf(document, problem.pointer);
    if (!nodeId) return view.getState().select([]);
    view.getState().focusField(nodeId, field);
    void flow.fitView({ nodes: [{ id: nodeId }], duration: 150, maxZoom: 1, padding: 0.6 });
  }
  return (
    <section className={classes.drawer} data-size="small" aria-label="Problems" data-testid="problems-panel">
      <header className={classes.drawerHead}>
        <span>Problems</span>
        <ActionIcon aria-label="Close the problems" onClick={() => view.getState().show("none")}>
          <IconX size={15} />
        </ActionIcon>
      </header>
      <div className={classes.drawerBody}>
        {problems.length === 0 && (
          <p className={classes.problem}>
            <IconCircleCheck size={16} color="var(--good)" aria-hidden />
            Nothing is wrong with this draft.
          </p>
        )}
        {problems.map((problem) => {
          const { nodeId } = placeOf(document, problem.pointer);
          const node = document.nodes.find(({ id }) => id === nodeId);
          const isWarning = problem.severity === "warning";
          return (
            <UnstyledButton
              key={`${problem.pointer}:${problem.code}:${problem.message}`}
              className={classes.problem}
              onClick={() => jump(problem)}
            >
              {isWarning ? (
                <IconAlertTriangle size={16} color="var(--wait)" aria-label="Warning" />
              ) : (
                <IconCircleX size={16} color="var(--bad)" aria-label="Error" />
              )}
              <span>
                {problem.message} {problem.hint && <span className="faint">{problem.hint}</span>}
              </span>
              <span className={classes.where}>{node ? titleOf(node) : "the flow"}</span>
            </UnstyledButton>
          );
        })}
      </div>
    </section>
  );
}
