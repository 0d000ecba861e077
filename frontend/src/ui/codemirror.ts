/** Builds CodeMirror editors for JSON, templates and expressions. Loaded only when one is shown. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  lineNumbers,
  MatchDecorator,
  placeholder,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { CodeOptions } from "./CodeEditor";

const look = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "transparent", color: "var(--ink)", height: "100%" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "20px" },
  ".cm-content": { caretColor: "var(--ink)", padding: "6px 0" },
  "&.cm-focused": { outline: "none" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-faint)", border: "none" },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    boxShadow: "var(--float)",
    color: "var(--ink)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
  ".cm-completionDetail": { color: "var(--ink-faint)", fontStyle: "normal" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft) !important",
  },
  ".cm-template": { color: "var(--accent)", backgroundColor: "var(--accent-soft)", borderRadius: "4px" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--busy)" },
  { tag: tags.punctuation, color: "var(--ink-faint)" },
]);

const braces = new MatchDecorator({
  regexp: /\{\{.*?\}\}/g,
  decoration: Decoration.mark({ class: "cm-template" }),
});
const markTemplates = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = braces.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = braces.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function complete(options: CodeOptions): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w.[\]]+/);
    if (!word && !context.explicit) return null;
    const isOutside = options.language === "template" && !isInBraces(context);
    if (isOutside && !context.explicit) return null;
    const from = word?.from ?? context.pos;
    const completions = (options.completions ?? []).map((entry) => ({
      label: entry.path,
      detail: entry.sample,
      type: "variable",
      apply: isOutside ? `{{ ${entry.path} }}` : entry.path,
    }));
    return { from, options: completions, validFor: /^[\w.[\]]*$/ };
  };
  return autocompletion({ override: [source], icons: false, maxRenderedOptions: 40 });
}

function isInBraces(context: CompletionContext): boolean {
  const before = context.state.sliceDoc(0, context.pos);
  return before.lastIndexOf("{{") > before.lastIndexOf("}}");
}

const oneLine = EditorState.transactionFilter.of((transaction) =>
  transaction.newDoc.lines > 1 ? [] : transaction,
);

export function createEditor(
  parent: HTMLElement,
  options: CodeOptions,
  onChange: (text: string) => void,
): EditorView {
  const isJson = options.language === "json";
  const extensions: Extension[] = [
    look,
    syntaxHighlighting(colours),
    history(),
    bracketMatching(),
    keymap.of([
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...(options.singleLine ? [] : [...searchKeymap, ...(isJson ? [indentWithTab] : [])]),
    ]),
    EditorView.contentAttributes.of({
      "aria-label": options.label,
      tabindex: "0",
      ...(options.invalid ? { "aria-invalid": "true" } : {}),
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    EditorState.readOnly.of(options.readOnly ?? false),
    EditorView.editable.of(!options.readOnly),
  ];
  if (isJson) {
    extensions.push(json(), linter(jsonParseLinter()), indentOnInput(), highlightSelectionMatches());
    if (!options.singleLine) extensions.push(lineNumbers(), foldGutter());
  } else {
    extensions.push(markTemplates, complete(options));
  }
  if (options.singleLine) extensions.push(oneLine);
  else if (!isJson) extensions.push(EditorView.lineWrapping);
  if (options.placeholder) extensions.push(placeholder(options.placeholder));
  return new EditorView({ parent, state: EditorState.create({ doc: options.value, extensions }) });
}
