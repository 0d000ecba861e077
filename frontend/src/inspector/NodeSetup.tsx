/** Chooses the form for a step's parameters: the special ones, else one drawn from the kind's schema. */
import { useChangeNode, useEditor } from "@/canvas/editor";
import type { FlowNode, Params } from "@/document/types";
import { RulesSummary } from "@/mapper/RulesSummary";
import { CallForm } from "./CallForm";
import { ConditionForm } from "./ConditionForm";
import { useProblemAt } from "./Inspector";
import { SchemaForm } from "./SchemaForm";
import { StepValues } from "./StepValues";
import { TriggerForm } from "./TriggerForm";

export function NodeSetup({ node }: { node: FlowNode }) {
  return (
    <>
      <StepForm node={node} />
      <StepValues node={node} />
    </>
  );
}

function StepForm({ node }: { node: FlowNode }) {
  const { kinds } = useEditor();
  const change = useChangeNode(node.id);
  const problemAt = useProblemAt(node);
  if (node.kind === "trigger") return <TriggerForm node={node} />;
  if (node.kind === "call") return <CallForm node={node} />;
  if (node.kind === "condition") return <ConditionForm node={node} />;
  if (node.kind === "map") return <RulesSummary node={node} />;
  const schema = kinds.items.find(({ kind }) => kind === node.kind)?.params_schema ?? {};
  const write = (params: Params, field: string) => change((old) => ({ ...old, params }), "edit", field);
  return (
    <SchemaForm
      nodeId={node.id}
      path=""
      schema={schema}
      value={node.params}
      problemAt={(path) => problemAt(`params/${path}`)}
      onChange={write}
    />
  );
}
