/** What a test would make in other systems before it begins: the writing steps that it comes to. */
import { useConnectors, useSamplesOf } from "@/api/queries";
import type { Sample } from "@/api/trials";
import { loopsAround, upstream } from "@/document/graph";
import type { FlowDocument } from "@/document/types";
import { useBindings, type Writing, writesOf } from "./bindings";
import { type Start, useTrialValue } from "./store";

/** A step with a pinned output answers with it and makes nothing, unless it is the tested step itself. */
export function writesWithin(
  document: FlowDocument,
  { mode, step }: Start,
  writes: Writing[],
  samples: Sample[],
): Writing[] {
  if (mode === "step") return writes.filter(({ node }) => node.id === step);
  const pinned = new Set(samples.flatMap((sample) => (sample.pinned ? [sample.step] : [])));
  const asked = writes.filter(({ node }) => node.id === step || !pinned.has(node.id));
  if (mode === "whole" || !step) return asked;
  const reached = new Set([step, ...upstream(document, step)]);
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  return asked.filter(({ node }) =>
    [node.id, ...loopsAround(parents, node.id)].some((id) => reached.has(id)),
  );
}

/** The same of the draft on screen. */
export function useWritesWithin(document: FlowDocument, start: Start): Writing[] {
  const { flow } = useTrialValue();
  const connectors = useConnectors().data ?? [];
  const bindings = useBindings(document);
  const samples = useSamplesOf(flow.id).data ?? [];
  return writesWithin(document, start, writesOf(document, connectors, bindings), samples);
}
