/** Which two documents the page compares: from the address, else the draft with the newest version. */
import { useMemo } from "react";
import { useVersion } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useAddress } from "@/app/address";
import { difference } from "@/document/differences";
import type { FlowDocument } from "@/document/types";

export type Side = number | "draft";
export interface Sides {
  /** Null where the first version has nothing before it. */
  from: Side | null;
  to: Side;
}

export function sideTitle(side: Side | null): string {
  if (side === null) return "nothing";
  return side === "draft" ? "the draft" : `version ${side}`;
}

function sideOf(text: string | null): Side | null {
  if (text === "draft") return "draft";
  return text && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

export function useSides(flow: FlowDetail): [Sides, (sides: Sides) => void] {
  const [search, change] = useAddress();
  const to = sideOf(search.get("to")) ?? "draft";
  const before = to === "draft" ? flow.latest_version : to > 1 ? to - 1 : null;
  const from = search.has("from") ? sideOf(search.get("from")) : before;
  const choose = (sides: Sides) =>
    change({
      to: String(sides.to),
      from: sides.from === null ? null : String(sides.from),
      change: null,
    });
  return [{ from, to }, choose];
}

/** Both documents and what differs; undefined while they come. */
export function useCompared(flow: FlowDetail, { from, to }: Sides) {
  const first = useVersion(flow.id, typeof from === "number" ? from : null);
  const second = useVersion(flow.id, typeof to === "number" ? to : null);
  const after = to === "draft" ? flow.document : second.data?.document;
  const before = from === null ? after : from === "draft" ? flow.document : first.data?.document;
  const documents = useMemo(() => {
    if (!before || !after) return undefined;
    const pair = { before: whole(before), after: whole(after) };
    return { ...pair, found: difference(pair.before, pair.after) };
  }, [before, after]);
  return {
    documents,
    error: first.error ?? second.error,
    retry: () => [first, second].map((side) => side.refetch()),
  };
}

/** The document with the parts that a hand-written one may leave out. */
export function whole(document: FlowDocument): FlowDocument {
  return {
    ...document,
    connections: document.connections ?? {},
    nodes: (document.nodes ?? []).map((node) => ({ ...node, params: node.params ?? {} })),
    edges: document.edges ?? [],
  };
}
