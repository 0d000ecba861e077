/** One rule: the target, where its value comes from, the chain of transforms, the default, and the sample result. */
import { ActionIcon, Autocomplete, Menu, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useEditor } from "@/canvas/editor";
import type { Field } from "@/document/scope";
import type { Rule, Transform, Value } from "@/document/types";
import { completionsOf, short } from "@/inspector/scope";
import { CodeEditor } from "@/ui/CodeEditor";
import classes from "./mapper.module.css";
import { RuleMore } from "./RuleMore";
import { type SourceKind, sampleOfRule, sourceKind, sourceText, type Target, withSource } from "./rules";
import { TransformPill } from "./TransformPill";

export interface RuleRowProps {
  nodeId: string;
  at: number;
  rule: Rule;
  fields: Field[];
  targets: Target[];
  chosen: boolean;
  onChoose: () => void;
  onChange: (rule: Rule, field: string) => void;
  onRemove: () => void;
}

export function RuleRow(props: RuleRowProps) {
  const { rule, targets, fields, at } = props;
  const target = targets.find(({ path }) => path === rule.target);
  const sample = sampleOfRule(rule, fields);
  const name = rule.target || `rule ${at + 1}`;
  const setDefault = (text: string) => {
    const { default: _, ...rest } = rule;
    props.onChange(text === "" ? rest : { ...rest, default: scalar(text) }, "default");
  };
  return (
    <fieldset
      aria-label={`Rule for ${name}`}
      className={classes.rule}
      data-chosen={props.chosen || undefined}
      onFocusCapture={props.onChoose}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const path = event.dataTransfer.getData("text/x-ipaas-path");
        if (path) props.onChange(withSource(rule, "source", path), "source");
      }}
    >
      <div>
        <Autocomplete
          aria-label={`Target of ${name}`}
          size="xs"
          classNames={{ input: "mono" }}
          data={[...new Set(targets.map(({ path }) => path))]}
          value={rule.target}
          placeholder="Name.OfField"
          onChange={(text) => props.onChange({ ...rule, target: text }, "target")}
        />
        {target && (
          <span className={`${classes.hint} ${classes.oneLine} truncate`}>
            {target.title} · {target.type}
            {target.required && " · required"}
          </span>
        )}
      </div>
      <SourceCell {...props} name={name} />
      <TransformsCell {...props} />
      <TextInput
        size="xs"
        aria-label={`Default of ${name}`}
        placeholder="none"
        value={rule.default === undefined ? "" : String(rule.default)}
        onChange={(event) => setDefault(event.currentTarget.value)}
      />
      <span
        className={`${classes.preview} truncate`}
        title={sample === undefined ? undefined : JSON.stringify(sample)}
      >
        {sample === undefined ? (
          <span className="faint">{rule.expression || rule.transforms?.length ? "computed" : "–"}</span>
        ) : (
          short(sample)
        )}
      </span>
      <RuleMore rule={rule} name={name} onChange={props.onChange} />
      <ActionIcon aria-label={`Remove ${name}`} onClick={props.onRemove}>
        <IconTrash size={15} />
      </ActionIcon>
    </fieldset>
  );
}

function scalar(text: string): Value {
  return /^-?\d+(\.\d+)?$/.test(text)
    ? Number(text)
    : text === "true"
      ? true
      : text === "false"
        ? false
        : text;
}

const KINDS: { value: SourceKind; label: string }[] = [
  { value: "source", label: "field" },
  { value: "sources", label: "fields" },
  { value: "value", label: "fixed" },
  { value: "expression", label: "formula" },
];
const PLACEHOLDERS: Record<SourceKind, string> = {
  source: "steps.…  or drop a field here",
  sources: "steps.a, steps.b",
  expression: "'Order ' ~ trigger.body.id",
  value: "",
};

function SourceCell({ rule, fields, onChange, name }: RuleRowProps & { name: string }) {
  const kind = sourceKind(rule);
  const choose = (next: string) => onChange(withSource(rule, next as SourceKind, undefined), "kind");
  return (
    <div className={classes.source}>
      <Select
        size="xs"
        w={92}
        aria-label={`How ${name} gets its value`}
        data={KINDS}
        value={kind}
        onChange={(next) => next && choose(next)}
      />
      {kind === "value" ? (
        <TextInput
          size="xs"
          flex={1}
          aria-label={`Fixed value of ${name}`}
          value={typeof rule.value === "object" ? JSON.stringify(rule.value) : String(rule.value ?? "")}
          onChange={(event) =>
            onChange(withSource(rule, "value", scalar(event.currentTarget.value)), "value")
          }
        />
      ) : (
        <CodeEditor
          language="expression"
          singleLine
          label={kind === "expression" ? `Expression for ${name}` : `Field for ${name}`}
          value={sourceText(rule)}
          completions={completionsOf(fields)}
          placeholder={PLACEHOLDERS[kind]}
          onChange={(text) => onChange(withSource(rule, kind, text), kind)}
        />
      )}
    </div>
  );
}

function TransformsCell({ rule, onChange, nodeId }: RuleRowProps) {
  const { kinds } = useEditor();
  const chain = rule.transforms ?? [];
  const write = (next: Transform[]) => {
    const { transforms: _, ...rest } = rule;
    onChange(next.length > 0 ? { ...rest, transforms: next } : rest, "transforms");
  };
  return (
    <div className={classes.chain}>
      {chain.map((transform, at) => (
        <TransformPill
          key={at}
          nodeId={nodeId}
          transform={transform}
          spec={kinds.transforms.find(({ fn }) => fn === transform.fn)}
          onChange={(next) => write(chain.map((old, index) => (index === at ? next : old)))}
          onRemove={() => write(chain.filter((_, index) => index !== at))}
        />
      ))}
      <Menu width={300} position="bottom-start">
        <Menu.Target>
          <ActionIcon size="sm" variant="default" aria-label="Add a transform">
            <IconPlus size={13} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown mah={340} style={{ overflowY: "auto" }}>
          {kinds.transforms.map((spec) => (
            <Menu.Item key={spec.fn} onClick={() => write([...chain, { fn: spec.fn }])}>
              <div>{spec.title}</div>
              <div className={classes.hint}>{spec.description}</div>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
