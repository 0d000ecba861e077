/** What a sample is called by people: "charge of Ada Muster". Pure. */
import type { Value } from "@/document/types";

type Fields = { [key: string]: Value };

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const PERSONAL = /customer|billing|shipping|contact|person|buyer|owner|recipient/i;
const NAMES = ["name", "customer_name", "full_name", "display_name", "CustomerName", "CustName", "Name"];
const MAILS = ["email", "receipt_email", "customer_email", "EmailAddress"];
const DEPTH = 5;

/** The name of a person or a company in a value: the one nearest to the top, those of customers first. */
export function whoIn(value: unknown): string | null {
  return wordIn(value, NAMES) ?? wordIn(value, MAILS);
}

function wordIn(value: unknown, wanted: string[]): string | null {
  let level: { fields: Fields; personal: boolean }[] = isFields(value)
    ? [{ fields: value, personal: false }]
    : [];
  let spare: string | null = null;
  for (let depth = 0; depth < DEPTH && level.length > 0; depth += 1) {
    for (const { fields, personal } of level) {
      const found = wanted
        .map((name) => fields[name])
        .find((word) => typeof word === "string" && word !== "");
      if (typeof found !== "string") continue;
      if (personal || depth === 0) return found;
      spare ??= found;
    }
    level = level.flatMap(({ fields, personal }) =>
      Object.entries(fields).flatMap(([key, inner]) =>
        isFields(inner) ? [{ fields: inner, personal: personal || PERSONAL.test(key) }] : [],
      ),
    );
  }
  return spare;
}

/** What kind of thing it is, in the sender's own word: `charge`, `invoice`; else the given word. */
export function kindIn(value: unknown, otherwise: string): string {
  if (!isFields(value)) return otherwise;
  const data = isFields(value.data) ? value.data : value;
  const inner = isFields(data.object) ? data.object : data;
  const named = typeof inner.object === "string" && inner.object !== "event" ? inner.object : null;
  return (named ?? otherwise).replace(/[._]/g, " ");
}

function idIn(value: unknown): string | null {
  if (!isFields(value)) return null;
  const data = isFields(value.data) ? value.data : value;
  const inner = isFields(data.object) ? data.object : data;
  return typeof inner.id === "string" && inner.id !== "" ? inner.id : null;
}

/** "charge of Ada Muster", "charge ch_3QK…", or only "event". */
export function nameOfSample(value: unknown, otherwise = "event"): string {
  const kind = kindIn(value, otherwise);
  const who = whoIn(value);
  if (who) return `${kind} of ${who}`;
  const id = idIn(value);
  return id ? `${kind} ${id}` : kind;
}

const ORIGINS: Record<string, string> = {
  pinned: "given by hand",
  trial: "from a test",
  run: "from a run",
  event: "a real event",
  connector: "the connector's example",
};

export function originOf(source: string): string {
  return ORIGINS[source] ?? source;
}
