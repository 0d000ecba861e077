/** What may stand at the cursor of an expression: fields of earlier steps by name, title or path, and functions. */
import type { CompletionContext, CompletionResult, Completion as Option } from "@codemirror/autocomplete";
import type { FunctionHelp } from "@/api/types";
import type { CodeOptions, Completion } from "../CodeEditor";
import { fieldCard, functionCard } from "./help";
import { isExpressionAt } from "./language";

const WORD = /[\w.[\]]*$/;

export function completeAt(context: CompletionContext, options: CodeOptions): CompletionResult | null {
  if (options.language === "json") return null;
  const before = context.state.sliceDoc(0, context.pos);
  const isOutside = !isExpressionAt(options.language, before);
  if (isOutside && !context.explicit) return null;
  const word = WORD.exec(before)?.[0] ?? "";
  const isAfterBar = !isOutside && /\|\s*\w*$/.test(before);
  if (word === "" && !isAfterBar && !context.explicit) return null;
  if (inQuotes(before)) return null;
  const from = context.pos - word.length;
  const wrap = (text: string) => (isOutside ? `{{ ${text} }}` : text);
  const stem = word.slice(0, word.lastIndexOf(".") + 1);
  const known = isAfterBar ? [] : (options.completions ?? []);
  const below = known.filter(({ path }) => stem !== "" && readable(path).startsWith(stem));
  const fields = (below.length > 0 ? below : known).map((field) =>
    fieldOption(field, wrap, below.length > 0 ? stem : ""),
  );
  const isDeep = word.includes(".");
  const functions =
    isDeep || isOutside ? [] : (options.functions ?? []).map((help) => functionOption(help, isAfterBar));
  return {
    from,
    options: [...fields, ...titles(options, isAfterBar || isDeep, wrap), ...functions],
    validFor: stem ? /^[\w.[\]]*\.\w*$/ : /^\w*$/,
  };
}

function inQuotes(before: string): boolean {
  const line = before.slice(Math.max(before.lastIndexOf("{{"), 0));
  return (line.match(/'/g)?.length ?? 0) % 2 === 1 || (line.match(/"/g)?.length ?? 0) % 2 === 1;
}

/** A list is read item by item in an expression: its first one, until another is wanted. */
export const readable = (path: string) => path.replaceAll("[]", "[0]");

function fieldOption(field: Completion, wrap: (text: string) => string, stem: string): Option {
  const path = readable(field.path);
  return {
    label: path,
    // What is typed already says nothing new.
    displayLabel: stem ? path.slice(stem.length) : path,
    detail: field.sample ?? field.type,
    type: "variable",
    apply: wrap(path),
    info: () => fieldCard(field),
    boost: Math.max(-90, 20 - 4 * path.split(".").length),
    section: { name: "Values", rank: 1 },
  };
}

/** Steps are found by what people call them, too. */
function titles(options: CodeOptions, isNone: boolean, wrap: (text: string) => string): Option[] {
  if (isNone) return [];
  const steps = (options.completions ?? []).filter(
    ({ path, title }) => title && /^(steps\.\w+|trigger)$/.test(path) && !path.endsWith(`.${title}`),
  );
  return steps.map((field) => ({
    label: `${field.title}`,
    detail: field.path,
    type: "variable",
    apply: wrap(field.path),
    info: () => fieldCard(field),
    section: { name: "Values", rank: 1 },
  }));
}

function functionOption(help: FunctionHelp, isFilter: boolean): Option {
  const needed = help.parameters.filter(({ optional }) => !optional).length - (isFilter ? 1 : 0);
  const text = isFilter && needed <= 0 ? help.name : `${help.name}(`;
  return {
    label: help.name,
    detail: help.title,
    type: "function",
    apply: text,
    info: () => functionCard(help),
    boost: isFilter ? 0 : -20,
    section: { name: "Functions", rank: 2 },
  };
}
