/** The rest of a step: its id, retries, which for-each it is in, and a note for people. */
import { Button, NumberInput, Select, SimpleGrid, Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useChangeNode, useDocument, useEditor, useRunCommand } from "@/canvas/editor";
import { titleOf } from "@/canvas/kinds";
import { renameNode, withChildren } from "@/document/edits";
import type { FlowNode, Retry } from "@/document/types";
import classes from "./fields.module.css";
import { useProblemAt } from "./Inspector";
import { Labelled } from "./Labelled";

const DEFAULT: Required<Retry> = { attempts: 5, first_seconds: 1, factor: 2, max_seconds: 300 };
const WORDS: [keyof Retry, string, number][] = [
  ["attempts", "Attempts", 1],
  ["first_seconds", "First pause (s)", 0],
  ["factor", "Times", 1],
  ["max_seconds", "Longest pause (s)", 0],
];

export function NodeMore({ node }: { node: FlowNode }) {
  const document = useDocument();
  const change = useChangeNode(node.id);
  const problemAt = useProblemAt(node);
  const loops = document.nodes.filter(
    ({ id, kind }) => kind === "for_each" && !withChildren(document, [node.id]).has(id),
  );
  const setParent = (parent: string | null) =>
    change(({ parent: _, ...rest }) => (parent ? { ...rest, parent } : rest), "move into for-each");
  return (
    <div className={classes.form}>
      <IdField key={node.id} node={node} />
      {node.kind === "call" && <RetryFields node={node} />}
      {node.kind !== "trigger" && node.kind !== "fail" && (
        <Labelled
          label="When it fails for good"
          path="on_error"
          problem={problemAt("on_error")}
          description="An edge from the red port takes precedence."
        >
          <Select
            aria-label="When it fails for good"
            data={[
              { value: "fail", label: "The run fails" },
              { value: "continue", label: "The run goes on without it" },
            ]}
            value={String(node.on_error ?? "fail")}
            onChange={(value) =>
              change(
                ({ on_error: _, ...rest }) => (value === "continue" ? { ...rest, on_error: value } : rest),
                "edit",
              )
            }
          />
        </Labelled>
      )}
      {loops.length > 0 && node.kind !== "trigger" && (
        <Labelled label="Repeated by" path="parent" problem={problemAt("parent")}>
          <Select
            aria-label="Repeated by"
            clearable
            data={loops.map((loop) => ({ value: loop.id, label: titleOf(loop) }))}
            value={node.parent ?? null}
            placeholder="nothing: it runs once"
            onChange={setParent}
          />
        </Labelled>
      )}
      <Labelled label="Note" path="note">
        <Textarea
          aria-label="Note"
          autosize
          minRows={3}
          placeholder="For whoever reads this flow after you"
          value={node.note ?? ""}
          onChange={(event) => {
            const note = event.currentTarget.value;
            change(({ note: _, ...rest }) => (note ? { ...rest, note } : rest), "edit note", "note");
          }}
        />
      </Labelled>
    </div>
  );
}

function IdField({ node }: { node: FlowNode }) {
  const { view } = useEditor();
  const document = useDocument();
  const run = useRunCommand();
  const [text, setText] = useState(node.id);
  const isTaken = text !== node.id && document.nodes.some(({ id }) => id === text);
  const isWrong = !/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(text);
  const problem = isTaken
    ? "Another step has this name."
    : isWrong
      ? "Letters, digits and _, beginning with a letter."
      : null;
  return (
    <Labelled
      label="Name in expressions"
      path="id"
      problem={problem}
      description={`Others read it as steps.${node.id}`}
    >
      <div className={classes.row}>
        <TextInput
          aria-label="Name in expressions"
          classNames={{ input: "mono" }}
          value={text}
          error={Boolean(problem)}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {text !== node.id && (
          <Button
            size="sm"
            variant="light"
            disabled={Boolean(problem)}
            onClick={() => {
              run(renameNode(document, node.id, text), "rename step");
              view.getState().select([text]);
            }}
          >
            Rename everywhere
          </Button>
        )}
      </div>
    </Labelled>
  );
}

function RetryFields({ node }: { node: FlowNode }) {
  const change = useChangeNode(node.id);
  const isOwn = node.retry !== undefined;
  const retry = { ...DEFAULT, ...node.retry };
  const put = (name: keyof Retry, value: number | string) =>
    change((old) => ({ ...old, retry: { ...retry, [name]: Number(value) } }), "edit retries", `retry${name}`);
  return (
    <Labelled
      label="Retries"
      path="retry"
      description={`Up to ${retry.attempts} attempts; pauses grow from ${retry.first_seconds} s to at most ${retry.max_seconds} s. What the other system asks for is respected.`}
    >
      <Switch
        label="Own retry policy for this step"
        checked={isOwn}
        onChange={(event) => {
          const own = event.currentTarget.checked;
          change(({ retry: _, ...rest }) => (own ? { ...rest, retry: DEFAULT } : rest), "edit retries");
        }}
      />
      {isOwn && (
        <SimpleGrid cols={2} spacing={8} mt={4}>
          {WORDS.map(([name, label, min]) => (
            <NumberInput
              key={name}
              size="xs"
              label={label}
              min={min}
              value={retry[name]}
              onChange={(value) => put(name, value)}
            />
          ))}
        </SimpleGrid>
      )}
    </Labelled>
  );
}
