/** The sheet of the mapper: source tree, lines, target tree with values, details. Loaded when it is first opened. */
import { type KeyboardEvent, useMemo, useState } from "react";
import { useEditor } from "@/canvas/editor";
import type { FlowNode } from "@/document/types";
import { tell } from "@/ui/notify";
import { Connect } from "./Connect";
import { nextMissing } from "./gestures";
import { Lines } from "./Lines";
import classes from "./mapper.module.css";
import { Panel } from "./Panel";
import { SheetHead } from "./SheetHead";
import { SourcePane } from "./SourcePane";
import { MapperContext, type MapperValue } from "./sheet";
import { TargetPane } from "./TargetPane";
import { useMapperValue } from "./useMapperValue";

export default function Sheet({ node, onClose }: { node: FlowNode; onClose: () => void }) {
  const [said, setSaid] = useState("");
  const { store } = useEditor();
  const value = useMapperValue(node, setSaid);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const isDone =
      event.key === "Escape" ? giveUp(event, value, onClose) : shortcut(event, value, store.getState());
    if (isDone) event.preventDefault();
    event.stopPropagation();
  };
  const context = useMemo(() => value, [value]);
  return (
    <MapperContext.Provider value={context}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of everything inside the sheet */}
      <div
        className={classes.layout}
        onKeyDown={onKeyDown}
        data-testid="mapper"
        data-asking={value.isAsking || undefined}
      >
        <SheetHead onClose={onClose} />
        <Connect />
        <div className={classes.trees}>
          <SourcePane />
          <Lines />
          <TargetPane />
        </div>
        <Panel />
        <p className="visually-hidden" aria-live="polite" data-testid="mapper-said">
          {said}
        </p>
        <Keys />
      </div>
    </MapperContext.Provider>
  );
}

function Keys() {
  return (
    <footer className={classes.keys}>
      <span>
        <kbd>Enter</kbd> take a field, then <kbd>Enter</kbd> where it goes
      </span>
      <span>
        <kbd>n</kbd> next required
      </span>
      <span>
        <kbd>Delete</kbd> remove a line
      </span>
      <span>
        <kbd>Ctrl Z</kbd> undo
      </span>
    </footer>
  );
}

/** Escape gives up the nearest thing: what is open in a field, what is carried, the question, the field, the sheet. */
function giveUp(event: KeyboardEvent, mapper: MapperValue, onClose: () => void): boolean {
  const target = event.target as HTMLElement;
  // What is open above the sheet (a list, a popover) closes by itself.
  const isAbove = target.closest("[role=dialog]") !== event.currentTarget.closest("[role=dialog]");
  if (isAbove || target.closest('[data-mantine-stop-propagation="true"]')) return false;
  const { armed, ask, chosen, set } = mapper.store.getState();
  if (armed) {
    set({ armed: null });
    mapper.say("Nothing is taken any more.");
  } else if (ask) set({ ask: null });
  else if (chosen) {
    set({ chosen: null });
    document.querySelector<HTMLElement>('[data-tree="target"]')?.focus();
  } else onClose();
  return true;
}

function shortcut(
  event: KeyboardEvent,
  mapper: MapperValue,
  history: { undo: () => string | null; redo: () => string | null },
): boolean {
  const target = event.target as HTMLElement;
  if (target.closest("input, textarea, [contenteditable=true], .cm-editor")) return false;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) {
    if (key !== "z" && key !== "y") return false;
    if (!mapper.editable) return true;
    const isRedo = key === "y" || event.shiftKey;
    const label = isRedo ? history.redo() : history.undo();
    if (label === null) tell(isRedo ? "There is nothing to redo." : "There is nothing to undo.");
    else mapper.say(isRedo ? `Done again: ${label}.` : `Undone: ${label}.`);
    return true;
  }
  if (key !== "n" || event.altKey) return false;
  nextMissing(mapper);
  return true;
}
