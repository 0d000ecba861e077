/** The full-width mapper: what earlier steps give on the left, the rules in the middle, what is wanted above them. */
import { ActionIcon, Button, Modal } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useChangeNode, useDocument, useEditor } from "@/canvas/editor";
import { titleOf } from "@/canvas/kinds";
import type { FlowNode, Params, Rule } from "@/document/types";
import { FieldTree } from "@/inspector/FieldPicker";
import { useScope } from "@/inspector/scope";
import classes from "./mapper.module.css";
import { RuleRow } from "./RuleRow";
import { missingTargets, rulesOf, type Target, targetsOf, withSource } from "./rules";

export function Mapper({ node, opened, onClose }: { node: FlowNode; opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size="calc(100vw - 64px)"
      classNames={{ body: classes.sheet }}
      attributes={{ content: { "aria-label": `Mapper of ${titleOf(node)}` } }}
    >
      {opened && <Sheet node={node} onClose={onClose} />}
    </Modal>
  );
}

function Sheet({ node, onClose }: { node: FlowNode; onClose: () => void }) {
  const { knowledge, editable } = useEditor();
  const document = useDocument();
  const change = useChangeNode(node.id);
  const fields = useScope(node.id);
  const rules = rulesOf(node);
  const targets = targetsOf(document, node.id, knowledge);
  const missing = missingTargets(rules, targets);
  const [chosen, setChosen] = useState(0);

  const write = (next: Rule[], field?: string) =>
    change(
      (old) => ({ ...old, params: { ...old.params, rules: next as unknown as Params[] } }),
      "edit rules",
      field,
    );
  const put = (at: number, rule: Rule, field: string) =>
    write(
      rules.map((old, index) => (index === at ? rule : old)),
      `rules/${at}/${field}`,
    );
  const addFor = (wanted: Target[]) => {
    const added = wanted.map(({ path }): Rule => ({ target: path, source: guess(path, fields) }));
    write([...rules, ...(added.length > 0 ? added : [{ target: "", source: "" }])]);
    setChosen(rules.length);
  };
  const take = (path: string) => {
    const rule = rules[chosen];
    if (rule) put(chosen, withSource(rule, "source", path), "source");
    else write([...rules, { target: path.split(".").at(-1)?.replace("[]", "") ?? "", source: path }]);
  };

  return (
    <fieldset className={classes.layout} disabled={!editable}>
      <legend className="visually-hidden">Rules of {titleOf(node)}</legend>
      <header className={classes.head}>
        <div>
          <h2 className={classes.title}>{titleOf(node)}</h2>
          <span className="faint">Choose a rule, then click a field on the left to take its value.</span>
        </div>
        {missing.length > 0 ? (
          <Button variant="light" color="orange" onClick={() => addFor(missing)} data-testid="add-required">
            Add {missing.length} required {missing.length === 1 ? "field" : "fields"}
          </Button>
        ) : (
          targets.length > 0 && <span className={classes.complete}>All required fields are mapped</span>
        )}
        <ActionIcon size="lg" aria-label="Close the mapper" onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </header>
      <aside className={classes.sources} aria-label="Values of earlier steps">
        <FieldTree fields={fields} onPick={take} tall />
      </aside>
      <section className={classes.rules} aria-label="Rules">
        <div className={classes.columns} aria-hidden>
          <span>Target</span>
          <span>Value</span>
          <span>Transforms</span>
          <span>Default</span>
          <span>In the sample</span>
        </div>
        {rules.map((rule, at) => (
          <RuleRow
            key={at}
            nodeId={node.id}
            at={at}
            rule={rule}
            fields={fields}
            targets={targets}
            chosen={at === chosen}
            onChoose={() => setChosen(at)}
            onChange={(next, field) => put(at, next, field)}
            onRemove={() => write(rules.filter((_, index) => index !== at))}
          />
        ))}
        {rules.length === 0 && (
          <p className={classes.none}>No rules yet. Each rule fills one field of what comes out.</p>
        )}
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          mt={8}
          onClick={() => addFor([])}
          data-testid="add-rule"
        >
          Add a rule
        </Button>
      </section>
    </fieldset>
  );
}

/** A field of an earlier step with the same name, when there is one. */
function guess(target: string, fields: ReturnType<typeof useScope>): string {
  const wanted = (target.split(".").at(-1) ?? "").toLowerCase().replace(/[^a-z0-9]/g, "");
  const open = [...fields];
  while (open.length > 0) {
    const field = open.shift();
    if (!field) break;
    if (field.children.length === 0 && field.label.toLowerCase().replace(/[^a-z0-9]/g, "") === wanted)
      return field.path;
    open.push(...field.children);
  }
  return "";
}
