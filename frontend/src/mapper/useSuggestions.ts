/** Asks the server which source suits which target; where nobody answers such questions, nothing is suggested. */
import { useQuery } from "@tanstack/react-query";
import { ApiProblem, api } from "@/api/client";
import { tenantPath } from "@/api/queries";
import { useTenant } from "@/app/tenant";
import { useDocument } from "@/canvas/editor";
import type { Field } from "@/document/scope";
import type { FlowNode } from "@/document/types";
import { type Suggestion, sourceLines, targetLines } from "./suggestions";
import type { Consumer, TargetField } from "./targets";

/** The server matches at most so many fields at once. */
const MOST = 1500;
const NONE: Suggestion[] = [];

export function useSuggestions(
  node: FlowNode,
  consumer: Consumer | undefined,
  fields: Field[],
  targets: TargetField[],
): Suggestion[] {
  const { slug } = useTenant();
  const document = useDocument();
  const asked = targets.filter(({ free }) => !free);
  const system = (name: unknown) => document.connections[String(name ?? "")]?.connector ?? "";
  const trigger = document.nodes.find(({ kind }) => kind === "trigger");
  const query = useQuery<Suggestion[]>({
    // The shapes decide what suits; samples that change are no reason to ask again.
    queryKey: [
      slug,
      "mapping/suggest/",
      node.id,
      consumer?.node.params.operation,
      fields.map(({ path }) => path),
    ],
    queryFn: async ({ signal }) => {
      const body = {
        id: node.id,
        source_system: system(trigger?.params.connection),
        target_system: system(consumer?.node.params.connection),
        source_schema: sourceLines(fields).slice(0, MOST),
        target_schema: targetLines(asked).slice(0, MOST),
      };
      try {
        const path = tenantPath(slug, "mapping/suggest/");
        const answer = await api.post<{ suggestions: Suggestion[] }>(path, body, { signal });
        return answer.suggestions ?? NONE;
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return NONE;
        throw error;
      }
    },
    enabled: asked.length > 0 && fields.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return query.data ?? NONE;
}
