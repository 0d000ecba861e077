/** A JSON value as a tree to read, search, copy from and walk through by keyboard; fields can be asked about. */
import { ActionIcon, CopyButton, TextInput, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconLink, IconRoute, IconSearch, IconX } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { CopyIcon } from "./copy";
import classes from "./json.module.css";
import { type JsonPath, type JsonRow, PART, pathText, rowsOf } from "./jsonRows";

interface Props {
  value: unknown;
  label?: string;
  depth?: number;
  maxHeight?: number;
  /** Asks about a field; without it fields can only be read and copied. */
  onPick?: (path: JsonPath) => void;
  /** What `onPick` does, for people. */
  pickLabel?: string;
  /** The field that was asked about. */
  picked?: JsonPath | null;
}

const SEARCHED_FROM = 8;

export function JsonView(props: Props) {
  if (props.value === undefined) return <span className="faint">nothing</span>;
  return <Tree {...props} />;
}

function Tree({ value, label = "JSON", depth = 2, maxHeight, onPick, pickLabel, picked }: Props) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [parts, setParts] = useState<ReadonlyMap<string, number>>(new Map());
  const [search, setSearch] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () => rowsOf(value, { depth, toggled, parts, search: search ?? "" }),
    [value, depth, toggled, parts, search],
  );
  const pickedId = picked ? JSON.stringify(picked) : null;
  const current = Math.min(active, rows.length - 1);
  const focus = (at: number) => {
    setActive(at);
    tree.current?.querySelector<HTMLElement>(`[data-at="${at}"]`)?.focus();
  };
  const toggle = (row: JsonRow) => {
    const next = new Set(toggled);
    if (!next.delete(row.id)) next.add(row.id);
    setToggled(next);
  };
  const more = (row: JsonRow) => {
    const id = row.id.slice(0, -1);
    setParts(new Map(parts).set(id, (parts.get(id) ?? PART) + PART * 5));
  };
  const use = (row: JsonRow) => {
    if (row.rest) return more(row);
    if (row.size === null || row.size === 0) return onPick?.(row.path);
    toggle(row);
  };
  const keys = useTreeKeys({ rows, current, focus, toggle, use, onPick, search: () => setSearch("") });

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another picked field is brought into sight
  useEffect(() => {
    tree.current?.querySelector("[data-picked]")?.scrollIntoView({ block: "nearest" });
  }, [pickedId]);

  return (
    <div className={classes.box} style={{ maxHeight }}>
      <Tools
        value={value}
        label={label}
        search={search}
        onSearch={setSearch}
        isLong={rows.length >= SEARCHED_FROM}
      />
      <div
        className={classes.scroll}
        ref={tree}
        role="tree"
        aria-label={onPick ? `${label}; Enter on a field asks ${pickLabel ?? "about it"}` : label}
        onKeyDown={keys}
      >
        {rows.map((row, at) => (
          <Row
            key={row.id}
            row={row}
            at={at}
            isActive={at === current}
            isPicked={row.id === pickedId}
            pickLabel={onPick && (pickLabel ?? "Ask about it")}
            onUse={() => use(row)}
            onFocus={() => setActive(at)}
            onPick={() => onPick?.(row.path)}
          />
        ))}
        {rows.length === 0 && (
          <div className={classes.none} role="treeitem" aria-selected={false} tabIndex={0}>
            Nothing holds “{search}”.
          </div>
        )}
      </div>
    </div>
  );
}

