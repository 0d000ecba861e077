/** Asks the server what a rule comes to after each transform of its chain, by trial rules in the place of the step's own.
 *  Nothing is computed here; while the next answer is on its way the last one stays. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api } from "@/api/client";
import { tenantPath } from "@/api/queries";
import { useTenant } from "@/app/tenant";
import { useDocument } from "@/canvas/editor";
import type { FlowDocument, Params, Rule, Transform } from "@/document/types";
import { type PreviewAnswer, type PreviewRow, useSamples } from "@/preview/usePreview";
import { listsIn } from "./paths";

const PATIENCE_MS = 250;

function useTrialOf(document: FlowDocument, nodeId: string, enabled: boolean) {
  const { slug } = useTenant();
  const { flow = "" } = useParams();
  const { digest } = useSamples();
  const rules = document.nodes.find(({ id }) => id === nodeId)?.params.rules;
  return useQuery<PreviewAnswer>({
    queryKey: [slug, `flows/${flow}/preview/`, nodeId, rules, digest],
    queryFn: ({ signal }) =>
      api.post<PreviewAnswer>(
        tenantPath(slug, `flows/${flow}/preview/`),
        { document, node: nodeId },
        { signal },
      ),
    enabled,
    gcTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
  });
}

/** What a rule's value is before its chain, and after each transform of it. */
export function useChainValues(nodeId: string, rule: Rule): PreviewRow[] {
  const current = useDocument();
  const chain = rule.transforms ?? [];
  const [document] = useDebouncedValue(withTrial(current, nodeId, rule, chain), PATIENCE_MS);
  const query = useTrialOf(document, nodeId, chain.length > 0);
  return chain.length > 0 ? (query.data?.rows ?? []) : [];
}

/** The document in which the step has only trial rules: the chain cut after each of its transforms. */
function withTrial(document: FlowDocument, nodeId: string, rule: Rule, chain: Transform[]): FlowDocument {
  const lists = "[]".repeat(listsIn(rule.target));
  const { default: _d, on_empty: _o, when: _w, transforms: _t, note: _n, ...way } = rule;
  const rules = [...Array(chain.length + 1).keys()].map((count) => ({
    ...way,
    target: `after_${count}${lists}.value`,
    transforms: chain.slice(0, count),
  }));
  const nodes = document.nodes.map((node) =>
    node.id === nodeId ? { ...node, params: { ...node.params, rules: rules as unknown as Params[] } } : node,
  );
  return { ...document, nodes };
}
