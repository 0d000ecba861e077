/** A transform as a pill; opened, the form of its parameters. */
import { ActionIcon, Popover, UnstyledButton } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { TransformSpec } from "@/api/types";
import type { Params, Transform } from "@/document/types";
import { SchemaForm } from "@/inspector/SchemaForm";
import classes from "./mapper.module.css";

export function TransformPill(props: {
  nodeId: string;
  transform: Transform;
  spec?: TransformSpec;
  onChange: (transform: Transform) => void;
  onRemove: () => void;
}) {
  const { transform, spec } = props;
  const { fn, ...params } = transform;
  const required = spec?.params_schema.required ?? [];
  const isIncomplete = required.some((name) => name !== "fn" && params[name] === undefined);
  const [opened, setOpened] = useState(isIncomplete);
  const { fn: _fn, ...properties } = spec?.params_schema.properties ?? {};
  const hasParams = Object.keys(properties).length > 0;
  return (
    <Popover opened={opened} onChange={setOpened} width={320} position="bottom">
      <Popover.Target>
        <UnstyledButton
          className={classes.pill}
          data-incomplete={isIncomplete || undefined}
          title={spec?.description}
          onClick={() => setOpened(!opened)}
        >
          {spec?.title ?? fn}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.pillHead}>
          <strong>{spec?.title ?? fn}</strong>
          <ActionIcon size="sm" aria-label={`Remove ${spec?.title ?? fn}`} onClick={props.onRemove}>
            <IconTrash size={14} />
          </ActionIcon>
        </div>
        <p className={classes.hint}>{spec?.description}</p>
        {spec?.example !== undefined && <code className={classes.example}>{exampleText(spec.example)}</code>}
        {hasParams && (
          <SchemaForm
            nodeId={props.nodeId}
            path={fn}
            schema={{
              ...spec?.params_schema,
              properties,
              required: required.filter((name) => name !== "fn"),
            }}
            value={params as Params}
            problemAt={() => null}
            onChange={(next) => props.onChange({ ...next, fn } as Transform)}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function exampleText(example: unknown): string {
  if (typeof example === "string") return example;
  const { in: input, input: given, out, output, value, result } = (example ?? {}) as Record<string, unknown>;
  const from = input ?? given ?? value;
  const to = out ?? output ?? result;
  if (from === undefined || to === undefined) return JSON.stringify(example);
  return `${JSON.stringify(from)} → ${JSON.stringify(to)}`;
}
