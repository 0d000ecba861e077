/** Asks the server what the rules give for the sample: the map step's own answer, and trial rules for one field.
 *  Nothing is computed here; while the next answer is on its way the last one stays. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { api } from "@/api/client";
import { tenantPath } from "@/api/queries";
import type { ErrorDict } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { useDocument } from "@/canvas/editor";
import type { FlowDocument, Params, Rule, Transform, Value } from "@/document/types";
import { listsIn } from "./paths";

export interface PreviewRow {
  target: string;
  value: Value;
  source: string;
  error?: ErrorDict;
  skipped?: boolean;
}

export interface Finding {
  field: string;
  code: string;
  message: string;
}

export interface PreviewAnswer {
  output: Value;
  error: ErrorDict | null;
  rows?: PreviewRow[];
  findings?: Finding[];
  scope?: { [key: string]: Value };
  missing?: string[];
}

const PATIENCE_MS = 150;

export function useMapPreview(nodeId: string): {
  answer?: PreviewAnswer;
  isAsking: boolean;
  failed: boolean;
} {
  const [document] = useDebouncedValue(useDocument(), PATIENCE_MS);
  const query = usePreviewOf(document, nodeId, true);
  return { answer: query.data, isAsking: query.isFetching, failed: query.isError };
}

function usePreviewOf(document: FlowDocument, nodeId: string, enabled: boolean) {
  const { slug } = useTenant();
  const { flow = "" } = useParams();
  return useQuery<PreviewAnswer>({
    // The layout says nothing about values: moving a card asks for nothing.
    queryKey: [slug, `flows/${flow}/preview/`, nodeId, { ...document, layout: {} }],
    queryFn: ({ signal }) =>
      api.post<PreviewAnswer>(
        tenantPath(slug, `flows/${flow}/preview/`),
        { document, node: nodeId },
        { signal },
      ),
    enabled,
    staleTime: 30_000,
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
  const query = usePreviewOf(document, nodeId, chain.length > 0);
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
