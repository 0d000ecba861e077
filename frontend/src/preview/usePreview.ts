/** The preview of a step: what it would send and come to for the flow's samples, computed by the server's own engine.
 *  Asks after a pause in typing, drops the older request, and keeps the last answer until the next is there. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useParams } from "react-router";
import { api } from "@/api/client";
import { tenantPath, useSamplesOf } from "@/api/queries";
import type { Sample } from "@/api/trials";
import type { ErrorDict, Json } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { useDocument } from "@/canvas/editor";
import type { FlowDocument } from "@/document/types";

/** A text to evaluate in the place of the step; `inside` a for-each means at its first item. */
export interface Asked {
  id: string;
  text: string;
  as: "expression" | "template" | "source";
  inside?: boolean;
}

/** A field or step that the sample does not have, in words; `from` and `to` are its place in the text. */
export interface Note {
  message: string;
  near?: string;
  from: number;
  to: number;
}

export interface Evaluated {
  id: string;
  value?: Json;
  notes?: Note[];
  error?: ErrorDict & { detail?: { from?: number; to?: number } & Record<string, Json> };
}

export interface PreviewRow {
  target: string;
  value: Json;
  source: string;
  error?: ErrorDict;
  skipped?: boolean;
}

export interface Finding {
  field: string;
  code: string;
  message: string;
}

export interface SampleScope {
  trigger?: { [key: string]: Json };
  steps?: { [step: string]: Json };
  item?: Json;
  index?: number;
}

export interface PreviewAnswer {
  input: Json;
  output: Json;
  port: string | null;
  error: ErrorDict | null;
  rows: PreviewRow[];
  findings: Finding[];
  expressions: Evaluated[];
  scope: SampleScope;
  missing: string[];
}

export interface PreviewOptions {
  expressions?: Asked[];
  sample?: SampleScope;
  enabled?: boolean;
}

const PAUSE = 250;

export function usePreview(nodeId: string, options: PreviewOptions = {}) {
  const { slug } = useTenant();
  const { flow = "" } = useParams();
  const document = useDrawn();
  const samples = useSamples();
  const { expressions, sample } = options;
  const question = useMemo(() => {
    const body = { document, node: nodeId, sample, expressions };
    return { body, key: `${numberOf(document)} ${JSON.stringify({ sample, expressions })}`, nodeId };
  }, [document, nodeId, sample, expressions]);
  const [asked] = useDebouncedValue(question, PAUSE);
  const isThere = document.nodes.some(({ id }) => id === asked.nodeId) && asked.nodeId === nodeId;
  const query = useQuery({
    queryKey: [slug, `flows/${flow}/preview/`, nodeId, asked.key, samples.digest],
    queryFn: ({ signal }) =>
      api.post<PreviewAnswer>(tenantPath(slug, `flows/${flow}/preview/`), asked.body, { signal }),
    enabled: (options.enabled ?? true) && isThere && asked === question,
    placeholderData: (previous, query) =>
      query?.queryKey[2] === nodeId ? keepPreviousData(previous) : undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
  const isBehind = query.isFetching || question !== asked;
  return { answer: query.data, error: query.error, isBehind };
}

/** The flow's samples by step, and a short text that changes with them. */
export function useSamples(): { byStep: Map<string, Sample>; items: Sample[]; digest: string } {
  const { flow = "" } = useParams();
  const { data } = useSamplesOf(flow);
  return useMemo(() => {
    const items = data ?? [];
    return {
      items,
      byStep: new Map(items.map((item) => [item.step, item])),
      digest: items.map(({ step, at, pinned }) => `${step}@${at}${pinned ? "!" : ""}`).join(" "),
    };
  }, [data]);
}

/** The document without the positions of its steps: moving a card changes no value. */
function useDrawn(): FlowDocument {
  const { schema, connections, settings, nodes, edges } = useDocument();
  return useMemo(
    () => ({ schema, connections, settings: settings ?? {}, nodes, edges }),
    [schema, connections, settings, nodes, edges],
  );
}

const numbers = new WeakMap<object, number>();
let last = 0;
function numberOf(document: FlowDocument): number {
  const known = numbers.get(document);
  if (known !== undefined) return known;
  last += 1;
  numbers.set(document, last);
  return last;
}
