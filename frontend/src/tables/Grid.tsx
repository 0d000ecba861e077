/** The grid of a lookup table, drawn as far as it is seen; a person works in it as in a spreadsheet. */
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot be drawn in parts
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its active cell
import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { GridRow } from "./GridRow";
import classes from "./grid.module.css";
import { COLUMNS, type Column, type Row, type Sort, type Trouble } from "./sheet";
import { type GridInput, useGrid } from "./useGrid";

const HEIGHT = 34;
const AROUND = 8;

export interface GridProps extends Omit<GridInput, "page"> {
  titles: Record<Column, string>;
  troubles: Map<number, Trouble>;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

/** How far the grid is scrolled and how much of it is seen. */
function useWindow(count: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight || 600));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top / HEIGHT) - AROUND);
  const last = Math.min(count, Math.ceil((top + height) / HEIGHT) + AROUND);
  return { ref, first, last, page: Math.floor(height / HEIGHT) - 1, onScroll: setTop };
}

export function Grid(props: GridProps) {
  const { view, state, titles, mayEdit, sort } = props;
  const total = view.length + (mayEdit ? 1 : 0);
  const frame = useWindow(total);
  const grid = useGrid({ ...props, page: frame.page });
  const drag = useRef<"select" | "fill" | null>(null);
  const [fillTo, setFillTo] = useState<number | null>(null);
  const { selection } = state;
  const active = selection.to;
  const isSeen = active.row >= frame.first && active.row < frame.last;

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the active cell alone
  useEffect(() => {
    const element = frame.ref.current;
    if (!element) return;
    const above = active.row * HEIGHT;
    const head = HEIGHT;
    if (above < element.scrollTop) element.scrollTop = above;
    else if (above + HEIGHT + head > element.scrollTop + element.clientHeight && element.clientHeight > 0)
      element.scrollTop = above + HEIGHT + head - element.clientHeight;
  }, [active.row]);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !grid.editing) frame.ref.current?.focus({ preventScroll: true });
    wasEditing.current = grid.editing !== null;
  }, [grid.editing, frame.ref]);

  const cellOf = (event: PointerEvent) => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-cell]");
    return cell ? { row: Number(cell.dataset.row), column: Number(cell.dataset.column) } : null;
  };
  const onMove = (event: PointerEvent) => {
    const cell = drag.current && cellOf(event);
    if (!cell) return;
    if (drag.current === "fill") setFillTo(Math.max(grid.span.bottom, cell.row));
    else grid.select(selection.from, cell);
  };
  const onUp = () => {
    if (drag.current === "fill" && fillTo !== null && fillTo > grid.span.bottom) {
      grid.fill(view.slice(grid.span.top, fillTo + 1), grid.span.bottom - grid.span.top + 1);
      grid.select(
        { row: grid.span.top, column: grid.span.left },
        { row: Math.min(fillTo, view.length - 1), column: grid.span.right },
      );
    }
    drag.current = null;
    setFillTo(null);
  };
  const rowProps = {
    grid,
    titles,
    mayEdit,
    fillTo,
    onGrip: (row: number, column: number, shift: boolean) => {
      drag.current = "select";
      grid.select(shift ? selection.from : { row, column }, { row, column });
    },
    onFill: () => {
      drag.current = "fill";
    },
  };
  const seen: (Row | null)[] = [...view.slice(frame.first, frame.last)];
  if (mayEdit && frame.last === total) seen.push(null);
  return (
    <div
      ref={frame.ref}
      role="grid"
      tabIndex={0}
      className={classes.grid}
      aria-label="Rows"
      aria-describedby="grid-keys"
      aria-rowcount={total + 1}
      aria-colcount={COLUMNS.length + 1}
      aria-multiselectable
      aria-readonly={!mayEdit}
      aria-activedescendant={isSeen ? `cell-${active.row}-${active.column}` : undefined}
      data-testid="table-grid"
      onScroll={(event) => frame.onScroll(event.currentTarget.scrollTop)}
      onKeyDown={grid.onKeyDown}
      onCopy={grid.onCopy}
      onCut={grid.onCut}
      onPaste={grid.onPaste}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerLeave={onUp}
    >
      <div role="rowgroup" className={classes.head}>
        <div role="row" aria-rowindex={1} className={classes.row}>
          <div role="columnheader" className={classes.number}>
            <span className="visually-hidden">Row</span>
          </div>
          {COLUMNS.map((column) => (
            <Heading key={column} column={column} title={titles[column]} sort={sort} onSort={props.onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={classes.body} style={{ height: total * HEIGHT }}>
        {seen.map((row, at) => {
          const place = frame.first + at;
          const kept = row ? state.kept.get(row.key) : undefined;
          return (
            <GridRow
              key={row?.id ?? "new"}
              {...rowProps}
              row={row}
              place={place}
              top={place * HEIGHT}
              active={active}
              trouble={row ? props.troubles.get(row.id) : undefined}
              mark={row === null || kept === row.value ? undefined : kept === undefined ? "added" : "changed"}
              before={kept}
            />
          );
        })}
      </div>
    </div>
  );
}

function Heading(props: { column: Column; title: string; sort: Sort; onSort: (sort: Sort) => void }) {
  const { column, sort } = props;
  const mine = sort?.column === column ? sort : null;
  const Icon = mine ? (mine.down ? IconArrowDown : IconArrowUp) : IconSelector;
  return (
    <div
      role="columnheader"
      className={classes.heading}
      aria-sort={mine ? (mine.down ? "descending" : "ascending") : "none"}
    >
      <button
        type="button"
        className={classes.sort}
        onKeyDown={(event) => event.stopPropagation()}
        onClick={() => props.onSort(mine?.down ? null : { column, down: mine !== null })}
      >
        {props.title}
        <Icon size={14} aria-hidden className={mine ? undefined : classes.idle} />
      </button>
    </div>
  );
}
