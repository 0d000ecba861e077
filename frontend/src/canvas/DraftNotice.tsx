/** What keeps the draft from being saved, in words, with the ways out; nothing that was drawn is ever lost. */
import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { changesBetween, inWords, merge } from "@/document/merge";
import { tell, tellError } from "@/ui/notify";
import { clockTime } from "@/ui/time";
import type { Draft } from "./draft";
import { useDocument, useEditor } from "./editor";
import { saveAsFile } from "./files";
import classes from "./layout.module.css";

export function DraftNotice({ flow, draft }: { flow: FlowDetail; draft: Draft }) {
  switch (draft.state) {
    case "conflict":
      return <Conflict draft={draft} />;
    case "gone":
      return (
        <Notice title="This flow has been deleted meanwhile.">
          What you see is kept in this browser until you save it as a new flow.
          <Ways flow={flow} asNew />
        </Notice>
      );
    case "refused":
      return (
        <Notice title="You may no longer edit this flow.">
          An administrator of the tenant can give you the right back. Your last edits are kept in this
          browser.
          <Ways flow={flow} />
        </Notice>
      );
    case "offline":
      return (
        <Notice title="The server cannot be reached just now.">
          Go on drawing: your edits are kept in this browser and saved as soon as it answers.
        </Notice>
      );
  }
  return draft.kept ? <Kept draft={draft} /> : null;
}

function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className={classes.notice} role="alert" data-testid="draft-notice">
      <IconAlertTriangle size={18} aria-hidden />
      <div className={classes.noticeWords}>
        <strong>{title}</strong> {children}
      </div>
    </div>
  );
}

function Conflict({ draft }: { draft: Draft }) {
  const mine = useDocument();
  const both = draft.conflict;
  const clashes = both ? merge(both.base, mine, both.theirs.document).clashes : [];
  const who = both ? nameOfPerson(both.theirs.updated_by) : "Somebody else";
  return (
    <div className={classes.notice} role="alert" data-testid="draft-notice">
      <IconAlertTriangle size={18} aria-hidden />
      <div className={classes.noticeWords}>
        <strong>Somebody else saved this flow meanwhile.</strong>
        {both && (
          <ul>
            <li>
              {who}, at {clockTime(both.theirs.updated_at)}: {phrase(both.base, both.theirs.document)}
            </li>
            <li>You, not saved yet: {phrase(both.base, mine)}</li>
            {clashes.length > 0 && <li>Both of you changed {clashes.slice(0, 4).join(", ")}.</li>}
          </ul>
        )}
      </div>
      {both && clashes.length === 0 && <Button onClick={draft.merge}>Keep both</Button>}
      <Button variant="default" onClick={() => draft.takeTheirs().catch(tellError)}>
        Take theirs
      </Button>
      <Button color="red" variant="light" onClick={() => draft.keepMine().catch(tellError)}>
        Keep mine
      </Button>
    </div>
  );
}

function phrase(...[base, next]: Parameters<typeof changesBetween>): string {
  return inWords(changesBetween(base, next)).join(", ") || "changed nothing that a run would notice";
}

function nameOfPerson(person: FlowDetail["updated_by"]): string {
  if (typeof person === "string") return person;
  return person?.name || person?.email || "Somebody else";
}

function Kept({ draft }: { draft: Draft }) {
  const kept = draft.kept;
  if (!kept) return null;
  return (
    <div className={classes.notice} role="status" data-testid="draft-notice">
      <IconAlertTriangle size={18} aria-hidden />
      <div className={classes.noticeWords}>
        <strong>Edits of {clockTime(kept.at)} on this computer were never saved:</strong>{" "}
        {phrase(kept.base, kept.document)}.
      </div>
      <Button onClick={draft.putBack}>Put them back</Button>
      <Button variant="default" onClick={draft.dropKept}>
        Drop them
      </Button>
    </div>
  );
}

function Ways({ flow, asNew }: { flow: FlowDetail; asNew?: boolean }) {
  const { store } = useEditor();
  const { slug } = useTenant();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const { document } = store.getState();
  const saveAsNew = async () => {
    try {
      const body = { name: `${flow.name} (saved again)`, document: store.getState().document };
      const made = await api.post<FlowDetail>(path("flows/"), body);
      await refresh("flows/?");
      navigate(`/t/${slug}/flows/${made.id}`);
      tell("Saved as a new flow.");
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <span style={{ display: "inline-flex", gap: 8, marginLeft: 12 }}>
      {asNew && (
        <Button size="xs" onClick={saveAsNew}>
          Save as a new flow
        </Button>
      )}
      <Button size="xs" variant="default" onClick={() => saveAsFile(flow.name, document)}>
        Save as a file
      </Button>
    </span>
  );
}
