/** What a deployment will do, in words: which trigger is switched, where events arrive, what becomes of runs. Pure. */
import type { AtWork, Connection, Connector, Environment } from "@/api/types";
import { eventsOf } from "@/document/scope";
import type { FlowDocument } from "@/document/types";

interface Plan {
  document: FlowDocument;
  number: number;
  environment: string;
  now: AtWork | undefined;
  bound: Connection[];
  connectors: Connector[];
}

export function deployWords(plan: Plan): string[] {
  return [triggerWords(plan), addressWords(plan), switchWords(plan), keptWords(plan)].filter(Boolean);
}

function triggerOf(document: FlowDocument) {
  return document.nodes.find(({ kind }) => kind === "trigger");
}

function triggerWords({ document, number, environment, connectors }: Plan): string {
  const trigger = triggerOf(document);
  const type = trigger?.params.type;
  if (!trigger) return "";
  if (type === "schedule")
    return `Version ${number} starts by the clock in ${environment}: ${trigger.params.cron}.`;
  if (type === "manual")
    return `Version ${number} starts when a person or a program starts it in ${environment}.`;
  const name = document.connections[String(trigger.params.connection ?? "")]?.connector;
  const connector = connectors.find((entry) => entry.name === name);
  const known = connector?.triggers.flatMap(({ events }) => events) ?? [];
  const events = eventsOf(trigger).map(
    (event) => `“${known.find((entry) => entry.name === event)?.title ?? event}”`,
  );
  const what = events.length > 0 ? events.join(" or ") : "any event";
  return `From now on ${what} of ${connector?.title ?? "the sender"} starts version ${number} in ${environment}.`;
}

function addressWords({ document, now, bound, connectors }: Plan): string {
  const trigger = triggerOf(document);
  if ((trigger?.params.type ?? "webhook") !== "webhook") return "";
  const name = document.connections[String(trigger?.params.connection ?? "")]?.connector;
  const sender = bound.find(({ connector }) => connector === name);
  const title = connectors.find((entry) => entry.name === name)?.title ?? "the sender";
  const address =
    (now?.deployment ?? now?.earlier) ? "Its webhook keeps its address" : "It gets a webhook address";
  const registers =
    sender && (sender.config?.manage_webhooks ?? sender.simulated) === true && name !== "http";
  return registers
    ? `${address}, which is registered at ${title} by itself.`
    : `${address}, which you give to ${title} yourself.`;
}

function switchWords({ number, now }: Plan): string {
  const running = now?.deployment;
  if (!running) return "Nothing is at work there now.";
  return running.version === number
    ? `Version ${number} is at work there already; it takes the connections chosen here.`
    : `Version ${running.version} takes no new events any more; its runs that have begun go on with it.`;
}

function keptWords({ now }: Plan): string {
  if (now?.deployment?.paused) return "The trigger is paused there and stays paused: what arrives is kept.";
  if (!now?.deployment && now?.kept)
    return `${now.kept} kept ${now.kept === 1 ? "event is" : "events are"} carried at once.`;
  return "";
}

export const allowedIn = (environment: Environment, can: (permission: string) => boolean) =>
  can("deploy") || (can("deploy_sandbox") && environment === "sandbox");
