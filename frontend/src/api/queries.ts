/** Every read of the server as a react-query hook, with one key per resource. Screens use these, never fetch. */
import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { useTenant } from "@/app/tenant";
import { api, query } from "./client";
import type { FlowTest, Sample } from "./trials";
import type {
  AtWork,
  Connection,
  ConnectionDetail,
  ConnectionHealth,
  Connector,
  Deployment,
  Effect,
  FlowDetail,
  FlowSummary,
  LookupTable,
  NodeKinds,
  Page,
  Read,
  RuleStages,
  Run,
  RunDetail,
  TableChange,
  Template,
  TemplateDetail,
  Version,
  VersionDetail,
} from "./types";
import type { ApiToken, AuditEntry, Member, Play, SandboxState } from "./types-admin";

export const tenantPath = (tenant: string, rest = "") => `/api/v1/tenants/${tenant}/${rest}`;

/** Path builder for the tenant of the page. */
export function useTenantPath(): (rest: string) => string {
  const { slug } = useTenant();
  return useMemo(() => (rest: string) => tenantPath(slug, rest), [slug]);
}

function useResource<T>(
  rest: string | null,
  options: { live?: number | false; keep?: boolean; stale?: number } = {},
) {
  const { slug } = useTenant();
  return useQuery<T>({
    queryKey: [slug, rest],
    queryFn: ({ signal }) => api.get<T>(tenantPath(slug, rest ?? ""), { signal }),
    enabled: rest !== null,
    refetchInterval: options.live ?? false,
    staleTime: options.stale ?? 5_000,
    placeholderData: options.keep ? keepPreviousData : undefined,
  });
}

/** All pages of a list whose length people choose (flows, tables, connections): small, so read to the end. */
function useWholeList<T>(rest: string, live: number | false = false, enabled = true) {
  const { slug } = useTenant();
  return useQuery<T[]>({
    queryKey: [slug, rest],
    queryFn: async ({ signal }) => {
      const items: T[] = [];
      let cursor: string | null = null;
      do {
        const path: string = tenantPath(slug, rest + query({ limit: 200, cursor }));
        const page: Page<T> = await api.get<Page<T>>(path, { signal });
        items.push(...page.items);
        cursor = page.next;
      } while (cursor && items.length < 2000);
      return items;
    },
    enabled,
    staleTime: 5_000,
    refetchInterval: live,
  });
}

export interface RunFilters {
  status?: string;
  flow?: string;
  environment?: string;
  q?: string;
  since?: string;
  until?: string;
  /** Tests of drafts instead of ordinary runs. */
  trial?: "true";
}

