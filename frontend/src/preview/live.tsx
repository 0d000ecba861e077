/** Live values of the fields of one step: every field says what it holds, one request evaluates them all. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useId,
  useMemo,
  useState,
} from "react";
import { type Asked, type Evaluated, type PreviewAnswer, usePreview } from "./usePreview";

interface Live {
  put: (asked: Asked) => void;
  drop: (id: string) => void;
  byId: Map<string, Evaluated>;
  answer: PreviewAnswer | undefined;
  isBehind: boolean;
}

const LiveContext = createContext<Live | null>(null);

/** Around the form of a step; without it fields show no values. */
export function LiveValues({ nodeId, children }: { nodeId: string; children: ReactNode }) {
  const [asked, setAsked] = useState<Map<string, Asked>>(new Map());
  const put = useCallback(
    (one: Asked) =>
      setAsked((old) => {
        const known = old.get(one.id);
        const isSame = known && known.text === one.text && known.as === one.as && known.inside === one.inside;
        return isSame ? old : new Map(old).set(one.id, one);
      }),
    [],
  );
  const drop = useCallback(
    (id: string) =>
      setAsked((old) => {
        if (!old.has(id)) return old;
        const next = new Map(old);
        next.delete(id);
        return next;
      }),
    [],
  );
  const expressions = useMemo(() => [...asked.values()], [asked]);
  // Fields name their texts after the first render; asking before would be asking twice.
  const [isNamed, setNamed] = useState(false);
  useEffect(() => setNamed(true), []);
  const { answer, isBehind } = usePreview(nodeId, { expressions, enabled: isNamed });
  const live = useMemo(() => {
    const byId = new Map((answer?.expressions ?? []).map((each) => [each.id, each]));
    return { put, drop, byId, answer, isBehind };
  }, [answer, isBehind, put, drop]);
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

/** What a text comes to in the place of the step; undefined while nothing is known or nothing is asked. */
export function useLive(text: string | null, as: Asked["as"], inside = false): Evaluated | undefined {
  const id = useId();
  const live = useContext(LiveContext);
  const { put, drop } = live ?? {};
  useEffect(() => {
    if (text === null || text.trim() === "") drop?.(id);
    else put?.({ id, text, as, ...(inside ? { inside } : {}) });
  }, [id, text, as, inside, put, drop]);
  useEffect(() => () => drop?.(id), [id, drop]);
  return text === null || text.trim() === "" ? undefined : live?.byId.get(id);
}

/** The whole preview of the step whose form this is; null outside a form. */
export function useStepPreview(): { answer: PreviewAnswer | undefined; isBehind: boolean } | null {
  return useContext(LiveContext);
}
