/** Draws the lines of `alignment.ts` over the cards. */
import { ViewportPortal } from "@xyflow/react";
import { useStore } from "zustand";
import { guides } from "./alignment";
import classes from "./canvas.module.css";

export function Guides() {
  const lines = useStore(guides, (state) => state.lines);
  if (lines.length === 0) return null;
  return (
    <ViewportPortal>
      {lines.map(({ axis, at, from, to }) => (
        <div
          key={axis}
          className={classes.guide}
          style={
            axis === "x"
              ? { left: at, top: from, width: 1, height: to - from }
              : { left: from, top: at, width: to - from, height: 1 }
          }
        />
      ))}
    </ViewportPortal>
  );
}
