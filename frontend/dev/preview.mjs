/** The story server's preview of a step: plain paths and templates over the samples of the story. Enough for the app's
 *  tests of fields and forms; the product's server computes with its own engine. */
import { CONNECTORS } from "./catalog.mjs";

const get = (value, names) =>
  names.reduce(
    (found, name) => (found === null || found === undefined ? null : (found[name] ?? null)),
    value,
  );
const namesOf = (path) => path.replace(/\[(\d*)\]/g, (_, at) => `.${at || 0}`).split(".");

export function samplesOf(document) {
  const items = [];
  for (const node of document.nodes) {
    const connector = CONNECTORS.find(
      ({ name }) => name === document.connections[node.params.connection]?.connector,
    );
    const value =
      node.kind === "trigger"
        ? connector?.triggers[0]?.events[0]?.sample
        : connector?.operations.find(({ name }) => name === node.params.operation)?.sample?.output;
    if (value !== undefined)
      items.push({ step: node.id, value, source: "connector", pinned: false, at: "2026-11-20T10:00:00Z" });
  }
  return items;
}

export function previewOf(document, { node: id, sample = {}, expressions = [] }) {
  const node = document.nodes.find((candidate) => candidate.id === id);
  if (!node) return null;
  const steps = {
    ...Object.fromEntries(samplesOf(document).map(({ step, value }) => [step, value])),
    ...sample.steps,
  };
  const trigger = document.nodes.find(({ kind }) => kind === "trigger");
  const scope = {
    trigger: sample.trigger ?? { body: steps[trigger?.id] ?? null, headers: {}, query: {} },
    steps,
  };
  const evaluate = ({ id: key, text, as }) => {
    const path = text.trim().replace(/^\{\{\s*|\s*\}\}$/g, "");
    if (/[+*/-]\s*$/.test(path))
      return {
        id: key,
        error: {
          class: "author_must_fix",
          code: "expression_syntax",
          message: "The expression ends too early.",
          hint: null,
          field: null,
          detail: { from: text.length, to: text.length },
        },
      };
    if (!/^[\w.[\]]+$/.test(path)) return { id: key, value: as === "template" ? text : true };
    const value = get(scope, namesOf(path));
    const last = namesOf(path).at(-1);
    const note = {
      message: `There is no field “${last}” here.`,
      from: text.indexOf(last),
      to: text.indexOf(last) + last.length,
    };
    return value === null ? { id: key, value, notes: [note] } : { id: key, value };
  };
  const fill = (value) => {
    if (typeof value === "string")
      return value.includes("{{") ? evaluate({ text: value, as: "template" }).value : value;
    if (Array.isArray(value)) return value.map(fill);
    return value && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]))
      : value;
  };
  return {
    input:
      node.kind === "call" ? fill(node.params.input ?? {}) : node.kind === "map" ? null : fill(node.params),
    output: steps[id] ?? null,
    port: null,
    error: null,
    rows: (node.params.rules ?? []).map((rule) => ({
      target: rule.target,
      source: rule.source ?? rule.expression ?? "",
      value: rule.value ?? (rule.source ? get(scope, namesOf(rule.source)) : null),
    })),
    findings: [],
    expressions: expressions.map(evaluate),
    scope,
    missing: [],
  };
}
