/** The map step in the inspector: the rules in short, what is still missing, and the door to the mapper. */
import { Button } from "@mantine/core";
import { IconArrowsDiagonal } from "@tabler/icons-react";
import { useMemo } from "react";
import { useDocument, useEditor } from "@/canvas/editor";
import type { FlowNode, Rule } from "@/document/types";
import { useProblemAt } from "@/inspector/Inspector";
import { useScope } from "@/inspector/scope";
import { fieldPath } from "./paths";
import { rulesOf, sourceKind, sourcesOf } from "./rules";
import classes from "./summary.module.css";
import { consumerOf, indexOf, missingIn, targetTree } from "./targets";
import { withValues } from "./values";
import { shortWords, transformTitle, valueWords } from "./words";

const PARTS = ["target", "source", "expression", "value", ""];

export function RulesSummary({ node }: { node: FlowNode }) {
  const { knowledge, view, kinds } = useEditor();
  const document = useDocument();
  const fields = useScope(node.id);
  const problemAt = useProblemAt(node);
  const rules = rulesOf(node);
  const known = useMemo(() => indexOf(withValues(fields, undefined)), [fields]);
  const schema = consumerOf(document, node.id, knowledge)?.input;
  const tree = targetTree(
    schema,
    rules.map(({ target }) => target).filter((target) => typeof target === "string" && target !== ""),
  );
  const targets = indexOf(tree);
  const missing = missingIn(tree, rules, schema);
  const open = () => view.getState().openMapper(node.id);
  return (
    <div className={classes.summary}>
      <Button
        variant="light"
        leftSection={<IconArrowsDiagonal size={15} />}
        onClick={open}
        data-testid="open-mapper"
      >
        {rules.length === 0 ? "Map the first field" : "Open the mapper"}
      </Button>
      {missing.length > 0 && (
        <p className={classes.missing} data-testid="add-required">
          {missing.length} required {missing.length === 1 ? "field is" : "fields are"} not mapped:{" "}
          {missing.map(({ words }) => words).join(", ")}
        </p>
      )}
      {rules.length > 0 && (
        <ul className={classes.rules} aria-label="Mapped fields">
          {rules.map((rule, at) => {
            const title = targets.get(fieldPath(rule.target ?? ""))?.title ?? rule.target;
            const problem = PARTS.map((part) => problemAt(`params/rules/${at}${part && `/${part}`}`)).find(
              Boolean,
            );
            return (
              <li key={at} data-field={`rules/${at}`}>
                <button type="button" className={classes.rule} onClick={open}>
                  <span className={`${classes.target} truncate`}>{title || "no target yet"}</span>
                  <span className={`${classes.source} truncate`} data-kind={sourceKind(rule)}>
                    <span aria-hidden>← </span>
                    <span className="visually-hidden">from </span>
                    {wayIn(rule)}
                    {(rule.transforms ?? []).map(
                      ({ fn }) => `, ${transformTitle(fn, kinds.transforms).toLowerCase()}`,
                    )}
                  </span>
                  {problem && <span className={classes.problem}>{problem}</span>}
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );

  function wayIn(rule: Rule): string {
    if (sourceKind(rule) === "value") return valueWords(rule.value, 32);
    if (sourceKind(rule) === "expression") return `formula ${rule.expression}`;
    const names = sourcesOf(rule).map((path) => shortWords(path, known));
    return names.join(" + ") || "nothing yet";
  }
}
