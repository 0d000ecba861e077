/** The editor's outline while its flow is being loaded. */
import { Skeleton } from "@mantine/core";
import classes from "./layout.module.css";

export function EditorSkeleton() {
  return (
    <output className={classes.layout} data-inspector aria-label="Loading" data-testid="loading">
      <div className={classes.bar}>
        <Skeleton width={220} height={14} />
      </div>
      <div className={classes.paletteSlot}>
        {["a", "b", "c", "d", "e", "f"].map((name) => (
          <Skeleton key={name} height={18} m={12} />
        ))}
      </div>
      <div className={classes.canvasSlot} />
      <div className={classes.inspectorSlot}>
        {["a", "b", "c"].map((name) => (
          <Skeleton key={name} height={40} m={16} />
        ))}
      </div>
    </output>
  );
}
