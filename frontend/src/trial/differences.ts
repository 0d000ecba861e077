/** Reads differences of a test as rows for people: which step, which side, which field, expected and actual. Pure. */

import type { TestDifference } from "@/api/trials";
import type { Json } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { titleOfStep } from "@/runs/story";

export interface DifferenceRow {
  key: string;
  step: string;
  title: string;
  /** What is compared: "input", "output", or a whole step's state. */
  side: string;
  field: string;
  pointer: string;
  expected: Json | undefined;
  actual: Json | undefined;
}

const decoded = (part: string) => part.replace(/~1/g, "/").replace(/~0/g, "~");

/** `/steps/order/input/OrderDate`, or only what follows the step. */
function partsOf({ step, pointer }: TestDifference): string[] {
  const parts = pointer.split("/").slice(1).map(decoded);
  return parts[0] === "steps" && parts[1] === step ? parts.slice(2) : parts;
}

const WHOLE: Record<string, string> = { status: "how it ends", reply: "the reply" };

export function differenceRows(differences: TestDifference[], document: FlowDocument): DifferenceRow[] {
  return differences.map((difference) => {
    const [first = "", ...rest] = partsOf(difference);
    const isSide = first === "input" || first === "output";
    const words = WHOLE[first] ?? first;
    const field = (isSide ? rest : [words, ...rest]).filter(Boolean).join(".");
    return {
      key: `${difference.step}${difference.pointer}`,
      step: difference.step,
      title: difference.step ? titleOfStep(document, difference.step) : "The run",
      side: isSide ? first : "",
      field: field || (isSide ? "the whole value" : "the step"),
      pointer: difference.pointer,
      expected: difference.expected,
      actual: difference.actual,
    };
  });
}

/** The card that a step stands on. */
export const cardOf = (step: string) => step.slice(step.lastIndexOf(".") + 1);

/** A value in one line. */
export function valueWords(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "empty";
  if (value === "") return "an empty text";
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}
