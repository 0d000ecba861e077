/** A sheet of paper on the canvas: written on after a double click or Enter, resized by its corners, coloured. */
import { type NodeProps, NodeResizer } from "@xyflow/react";
import { memo, useContext, useEffect, useRef } from "react";
import { changeNote } from "@/document/notes";
import type { Note } from "@/document/types";
import { EditorContext } from "./editor";
import type { NoteNode } from "./graph";
import classes from "./note.module.css";

const COLORS: NonNullable<Note["color"]>[] = ["yellow", "blue", "green", "pink", "grey"];

export const NoteCard = memo(function NoteCard({ data, selected }: NodeProps<NoteNode>) {
  const { note, editable } = data;
  const editor = useContext(EditorContext);
  const box = useRef<HTMLTextAreaElement>(null);
  const change = (part: Partial<Note>, gesture?: string) => {
    const state = editor?.store.getState();
    if (state) state.run(changeNote(state.document, note.id, part), "edit a note", gesture);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a sheet that was just laid down is begun at once
  useEffect(() => {
    if (selected && editable && note.text === "") box.current?.focus();
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the text field inside is what the keyboard reaches
    <div
      className={classes.note}
      data-color={note.color ?? "yellow"}
      data-selected={selected || undefined}
      data-testid={`note-${note.id}`}
      onDoubleClick={() => editable && box.current?.focus()}
    >
      <NodeResizer
        isVisible={Boolean(selected && editable)}
        minWidth={120}
        minHeight={56}
        onResizeEnd={(_event, { x, y, width, height }) =>
          change({ x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) })
        }
      />
      <textarea
        ref={box}
        className={classes.text}
        aria-label="Note"
        placeholder={editable ? "Write what others should know" : ""}
        value={note.text}
        maxLength={5000}
        readOnly={!editable}
        tabIndex={-1}
        onChange={(event) => change({ text: event.currentTarget.value }, `note:${note.id}`)}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
      />
      {selected && editable && (
        <span className={`${classes.colors} nodrag`}>
          {COLORS.map((color) => (
            <button
              key={color}
              type="button"
              data-color={color}
              aria-label={`Colour the note ${color}`}
              aria-pressed={(note.color ?? "yellow") === color}
              onClick={() => change({ color })}
            />
          ))}
        </span>
      )}
    </div>
  );
});
