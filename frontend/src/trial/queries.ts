/** Reads of the events of one flow, with the key that the rest of the app refreshes them by. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, query } from "@/api/client";
import { tenantPath } from "@/api/queries";
import type { FlowEvent, FlowEventDetail } from "@/api/trials";
import type { Page } from "@/api/types";
import { useTenant } from "@/app/tenant";

export const eventsKey = (flow: string) => `flows/${flow}/events/`;

export function useFlowEvents(flow: string) {
  const { slug } = useTenant();
  return useInfiniteQuery({
    queryKey: [slug, eventsKey(flow)],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<FlowEvent>>(tenantPath(slug, eventsKey(flow) + query({ cursor: pageParam, limit: 20 })), {
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 2_000,
  });
}

export function useFlowEvent(flow: string, event: string | null) {
  const { slug } = useTenant();
  return useQuery<FlowEventDetail>({
    queryKey: [slug, `${eventsKey(flow)}${event}/`],
    queryFn: ({ signal }) =>
      api.get<FlowEventDetail>(tenantPath(slug, `${eventsKey(flow)}${event}/`), { signal }),
    enabled: event !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
