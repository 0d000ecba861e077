/** For tests: runs that were recorded with what their versions read, and the engine's own histories. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fact, RunDetail } from "@/api/types";
import type { FlowDocument } from "@/document/types";
import { foldAll } from "./fold";
import type { Known, Read } from "./places";

const ENGINE = join(process.cwd(), "../tests/engine");

interface Recorded {
  title: string;
  document: FlowDocument;
  event: RunDetail["event"];
  facts: Fact[];
  reads: Read[];
}

const read = (...path: string[]) => JSON.parse(readFileSync(join(ENGINE, ...path), "utf8")) as Recorded;

export const recorded = (name: string): Recorded => read("recorded", `${name}.json`);

export const histories = (): [string, Recorded][] =>
  readdirSync(join(ENGINE, "histories"))
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name, read("histories", name)]);

export const knownOf = ({ document, event, facts, reads }: Recorded): Known => ({
  document,
  event,
  reads,
  state: foldAll(facts),
});
