/** Everything about one field to fill: where its value comes from, its chain, its cases, and what comes out. */
import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { IconTrash, IconWand, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Rule } from "@/document/types";
import { useProblemAt } from "@/inspector/Inspector";
import { Chain } from "./Chain";
import { testText } from "./conditions";
import { mend, put, unmap } from "./gestures";
import { OfferCard } from "./Offers";
import classes from "./panel.module.css";
import { RuleMore } from "./RuleMore";
import { sourcesOf } from "./rules";
import { useMapper } from "./sheet";
import { typeWord } from "./TypeMark";
import type { TargetField } from "./targets";
import { Way } from "./Way";
import { valueWords } from "./words";

export function TargetEditor({ field }: { field: TargetField }) {
  const mapper = useMapper();
  const { rules, editable, store } = mapper;
  const places = mapper.places.get(field.path) ?? [];
  const [turn, setTurn] = useState(0);
  const at = places[Math.min(turn, places.length - 1)];
  const added = store.getState().added.find((path) => path.replace(/(\[\])+$/, "") === field.path);
  const blank: Rule = { target: added ?? field.path };
  const rule = at === undefined ? blank : (rules[at] ?? blank);
  const write = (next: Rule, label: string, about?: string) =>
    at === undefined
      ? mapper.write([...rules, next], "map a field", about)
      : put(mapper, at, next, label, about);
  const addCase = () => {
    const first = rules[places[0] ?? 0];
    if (!first) return;
    // A later rule goes before an earlier one where its condition holds; it begins with a condition that is easy to change.
    const when = testText({ field: sourcesOf(first)[0] ?? "trigger.body", operator: "filled", value: "" });
    mapper.write([...rules, { target: first.target, value: "", when }], "add a case");
    setTurn(places.length);
  };
  const isHolder = field.children.length > 0;
  return (
    <fieldset className={classes.editor} disabled={!editable} data-testid="target-editor">
      <legend className="visually-hidden">How {field.title} is filled</legend>
      <Head field={field} onRemove={places.length > 0 ? () => unmap(mapper, field.path) : undefined} />
      <Troubles field={field} at={at} />
      {at === undefined && !isHolder && <OfferCard target={field.path} />}
      {places.length > 1 && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Case"
          value={String(Math.min(turn, places.length - 1))}
          onChange={(value) => setTurn(Number(value))}
          data={places.map((_, index) => ({ value: String(index), label: `Case ${index + 1}` }))}
        />
      )}
      {isHolder && at === undefined ? (
        <p className={classes.hint}>
          Fill the fields inside, or drop a {field.type === "array" ? "list" : "group"} here to map all fields
          of equal names.
        </p>
      ) : (
        <>
          <Way key={`${at} ${rule.value === undefined}`} field={field} rule={rule} onChange={write} />
          {at !== undefined && (
            <>
              <Chain rule={rule} target={field} onChange={write} />
              <Came field={field} />
              <RuleMore rule={rule} field={field} onChange={write} onAddCase={addCase} />
            </>
          )}
        </>
      )}
    </fieldset>
  );
}

function Head({ field, onRemove }: { field: TargetField; onRemove?: () => void }) {
  const { store } = useMapper();
  return (
    <header className={classes.head}>
      <div className={classes.headWords}>
        <h3 className={classes.title}>{field.title}</h3>
        <p className={classes.kind}>
          <code>{field.path}</code> · {typeWord(field.type)}
          {field.required && " · required"}
          {field.free && " · added by hand"}
        </p>
      </div>
      {onRemove && (
        <ActionIcon
          aria-label={`Empty ${field.title}`}
          title="Remove what fills it (Delete)"
          onClick={onRemove}
        >
          <IconTrash size={16} />
        </ActionIcon>
      )}
      <ActionIcon
        aria-label="Close the field"
        title="Back to the result (Escape)"
        onClick={() => store.getState().set({ chosen: null })}
      >
        <IconX size={16} />
      </ActionIcon>
      {field.schema.description && <p className={classes.about}>{field.schema.description}</p>}
    </header>
  );
}

/** What is wrong here, in words, each with what mends it. */
function Troubles({ field, at }: { field: TargetField; at: number | undefined }) {
  const mapper = useMapper();
  const problemAt = useProblemAt(mapper.node);
  const outcome = mapper.outcomes.get(field.path);
  const clash = mapper.clashes.get(field.path);
  const problem =
    at === undefined
      ? null
      : ["", "/source", "/sources/0", "/expression", "/value", "/when", "/transforms/0"]
          .map((part) => problemAt(`params/rules/${at}${part}`))
          .find(Boolean);
  const error = outcome?.row?.error;
  const words = [
    ...(error ? [`${error.message}${error.hint ? ` ${error.hint}` : ""}`] : []),
    ...(clash ? [] : (outcome?.findings ?? []).map(({ message }) => message)),
  ];
  const isMissing = at === undefined && mapper.missing.some(({ path }) => path === field.path);
  return (
    <>
      {isMissing && <div className={classes.warn}>It is required and nothing fills it yet.</div>}
      {clash && (
        <div className={classes.warn} role="status">
          {clash.message}
          {clash.fixes.map((fix) => (
            <Button
              key={fix.label}
              size="compact-xs"
              className={classes.mend}
              leftSection={<IconWand size={13} />}
              onClick={() => mend(mapper, field.path, fix)}
            >
              {fix.label}
            </Button>
          ))}
        </div>
      )}
      {[problem, ...words].filter(Boolean).map((text) => (
        <div key={text} className={classes.error} role="status">
          {text}
        </div>
      ))}
    </>
  );
}

function Came({ field }: { field: TargetField }) {
  const row = useMapper().outcomes.get(field.path)?.row;
  if (!row || row.error) return null;
  return (
    <div className={classes.came} data-testid="field-value">
      <span>In the sample</span>
      <output className={classes.value}>
        {row.skipped ? "not in this case" : valueWords(row.value, 200)}
      </output>
    </div>
  );
}
