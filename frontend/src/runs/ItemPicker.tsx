/** Which item of a for-each is looked at: one of many, found by number or state; thousands are drawn as they come into sight. */
import { ActionIcon, Popover, SegmentedControl, TextInput, UnstyledButton } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconSelector } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { StatusIcon, stateOf } from "@/ui/status";
import type { RunState } from "./fold";
import classes from "./items.module.css";
import { framesOf } from "./places";

const ROW = 28;
const ROOM = 252;
const TROUBLED = ["failed", "uncertain", "retrying", "waiting"];

export function ItemPicker(props: {
  paths: string[];
  path: string;
  state: RunState;
  onChoose: (path: string) => void;
}) {
  const { paths, path, state } = props;
  const [opened, setOpened] = useState(false);
  const at = paths.indexOf(path);
  const failed = useMemo(() => paths.filter((one) => isTroubled(state, one)).length, [paths, state]);
  return (
    <div className={classes.picker} data-testid="item-picker">
      <ActionIcon
        aria-label="The item before"
        disabled={at <= 0}
        onClick={() => props.onChoose(paths[at - 1] ?? path)}
      >
        <IconChevronLeft size={15} />
      </ActionIcon>
      <Popover opened={opened} onChange={setOpened} position="bottom-start" width={320} trapFocus>
        <Popover.Target>
          <UnstyledButton
            className={classes.current}
            onClick={() => setOpened(!opened)}
            aria-expanded={opened}
          >
            <span>
              {itemWords(path)} of {paths.length}
            </span>
            {failed > 0 && <span className={classes.failed}>{failed} failed</span>}
            <IconSelector size={14} aria-hidden />
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown p={8}>
          <Items
            {...props}
            failed={failed}
            onChoose={(next) => {
              props.onChoose(next);
              setOpened(false);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        aria-label="The item after"
        disabled={at < 0 || at >= paths.length - 1}
        onClick={() => props.onChoose(paths[at + 1] ?? path)}
      >
        <IconChevronRight size={15} />
      </ActionIcon>
    </div>
  );
}

const isTroubled = (state: RunState, path: string) => TROUBLED.includes(state.steps.get(path)?.status ?? "");

/** “Item 3”, in a for-each inside another “Item 2 › 3”. */
function itemWords(path: string): string {
  const frames = framesOf(path).reverse();
  return `Item ${frames.map(({ index }) => index + 1).join(" › ")}`;
}

function Items(props: {
  paths: string[];
  path: string;
  state: RunState;
  failed: number;
  onChoose: (path: string) => void;
}) {
  const [only, setOnly] = useState("all");
  const [search, setSearch] = useState("");
  const [top, setTop] = useState(0);
  const shown = props.paths.filter(
    (path) =>
      (only === "all" || isTroubled(props.state, path)) &&
      (!search || itemWords(path).includes(search.trim())),
  );
  const first = Math.max(0, Math.floor(top / ROW) - 5);
  const visible = shown.slice(first, first + Math.ceil(ROOM / ROW) + 10);
  return (
    <>
      <div className={classes.filters}>
        <TextInput
          size="xs"
          placeholder="Number"
          aria-label="Find an item by its number"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          aria-label="Which items"
          data={[
            { value: "all", label: "All" },
            { value: "failed", label: `Failed ${props.failed}` },
          ]}
          value={only}
          onChange={setOnly}
        />
      </div>
      <div
        className={classes.list}
        style={{ height: Math.min(ROOM, Math.max(1, shown.length) * ROW) }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
      >
        <div style={{ height: shown.length * ROW, position: "relative" }}>
          {visible.map((path, at) => {
            const status = props.state.steps.get(path)?.status ?? "pending";
            return (
              <UnstyledButton
                key={path}
                className={classes.item}
                style={{ top: (first + at) * ROW }}
                aria-current={path === props.path}
                onClick={() => props.onChoose(path)}
              >
                <StatusIcon status={status} size={15} />
                <span>{itemWords(path)}</span>
                <span className="faint">{stateOf(status).word}</span>
              </UnstyledButton>
            );
          })}
          {shown.length === 0 && <span className="faint">No item is like this.</span>}
        </div>
      </div>
    </>
  );
}