export function useRuns(filters: RunFilters, live: number | false) {
  const { slug } = useTenant();
  return useInfiniteQuery({
    queryKey: [slug, "runs/", filters],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Run>>(tenantPath(slug, `runs/${query({ ...filters, cursor: pageParam, limit: 50 })}`), {
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: live,
  });
}

export const useFlows = () => useWholeList<FlowSummary>("flows/");
export const useFlow = (id: string) =>
  useResource<FlowDetail>(`flows/${id}/`, { stale: Number.POSITIVE_INFINITY });
/** One version with its document, which never changes. */
export const useVersion = (id: string, number: number | null) =>
  useResource<VersionDetail>(number === null ? null : `flows/${id}/versions/${number}/`, {
    stale: Number.POSITIVE_INFINITY,
  });
export const useAtWork = (id: string, live: number | false = false) =>
  useWholeList<AtWork>(`flows/${id}/at-work/`, live);
export const useTemplate = (name: string) => useResource<TemplateDetail>(`templates/${name}/`);

/** The history of a flow, a page at a time. */
export function useHistory(id: string) {
  const { slug } = useTenant();
  return useInfiniteQuery({
    queryKey: [slug, `flows/${id}/versions/`, "pages"],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Version>>(
        tenantPath(slug, `flows/${id}/versions/${query({ cursor: pageParam, limit: 20 })}`),
        { signal },
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
}
export const useVersions = (id: string) => useWholeList<Version>(`flows/${id}/versions/`);
export const useDeployments = (id: string) => useWholeList<Deployment>(`flows/${id}/deployments/`);
export const samplesKey = (flow: string) => `flows/${flow}/samples/`;
export const testsKey = (flow: string) => `flows/${flow}/tests/`;
/** Every step's sample, answered whole. */
export function useSamplesOf(flow: string) {
  const { slug } = useTenant();
  return useQuery({
    queryKey: [slug, samplesKey(flow)],
    queryFn: ({ signal }) => api.get<{ items: Sample[] }>(tenantPath(slug, samplesKey(flow)), { signal }),
    select: itemsOf,
    enabled: flow !== "",
    staleTime: 5_000,
  });
}
const itemsOf = ({ items }: { items: Sample[] }) => items;
export const useTestsOf = (flow: string) => useWholeList<FlowTest>(testsKey(flow));
export const useTemplates = () => useWholeList<Template>("templates/");
export const useConnectors = () => useWholeList<Connector>("connectors/");
export const useConnections = (enabled = true) => useWholeList<Connection>("connections/", false, enabled);
export const useConnection = (id: string) => useResource<ConnectionDetail>(`connections/${id}/`);
export const useConnectionHealth = (id: string) =>
  useResource<ConnectionHealth>(`connections/${id}/health/`, { live: 15_000 });
export const useTables = (enabled = true) => useWholeList<LookupTable>("lookup-tables/", false, enabled);
export const useTable = (name: string) => useResource<LookupTable>(`lookup-tables/${name}/`);
export const useSheetRows = (name: string) =>
  useResource<{ revision: number; rows: [string, string][] }>(`lookup-tables/${name}/sheet/`);
export const useTableHistory = (name: string) => useWholeList<TableChange>(`lookup-tables/${name}/history/`);
export const useTableChange = (name: string, id: string | null) =>
  useResource<TableChange>(id && `lookup-tables/${name}/history/${id}/`, { stale: Number.POSITIVE_INFINITY });
export const useRecentRuns = (filters: RunFilters & { limit?: number }, live: number | false = false) =>
  useResource<Page<Run>>(`runs/${query({ limit: 10, ...filters })}`, { live, keep: true });
/** Runs by the beginning of their business key; null asks nothing. */
export const useFoundRuns = (q: string | null) =>
  useResource<Page<Run>>(q === null ? null : `runs/${query({ q, limit: 8 })}`, { keep: true });
export const useRun = (id: string, live: number | false = false) =>
  useResource<RunDetail>(`runs/${id}/`, { live, stale: 0 });
/** Of a run's version, so it never changes; asked when somebody asks where a value comes from. */
export const useRunReads = (id: string | null) =>
  useResource<{ items: Read[] }>(id && `runs/${id}/reads/`, { stale: Number.POSITIVE_INFINITY });
export const useRuleStages = (id: string, step: string, pointer: string) =>
  useResource<RuleStages>(`runs/${id}/provenance/${query({ step, pointer })}`, {
    stale: Number.POSITIVE_INFINITY,
  });
export const useRunStats = (environment: string) =>
  useResource<{ counts: Record<string, number>; since?: string }>(`runs/stats/${query({ environment })}`, {
    live: 15_000,
    keep: true,
  });
export const useEffects = (run: string, live: number | false = false) =>
  useResource<Page<Effect>>(`effects/${query({ run, limit: 100 })}`, { live });
export const useSandbox = () => useResource<SandboxState>("sandbox/");
export const usePlay = (id: string | null, live: number | false) =>
  useResource<Play>(id && `sandbox/plays/${id}/`, { live, stale: 0 });
export const useLedger = (system: string, live: number | false) =>
  useResource<{ collections: Record<string, Record<string, unknown>[]> }>(`sandbox/ledger/${system}/`, {
    live,
    keep: true,
    stale: 0,
  });
export const useEnvironments = () =>
  useWholeList<{ name: string; variables: Record<string, string> }>("environments/");
export const useMembers = () => useWholeList<Member>("members/");
export const useTokens = () => useWholeList<ApiToken>("tokens/");
export const useAudit = () => useResource<Page<AuditEntry>>("audit/?limit=100");

export function useNodeKinds() {
  return useQuery<NodeKinds>({
    queryKey: ["node-kinds"],
    queryFn: ({ signal }) => api.get<NodeKinds>("/api/v1/node-kinds/", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Forget what is known about the resources whose path begins so; lists on screen read again. */
export function useRefresh(): (...prefixes: string[]) => Promise<void> {
  const client = useQueryClient();
  const { slug } = useTenant();
  return (...prefixes) => refresh(client, slug, prefixes);
}

async function refresh(client: QueryClient, slug: string, prefixes: string[]): Promise<void> {
  await client.invalidateQueries({
    predicate: ({ queryKey }) =>
      queryKey[0] === slug && prefixes.some((prefix) => String(queryKey[1]).startsWith(prefix)),
  });
}
