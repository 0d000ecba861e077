/** What comes before and after a step, as a list: the same as drawing edges, for keyboard and screen reader. */
import { ActionIcon, Select, UnstyledButton } from "@mantine/core";
import { IconArrowRight, IconX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { CONNECT_FIELD, useDocument, useEditor, useRunCommand } from "@/canvas/editor";
import { edgeId } from "@/canvas/graph";
import { titleOf } from "@/canvas/kinds";
import { connect, openTargets } from "@/document/edits";
import { portsOf } from "@/document/graph";
import type { FlowEdge, FlowNode } from "@/document/types";
import { Tag } from "@/ui/status";
import classes from "./inspector.module.css";

export function NodeRoutes({ node }: { node: FlowNode }) {
  const { kinds, editable } = useEditor();
  const document = useDocument();
  const declared = kinds.items.find(({ kind }) => kind === node.kind)?.ports;
  const ports = portsOf(node, declared);
  const before = document.edges.filter((edge) => edge.to === node.id);
  return (
    <div className={classes.stack}>
      <section>
        <h3 className={classes.section}>Before</h3>
        <div className={classes.stack}>
          {before.map((edge) => (
            <Route key={edgeId(edge)} edge={edge} other={edge.from} />
          ))}
          {before.length === 0 && (
            <span className="faint">
              {node.kind === "trigger" ? "The flow begins here." : "Nothing leads here yet."}
            </span>
          )}
        </div>
      </section>
      {ports.map((port, at) => {
        const leaving = document.edges.filter(
          (edge) => edge.from === node.id && (edge.port === "out" ? null : (edge.port ?? null)) === port.name,
        );
        const label = port.isError ? "When it fails" : port.name ? `After, by “${port.label}”` : "After";
        return (
          <section key={port.name ?? "out"} data-field={at === 0 ? CONNECT_FIELD : undefined}>
            <h3 className={classes.section}>{label}</h3>
            <div className={classes.stack}>
              {leaving.map((edge) => (
                <Route key={edgeId(edge)} edge={edge} other={edge.to} />
              ))}
              {editable && <NextStep from={node.id} port={port.name} label={`${label}: connect to`} />}
            </div>
          </section>
        );
      })}
    </div>
  );
}

/** Which steps can follow is found out when somebody asks: in a large flow that is a long list. */
function NextStep({ from, port, label }: { from: string; port: string | null; label: string }) {
  const document = useDocument();
  const run = useRunCommand();
  const [isAsked, setAsked] = useState(false);
  const open = useMemo(
    () => (isAsked ? openTargets(document, from, port) : []),
    [isAsked, document, from, port],
  );
  return (
    <Select
      aria-label={label}
      placeholder="connect to a step"
      searchable
      data={open.map((other) => ({ value: other.id, label: titleOf(other) }))}
      value={null}
      nothingFoundMessage="No step can follow here"
      onDropdownOpen={() => setAsked(true)}
      onDropdownClose={() => setAsked(false)}
      onChange={(to) => to && run(connect(document, { from, to, ...(port ? { port } : {}) }), "connect")}
    />
  );
}

function Route({ edge, other }: { edge: FlowEdge; other: string }) {
  const { view, editable } = useEditor();
  const document = useDocument();
  const run = useRunCommand();
  const target = document.nodes.find(({ id }) => id === other);
  const title = target ? titleOf(target) : other;
  return (
    <div className={classes.route}>
      <IconArrowRight size={14} aria-hidden />
      <UnstyledButton
        className={`${classes.routeName} truncate`}
        onClick={() => view.getState().select([other])}
      >
        {title}
      </UnstyledButton>
      {edge.port && edge.port !== "out" && <Tag>{edge.port}</Tag>}
      {editable && (
        <ActionIcon
          size="sm"
          aria-label={`Disconnect ${title}`}
          onClick={() => run({ type: "remove_edges", edges: [edge] }, "disconnect")}
        >
          <IconX size={13} />
        </ActionIcon>
      )}
    </div>
  );
}
