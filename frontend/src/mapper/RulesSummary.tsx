/** The map step in the inspector: the rules in short, what is still missing, and the door to the full-width mapper. */
import { Button } from "@mantine/core";
import { IconArrowsDiagonal } from "@tabler/icons-react";
import { useState } from "react";
import { useDocument, useEditor } from "@/canvas/editor";
import type { FlowNode } from "@/document/types";
import { useProblemAt } from "@/inspector/Inspector";
import { short, useScope } from "@/inspector/scope";
import { Tag } from "@/ui/status";
import { Mapper } from "./Mapper";
import classes from "./mapper.module.css";
import { missingTargets, rulesOf, sampleOfRule, sourceKind, sourceText, targetsOf } from "./rules";

export function RulesSummary({ node }: { node: FlowNode }) {
  const { knowledge } = useEditor();
  const document = useDocument();
  const fields = useScope(node.id);
  const problemAt = useProblemAt(node);
  const [opened, setOpened] = useState(false);
  const rules = rulesOf(node);
  const missing = missingTargets(rules, targetsOf(document, node.id, knowledge));
  return (
    <div className={classes.summary}>
      <Button
        variant="light"
        leftSection={<IconArrowsDiagonal size={15} />}
        onClick={() => setOpened(true)}
        data-testid="open-mapper"
      >
        {rules.length === 0 ? "Map the first field" : "Open the mapper"}
      </Button>
      {missing.length > 0 && (
        <p className={classes.missing}>
          {missing.length} required {missing.length === 1 ? "field is" : "fields are"} not mapped:{" "}
          {missing.map(({ path }) => path).join(", ")}
        </p>
      )}
      {rules.length > 0 && (
        <ul className={classes.shortRules}>
          {rules.map((rule, at) => {
            const kind = sourceKind(rule);
            const problem = ["target", "source", "expression", "value", ""]
              .map((part) => problemAt(`params/rules/${at}${part ? `/${part}` : ""}`))
              .find(Boolean);
            return (
              <li key={at} data-field={`rules/${at}`}>
                <button type="button" className={classes.shortRule} onClick={() => setOpened(true)}>
                  <span className={classes.shortTarget}>{rule.target || "no target yet"}</span>
                  <span className={`${classes.shortSource} truncate`} data-kind={kind}>
                    {sourceText(rule)}
                  </span>
                  <span className={classes.shortPills}>
                    {(rule.transforms ?? []).map((transform) => (
                      <Tag key={transform.fn}>{transform.fn}</Tag>
                    ))}
                    <span className={`${classes.preview} truncate`}>{short(sampleOfRule(rule, fields))}</span>
                  </span>
                  {problem && <span className={classes.ruleProblem}>{problem}</span>}
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <Mapper node={node} opened={opened} onClose={() => setOpened(false)} />
    </div>
  );
}
