/** Keeps the list of runs true: rows change in their place; new runs come in at the top, or wait for a person who reads further down. */
import { useDebouncedCallback } from "@mantine/hooks";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api, query } from "@/api/client";
import { useLive } from "@/api/live";
import { type RunFilters, tenantPath } from "@/api/queries";
import type { Page, Run } from "@/api/types";
import { useTenant } from "@/app/tenant";

type Pages = InfiniteData<Page<Run>>;

const AT_TOP_PX = 80;
const PAGE = 50;

export function useLiveRuns(filters: RunFilters): { up: boolean; fresh: number; show: () => void } {
  const { slug } = useTenant();
  const client = useQueryClient();
  const waiting = useRef<Run[]>([]);
  const [fresh, setFresh] = useState(0);
  const key = JSON.stringify(filters);

  const put = useCallback(
    (runs: Run[]) =>
      client.setQueryData<Pages>(
        [slug, "runs/", JSON.parse(key) as RunFilters],
        (held) => held && merged(held, runs),
      ),
    [client, slug, key],
  );
  const show = useCallback(() => {
    put(waiting.current);
    waiting.current = [];
    setFresh(0);
    window.document.getElementById("main")?.scrollTo({ top: 0 });
  }, [put]);
  const read = useCallback(async () => {
    const wanted = JSON.parse(key) as RunFilters;
    const held = client.getQueryData<Pages>([slug, "runs/", wanted]);
    if (!held) return;
    const page = await api
      .get<Page<Run>>(tenantPath(slug, `runs/${query({ ...wanted, limit: PAGE })}`))
      .catch(() => null);
    if (!page) return;
    const known = new Set(held.pages.flatMap(({ items }) => items.map(({ id }) => id)));
    const isAtTop = (window.document.getElementById("main")?.scrollTop ?? 0) < AT_TOP_PX;
    if (isAtTop) return void put(page.items);
    put(page.items.filter(({ id }) => known.has(id)));
    waiting.current = page.items.filter(({ id }) => !known.has(id));
    setFresh(waiting.current.length);
  }, [client, slug, key, put]);
  const soon = useDebouncedCallback(() => void read(), 400);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other filters, other new runs
  useEffect(() => {
    waiting.current = [];
    setFresh(0);
  }, [key]);

  const up = useLive(
    slug,
    () => ({ watch: "runs" }),
    (message) => {
      if (message.type !== "run") return;
      const held = client.getQueryData<Pages>([slug, "runs/", JSON.parse(key) as RunFilters]);
      const isShown = held?.pages.some(({ items }) => items.some(({ id }) => id === message.run.id));
      if (isShown) put([message.run]);
      else soon();
    },
    "runs",
  );
  useEffect(() => {
    const timer = setInterval(() => void read(), up ? 15_000 : 4000);
    return () => clearInterval(timer);
  }, [up, read]);
  return { up, fresh, show };
}

/** Known runs in their place, unknown ones at the top of the first page. */
export function merged(held: Pages, runs: Run[]): Pages {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const known = new Set(held.pages.flatMap(({ items }) => items.map(({ id }) => id)));
  const pages = held.pages.map((page) => ({
    ...page,
    items: page.items.map((run) => byId.get(run.id) ?? run),
  }));
  const [first, ...rest] = pages;
  if (!first) return held;
  const added = runs.filter(({ id }) => !known.has(id));
  return { ...held, pages: [{ ...first, items: [...added, ...first.items] }, ...rest] };
}
