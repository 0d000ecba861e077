/** What starts a flow, in words. Pure. */
import type { Connector, FlowSummary } from "@/api/types";

export function beginning(flow: FlowSummary, connectors: Connector[]): string {
  const { trigger } = flow;
  if (!trigger) return "No trigger yet";
  if (trigger.type === "schedule") return "Starts by the clock";
  if (trigger.type === "manual") return "Started by hand or by a program";
  const connector = connectors.find(({ name }) => name === trigger.connector);
  const known = connector?.triggers.flatMap(({ events }) => events) ?? [];
  const events = [trigger.event ?? []]
    .flat()
    .map((name) => known.find((event) => event.name === name)?.title ?? name);
  const sender = connector?.title ?? trigger.connector ?? "a system";
  return events.length > 0 ? `${sender}: ${events.join(" or ").toLowerCase()}` : `Any message from ${sender}`;
}

/** The name itself with “copy”, or the first numbered one that no flow has. */
export function copyName(name: string, taken: string[]): string {
  return freeName(`${name} copy`, taken);
}

/** The name itself, or the first numbered one that no flow has. */
export function freeName(name: string, taken: string[]): string {
  let free = name;
  for (let number = 2; taken.includes(free); number += 1) free = `${name} ${number}`;
  return free;
}
