/** Between the trees: the lines, the pills of their transforms, fixed values and formulas, and the line being drawn. */
import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import { LineChip } from "./LineChip";
import { curve, type Drawn, drawn, heightOf, type Line, linesOf } from "./lines";
import classes from "./lines.module.css";
import { isInside } from "./paths";
import { useMapper, useSheet } from "./sheet";
import { useDrag } from "./useDrag";

export function Lines() {
  const mapper = useMapper();
  const { rules, offers, places } = mapper;
  const { ref, width, height } = useElementSize();
  const panes = useSheet((state) => state.panes);
  const lines = useMemo(() => {
    const offered = offers.flatMap(({ target, source }): Line[] =>
      source.map((path) => ({ rule: -1, source: path, target, kind: "suggested" })),
    );
    return [...offered, ...linesOf(rules)];
  }, [rules, offers]);
  const shown = useMemo(
    () => drawn(lines, panes.source, panes.target, height),
    [lines, panes.source, panes.target, height],
  );
  const lit = useSheet((state) => state.lit);
  const chosen = useSheet((state) => state.chosen);
  const isLit = (line: Drawn) =>
    line.lines.some(({ source, target }) =>
      lit
        ? touches(lit.side === "source" ? source : target, lit.path)
        : chosen !== null && touches(target, chosen),
    );
  const someLit = shown.some(isLit);
  return (
    <div ref={ref} className={classes.lines} data-dim={someLit || undefined} aria-hidden>
      <svg className={classes.svg} role="presentation">
        {shown.map((line) => (
          <OneLine key={line.key} line={line} width={width} isLit={isLit(line)} />
        ))}
        <Carried />
      </svg>
      {[...places].map(([path, [at = 0]]) => {
        const place = heightOf(path, panes.target);
        if (!place?.isExact || place.y < 0 || place.y > height) return null;
        return <LineChip key={path} at={at} y={place.y} />;
      })}
    </div>
  );
}

function touches(path: string, lit: string): boolean {
  return path === lit || isInside(path, lit);
}

function OneLine({ line, width, isLit }: { line: Drawn; width: number; isLit: boolean }) {
  const { store, editable } = useMapper();
  const drag = useDrag();
  const [first] = line.lines;
  const d = curve(line.from, line.to, width);
  const canMove = editable && first && line.kind === "field" && !line.isGathered;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: each target row says in words what this shows
    <g
      className={classes.group}
      data-kind={line.kind}
      data-lit={isLit || undefined}
      data-gathered={line.isGathered || undefined}
      data-many={line.lines.length > 1 || undefined}
      data-line={first && line.kind !== "suggested" ? `${first.source} ${first.target}` : undefined}
      onPointerEnter={() => first && store.getState().set({ lit: { side: "target", path: first.target } })}
      onPointerLeave={() => store.getState().set({ lit: null })}
      onClick={() => {
        if (!first) return;
        store.getState().set({ chosen: first.target.replace(/\[\]$/, ""), ask: null });
        document.querySelector<HTMLElement>('[data-tree="target"]')?.focus();
      }}
      onKeyDown={undefined}
    >
      <path className={classes.reach} d={d} />
      <path className={classes.stroke} d={d} />
      {canMove &&
        (["source", "target"] as const).map((end) => (
          <circle
            key={end}
            className={classes.grip}
            cx={end === "source" ? 6 : width - 6}
            cy={end === "source" ? line.from : line.to}
            r={5}
            data-grip={end}
            onPointerDown={(event) => drag(event, { source: first.source, rule: first.rule, end })}
          />
        ))}
    </g>
  );
}

/** The line from what is carried, or taken by key, to the pointer. */
function Carried() {
  const drag = useSheet((state) => state.drag);
  const panes = useSheet((state) => state.panes);
  if (!drag) return null;
  const box = document.querySelector(`.${classes.lines}`)?.getBoundingClientRect();
  if (!box) return null;
  const fixed = drag.end === "source" ? undefined : heightOf(drag.source, panes.source);
  const start = { x: drag.end === "source" ? box.width : 0, y: fixed?.y ?? drag.y - box.top };
  const end = { x: drag.x - box.left, y: drag.y - box.top };
  const bend = Math.max(40, Math.abs(end.x - start.x) * 0.45) * (drag.end === "source" ? -1 : 1);
  const d = `M${start.x} ${start.y} C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
  return <path className={classes.carried} d={d} />;
}
