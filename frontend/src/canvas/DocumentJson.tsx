/** The document as JSON beside the canvas; what is written here is taken over when it is valid, as one undoable edit. */
import { ActionIcon, Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { FlowDocument } from "@/document/types";
import { CodeEditor } from "@/ui/CodeEditor";
import { CopyIcon } from "@/ui/copy";
import { useDocument, useEditor, useRunCommand } from "./editor";
import classes from "./layout.module.css";

export default function DocumentJson() {
  const { view, editable } = useEditor();
  const document = useDocument();
  const run = useRunCommand();
  const current = JSON.stringify(document, null, 2);
  const [text, setText] = useState(current);
  const [base, setBase] = useState(current);
  const isDirty = text !== base;
  const parsed = parse(text);

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the document only when the document changes
  useEffect(() => {
    setText((before) => (before === base ? current : before));
    setBase(current);
  }, [current]);

  return (
    <section className={classes.drawer} aria-label="The document as JSON">
      <header className={classes.drawerHead}>
        <span>
          {typeof parsed === "string" ? <span style={{ color: "var(--bad)" }}>{parsed}</span> : "Document"}
        </span>
        {isDirty && (
          <>
            <Button variant="default" onClick={() => setText(current)}>
              Drop these edits
            </Button>
            <Button
              disabled={typeof parsed === "string"}
              onClick={() => {
                if (typeof parsed !== "string")
                  run({ type: "replace_document", document: parsed }, "edit JSON");
                setText(JSON.stringify(parsed, null, 2));
              }}
              data-testid="apply-json"
            >
              Take over
            </Button>
          </>
        )}
        <CopyIcon value={text} label="Copy the document" />
        <ActionIcon aria-label="Close the JSON" onClick={() => view.getState().show("none")}>
          <IconX size={15} />
        </ActionIcon>
      </header>
      <div className={classes.drawerBody} style={{ display: "flex", overflow: "hidden" }}>
        <CodeEditor
          language="json"
          label="Document"
          value={text}
          readOnly={!editable}
          height="100%"
          onChange={setText}
        />
      </div>
    </section>
  );
}

/** The document in the text, or what keeps it from being one. */
function parse(text: string): FlowDocument | string {
  try {
    const value = JSON.parse(text) as Partial<FlowDocument>;
    if (!Array.isArray(value.nodes)) return "A document needs a list of nodes.";
    const nodes = value.nodes.map((node) => ({ ...node, params: node.params ?? {} }));
    return {
      ...value,
      schema: value.schema ?? 1,
      connections: value.connections ?? {},
      nodes,
      edges: value.edges ?? [],
    };
  } catch (error) {
    return `Not JSON yet: ${error instanceof Error ? error.message : ""}`;
  }
}
