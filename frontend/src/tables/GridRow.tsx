/** One row of the grid, or the empty one at its end that becomes a row when something is typed. */
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be drawn in parts
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
import { Tooltip } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import classes from "./grid.module.css";
import { COLUMNS, type Column, type Row, TROUBLE_WORDS, type Trouble } from "./sheet";
import type { GridControl } from "./useGrid";
import type { Cell } from "./useSheet";

export interface GridRowProps {
  grid: GridControl;
  row: Row | null;
  place: number;
  top: number;
  titles: Record<Column, string>;
  active: Cell;
  mayEdit: boolean;
  trouble: Trouble | undefined;
  mark: "added" | "changed" | undefined;
  before: string | undefined;
  fillTo: number | null;
  onGrip: (row: number, column: number, shift: boolean) => void;
  onFill: () => void;
}

export function GridRow(props: GridRowProps) {
  const { grid, row, place } = props;
  const { span } = grid;
  const isWhole = place >= span.top && place <= span.bottom && span.right - span.left === COLUMNS.length - 1;
  return (
    <div role="row" className={classes.row} style={{ top: props.top }} aria-rowindex={place + 2}>
      <div
        role="rowheader"
        className={classes.number}
        data-mark={props.mark}
        data-selected={isWhole || undefined}
        onPointerDown={(event) => {
          if (row)
            grid.select({ row: event.shiftKey ? span.top : place, column: 0 }, { row: place, column: 1 });
        }}
        title={props.mark === "added" ? "New, not saved" : props.mark ? "Changed, not saved" : undefined}
      >
        {row ? (
          place + 1
        ) : (
          <>
            <span aria-hidden>+</span>
            <span className="visually-hidden">New row</span>
          </>
        )}
      </div>
      {COLUMNS.map((column, at) => (
        <GridCell key={column} {...props} column={column} at={at} />
      ))}
    </div>
  );
}

function GridCell(props: GridRowProps & { column: Column; at: number }) {
  const { grid, row, place, column, at, titles } = props;
  const { span, editing } = grid;
  const isEditing = editing?.row === place && editing.column === at;
  const isActive = props.active.row === place && props.active.column === at;
  const isSelected = place >= span.top && place <= span.bottom && at >= span.left && at <= span.right;
  const isFilling =
    props.fillTo !== null &&
    place > span.bottom &&
    place <= props.fillTo &&
    at >= span.left &&
    at <= span.right;
  const trouble = column === "key" || props.trouble === "long" ? props.trouble : undefined;
  const text = row?.[column] ?? "";
  return (
    <div
      role="gridcell"
      id={`cell-${place}-${at}`}
      className={classes.cell}
      aria-selected={isSelected}
      aria-invalid={trouble ? true : undefined}
      aria-readonly={!props.mayEdit}
      data-cell
      data-row={place}
      data-column={at}
      data-active={isActive || undefined}
      data-selected={isSelected || undefined}
      data-filling={isFilling || undefined}
      data-trouble={trouble}
      onPointerDown={(event) => {
        if (!isEditing && event.button === 0) props.onGrip(place, at, event.shiftKey);
      }}
      onDoubleClick={() => grid.begin({ row: place, column: at }, null)}
    >
      {isEditing ? (
        <input
          className={classes.editor}
          // biome-ignore lint/a11y/noAutofocus: the person has just asked to type here
          autoFocus
          defaultValue={editing.text}
          aria-label={column === "key" ? titles.key : `${titles.value} of ${row?.key || "the new row"}`}
          onFocus={(event) => !editing.typed && event.currentTarget.select()}
          onBlur={(event) => grid.commit(event.currentTarget.value)}
          onKeyDown={grid.onEditorKey}
          data-testid="cell-editor"
        />
      ) : (
        <span className={`${classes.text} truncate`}>
          {text ||
            (row === null && column === "key" && <span className="faint">Type or paste new rows here</span>)}
        </span>
      )}
      {trouble && !isEditing && (
        <Tooltip label={TROUBLE_WORDS[trouble]}>
          <span className={classes.trouble}>
            <IconAlertTriangle size={15} aria-hidden />
            <span className="visually-hidden">{TROUBLE_WORDS[trouble]}</span>
          </span>
        </Tooltip>
      )}
      {props.mayEdit && row && place === span.bottom && at === span.right && !isEditing && (
        <span
          className={classes.handle}
          aria-hidden
          onPointerDown={(event) => {
            event.stopPropagation();
            props.onFill();
          }}
        />
      )}
    </div>
  );
}