function useTreeKeys(job: {
  rows: JsonRow[];
  current: number;
  focus: (at: number) => void;
  toggle: (row: JsonRow) => void;
  use: (row: JsonRow) => void;
  onPick?: (path: JsonPath) => void;
  search: () => void;
}): (event: KeyboardEvent) => void {
  return (event) => {
    const row = job.rows[job.current];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const isFolder = row.size !== null && row.size > 0 && !row.rest;
    const parent = job.rows.findLastIndex(
      ({ path }, at) => at < job.current && path.length < row.path.length,
    );
    const moves: Record<string, () => void> = {
      ArrowDown: () => job.focus(Math.min(job.rows.length - 1, job.current + 1)),
      ArrowUp: () => job.focus(Math.max(0, job.current - 1)),
      Home: () => job.focus(0),
      End: () => job.focus(job.rows.length - 1),
      ArrowRight: () =>
        isFolder && !row.isOpen ? job.toggle(row) : job.focus(Math.min(job.rows.length - 1, job.current + 1)),
      ArrowLeft: () => (isFolder && row.isOpen ? job.toggle(row) : job.focus(Math.max(0, parent))),
      Enter: () => (job.onPick && !row.rest ? job.onPick(row.path) : job.use(row)),
      " ": () => job.use(row),
      "/": job.search,
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
}

function Tools(props: {
  value: unknown;
  label: string;
  search: string | null;
  isLong: boolean;
  onSearch: (text: string | null) => void;
}) {
  const { search, onSearch } = props;
  const isSearching = search !== null;
  return (
    <div className={classes.tools} data-open={isSearching || undefined}>
      {isSearching && (
        <TextInput
          size="xs"
          className={classes.search}
          placeholder="Name or value"
          aria-label={`Search in ${props.label}`}
          value={search}
          autoFocus
          onChange={(event) => onSearch(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && onSearch(null)}
        />
      )}
      {(props.isLong || isSearching) && (
        <Tooltip label={isSearching ? "Stop searching" : "Search ( / )"}>
          <ActionIcon
            size="sm"
            aria-label={isSearching ? "Stop searching" : `Search in ${props.label}`}
            onClick={() => onSearch(isSearching ? null : "")}
          >
            {isSearching ? <IconX size={14} /> : <IconSearch size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
      <CopyIcon value={textOf(props.value)} label={`Copy ${props.label}`} />
    </div>
  );
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

function Row(props: {
  row: JsonRow;
  at: number;
  isActive: boolean;
  isPicked: boolean;
  pickLabel?: string;
  onUse: () => void;
  onFocus: () => void;
  onPick: () => void;
}) {
  const { row, isActive } = props;
  const isFolder = row.size !== null && row.size > 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys
    <div
      role="treeitem"
      aria-level={row.path.length + 1}
      aria-expanded={isFolder && !row.rest ? row.isOpen : undefined}
      aria-selected={props.isPicked}
      tabIndex={isActive ? 0 : -1}
      data-at={props.at}
      data-picked={props.isPicked || undefined}
      data-path={row.rest ? undefined : pathText(row.path)}
      data-can-pick={(props.pickLabel && !isFolder) || undefined}
      className={classes.row}
      style={{ paddingLeft: 6 + row.path.length * 14 + (row.rest ? 14 : 0) }}
      onClick={props.onUse}
      onFocus={props.onFocus}
    >
      {row.rest ? (
        <span className={classes.more}>{row.rest} more</span>
      ) : (
        <>
          <span
            className={classes.arrow}
            data-folder={isFolder || undefined}
            data-open={row.isOpen || undefined}
            aria-hidden
          />
          {row.name !== null && <span className={classes.key}>{row.name}: </span>}
          {isFolder ? <Brace row={row} /> : <Scalar value={row.value} />}
          {row.hint && <span className={classes.hint}>{row.hint}</span>}
          <span className={classes.acts}>
            {props.pickLabel && (
              <Act label={props.pickLabel} onClick={props.onPick}>
                <IconRoute size={13} />
              </Act>
            )}
            <CopyAct value={textOf(row.value)} label="Copy the value">
              <IconCopy size={13} />
            </CopyAct>
            {row.path.length > 0 && (
              <CopyAct value={pathText(row.path)} label="Copy the path">
                <IconLink size={13} />
              </CopyAct>
            )}
          </span>
        </>
      )}
    </div>
  );
}

function Act(props: { label: string; onClick: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      className={classes.act}
      title={props.label}
      aria-label={props.label}
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        props.onClick();
      }}
    >
      {props.children}
    </button>
  );
}

function CopyAct(props: { value: string; label: string; children: React.ReactNode }) {
  return (
    <CopyButton value={props.value} timeout={1500}>
      {({ copied, copy }) => (
        <Act label={copied ? "Copied" : props.label} onClick={copy}>
          {copied ? <IconCheck size={13} color="var(--good)" /> : props.children}
        </Act>
      )}
    </CopyButton>
  );
}

function Brace({ row }: { row: JsonRow }) {
  const size = row.size ?? 0;
  const names = row.isList ? [] : Object.keys(row.value as object).slice(0, 4);
  const inside = row.isList
    ? `${size} ${size === 1 ? "item" : "items"}`
    : names.join(", ") + (size > 4 ? " …" : "");
  return (
    <span className={classes.brace}>
      {row.isOpen ? (row.isList ? "[" : "{") : row.isList ? `[ ${inside} ]` : `{ ${inside} }`}
    </span>
  );
}

const LONG = 400;

function Scalar({ value }: { value: unknown }) {
  const [isOpen, setOpen] = useState(false);
  if (value !== null && typeof value === "object")
    return <span className={classes.brace}>{Array.isArray(value) ? "[ ]" : "{ }"}</span>;
  if (typeof value !== "string") {
    const kind =
      value === null ? classes.null : typeof value === "boolean" ? classes.boolean : classes.number;
    return <span className={kind}>{String(value)}</span>;
  }
  const isLong = value.length > LONG && !isOpen;
  return (
    <span className={classes.string}>
      "{isLong ? value.slice(0, LONG) : value}"
      {isLong && (
        <button
          type="button"
          className={classes.more}
          tabIndex={-1}
          onClick={(event) => {
            event.stopPropagation();
            setOpen(true);
          }}
        >
          … all {value.length} characters
        </button>
      )}
    </span>
  );
}
