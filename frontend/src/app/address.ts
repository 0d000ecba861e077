/** What a page keeps in its address: filters and choices, so that a link shows the same. */
import { useSearchParams } from "react-router";

type Changes = Record<string, string | null>;

/** The parts of the address, a way to change some of them, and one to keep only these; goes into no history. */
export function useAddress() {
  const [search, setSearch] = useSearchParams();
  const change = (changes: Changes) => setSearch((current) => changed(current, changes), { replace: true });
  const only = (parts: Record<string, string>) => setSearch(parts, { replace: true });
  return [search, change, only] as const;
}

/** The address with these parts written anew; an empty one is left out. */
export function changed(current: URLSearchParams, changes: Changes): URLSearchParams {
  const next = new URLSearchParams(current);
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}
