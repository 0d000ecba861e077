/** The catalogue of transforms as an analyst looks through it: grouped, searched, each with its example. Pure. */
import type { TransformSpec } from "@/api/types";
import type { Transform, Value } from "@/document/types";
import { valueWords } from "./words";

export interface Group {
  name: string;
  transforms: TransformSpec[];
}

export function grouped(specs: TransformSpec[], text: string): Group[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, TransformSpec[]>();
  for (const spec of specs) {
    const example = exampleOf(spec);
    const all = `${spec.title} ${spec.description} ${spec.group ?? ""} ${spec.fn} ${example?.before} ${example?.after}`;
    if (!words.every((word) => all.toLowerCase().includes(word))) continue;
    const name = spec.group ?? "Others";
    groups.set(name, [...(groups.get(name) ?? []), spec]);
  }
  return [...groups].map(([name, transforms]) => ({ name, transforms }));
}

export function exampleOf(spec: TransformSpec): { before: string; after: string } | undefined {
  const { value, result } = (spec.example ?? {}) as { value?: Value; result?: Value };
  if (result === undefined) return undefined;
  return { before: shown(value), after: shown(result) };
}

function shown(value: Value | undefined): string {
  if (typeof value === "string")
    return value === "" ? "(empty)" : value.replace(/^ +| +$/g, (gap) => "␣".repeat(gap.length));
  if (typeof value === "object" && value !== null) {
    const parts = Array.isArray(value)
      ? value.map((item) => shown(item))
      : Object.entries(value).map(([name, item]) => `${name}: ${shown(item)}`);
    return parts.join(Array.isArray(value) ? " | " : ", ");
  }
  return valueWords(value);
}

/** The parameters that must be said and are not. */
export function unsaid(transform: Transform, spec: TransformSpec | undefined): string[] {
  return (spec?.params_schema.required ?? []).filter(
    (name) => name !== "fn" && transform[name] === undefined,
  );
}

/** "Cents to amount" or, with parameters, "Shorten 50". */
export function transformWords(transform: Transform, spec: TransformSpec | undefined): string {
  const { fn, ...params } = transform;
  const title = spec?.title ?? fn;
  const said = Object.values(params).filter(
    (value) => typeof value === "string" || typeof value === "number",
  );
  const short = said.find(
    (value) => String(value).length > 0 && !/^(steps|trigger|item|env)\b/.test(String(value)),
  );
  return short === undefined ? title : `${title} ${String(short).length > 16 ? "…" : `“${short}”`}`;
}
