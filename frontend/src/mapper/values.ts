/** Values of the sample beside the fields they belong to: the source tree with what the preview was computed from,
 *  the target tree with what came out. Pure. */
import type { Field } from "@/document/scope";
import type { Rule, Value } from "@/document/types";
import type { Finding, PreviewAnswer, PreviewRow, SampleScope } from "@/preview/usePreview";
import { fieldPath } from "./paths";

type Group = { [key: string]: Value };

const isGroup = (value: Value | undefined): value is Group =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields with the values of the scope; what only the sample knows is added. */
export function withValues(fields: Field[], scope: SampleScope | undefined): Field[] {
  // A step goes by the name that a person gave it, not by what its answer is called.
  const roots = fields.map(({ title: _, ...field }) => field);
  if (!scope) return roots;
  return roots.map((field) => {
    const [root, step] = field.path.split(".");
    const holder = (scope as Group)[root ?? ""];
    const value = root === "steps" ? (isGroup(holder) && step ? holder[step] : undefined) : holder;
    return value === undefined ? field : valued(field, value, 0);
  });
}

const DEPTH = 8;

function valued(field: Field, value: Value, depth: number): Field {
  const isUnknown = field.type === "any" || field.type === "null";
  const type = isUnknown ? typeOfValue(value) : field.type;
  const first = Array.isArray(value) ? value[0] : value;
  const prefix = Array.isArray(value) ? `${field.path}[]` : field.path;
  const children = isGroup(first) && depth < DEPTH ? childrenOf(field, first, prefix, depth) : field.children;
  return { ...field, type, sample: value, children };
}

function childrenOf(field: Field, value: Group, prefix: string, depth: number): Field[] {
  const known = field.children.map((child) => {
    const inner = value[child.path.slice(prefix.length + 1)];
    return inner === undefined ? child : valued(child, inner, depth + 1);
  });
  const paths = new Set(field.children.map(({ path }) => path));
  const added = Object.entries(value).flatMap(([name, inner]) => {
    const path = /^[^.[\]"'\s]+$/.test(name) ? `${prefix}.${name}` : `${prefix}["${name}"]`;
    if (paths.has(path)) return [];
    return [valued({ path, label: name, type: typeOfValue(inner), children: [] }, inner, depth + 1)];
  });
  return [...known, ...added];
}

function typeOfValue(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

export interface Outcome {
  row?: PreviewRow;
  findings: Finding[];
}

/** What the preview says about each target; a row that was skipped gives way to one that was not. */
export function outcomesOf(rules: Rule[], answer: PreviewAnswer | undefined): Map<string, Outcome> {
  const found = new Map<string, Outcome>();
  const rows = answer?.rows ?? [];
  // Rows answer the rules that were asked about; while others are on screen only equal targets are shown.
  rules.forEach((rule, at) => {
    const row =
      rows[at]?.target === rule.target ? rows[at] : rows.find(({ target }) => target === rule.target);
    const path = fieldPath(rule.target);
    const old = found.get(path);
    if (row && (!old?.row || old.row.skipped)) found.set(path, { row, findings: [] });
  });
  for (const finding of answer?.findings ?? []) {
    // What is missing altogether is counted and marked; it is no mistake of a rule.
    if (finding.code === "required") continue;
    const path = fieldPath(finding.field ?? "");
    const own = found.get(path) ?? { findings: [] };
    if (!own.findings.some(({ message }) => message === finding.message)) own.findings.push(finding);
    found.set(path, own);
  }
  return found;
}

/** What stands at a target's path in the document that came out; of lists the first item's. */
export function valueAt(output: Value | undefined, path: string): Value | undefined {
  let value: Value | undefined = output;
  for (const part of path.split(".")) {
    const name = part.replace(/\[\]/g, "");
    value = isGroup(value) ? value[name] : undefined;
    for (let list = part.split("[]").length - 1; list > 0; list -= 1)
      value = Array.isArray(value) ? value[0] : undefined;
  }
  return value;
}
