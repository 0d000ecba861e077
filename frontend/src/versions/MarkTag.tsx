/** Added, removed or changed: always an icon and a word beside the colour. */
import { IconMinus, IconPencil, IconPlus, type TablerIcon } from "@tabler/icons-react";
import type { Change } from "./marks";
import classes from "./marks.module.css";

const MARKS: Record<Change, { word: string; icon: TablerIcon }> = {
  added: { word: "Added", icon: IconPlus },
  removed: { word: "Removed", icon: IconMinus },
  changed: { word: "Changed", icon: IconPencil },
};

export function MarkTag({ mark, onCanvas }: { mark: Change; onCanvas?: boolean }) {
  const { word, icon: Icon } = MARKS[mark];
  return (
    <span className={classes.tag} data-mark={mark} data-canvas={onCanvas || undefined}>
      <Icon size={12} stroke={2.4} aria-hidden />
      {word}
    </span>
  );
}
