/** The palette: everything that can be put on the canvas, searchable; click to add, or drag to a place. */
import { TextInput, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { mainPort, useAddEntry } from "./adding";
import { type Entry, grouped, LOGIC, search, TRIGGERS } from "./catalogue";
import { useDocument, useEditor, useView } from "./editor";
import { iconOf } from "./kinds";
import classes from "./palette.module.css";

export const DRAG_TYPE = "application/x-ipaas-entry";

export function Palette() {
  const { entries } = useEditor();
  const [text, setText] = useState("");
  const document = useDocument();
  const groups = useMemo(() => grouped(search(entries, text), document), [entries, text, document]);
  const [closed, setClosed] = useState(() => closedAtFirst(grouped(entries, document), document));
  const toggle = (group: string) =>
    setClosed((before) => {
      const next = new Set(before);
      if (!next.delete(group)) next.add(group);
      return next;
    });
  return (
    <aside className={classes.palette} aria-label="Palette">
      <TextInput
        size="xs"
        leftSection={<IconSearch size={14} />}
        placeholder="Search steps"
        aria-label="Search steps"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid="palette-search"
      />
      <div className={classes.groups}>
        {groups.map(({ group, entries: members }) => (
          <section key={group}>
            <UnstyledButton
              className={classes.group}
              onClick={() => toggle(group)}
              aria-expanded={!closed.has(group)}
            >
              {group}
              <IconChevronDown
                size={14}
                aria-hidden
                className={closed.has(group) ? classes.turned : undefined}
              />
            </UnstyledButton>
            {(text !== "" || !closed.has(group)) && (
              <ul className={classes.list}>
                {members.map((entry) => (
                  <PaletteEntry key={entry.id} entry={entry} />
                ))}
              </ul>
            )}
          </section>
        ))}
        {groups.length === 0 && (
          <p className={classes.none}>Nothing is called that. Try a system or a verb.</p>
        )}
      </div>
    </aside>
  );
}

/** With many systems, those that the flow does not use are folded; so are the triggers once there is one. */
function closedAtFirst(
  groups: ReturnType<typeof grouped>,
  document: ReturnType<typeof useDocument>,
): Set<string> {
  const used = new Set(Object.values(document.connections).map(({ connector }) => connector));
  const hasTrigger = document.nodes.some(({ kind }) => kind === "trigger");
  const folded = groups.filter(({ group, entries }) => {
    if (group === TRIGGERS) return hasTrigger;
    return (
      group !== LOGIC &&
      used.size > 0 &&
      !entries.some(({ connector }) => connector && used.has(connector.name))
    );
  });
  return new Set(folded.map(({ group }) => group));
}

function PaletteEntry({ entry }: { entry: Entry }) {
  const add = useAddEntry();
  const document = useDocument();
  const chosen = useView((state) => state.nodes);
  const { editable } = useEditor();
  const follow = chosen.length === 1 ? chosen[0] : undefined;
  function click() {
    const node = document.nodes.find(({ id }) => id === follow);
    const canFollow = node && node.kind !== "fail" && entry.kind !== "trigger";
    const isBusy = node && document.edges.some((edge) => edge.from === node.id && !edge.port);
    const port = node ? mainPort(document, node.id) : null;
    const from = canFollow && !isBusy ? { node: node.id, port } : undefined;
    add(entry, from ? { from } : {});
  }
  return (
    <li>
      <UnstyledButton
        className={classes.entry}
        draggable={editable}
        disabled={!editable}
        title={entry.description}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAG_TYPE, entry.id);
          event.dataTransfer.effectAllowed = "copy";
        }}
        onClick={click}
        data-testid={`palette-${entry.id}`}
      >
        <EntryIcon entry={entry} />
        <span className="truncate">{entry.title}</span>
      </UnstyledButton>
    </li>
  );
}

export function EntryIcon({ entry }: { entry: Entry }) {
  const Icon = iconOf(entry.kind);
  if (entry.connector)
    return <ConnectorIcon name={entry.connector.title} url={entry.connector.icon_url} size={22} />;
  return (
    <span className={classes.glyph}>
      <Icon size={14} aria-hidden />
    </span>
  );
}
