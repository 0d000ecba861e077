/** Builds CodeMirror editors for JSON, templates and expressions. Loaded only when one is shown. */
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { linter, setDiagnostics } from "@codemirror/lint";
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
import { completeAt } from "./expression/complete";
import { expressionLanguage } from "./expression/language";
import { cards, hoverHelp, signatureHelp } from "./expression/tips";

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
  ".cm-completionDetail": {
    color: "var(--ink-faint)",
    fontStyle: "normal",
    marginLeft: "auto",
    maxWidth: "180px",
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
  },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft) !important",
  },
  ".cm-template": { backgroundColor: "var(--accent-soft)", borderRadius: "4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    maxHeight: "260px",
    fontFamily: "var(--mantine-font-family-monospace)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    gap: "12px",
    padding: "3px 10px",
    lineHeight: "18px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > completion-section": {
    fontFamily: "var(--mantine-font-family)",
    fontSize: "12px",
    fontWeight: "600",
    color: "var(--ink-faint)",
    borderBottom: "none",
    padding: "6px 10px 2px",
    opacity: "1",
  },
  ".cm-completionLabel": { flex: "none", maxWidth: "300px", overflow: "hidden", textOverflow: "ellipsis" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600", color: "var(--accent)" },
  ".cm-completionInfo": { padding: "0" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-soft)",
    outline: "1px solid var(--accent-line)",
  },
  ".cm-diagnostic": { borderLeft: "none", padding: "8px 10px", fontSize: "12px", maxWidth: "360px" },
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

const oneLine = EditorState.transactionFilter.of((transaction) =>
  transaction.newDoc.lines > 1 ? [] : transaction,
);

type Read = () => CodeOptions;

/** What the field around the editor may do with it. */
export interface EditorHandle {
  setText: (text: string) => void;
  /** The options have changed: what is wrong, whether it may be edited. */
  refresh: () => void;
  insert: (text: string) => void;
  destroy: () => void;
}

export function createEditor(
  parent: HTMLElement,
  read: Read,
  onChange: (text: string) => void,
): EditorHandle {
  const options = read();
  const { language } = options;
  const isJson = language === "json";
  const extensions: Extension[] = [
    look,
    cards,
    history(),
    bracketMatching(),
    keymap.of([
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...(options.singleLine ? [] : [...searchKeymap, ...(isJson ? [indentWithTab] : [])]),
    ]),
    EditorView.contentAttributes.of(() => attributesOf(read())),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    EditorState.readOnly.of(options.readOnly ?? false),
    EditorView.editable.of(!options.readOnly),
  ];
  extensions.push(language === "json" ? jsonParts(options) : expressionParts(language, read));
  if (options.singleLine) extensions.push(oneLine);
  else if (!isJson) extensions.push(EditorView.lineWrapping);
  if (options.placeholder) extensions.push(placeholder(options.placeholder));
  const view = new EditorView({ parent, state: EditorState.create({ doc: options.value, extensions }) });
  return handleOf(view, read);
}

function attributesOf(options: CodeOptions): Record<string, string> {
  const invalid = options.invalid || options.marks?.some(({ severity }) => severity === "error");
  return { "aria-label": options.label, tabindex: "0", ...(invalid ? { "aria-invalid": "true" } : {}) };
}

function jsonParts(options: CodeOptions): Extension {
  const gutter = options.singleLine ? [] : [lineNumbers(), foldGutter()];
  return [
    syntaxHighlighting(colours),
    json(),
    linter(jsonParseLinter()),
    indentOnInput(),
    highlightSelectionMatches(),
    gutter,
  ];
}

function expressionParts(language: "template" | "expression", read: Read): Extension {
  return [
    expressionLanguage(language),
    language === "template" ? markTemplates : [],
    closeBrackets(),
    autocompletion({
      override: [(context) => completeAt(context, read())],
      icons: false,
      maxRenderedOptions: 60,
    }),
    signatureHelp(read),
    hoverHelp(read),
  ];
}

function handleOf(view: EditorView, read: Read): EditorHandle {
  return {
    setText: (text) => {
      if (text !== view.state.doc.toString())
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    refresh: () => {
      const { length } = view.state.doc;
      const marks = (read().marks ?? []).map((mark) => {
        const to = Math.min(Math.max(mark.to, mark.from), length);
        // A place behind the end is shown at the last sign.
        return { ...mark, from: Math.min(mark.from, Math.max(0, to - 1), length), to };
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
    insert: (text) => {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
