/** The editor's bar: draft state, problems, undo, and the ways to bring the flow to life. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCloudCheck,
  IconCloudOff,
  IconCloudUp,
  IconCode,
  IconPlayerPlay,
  IconRocket,
  IconSettings,
  IconTag,
} from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useStore } from "zustand";
import type { FlowDetail } from "@/api/types";
import { ENVIRONMENTS, useCan, useEnvironment, useTenant } from "@/app/tenant";
import { placeOf } from "@/document/graph";
import { DeployDialog } from "@/operate/DeployDialog";
import { PublishDialog } from "@/operate/PublishDialog";
import { RunNow } from "@/operate/RunNow";
import { TestButton } from "@/trial/TestButton";
import { TestsBadge } from "@/trial/TestsBadge";
import { tellError } from "@/ui/notify";
import { Tag } from "@/ui/status";
import { clockTime } from "@/ui/time";
import { undoOrRedo } from "./actions";
import type { Draft } from "./draft";
import { useEditor, useView } from "./editor";
import { FlowMenu } from "./FlowMenu";
import classes from "./layout.module.css";

export function EditorBar({ flow, draft }: { flow: FlowDetail; draft: Draft }) {
  const editor = useEditor();
  const can = useCan();
  const panel = useView((state) => state.panel);
  const settings = useView((state) => state.settings && state.nodes.length === 0);
  const past = useStore(editor.store, (state) => state.past.length);
  const future = useStore(editor.store, (state) => state.future.length);
  const [environment] = useEnvironment();
  const [dialog, setDialog] = useState<"publish" | "deploy" | "run" | null>(null);
  const show = editor.view.getState().show;
  const errors = draft.problems.filter(({ severity }) => severity !== "warning").length;
  const deployed = flow.deployments.find(
    (deployment) => deployment.active && deployment.environment === environment,
  );
  const mayDeploy = can("deploy") || (can("deploy_sandbox") && environment === "sandbox");
  const open = async (next: "publish" | "deploy" | "run") => {
    try {
      if (next === "publish") await draft.flush();
      setDialog(next);
    } catch (error) {
      tellError(error, "The draft could not be saved");
    }
  };
  return (
    <div className={classes.bar}>
      <h1 className="visually-hidden">{flow.name}</h1>
      <Saved draft={draft} editable={editor.editable} />
      <Tag tone={draft.problems.length === 0 ? "good" : errors > 0 ? "bad" : "wait"}>
        <IconAlertTriangle size={12} aria-hidden />
        <button
          type="button"
          style={{ all: "unset", cursor: "pointer" }}
          onClick={() => show(panel === "problems" ? "none" : "problems")}
          data-testid="problems"
          aria-expanded={panel === "problems"}
        >
          {draft.problems.length === 0
            ? "no problems"
            : `${draft.problems.length} ${draft.problems.length === 1 ? "problem" : "problems"}`}
        </button>
      </Tag>
      <span className={classes.spread} />
      <Deployed flow={flow} environment={environment} />
      {editor.editable && (
        <>
          <Tooltip position="bottom" label="Undo (Ctrl Z)">
            <ActionIcon
              aria-label="Undo"
              disabled={past === 0}
              onClick={() => undoOrRedo(editor, false)}
              data-testid="undo"
            >
              <IconArrowBackUp size={17} />
            </ActionIcon>
          </Tooltip>
          <Tooltip position="bottom" label="Redo (Shift Ctrl Z)">
            <ActionIcon
              aria-label="Redo"
              disabled={future === 0}
              onClick={() => undoOrRedo(editor, true)}
              data-testid="redo"
            >
              <IconArrowForwardUp size={17} />
            </ActionIcon>
          </Tooltip>
        </>
      )}
      <Tooltip position="bottom" label="Settings of the flow">
        <ActionIcon
          aria-label="Settings of the flow"
          aria-pressed={settings}
          variant={settings ? "light" : "subtle"}
          onClick={() => editor.view.getState().showSettings(!settings)}
          data-testid="flow-settings"
        >
          <IconSettings size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip position="bottom" label="The document as JSON">
        <ActionIcon
          aria-label="The document as JSON"
          aria-pressed={panel === "json"}
          variant={panel === "json" ? "light" : "subtle"}
          onClick={() => show(panel === "json" ? "none" : "json")}
          data-testid="json-view"
        >
          <IconCode size={17} />
        </ActionIcon>
      </Tooltip>
      <FlowMenu flow={flow} deployment={deployed ?? null} />
      <span className={classes.divider} />
      <TestButton />
      {can("operate_runs") && (
        <Tooltip position="bottom" label={deployed ? "Start a run by hand" : "Deploy the flow here first"}>
          <Button
            variant="default"
            leftSection={<IconPlayerPlay size={15} />}
            disabled={!deployed}
            onClick={() => open("run")}
            data-testid="run-now"
          >
            Run now
          </Button>
        </Tooltip>
      )}
      {editor.editable && (
        <Button
          variant="default"
          leftSection={<IconTag size={15} />}
          onClick={() => open("publish")}
          data-testid="publish"
        >
          Publish
        </Button>
      )}
      {mayDeploy && (
        <Tooltip
          position="bottom"
          label={flow.latest_version ? "Put a version to work" : "Publish a version first"}
        >
          <Button
            leftSection={<IconRocket size={15} />}
            disabled={!flow.latest_version}
            onClick={() => open("deploy")}
            data-testid="deploy"
          >
            Deploy
          </Button>
        </Tooltip>
      )}
      <PublishDialog
        flow={flow}
        problems={draft.problems}
        tests={<TestsBadge flow={flow.id} />}
        opened={dialog === "publish"}
        onClose={() => setDialog(null)}
        onGoTo={(pointer) => {
          const { nodeId, field } = placeOf(editor.store.getState().document, pointer);
          if (nodeId) editor.view.getState().focusField(nodeId, field);
          else editor.view.getState().showSettings(true);
        }}
        onDeploy={mayDeploy ? () => setDialog("deploy") : undefined}
      />
      <DeployDialog flow={flow} opened={dialog === "deploy"} onClose={() => setDialog(null)} />
      <RunNow flow={flow} opened={dialog === "run"} onClose={() => setDialog(null)} />
    </div>
  );
}

function Saved({ draft, editable }: { draft: Draft; editable: boolean }) {
  if (!editable) return <span className={classes.saved}>You may look, not edit.</span>;
  const words = {
    saved: [IconCloudCheck, `Draft saved ${clockTime(draft.savedAt)}`],
    unsaved: [IconCloudUp, "Saving…"],
    saving: [IconCloudUp, "Saving…"],
    offline: [IconCloudOff, "Not saved yet: trying again"],
    conflict: [IconCloudOff, "Not saved: somebody else did"],
    signed_out: [IconCloudOff, "Kept here until you sign in"],
    gone: [IconCloudOff, "Not saved: the flow is deleted"],
    refused: [IconCloudOff, "Not saved: you may not edit"],
  } as const;
  const [Icon, text] = words[draft.state];
  return (
    <output className={classes.saved} data-testid="draft-state" data-state={draft.state}>
      <Icon size={16} aria-hidden />
      <span className="truncate">{text}</span>
    </output>
  );
}

function Deployed({ flow, environment }: { flow: FlowDetail; environment: string }) {
  const { slug } = useTenant();
  const title = ENVIRONMENTS.find(({ name }) => name === environment)?.title ?? environment;
  const here = flow.deployments.find(
    (deployment) => deployment.active && deployment.environment === environment,
  );
  return (
    <Link
      to={`/t/${slug}/flows/${flow.id}/versions${here ? "" : "?view=work"}`}
      className={classes.live}
      title="Versions, changes and where the flow works"
      data-testid="deployed"
    >
      {here ? (
        <Tag tone={here.paused ? "wait" : "good"}>
          v{here.version} {here.paused ? "paused" : "live"} in {title}
        </Tag>
      ) : (
        <span className="faint">not at work in {title}</span>
      )}
    </Link>
  );
}
