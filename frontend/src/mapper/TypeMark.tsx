/** The kind of a field as a small mark with a word for it. */
import {
  IconAbc,
  IconBraces,
  IconBrackets,
  IconHash,
  IconPointFilled,
  IconToggleLeft,
  type TablerIcon,
} from "@tabler/icons-react";
import classes from "./tree.module.css";

const MARKS: Record<string, { icon: TablerIcon; word: string }> = {
  string: { icon: IconAbc, word: "text" },
  integer: { icon: IconHash, word: "whole number" },
  number: { icon: IconHash, word: "number" },
  boolean: { icon: IconToggleLeft, word: "yes or no" },
  array: { icon: IconBrackets, word: "list" },
  object: { icon: IconBraces, word: "group" },
};
const OTHER = { icon: IconPointFilled, word: "any value" };

export const typeWord = (type: string) => (MARKS[type] ?? OTHER).word;

export function TypeMark({ type }: { type: string }) {
  const { icon: Icon, word } = MARKS[type] ?? OTHER;
  return (
    <span className={classes.type} title={word}>
      <Icon size={14} stroke={1.6} aria-hidden />
      <span className="visually-hidden">{word}</span>
    </span>
  );
}
