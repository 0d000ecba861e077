/** `?` shows the keys; `g` and a letter go to a page. */
import { Modal } from "@mantine/core";
import { useEffect } from "react";
import { useNavigate } from "react-router";
import { create } from "zustand";
import classes from "./keys.module.css";
import { PAGES } from "./pages";
import { useTenant } from "./tenant";

export const useKeysHelp = create<{ opened: boolean; show: (opened: boolean) => void }>((set) => ({
  opened: false,
  show: (opened) => set({ opened }),
}));

const GROUPS: { title: string; keys: [string, string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      ["Ctrl K", "Find a page, flow or run, or do something"],
      ["?", "These keys"],
      ...PAGES.map(({ key, title }): [string, string] => [`g ${key}`, `Go to ${title}`]),
    ],
  },
  {
    title: "Flow editor",
    keys: [
      ["a", "Add a step after the chosen one"],
      ["← → ↑ ↓", "Choose the step before, after, above, below"],
      ["Shift ← → ↑ ↓", "Move the chosen steps"],
      ["Enter", "To the form of the chosen step"],
      ["o", "Outline of the flow as a tree, or the palette"],
      ["Ctrl F", "Find in this flow"],
      ["c", "Connect the chosen step to another"],
      ["m", "Open the mapper of the chosen map step"],
      ["n", "Write a note"],
      ["Shift F10", "What can be done here"],
      ["Ctrl G", "Wrap the chosen steps in a for-each"],
      ["Delete", "Remove what is chosen"],
      ["Ctrl C, X, V, D", "Copy, cut, paste, duplicate"],
      ["Ctrl Z, Shift Ctrl Z", "Undo, redo"],
      ["Ctrl A", "Choose everything"],
      ["Ctrl Enter", "Test the draft with the chosen sample"],
      ["t", "Tidy the layout"],
      ["f", "Fit everything in view"],
    ],
  },
  {
    title: "Mapper",
    keys: [
      ["Enter", "Take a field; then on a field to fill: put it there, or open it"],
      ["n", "To the next required field that is not mapped"],
      ["Delete", "Remove what fills the field"],
      ["Ctrl Z, Shift Ctrl Z", "Undo, redo"],
    ],
  },
  {
    title: "Outline of a flow",
    keys: [
      ["↑ ↓", "Step before, step after"],
      ["← →", "Close and open a branch or a for-each"],
      ["a", "Add a step after this one"],
      ["i", "Add a step inside this for-each"],
      ["F2", "Name the step anew"],
      ["Alt ↑ ↓", "Move the step up or down in its row"],
      ["Alt ← →", "Out of its for-each, into the one above"],
      ["Enter", "To the form of the step"],
    ],
  },
  {
    title: "Lookup table",
    keys: [
      ["Enter, F2", "Edit the cell"],
      ["Tab, ← → ↑ ↓", "To another cell"],
      ["Shift ← → ↑ ↓, Ctrl A", "Select more, select all"],
      ["Ctrl C, X, V", "Copy, cut, paste with a spreadsheet"],
      ["Ctrl D", "Fill down"],
      ["Ctrl S", "Save"],
    ],
  },
  {
    title: "Run",
    keys: [
      ["←  →", "One fact back, one fact on"],
      ["Shift ←  →", "To the step before, to the next step"],
      ["Home  End", "First fact, last fact"],
      ["Space", "Play it again, stop (on the time line)"],
      ["Enter", "On a field: where does it come from?"],
    ],
  },
];

export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.closest) return false;
  return (
    element.isContentEditable ||
    element.closest("input, textarea, select, [role=dialog], .cm-editor") !== null
  );
}

export function KeysHelp() {
  const { opened, show: setOpened } = useKeysHelp();
  const { slug } = useTenant();
  const navigate = useNavigate();
  useEffect(() => {
    let leaderAt = 0;
    const listen = (event: KeyboardEvent) => {
      if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "?") setOpened(true);
      const page = PAGES.find(({ key }) => key === event.key);
      if (page && Date.now() - leaderAt < 1200) {
        event.stopImmediatePropagation();
        navigate(`/t/${slug}/${page.path}`);
      }
      leaderAt = event.key === "g" ? Date.now() : 0;
    };
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, [navigate, slug, setOpened]);
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title="Keys" size="lg">
      <div className={classes.groups}>
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl className={classes.list}>
              {group.keys.map(([keys, meaning]) => (
                <div key={keys} className={classes.row}>
                  <dt>
                    <kbd>{keys}</kbd>
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
