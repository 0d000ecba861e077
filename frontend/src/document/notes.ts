/** Sheets of paper on the canvas: adding, changing and placing them, as commands. Pure. */
import { freeNoteId } from "./clipping";
import type { Command } from "./commands";
import type { FlowDocument, Note, Point } from "./types";

export const NOTE_SIZE = { width: 240, height: 120 };

export function addNote(document: FlowDocument, at: Point): { command: Command; id: string } {
  const notes = document.notes ?? [];
  const id = freeNoteId(new Set(notes.map((note) => note.id)));
  const note: Note = {
    id,
    text: "",
    x: Math.round(at.x),
    y: Math.round(at.y),
    ...NOTE_SIZE,
    color: "yellow",
  };
  return { command: { type: "set", key: "notes", value: [...notes, note] }, id };
}

export function changeNote(document: FlowDocument, id: string, change: Partial<Note>): Command {
  const notes = (document.notes ?? []).map((note) => (note.id === id ? { ...note, ...change } : note));
  return { type: "set", key: "notes", value: notes };
}

export function moveNotes(document: FlowDocument, places: Map<string, Point>): Command | null {
  const moved = (document.notes ?? []).some(({ id, x, y }) => {
    const place = places.get(id);
    return place !== undefined && (place.x !== x || place.y !== y);
  });
  if (!moved) return null;
  const notes = (document.notes ?? []).map((note) => ({ ...note, ...places.get(note.id) }));
  return { type: "set", key: "notes", value: notes };
}
