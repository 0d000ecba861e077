/** The draft and all versions, newest first: message, who, when, where at work, how much each changed. */
import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots, IconFileDiff, IconPencil, IconRestore, IconRocket } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useHistory } from "@/api/queries";
import type { FlowDetail, Version } from "@/api/types";
import { useCan } from "@/app/tenant";
import { ErrorState, RowsSkeleton } from "@/ui/states";
import { Ago } from "@/ui/time";
import { EnvironmentTag } from "./EnvironmentTag";
import type { Side, Sides } from "./sides";
import classes from "./versions.module.css";
import { summaryOf } from "./words";

interface Props {
  flow: FlowDetail;
  sides: Sides;
  /** What the draft changes since the newest version, once that is known. */
  draft: string | null;
  onCompare: (sides: Sides) => void;
  onRestore: (number: number) => void;
  onDeploy: (number: number) => void;
}

export function History(props: Props) {
  const { flow, sides } = props;
  const history = useHistory(flow.id);
  const end = useRef<HTMLDivElement>(null);
  const versions = history.data?.pages.flatMap(({ items }) => items) ?? [];
  const { hasNextPage, fetchNextPage, isFetchingNextPage } = history;
  useEffect(() => {
    const mark = end.current;
    if (!mark || !hasNextPage || typeof IntersectionObserver === "undefined") return;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void fetchNextPage();
    });
    observer.observe(mark);
    return () => observer.disconnect();
  }, [hasNextPage, fetchNextPage]);
  return (
    <nav className={classes.history} aria-label="Versions">
      <Entry
        isChosen={sides.to === "draft"}
        testId="version-draft"
        onClick={() => props.onCompare({ from: flow.latest_version, to: "draft" })}
      >
        <span className={classes.entryTitle}>
          <IconPencil size={15} aria-hidden />
          Draft
        </span>
        <span className={classes.entryText}>
          {props.draft === null
            ? "changed "
            : props.draft === ""
              ? "the same as the newest version"
              : `changes not published yet: ${props.draft}`}
          {props.draft === null && <Ago at={flow.updated_at} />}
        </span>
        <span className="faint">
          {nameOf(flow.updated_by)} · <Ago at={flow.updated_at} />
        </span>
      </Entry>
      {history.isPending && <RowsSkeleton rows={4} height={64} />}
      {history.isError && <ErrorState error={history.error} onRetry={() => history.refetch()} />}
      <ol className={classes.entries}>
        {versions.map((version) => (
          <li key={version.number}>
            <VersionEntry {...props} version={version} />
          </li>
        ))}
      </ol>
      <div ref={end} />
      {hasNextPage && (
        <Button variant="subtle" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          Show earlier versions
        </Button>
      )}
    </nav>
  );
}

function VersionEntry({ flow, sides, version, ...props }: Props & { version: Version }) {
  const { number } = version;
  const before: Side | null = number > 1 ? number - 1 : null;
  const active = flow.deployments.filter((deployment) => deployment.active && deployment.version === number);
  return (
    <Entry
      isChosen={sides.to === number}
      testId={`version-${number}`}
      onClick={() => props.onCompare({ from: before, to: number })}
      menu={<EntryMenu flow={flow} number={number} {...props} />}
    >
      <span className={classes.entryTitle}>
        Version {number}
        {active.map(({ environment, paused }) => (
          <EnvironmentTag key={environment} name={environment} paused={paused} />
        ))}
      </span>
      <span className={classes.entryText}>
        {version.message || <span className="faint">no message</span>}
      </span>
      <span className="faint">
        {nameOf(version.created_by)} · <Ago at={version.created_at} />
        <br />
        {version.changes ? summaryOf({ counts: version.changes }) : "the first version"}
      </span>
    </Entry>
  );
}

function Entry(props: {
  isChosen: boolean;
  testId: string;
  onClick: () => void;
  menu?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <div className={classes.entry} data-chosen={props.isChosen || undefined}>
      <button
        type="button"
        className={classes.entryButton}
        aria-current={props.isChosen || undefined}
        onClick={props.onClick}
        data-testid={props.testId}
      >
        {props.children}
      </button>
      {props.menu}
    </div>
  );
}

function EntryMenu(props: Pick<Props, "flow" | "onCompare" | "onRestore" | "onDeploy"> & { number: number }) {
  const can = useCan();
  const { number } = props;
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon
          className={classes.entryMenu}
          aria-label={`What to do with version ${number}`}
          data-testid={`version-menu-${number}`}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconFileDiff size={16} />}
          onClick={() => props.onCompare({ from: number, to: "draft" })}
        >
          Compare with the draft
        </Menu.Item>
        {can("edit_flows") && (
          <Menu.Item
            leftSection={<IconRestore size={16} />}
            onClick={() => props.onRestore(number)}
            data-testid={`restore-${number}`}
          >
            Restore into the draft…
          </Menu.Item>
        )}
        {(can("deploy") || can("deploy_sandbox")) && (
          <Menu.Item
            leftSection={<IconRocket size={16} />}
            onClick={() => props.onDeploy(number)}
            data-testid={`deploy-version-${number}`}
          >
            Deploy this version…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

export function nameOf(person: Version["created_by"]): string {
  if (!person) return "somebody";
  return typeof person === "string" ? person : (person.name ?? person.email ?? "somebody");
}
