/** The fields that fill a target, in their order, each with its sample value; more can be added and are joined. */
import { ActionIcon, TextInput } from "@mantine/core";
import { IconArrowUp, IconX } from "@tabler/icons-react";
import type { Rule } from "@/document/types";
import { FieldPicker } from "@/inspector/FieldPicker";
import classes from "./panel.module.css";
import { fieldPath } from "./paths";
import { fromField, fromFields, joinedWith, sourcesOf, withChain } from "./rules";
import { useMapper } from "./sheet";
import type { WayProps } from "./Way";
import { pathWords, shortWords, valueWords } from "./words";

export function FieldsForm({ field, rule, onChange }: WayProps) {
  const { fields, known } = useMapper();
  const sources = sourcesOf(rule);
  const take = (path: string) =>
    sources.length === 0
      ? onChange(fromField(rule, path), "map a field")
      : onChange(joinedWith(rule, path), "join fields");
  const write = (next: string[]) => {
    if (next.length > 0) onChange(fromFields(rule, next), "change the fields");
  };
  return (
    <div className={classes.fields}>
      {sources.map((path, at) => {
        const sample = known.get(fieldPath(path))?.sample;
        return (
          <div key={path} className={classes.field}>
            <div className={classes.fieldWords}>
              <span className="truncate" title={`${pathWords(path, known)}\n${path}`}>
                {shortWords(path, known)}
              </span>
              <code className="truncate">{sample === undefined ? "no sample" : valueWords(sample, 48)}</code>
            </div>
            {at > 0 && (
              <ActionIcon
                aria-label={`Move ${pathWords(path, known)} up`}
                onClick={() => write(swapped(sources, at))}
              >
                <IconArrowUp size={15} />
              </ActionIcon>
            )}
            {sources.length > 1 && (
              <ActionIcon
                aria-label={`Leave out ${pathWords(path, known)}`}
                onClick={() => write(sources.filter((_, index) => index !== at))}
              >
                <IconX size={15} />
              </ActionIcon>
            )}
          </div>
        );
      })}
      <div className={classes.pick}>
        <span className={classes.hint}>
          {sources.length === 0 ? "Drag a field here from the left, or pick one" : "Join with another field"}
        </span>
        <FieldPicker fields={fields} label={field.title} onPick={take} />
      </div>
      {sources.length > 1 && <Between rule={rule} onChange={onChange} />}
    </div>
  );
}

function swapped(sources: string[], at: number): string[] {
  const next = [...sources];
  next.splice(at - 1, 2, ...sources.slice(at - 1, at + 1).reverse());
  return next;
}

function Between({ rule, onChange }: { rule: Rule; onChange: WayProps["onChange"] }) {
  const chain = rule.transforms ?? [];
  const at = chain.findIndex(({ fn }) => fn === "concat");
  const join = chain[at];
  if (!join) return null;
  return (
    <TextInput
      label="Between them"
      description="A space, a comma or any text"
      value={String(join.separator ?? "")}
      onChange={(event) => {
        const separator = event.currentTarget.value;
        const next = chain.map((old, index) => (index === at ? { ...old, separator } : old));
        onChange(withChain(rule, next), "join fields", "between");
      }}
    />
  );
}
