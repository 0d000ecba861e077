/** Which moment, step and field of a run are looked at: held here, written into the address of the page. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { changed } from "@/app/address";
import { type Place, placeOfText, placeText } from "./places";

export interface Travel {
  /** Number of the last fact that is shown; null follows the end. */
  at: number | null;
  step: string | null;
  field: Place | null;
  goTo: (at: number | null) => void;
  choose: (step: string | null) => void;
  ask: (field: Place | null) => void;
}

const WRITE_AFTER_MS = 200;

export function useTravel(): Travel {
  const [search, setSearch] = useSearchParams();
  const [at, goTo] = useState<number | null>(() => numberOf(search.get("at")));
  const [step, setStep] = useState<string | null>(() => search.get("step"));
  const [field, setField] = useState<Place | null>(() => placeOfText(search.get("field")));
  const isFirst = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of what is looked at is written
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    const timer = setTimeout(
      () => setSearch((current) => written(current, { at, step, field }), { replace: true }),
      WRITE_AFTER_MS,
    );
    return () => clearTimeout(timer);
  }, [at, step, field]);
  const choose = useCallback((next: string | null) => {
    setStep(next);
    setField(null);
  }, []);
  return { at, step, field, goTo, choose, ask: setField };
}

function written(
  current: URLSearchParams,
  { at, step, field }: { at: number | null; step: string | null; field: Place | null },
): URLSearchParams {
  return changed(current, {
    at: at === null ? null : String(at),
    step,
    field: field && placeText(field),
  });
}

function numberOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null;
}
