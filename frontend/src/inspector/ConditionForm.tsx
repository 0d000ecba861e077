/** The branches of a condition: tried from the top, the first that holds gives the way out. */
import { ActionIcon, Button, TextInput, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useDocument, useRunCommand } from "@/canvas/editor";
import type { Command } from "@/document/commands";
import type { FlowNode, Params } from "@/document/types";
import { useStepPreview } from "@/preview/live";
import { ConditionField } from "./ConditionField";
import { useProblemAt } from "./Inspector";
import classes from "./inspector.module.css";
import { Labelled } from "./Labelled";

interface Branch {
  port: string;
  when: string;
}

export function branchesOf(node: FlowNode): Branch[] {
  const list = Array.isArray(node.params.branches) ? node.params.branches : [];
  return list.map((entry) => {
    const branch = (entry ?? {}) as Params;
    return { port: String(branch.port ?? ""), when: String(branch.when ?? "") };
  });
}

const portText = (text: string) => text.replace(/[^A-Za-z0-9_]/g, "_").replace(/^[^A-Za-z]+/, "");

export function ConditionForm({ node }: { node: FlowNode }) {
  const document = useDocument();
  const run = useRunCommand();
  const problemAt = useProblemAt(node);
  const branches = branchesOf(node);
  const otherwise = String(node.params.otherwise ?? "otherwise");
  const port = useStepPreview()?.answer?.port;

  /** Write the parameters; a way out that got another name keeps its edges. */
  function write(params: Params, field: string, renamed?: { from: string; to: string }) {
    const commands: Command[] = [{ type: "replace_node", id: node.id, node: { ...node, params } }];
    const edges = renamed
      ? document.edges.flatMap((edge, index) =>
          edge.from === node.id && edge.port === renamed.from ? [{ index, edge }] : [],
        )
      : [];
    if (renamed && edges.length > 0 && renamed.to) {
      commands.push({ type: "remove_edges", edges: edges.map(({ edge }) => edge) });
      const moved = edges.map(({ index, edge }) => ({ index, edge: { ...edge, port: renamed.to } }));
      commands.push({ type: "insert_edges", edges: moved });
    }
    run({ type: "batch", commands }, "edit condition", `${node.id}:${field}`);
  }
  const put = (list: Branch[], field: string, renamed?: { from: string; to: string }) =>
    write({ ...node.params, branches: list as unknown as Params[] }, field, renamed);
  const change = (at: number, part: Partial<Branch>) => {
    const before = branches[at];
    if (!before) return;
    const renamed = part.port ? { from: before.port, to: part.port } : undefined;
    const list = branches.map((branch, index) => (index === at ? { ...branch, ...part } : branch));
    put(list, `${at}${Object.keys(part).join()}`, renamed);
  };
  const swap = (at: number, to: number) => {
    const list = [...branches];
    const [moved] = list.splice(at, 1);
    if (moved) list.splice(to, 0, moved);
    put(list, `swap${Date.now()}`);
  };

  return (
    <div className={classes.stack}>
      {port && (
        <p className={classes.chosen} data-testid="chosen-way">
          The sample goes out by <strong>{port}</strong>.
        </p>
      )}
      {branches.map((branch, at) => (
        <div key={at} className={classes.branch} data-taken={port === branch.port || undefined}>
          <ConditionField
            key={`${node.id}:${at}`}
            nodeId={node.id}
            path={`branches/${at}/when`}
            label={at === 0 ? "When" : "Else, when"}
            value={branch.when}
            problem={problemAt(`params/branches/${at}/when`)}
            onChange={(when) => change(at, { when })}
          />
          <Labelled
            label="Go out by"
            path={`branches/${at}/port`}
            problem={problemAt(`params/branches/${at}/port`)}
          >
            <div style={{ display: "flex", gap: 4 }}>
              <TextInput
                flex={1}
                aria-label="Name of the way out"
                value={branch.port}
                onChange={(event) => change(at, { port: portText(event.currentTarget.value) })}
              />
              <Tool
                label="Try earlier"
                disabled={at === 0}
                onClick={() => swap(at, at - 1)}
                icon={<IconArrowUp size={15} />}
              />
              <Tool
                label="Try later"
                disabled={at === branches.length - 1}
                onClick={() => swap(at, at + 1)}
                icon={<IconArrowDown size={15} />}
              />
              <Tool
                label="Remove branch"
                onClick={() =>
                  put(
                    branches.filter((_, index) => index !== at),
                    `cut${Date.now()}`,
                  )
                }
                icon={<IconTrash size={15} />}
              />
            </div>
          </Labelled>
        </div>
      ))}
      <Button
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() =>
          put([...branches, { port: `way_${branches.length + 1}`, when: "" }], `add${Date.now()}`)
        }
      >
        Add a branch
      </Button>
      <Labelled
        label="Otherwise go out by"
        path="otherwise"
        description="When no branch holds."
        problem={problemAt("params/otherwise")}
      >
        <TextInput
          aria-label="Otherwise go out by"
          value={otherwise}
          onChange={(event) => {
            const to = portText(event.currentTarget.value);
            write({ ...node.params, otherwise: to }, "otherwise", { from: otherwise, to });
          }}
        />
      </Labelled>
    </div>
  );
}

function Tool(props: { label: string; icon: React.ReactNode; disabled?: boolean; onClick: () => void }) {
  return (
    <Tooltip label={props.label}>
      <ActionIcon
        size={34}
        variant="default"
        aria-label={props.label}
        disabled={props.disabled}
        onClick={props.onClick}
      >
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}
