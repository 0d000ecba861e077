/** How far a person has come with their first flow in a tenant; kept in the browser, told apart by person and tenant. */
import { create } from "zustand";
import { STEPS, type StepName } from "./steps";

export interface Progress {
  /** Whether the guide is on screen: not asked for yet, running, or put away until it is wanted again. */
  state: "offered" | "running" | "away";
  done: StepName[];
  flow: string | null;
}

const FRESH: Progress = { state: "offered", done: [], flow: null };
const keyOf = (owner: string) => `ipaas.guide.${owner}`;

function read(owner: string): Progress {
  try {
    return { ...FRESH, ...(JSON.parse(localStorage.getItem(keyOf(owner)) ?? "{}") as Partial<Progress>) };
  } catch {
    return FRESH;
  }
}

interface GuideStore extends Progress {
  owner: string;
  open: (owner: string) => void;
  start: () => void;
  putAway: () => void;
  note: (done: StepName[], flow?: string) => void;
}

export const useGuide = create<GuideStore>((set, get) => {
  const keep = (part: Partial<Progress>) => {
    set(part);
    const { owner, state, done, flow } = get();
    if (owner) localStorage.setItem(keyOf(owner), JSON.stringify({ state, done, flow }));
  };
  return {
    ...FRESH,
    owner: "",
    open: (owner) => set({ owner, ...read(owner) }),
    start: () =>
      keep(isComplete(get().done) ? { state: "running", done: [], flow: null } : { state: "running" }),
    putAway: () => keep({ state: "away" }),
    note: (done, flow) => {
      const { state, done: before, flow: known } = get();
      if (state !== "running") return;
      const fresh = done.filter((name) => !before.includes(name));
      if (fresh.length === 0 && (!flow || flow === known)) return;
      keep({ done: [...before, ...fresh], flow: flow ?? known });
    },
  };
});

export const isComplete = (done: StepName[]) => STEPS.every(({ name }) => done.includes(name));
