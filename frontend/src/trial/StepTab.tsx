/** The tab "Test" of the inspector: the sample for a trigger, the trial of the step for every other. Loaded when opened. */
import type { FlowNode } from "@/document/types";
import SamplePanel from "./SamplePanel";
import { StepTest } from "./StepTest";

export default function StepTab({ node }: { node: FlowNode }) {
  return node.kind === "trigger" ? <SamplePanel trigger={node} /> : <StepTest key={node.id} node={node} />;
}
