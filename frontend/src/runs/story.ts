/** What happened in a run, in sentences for people, from its facts and its document. Pure. */
import type { CallRecord, ErrorDict, Fact } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { parsePath } from "./fold";

export interface Sentence {
  at: string;
  fact: number;
  tone: "good" | "busy" | "idle" | "wait" | "bad" | "doubt";
  text: string;
  step: string | null;
}

export function storyOf(facts: readonly Fact[], document: FlowDocument): Sentence[] {
  const sentences = facts.flatMap((fact, index) => {
    const sentence = sentenceOf(fact, document);
    return sentence ? [{ ...sentence, at: fact.at, fact: index + 1 }] : [];
  });
  return gathered(sentences, document);
}

const FEW = 3;

/** What happened alike to many items of a for-each is told once, where it happened first. */
function gathered(sentences: Sentence[], document: FlowDocument): Sentence[] {
  const kindOf = ({ step, tone }: Sentence) => {
    const { node, index } = parsePath(step ?? "");
    return index === null ? null : `${tone} ${node}`;
  };
  const counts = new Map<string | null, number>();
  for (const sentence of sentences) counts.set(kindOf(sentence), (counts.get(kindOf(sentence)) ?? 0) + 1);
  const told = new Set<string>();
  return sentences.flatMap((sentence) => {
    const kind = kindOf(sentence);
    const count = counts.get(kind) ?? 0;
    if (kind === null || count <= FEW) return [sentence];
    if (told.has(kind)) return [];
    told.add(kind);
    const { node } = parsePath(sentence.step ?? "");
    const title = document.nodes.find(({ id }) => id === node)?.title ?? node;
    const own = sentence.text.slice(sentence.text.indexOf(": ") + 2);
    return [{ ...sentence, text: `${title}, ${count} items: ${own}` }];
  });
}

export function titleOfStep(document: FlowDocument, path: string): string {
  const { node, index } = parsePath(path);
  const title = document.nodes.find(({ id }) => id === node)?.title ?? node;
  return index === null ? title : `${title} (item ${index + 1})`;
}

type Bare = Pick<Sentence, "tone" | "text" | "step">;

function sentenceOf(fact: Fact, document: FlowDocument): Bare | null {
  const step = fact.step ?? null;
  const title = step ? titleOfStep(document, step) : "";
  const error = fact.error as ErrorDict | null | undefined;
  const say = (tone: Bare["tone"], text: string): Bare => ({ tone, text, step });
  switch (fact.type) {
    case "run_admitted":
      return { tone: "good", text: "The event was accepted.", step: String(fact.trigger_node ?? "") || null };
    case "run_replayed":
      return say("idle", `It repeats the event of ${fact.from_run}.`);
    case "call_made":
      return callSentence(fact, title);
    case "step_succeeded":
      return isCondition(document, step)
        ? say("idle", `${title}${/[?!.]$/.test(title) ? "" : ":"} ${fact.port}.`)
        : null;
    case "step_opened":
      return say("idle", `${title}: ${fact.count} ${fact.count === 1 ? "item" : "items"}.`);
    case "step_failed":
      return failureSentence(fact, title, error);
    case "step_waiting":
      return say(
        "wait",
        fact.until ? `${title} waits until ${clock(String(fact.until))}.` : `${title} waits.`,
      );
    case "replied":
      return say("good", `The caller was answered with status ${fact.status}.`);
    case "run_cancelled":
      return say("idle", `${fact.by} cancelled the run${fact.reason ? `: ${fact.reason}` : "."}`);
    case "run_resolved":
      return say("idle", `${fact.by} found that ${title} was ${fact.made ? "" : "not "}made.`);
    case "run_finished":
      return endSentence(fact, say);
    default:
      return null;
  }
}

function callSentence(fact: Fact, title: string): Bare | null {
  if (fact.error) return null;
  const record = (fact.record ?? {}) as CallRecord;
  const step = fact.step ?? null;
  if (record.reused)
    return { tone: "good", text: `${title}: had been made before; its answer was used again.`, step };
  if (record.found)
    return {
      tone: "good",
      text: `${title}: was found in the other system, and not made a second time.`,
      step,
    };
  return { tone: "good", text: `${title}: done.`, step };
}

function failureSentence(fact: Fact, title: string, error: ErrorDict | null | undefined): Bare {
  const step = fact.step ?? null;
  const message = error?.message ?? "it failed";
  if (fact.retry_at)
    return {
      tone: "wait",
      text: `${title}: ${message} Tried again at ${clock(String(fact.retry_at))}.`,
      step,
    };
  if (fact.port)
    return { tone: "wait", text: `${title}: ${message} The run went on by “${fact.port}”.`, step };
  return { tone: error?.class === "uncertain" ? "doubt" : "bad", text: `${title}: ${message}`, step };
}

function endSentence(fact: Fact, say: (tone: Bare["tone"], text: string) => Bare): Bare {
  const ends: Record<string, Bare> = {
    succeeded: say("good", "The run reached its end."),
    failed: say("bad", "The run failed."),
    uncertain: say("doubt", "The run waits for a person to say what happened in the other system."),
    cancelled: say("idle", "The run was cancelled. What was made outside stays made."),
  };
  return ends[String(fact.status)] ?? say("idle", `The run ended: ${fact.status}.`);
}

function isCondition(document: FlowDocument, step: string | null): boolean {
  if (!step) return false;
  const { node } = parsePath(step);
  return document.nodes.find(({ id }) => id === node)?.kind === "condition";
}

function clock(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
}
