/** Small cards for the code field: what a field is and holds, and what a function does with an example. */
import type { FunctionHelp } from "@/api/types";
import type { Completion } from "../CodeEditor";

const ORIGINS: Record<string, string> = {
  schema: "described by the system",
  sample: "seen in the sample",
  flow: "made by this flow",
};

function part(tag: string, className: string, text: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function card(children: (HTMLElement | null)[]): HTMLElement {
  const element = document.createElement("div");
  element.className = "cm-card";
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function fieldCard(field: Completion): HTMLElement {
  const value = field.value === undefined ? null : cut(JSON.stringify(field.value, null, 1));
  const origin = field.origin ? ORIGINS[field.origin] : undefined;
  const isNamed = field.title && !field.path.endsWith(field.title);
  return card([
    part("strong", "cm-card-title", isNamed ? `${field.title}` : field.path),
    isNamed ? part("div", "cm-card-path", field.path) : null,
    field.description ? part("div", "", field.description) : null,
    value === null ? null : part("pre", "cm-card-value", value),
    part("div", "cm-card-faint", [field.type, origin].filter(Boolean).join(" · ")),
  ]);
}

export function functionCard(help: FunctionHelp): HTMLElement {
  return card([
    part("strong", "cm-card-title", `${help.title}`),
    part("div", "cm-card-path", help.usage),
    part("div", "", help.description),
    part("pre", "cm-card-value", `${help.example}\n= ${cut(help.gives)}`),
  ]);
}

export function signatureCard(help: FunctionHelp, at: number): HTMLElement {
  const line = part("div", "cm-card-path", `${help.name}(`);
  help.parameters.forEach((parameter, index) => {
    const name = parameter.optional ? `${parameter.name}?` : parameter.name;
    if (index > 0) line.append(", ");
    line.append(index === at ? part("b", "cm-card-here", name) : name);
  });
  line.append(")");
  return card([line, part("div", "", help.description), part("div", "cm-card-faint", help.example)]);
}

const cut = (text: string) => (text.length > 240 ? `${text.slice(0, 239)}…` : text);
