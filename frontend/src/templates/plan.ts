/** What a guided installation has gathered, and at which of its steps an error belongs. Pure. */
import { ApiProblem } from "@/api/client";
import type { Connection, Environment, TemplateDetail } from "@/api/types";

export type StepName = "name" | "connections" | "tables" | "review";

export interface Plan {
  template: TemplateDetail;
  name: string;
  environment: Environment;
  bound: Record<string, string>;
  here: Connection[];
  isComplete: boolean;
}

export function stepOf(error: unknown): StepName {
  const pointers = error instanceof ApiProblem ? error.errors.map(({ pointer }) => pointer) : [];
  if (pointers.some((pointer) => pointer.startsWith("/connections"))) return "connections";
  return pointers.some((pointer) => /^\/?name/.test(pointer)) ? "name" : "review";
}
