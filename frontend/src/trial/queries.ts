/** Reads of samples, events and tests of one flow, with the keys that the rest of the app refreshes them by. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ApiProblem, api, query } from "@/api/client";
import { tenantPath } from "@/api/queries";
import type { Page } from "@/api/types";
import { useTenant } from "@/app/tenant";
import type { FlowEvent, FlowTest, Sample } from "./types";

export const samplesKey = (flow: string) => `flows/${flow}/samples/`;
export const eventsKey = (flow: string) => `flows/${flow}/events/`;
export const testsKey = (flow: string) => `flows/${flow}/tests/`;

/** Every step's sample; an installation that keeps none answers an empty list. */
export function useFlowSamples(flow: string) {
  return useItems<Sample>(samplesKey(flow));
}

export function useFlowTests(flow: string) {
  return useItems<FlowTest>(testsKey(flow));
}

function useItems<T>(rest: string) {
  const { slug } = useTenant();
  return useQuery<T[]>({
    queryKey: [slug, rest, "items"],
    queryFn: async ({ signal }) => {
      try {
        return (await api.get<{ items: T[] }>(tenantPath(slug, rest), { signal })).items;
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return [];
        throw error;
      }
    },
    staleTime: 5_000,
  });
}

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
  return useQuery<FlowEvent>({
    queryKey: [slug, `${eventsKey(flow)}${event}/`],
    queryFn: ({ signal }) => api.get<FlowEvent>(tenantPath(slug, `${eventsKey(flow)}${event}/`), { signal }),
    enabled: event !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
