/** The inspector: the form of the chosen step; the flow's own settings when nothing is chosen. */
import { ActionIcon, Button, Tabs, TextInput, Tooltip } from "@mantine/core";
import { IconTrash, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef } from "react";
import { align, duplicate, remove, wrap } from "@/canvas/actions";
import { ALIGNMENTS } from "@/canvas/ContextMenu";
import { copyChosen } from "@/canvas/clipboard";
import {
  CONNECT_FIELD,
  TEST_FIELD,
  useChangeNode,
  useDocument,
  useEditor,
  useRunCommand,
  useView,
} from "@/canvas/editor";
import { connectorOf, iconOf } from "@/canvas/kinds";
import { removeSelection } from "@/document/edits";
import { placeOf } from "@/document/graph";
import type { FlowNode } from "@/document/types";
import { LiveValues } from "@/preview/live";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { RowsSkeleton } from "@/ui/states";
import { FlowSettings } from "./FlowSettings";
import classes from "./inspector.module.css";
import { NodeMore } from "./NodeMore";
import { NodeRoutes } from "./NodeRoutes";
import { NodeSetup } from "./NodeSetup";

const StepTab = lazy(() => import("@/trial/StepTab"));

export function Inspector() {
  const chosen = useView((state) => state.nodes);
  const document = useDocument();
  const node = chosen.length === 1 ? document.nodes.find(({ id }) => id === chosen[0]) : undefined;
  if (node) return <NodeInspector key={node.id} node={node} />;
  return (
    <aside className={classes.inspector} aria-label="Inspector">
      {chosen.length > 1 ? <ManyChosen ids={chosen} /> : <FlowSettings />}
    </aside>
  );
}

function ManyChosen({ ids }: { ids: string[] }) {
  const editor = useEditor();
  return (
    <div className={classes.body}>
      <h2 className={classes.heading}>{ids.length} steps chosen</h2>
      {editor.editable && (
        <>
          <h3 className={classes.section}>Align</h3>
          <div className={classes.choices}>
            {ALIGNMENTS.map(({ how, label }) => (
              <Button key={how} variant="default" size="xs" onClick={() => align(editor, how)}>
                {label}
              </Button>
            ))}
          </div>
          <h3 className={classes.section}>Together</h3>
          <div className={classes.choices}>
            <Button variant="default" size="xs" onClick={() => wrap(editor)}>
              Repeat for each
            </Button>
            <Button variant="default" size="xs" onClick={() => duplicate(editor)}>
              Duplicate
            </Button>
            <Button variant="default" size="xs" onClick={() => void copyChosen(editor)}>
              Copy
            </Button>
            <Button color="red" variant="light" size="xs" onClick={() => remove(editor)}>
              Remove
            </Button>
          </div>
        </>
      )}
      <p className="faint">Drag to move them together. Choose one to see its form.</p>
    </div>
  );
}

/** What is wrong at a field of the node, by the path below the node (`params/operation`). */
export function useProblemAt(node: FlowNode): (path: string) => string | null {
  const { problems } = useEditor();
  const document = useDocument();
  return (path) => {
    const hit = problems.find((problem) => {
      const place = placeOf(document, problem.pointer);
      return place.nodeId === node.id && place.field === path;
    });
    return hit ? [hit.message, hit.hint].filter(Boolean).join(" ") : null;
  };
}

/** Fields that stand for a whole tab. */
const TABS: Record<string, string> = { [CONNECT_FIELD]: "routes", [TEST_FIELD]: "test" };

function NodeInspector({ node }: { node: FlowNode }) {
  const { connectors, kinds, editable, view } = useEditor();
  const document = useDocument();
  const change = useChangeNode(node.id);
  const run = useRunCommand();
  const focus = useView((state) => state.field);
  const body = useRef<HTMLFieldSetElement>(null);
  const connector = connectorOf(document, node, connectors);
  const kind = kinds.items.find((candidate) => candidate.kind === node.kind);
  const Icon = iconOf(node.kind);
  const wanted = focus?.node === node.id ? TABS[focus.path] : undefined;

  useEffect(() => {
    if (!focus || focus.node !== node.id) return;
    const wanted = focus.path ? `[data-field="${CSS.escape(focus.path.replace(/^params\//, ""))}"]` : "";
    const scope = wanted ? (body.current?.querySelector(wanted) ?? body.current) : body.current;
    const target = scope?.querySelector<HTMLElement>("input, textarea, .cm-content, button");
    target?.focus();
    target?.scrollIntoView?.({ block: "center" });
  }, [focus, node.id]);

  return (
    <aside
      className={classes.inspector}
      aria-label={`Form of ${node.title ?? node.id}`}
      data-testid="inspector"
    >
      <header className={classes.head}>
        {connector ? (
          <ConnectorIcon name={connector.title} url={connector.icon_url} size={32} />
        ) : (
          <span className={classes.glyph}>
            <Icon size={18} aria-hidden />
          </span>
        )}
        <div className={classes.headWords}>
          <TextInput
            variant="unstyled"
            classNames={{ input: classes.title }}
            aria-label="Title of the step"
            value={node.title ?? ""}
            placeholder={node.id}
            disabled={!editable}
            onChange={(event) => {
              const title = event.currentTarget.value;
              change(({ title: _, ...rest }) => (title ? { ...rest, title } : rest), "rename", "title");
            }}
          />
          <span className={classes.kind}>
            {connector ? `${connector.title} · ` : ""}
            {kind?.title ?? node.kind}
          </span>
        </div>
        {editable && (
          <Tooltip label="Remove this step (Delete)">
            <ActionIcon
              aria-label="Remove this step"
              onClick={() => {
                run(removeSelection(document, [node.id]), "remove step");
                view.getState().select([]);
              }}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        )}
        <ActionIcon aria-label="Close the form" onClick={() => view.getState().select([])}>
          <IconX size={16} />
        </ActionIcon>
      </header>
      <Tabs
        key={wanted && focus ? focus.at : "setup"}
        defaultValue={wanted ?? "setup"}
        className={classes.tabs}
      >
        <Tabs.List className={classes.tabList}>
          <Tabs.Tab value="setup">Set up</Tabs.Tab>
          <Tabs.Tab value="test">Test</Tabs.Tab>
          <Tabs.Tab value="routes">Before and after</Tabs.Tab>
          <Tabs.Tab value="more">More</Tabs.Tab>
        </Tabs.List>
        <fieldset ref={body} className={classes.body} disabled={!editable}>
          <legend className="visually-hidden">Settings of the step</legend>
          <Tabs.Panel value="setup">
            <p className={classes.lead}>{kind?.description}</p>
            <LiveValues nodeId={node.id}>
              <NodeSetup node={node} />
            </LiveValues>
          </Tabs.Panel>
          <Tabs.Panel value="test" keepMounted={false}>
            <Suspense fallback={<RowsSkeleton rows={4} />}>
              <StepTab node={node} />
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="routes">
            <NodeRoutes node={node} />
          </Tabs.Panel>
          <Tabs.Panel value="more">
            <NodeMore node={node} />
          </Tabs.Panel>
        </fieldset>
      </Tabs>
    </aside>
  );
}
