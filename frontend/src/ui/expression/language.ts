/** Colours of expressions and templates: names, texts, numbers, words of the language; text around {{ }} stays plain. */
import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { Tag, tags } from "@lezer/highlight";

interface State {
  isInside: boolean;
}

const WORDS = /^(?:and|or|not|in|is|if|else|true|false|none|True|False|None|defined|undefined)\b/;
const ROOTS = /^(?:trigger|steps|item|index|env)\b/;
const plain = Tag.define();

function expressionToken(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return "string";
  if (stream.match(/^\d+(?:\.\d+)?/)) return "number";
  if (stream.match(WORDS)) return "keyword";
  if (stream.match(ROOTS)) return "variableName";
  if (stream.match(/^\.[A-Za-z_]\w*/)) return "propertyName";
  if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/) || stream.match(/^[A-Za-z_]\w*/)) return "function";
  if (stream.match(/^[()[\]{}]/)) return "punctuation";
  if (stream.match(/^(?:==|!=|<=|>=|\/\/|\*\*|[-+*/%~<>|=.,:])/)) return "operator";
  stream.next();
  return null;
}

const languageOf = (isTemplate: boolean) =>
  StreamLanguage.define<State>({
    name: isTemplate ? "template" : "expression",
    startState: () => ({ isInside: !isTemplate }),
    token(stream, state) {
      if (!isTemplate) return expressionToken(stream);
      if (!state.isInside) {
        if (stream.match("{{")) {
          state.isInside = true;
          return "brace";
        }
        stream.next();
        stream.eatWhile((sign) => sign !== "{");
        return "plain";
      }
      if (stream.match("}}")) {
        state.isInside = false;
        return "brace";
      }
      return expressionToken(stream);
    },
    tokenTable: { plain, brace: tags.brace, function: tags.function(tags.variableName) },
  });

const languages = { template: languageOf(true), expression: languageOf(false) };

const colours = HighlightStyle.define([
  { tag: tags.variableName, color: "var(--accent)", fontWeight: "600" },
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.function(tags.variableName), color: "var(--doubt)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.number, color: "var(--busy)" },
  { tag: tags.keyword, color: "var(--wait)", fontWeight: "600" },
  { tag: [tags.operator, tags.punctuation], color: "var(--ink-soft)" },
  { tag: tags.brace, color: "var(--ink-faint)" },
  { tag: plain, color: "var(--ink)" },
]);

export function expressionLanguage(kind: "template" | "expression"): Extension {
  return [languages[kind], syntaxHighlighting(colours)];
}

/** Whether a place of a text is read as an expression. */
export function isExpressionAt(kind: "template" | "expression", before: string): boolean {
  return kind === "expression" || before.lastIndexOf("{{") > before.lastIndexOf("}}");
}
