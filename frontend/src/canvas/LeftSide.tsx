/** What stands left of the canvas: the palette, or the flow as an outline; and the voice of the editor. */
import { SegmentedControl } from "@mantine/core";
import { useEditor, useView } from "./editor";
import classes from "./layout.module.css";
import { Outline } from "./Outline";
import { Palette } from "./Palette";

export function LeftSide() {
  const { view, editable } = useEditor();
  const side = useView((state) => state.side);
  if (!editable && side !== "outline") return null;
  if (side === "none") return null;
  return (
    <div className={classes.paletteSlot}>
      {editable && (
        <div className={classes.sideHead}>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label="Beside the canvas"
            data={[
              { value: "palette", label: "Palette" },
              { value: "outline", label: "Outline" },
            ]}
            value={side}
            onChange={(next) => view.getState().showSide(next as "palette" | "outline")}
          />
        </div>
      )}
      {side === "outline" ? <Outline /> : <Palette />}
    </div>
  );
}

/** Says in words what was done, for who does not see the canvas change. */
export function Voice() {
  const said = useView((state) => state.said);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-testid="said">
      {said}
    </div>
  );
}
