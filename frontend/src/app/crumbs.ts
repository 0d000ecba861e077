/** The breadcrumb of the top bar; the page on screen says what it is. */
import { useEffect } from "react";
import { create } from "zustand";

export interface Crumb {
  title: string;
  to?: string;
}

export const useCrumbs = create<{ crumbs: Crumb[]; show: (crumbs: Crumb[]) => void }>((set) => ({
  crumbs: [],
  show: (crumbs) => set({ crumbs }),
}));

/** Name the page in the top bar and in the browser's tab. */
export function usePageTitle(...crumbs: Crumb[]): void {
  const show = useCrumbs((state) => state.show);
  const text = JSON.stringify(crumbs);
  useEffect(() => {
    const parsed = JSON.parse(text) as Crumb[];
    show(parsed);
    document.title = `${parsed.at(-1)?.title ?? "ipaas"} · ipaas`;
  }, [text, show]);
}
