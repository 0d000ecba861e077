/** The form of a call: which system, which operation, and the operation's input field by field. */
import { SegmentedControl, Select } from "@mantine/core";
import type { OperationSpec } from "@/api/types";
import { useChangeNode, useDocument, useEditor, useRunCommand } from "@/canvas/editor";
import { connectorOf } from "@/canvas/kinds";
import { aliasFor } from "@/document/edits";
import type { FlowNode, Params, Value } from "@/document/types";
import { Tag, type Tone } from "@/ui/status";
import classes from "./fields.module.css";
import { useProblemAt } from "./Inspector";
import { Labelled } from "./Labelled";
import { SchemaForm } from "./SchemaForm";
import { ValueField } from "./ValueField";

export const EFFECTS: Record<string, { word: string; tone: Tone; meaning: string }> = {
  read: { word: "reads", tone: "idle", meaning: "Only reads; can be repeated freely." },
  idempotent: { word: "idempotent", tone: "good", meaning: "Writing it twice is the same as once." },
  keyed: {
    word: "keyed",
    tone: "good",
    meaning: "The system honours a key: a repeat is never a second effect.",
  },
  findable: {
    word: "findable",
    tone: "good",
    meaning: "After a lost answer we look for what was made before writing again.",
  },
  unsafe: {
    word: "unsafe",
    tone: "wait",
    meaning: "Cannot be repeated: after a lost answer a person decides.",
  },
};

export function CallForm({ node }: { node: FlowNode }) {
  const { connectors } = useEditor();
  const document = useDocument();
  const change = useChangeNode(node.id);
  const run = useRunCommand();
  const problemAt = useProblemAt(node);
  const { params } = node;
  const connector = connectorOf(document, node, connectors);
  const operation = connector?.operations.find(({ name }) => name === params.operation);
  const write = (next: Params, field: string) =>
    change((old) => ({ ...old, params: next }), "edit call", field);
  const aliases = Object.entries(document.connections).map(([alias, entry]) => ({
    value: `alias:${alias}`,
    label: `${connectors.find(({ name }) => name === entry.connector)?.title ?? entry.connector} (${alias})`,
  }));
  const known = new Set(Object.values(document.connections).map((entry) => entry.connector));
  const others = connectors
    .filter(({ name }) => !known.has(name))
    .map(({ name, title }) => ({ value: `new:${name}`, label: title }));

  function chooseConnection(choice: string | null) {
    const [kind, name] = (choice ?? "").split(":", 2);
    if (!name) return;
    const { alias, command } = kind === "new" ? aliasFor(document, name) : { alias: name, command: null };
    const next: FlowNode = { ...node, params: { connection: alias, operation: "", input: {} } };
    const commands = [
      ...(command ? [command] : []),
      { type: "replace_node" as const, id: node.id, node: next },
    ];
    run({ type: "batch", commands }, "choose connection");
  }

  return (
    <div className={classes.form}>
      <Labelled label="System" required path="connection" problem={problemAt("params/connection")}>
        <Select
          aria-label="System"
          data={[
            ...(aliases.length > 0 ? [{ group: "In this flow", items: aliases }] : []),
            ...(others.length > 0 ? [{ group: "Other systems", items: others }] : []),
          ]}
          value={params.connection ? `alias:${params.connection}` : null}
          placeholder="choose a system"
          onChange={chooseConnection}
        />
      </Labelled>
      <Labelled
        label="Operation"
        required
        path="operation"
        problem={problemAt("params/operation")}
        description={operation?.description}
        aside={operation && <EffectTag effect={operation.effect} />}
      >
        <Select
          aria-label="Operation"
          searchable
          data={(connector?.operations ?? []).map(({ name, title }) => ({ value: name, label: title }))}
          value={typeof params.operation === "string" && params.operation ? params.operation : null}
          placeholder="choose what to do"
          nothingFoundMessage="No operation is called that"
          onChange={(name) => write({ ...params, operation: name ?? "" }, "operation")}
        />
      </Labelled>
      {operation && <InputForm node={node} operation={operation} write={write} />}
    </div>
  );
}

function EffectTag({ effect }: { effect: string }) {
  const known = EFFECTS[effect];
  if (!known) return null;
  return (
    <Tag tone={known.tone} title={known.meaning}>
      {known.word}
    </Tag>
  );
}

function InputForm(props: {
  node: FlowNode;
  operation: OperationSpec;
  write: (params: Params, field: string) => void;
}) {
  const { node, operation, write } = props;
  const problemAt = useProblemAt(node);
  const { params } = node;
  const isWhole = typeof params.input === "string";
  const set = (input: Value | undefined, field: string) => {
    const next: Params = { ...params, input: input as Value };
    if (input === undefined) delete next.input;
    write(next, field);
  };
  const fields = (typeof params.input === "object" && params.input !== null ? params.input : {}) as Params;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="How the input is given"
        data={[
          { value: "fields", label: "Field by field" },
          { value: "whole", label: "One value" },
        ]}
        value={isWhole ? "whole" : "fields"}
        onChange={(mode) => set(mode === "whole" ? "{{  }}" : {}, "mode")}
      />
      {!isWhole && problemAt("params/input") && (
        <div className={classes.problem} role="alert" data-field="input">
          {problemAt("params/input")}
        </div>
      )}
      {isWhole ? (
        <ValueField
          nodeId={node.id}
          path="input"
          label="Input"
          required
          schema={{ description: "One value that is the whole input, such as the output of a map step." }}
          value={params.input}
          problem={problemAt("params/input")}
          onChange={(value) => set(value ?? "", "input")}
        />
      ) : (
        <SchemaForm
          key={operation.name}
          nodeId={node.id}
          path="input"
          schema={operation.input}
          value={fields}
          problemAt={(path) => problemAt(`params/${path}`)}
          onChange={(next, field) => set(next, field)}
          dynamic
        />
      )}
    </>
  );
}
