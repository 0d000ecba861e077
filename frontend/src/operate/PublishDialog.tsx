/** Makes an immutable version of the draft: what changed, what is wrong, and a message for whoever looks later. */
import { Button, Group, Modal, Textarea } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, useEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import { ApiProblem, api, type FieldProblem } from "@/api/client";
import { useConnectors, useNodeKinds, useRefresh, useTenantPath, useVersion } from "@/api/queries";
import type { FlowDetail, Version } from "@/api/types";
import { useTenant } from "@/app/tenant";
import { difference, isEmpty } from "@/document/differences";
import type { Problem } from "@/document/types";
import { tellError } from "@/ui/notify";
import { MarkTag } from "@/versions/MarkTag";
import { whole } from "@/versions/sides";
import { type Item, itemsOf, summaryOf } from "@/versions/words";
import { PublishProblems } from "./PublishProblems";
import classes from "./publish.module.css";

interface Props {
  flow: FlowDetail;
  problems: Problem[];
  opened: boolean;
  onClose: () => void;
  onDeploy?: () => void;
  /** Leads to the place of a problem. */
  onGoTo?: (pointer: string) => void;
  /** The state of the flow's tests. */
  tests?: ReactNode;
}

export function PublishDialog(props: Props) {
  const { flow, opened } = props;
  const [made, setMade] = useState<number | null>(null);
  useEffect(() => {
    if (opened) setMade(null);
  }, [opened]);
  if (made !== null) return <Published {...props} number={made} />;
  return (
    <Modal
      opened={opened}
      onClose={props.onClose}
      title={`Publish version ${(flow.latest_version ?? 0) + 1}`}
      size="lg"
    >
      {opened && <Form {...props} onMade={setMade} />}
    </Modal>
  );
}

function Published({ flow, opened, onClose, onDeploy, number }: Props & { number: number }) {
  const { slug } = useTenant();
  return (
    <Modal opened={opened} onClose={onClose} title={`Version ${number} is published`}>
      <p className="soft">
        <IconCircleCheck size={18} color="var(--good)" style={{ verticalAlign: "text-bottom" }} aria-hidden />{" "}
        It will never change. Deploy it to put it to work.
      </p>
      <Group justify="flex-end" gap="xs">
        <Button component={Link} variant="subtle" to={`/t/${slug}/flows/${flow.id}/versions?to=${number}`}>
          See what changed
        </Button>
        <Button variant="default" onClick={onClose} data-testid="publish-close">
          Later
        </Button>
        {onDeploy && (
          <Button onClick={onDeploy} data-testid="deploy-published">
            Deploy version {number}
          </Button>
        )}
      </Group>
    </Modal>
  );
}

function Form({
  flow,
  problems,
  onClose,
  onGoTo,
  onMade,
  tests,
}: Props & { onMade: (number: number) => void }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const change = useChange(flow);
  const [message, setMessage] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<FieldProblem[]>([]);
  const errors = problems.filter(({ severity }) => severity !== "warning");
  const text = message ?? change?.proposed ?? "";
  const isSame = change?.items.length === 0;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const version = await api.post<Version>(path(`flows/${flow.id}/versions/`), { message: text.trim() });
      await refresh(`flows/${flow.id}/`, "flows/");
      onMade(version.number);
    } catch (error) {
      if (error instanceof ApiProblem && error.errors.length > 0) setRefused(error.errors);
      else tellError(error, "The draft was not published");
    } finally {
      setBusy(false);
    }
  }
  return (
    <form onSubmit={submit} className={classes.form}>
      <PublishProblems
        problems={
          refused.length > 0
            ? refused.map((problem) => ({ ...problem, severity: "error" as const }))
            : problems
        }
        onGoTo={
          onGoTo &&
          ((pointer) => {
            onClose();
            onGoTo(pointer);
          })
        }
      />
      {flow.latest_version !== null && (
        <section aria-label="What changed since the version before" data-testid="publish-changes">
          <h3 className={classes.heading}>Since version {flow.latest_version}</h3>
          {change ? (
            <Changes items={change.items} summary={change.summary} />
          ) : (
            <p className="faint">comparing…</p>
          )}
        </section>
      )}
      {tests && (
        <section aria-label="Tests">
          <h3 className={classes.heading}>Tests</h3>
          {tests}
        </section>
      )}
      <Textarea
        label="What changed"
        description="For whoever looks at the versions later"
        autosize
        minRows={2}
        maxLength={2000}
        data-autofocus
        value={text}
        onChange={(event) => setMessage(event.currentTarget.value)}
        data-testid="publish-message"
      />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={errors.length > 0} data-testid="publish-confirm">
          {isSame ? "Publish the same again" : "Publish"}
        </Button>
      </Group>
    </form>
  );
}

const MOST = 6;

function Changes({ items, summary }: { items: Item[]; summary: string }) {
  return (
    <>
      <p className={classes.summary}>{summary}</p>
      <ul className={classes.changes}>
        {items.slice(0, MOST).map((item) => (
          <li key={item.key}>
            <MarkTag mark={item.mark} />
            <span className="truncate">
              {item.title}
              <span className="faint"> {hintOf(item)}</span>
            </span>
          </li>
        ))}
      </ul>
      {items.length > MOST && <p className="faint">and {items.length - MOST} more</p>}
    </>
  );
}

function hintOf(item: Item): string {
  const [first, ...more] = item.rows;
  if (item.mark !== "changed" || !first) return "";
  return `${first.label}${first.sentence ? `: ${first.sentence}` : ""}${more.length > 0 ? `, and ${more.length} more` : ""}`;
}

/** What the draft changes since the newest version, and a message proposed from it. */
function useChange(flow: FlowDetail) {
  const latest = useVersion(flow.id, flow.latest_version).data?.document;
  const kinds = useNodeKinds().data;
  const connectors = useConnectors().data;
  return useMemo(() => {
    if (!latest || !kinds || !connectors) return null;
    const [before, after] = [whole(latest), whole(flow.document)];
    const found = difference(before, after);
    const items = isEmpty(found) ? [] : itemsOf(found, { before, after, kinds, connectors });
    return { items, summary: summaryOf(found), proposed: proposal(items) };
  }, [latest, flow.document, kinds, connectors]);
}

function proposal(items: Item[]): string {
  const named = (mark: Item["mark"]) => items.filter((item) => item.mark === mark).map(({ title }) => title);
  const said = (word: string, titles: string[]) =>
    titles.length === 0
      ? ""
      : `${word} ${titles.slice(0, 3).join(", ")}${titles.length > 3 ? ` and ${titles.length - 3} more` : ""}`;
  return [said("Added", named("added")), said("Removed", named("removed")), said("Changed", named("changed"))]
    .filter(Boolean)
    .join(". ");
}
