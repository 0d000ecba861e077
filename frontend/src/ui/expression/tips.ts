/** Tips of the code field: the parameters of the function one types in, and what stands under the pointer. */
import { type EditorState, type Extension, StateField } from "@codemirror/state";
import { EditorView, hoverTooltip, showTooltip, type Tooltip } from "@codemirror/view";
import type { CodeOptions } from "../CodeEditor";
import { readable } from "./complete";
import { fieldCard, functionCard, signatureCard } from "./help";
import { isExpressionAt } from "./language";

type Read = () => CodeOptions;

export function signatureHelp(read: Read): Extension {
  const tipOf = (state: EditorState): Tooltip | null => {
    const pos = state.selection.main.head;
    const found = state.selection.main.empty ? callAt(state.sliceDoc(0, pos), read()) : null;
    if (!found) return null;
    const create = () => ({ dom: signatureCard(found.help, found.at) });
    return { pos, above: true, create };
  };
  return StateField.define<Tooltip | null>({
    create: () => null,
    update: (tip, transaction) =>
      transaction.docChanged || transaction.selection ? tipOf(transaction.state) : tip,
    provide: (field) => showTooltip.from(field),
  });
}

/** The function whose brackets are open before the cursor, and which of its parameters comes next. */
export function callAt(before: string, options: CodeOptions) {
  if (options.language === "json" || !isExpressionAt(options.language, before)) return null;
  const text = before.replace(/'[^']*'|"[^"]*"/g, (quoted) => "_".repeat(quoted.length));
  let depth = 0;
  let at = 0;
  for (let place = text.length - 1; place >= 0; place -= 1) {
    const sign = text[place] ?? "";
    if (")]".includes(sign)) depth += 1;
    else if (depth > 0 && "([".includes(sign)) depth -= 1;
    else if (depth === 0 && sign === ",") at += 1;
    else if (depth === 0 && sign === "(") {
      const named = /(\|\s*)?(\w+)$/.exec(text.slice(0, place));
      const help = options.functions?.find(({ name }) => name === named?.[2]);
      return help ? { help, at: at + (named?.[1] ? 1 : 0) } : null;
    } else if (sign === "{" && text[place - 1] === "{") return null;
  }
  return null;
}

export function hoverHelp(read: Read): Extension {
  return hoverTooltip((view, pos) => {
    const options = read();
    const text = view.state.doc.toString();
    const start = (/[\w.[\]]*$/.exec(text.slice(0, pos))?.[0].length ?? 0) * -1 + pos;
    const rest = /^[\w[\]]*/.exec(text.slice(pos))?.[0] ?? "";
    const end = pos + rest.length;
    const name = text.slice(start, end);
    const field = options.completions?.find(({ path }) => path === name || readable(path) === name);
    const help = field ? undefined : options.functions?.find((each) => each.name === name);
    if (!field && !help) return null;
    const create = () => ({ dom: field ? fieldCard(field) : functionCard(help as never) });
    return { pos: start, end, above: true, create };
  });
}

export const cards = EditorView.theme({
  ".cm-card": {
    padding: "8px 10px",
    maxWidth: "360px",
    fontSize: "12px",
    lineHeight: "16px",
    display: "grid",
    gap: "4px",
  },
  ".cm-card-title": { fontSize: "13px" },
  ".cm-card-path": {
    fontFamily: "var(--mantine-font-family-monospace)",
    color: "var(--ink-soft)",
    overflowWrap: "anywhere",
  },
  ".cm-card-value": {
    margin: "0",
    padding: "4px 6px",
    borderRadius: "4px",
    background: "var(--sunken)",
    color: "var(--good)",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
    fontFamily: "var(--mantine-font-family-monospace)",
  },
  ".cm-card-here": { color: "var(--accent)", textDecoration: "underline" },
  ".cm-card-faint": { color: "var(--ink-faint)" },
});
