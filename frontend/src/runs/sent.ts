/** Which field of an operation's input became a field of its request. The connector's code turns one into the other,
 *  so fields are found by their value and their name. Pure. */
import {
  ADDRESS,
  exchangesOf,
  type Key,
  type Known,
  leavesOf,
  type Place,
  readBody,
  valueAt,
} from "./places";

export type Origin =
  | { kind: "input"; path: Key[]; exact: boolean }
  | { kind: "earlier"; exchange: number; path: Key[] }
  | { kind: "connector" };

const isScalar = (value: unknown) => value === null || typeof value !== "object";

/** Text or numbers that are alike whatever their notation: 1299 and "1299.00", a day and its midnight. */
export function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || a === undefined || b === undefined || !isScalar(a) || !isScalar(b))
    return false;
  const [left, right] = [String(a), String(b)];
  if (left === right) return true;
  if (typeof a === "boolean" || typeof b === "boolean" || left === "" || right === "") return false;
  if (Number.isFinite(Number(left)) && Number(left) === Number(right)) return true;
  const day = /^\d{4}-\d\d-\d\d/;
  return day.test(left) && day.test(right) && (left.startsWith(right) || right.startsWith(left));
}

/** Whether a value says by itself where it comes from: not yes, 0 or a single letter. */
export const isTelling = (value: unknown): boolean =>
  (typeof value === "string" && value.length >= 3) || (typeof value === "number" && Math.abs(value) >= 10);

const names = (path: readonly Key[]) =>
  path
    .flatMap((key) => (typeof key === "string" ? key.split(/[[\].]+/) : []))
    .filter(Boolean)
    .map((name) => name.toLowerCase());

/** How well the names of two paths go together. */
function closeness(a: readonly Key[], b: readonly Key[]): number {
  const [left, right] = [names(a), names(b)];
  const isSameName = left.at(-1) !== undefined && left.at(-1) === right.at(-1);
  const shared = left.filter((name) => right.includes(name)).length;
  return (isSameName ? 10 : 0) + shared;
}

export function originOf(known: Known, place: Place): Origin {
  const value = valueAt(known, place);
  const input = leavesOf(valueAt(known, { side: "input", step: place.step, path: [] }));
  if (place.path[0] === ADDRESS) return ofAddress(String(value ?? ""), input);
  const fitting = input
    .filter((leaf) => alike(leaf.value, value))
    .map((leaf) => ({ ...leaf, score: closeness(leaf.path, place.path) }))
    .sort((a, b) => b.score - a.score);
  const best = fitting[0];
  if (best && (best.score >= 10 || (isTelling(value) && best.score >= 0)))
    return { kind: "input", path: best.path, exact: best.value === value };
  const earlier = earlierAnswer(known, place, value);
  return earlier ?? { kind: "connector" };
}

function ofAddress(url: string, input: { path: Key[]; value: unknown }[]): Origin {
  const found = input
    .filter(({ value }) => isTelling(value) && decoded(url).includes(String(value)))
    .sort((a, b) => String(b.value).length - String(a.value).length)[0];
  return found ? { kind: "input", path: found.path, exact: false } : { kind: "connector" };
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url.replace(/\+/g, " "));
  } catch {
    return url;
  }
}

/** The answer of an earlier request of the same call that held the value under the same name. */
function earlierAnswer(known: Known, place: Place, value: unknown): Origin | null {
  const exchanges = exchangesOf(known.state.steps.get(place.step));
  if (value === null || value === undefined || value === "") return null;
  for (let at = (place.exchange ?? 0) - 1; at >= 0; at -= 1) {
    const found = leavesOf(readBody(exchanges[at]?.response_body))
      .filter((leaf) => alike(leaf.value, value) && closeness(leaf.path, place.path) >= 10)
      .sort((a, b) => closeness(b.path, place.path) - closeness(a.path, place.path))[0];
    if (found) return { kind: "earlier", exchange: at, path: found.path };
  }
  return null;
}
