/** The small tools in the corner of a canvas: zoom, fit, tidy. */
import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLayoutDistributeVertical, IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { Panel, useReactFlow } from "@xyflow/react";
import { useContext } from "react";
import classes from "./canvas.module.css";
import { EditorContext } from "./editor";
import { useTidy } from "./tidying";

export function CanvasTools({ editable }: { editable: boolean }) {
  const flow = useReactFlow();
  const arrange = useTidy();
  const editor = useContext(EditorContext);
  const fit = () => void flow.fitView({ duration: 150, padding: 0.12, maxZoom: 1 });
  const tools = [
    { label: "Zoom in", icon: IconPlus, act: () => void flow.zoomIn({ duration: 100 }) },
    { label: "Zoom out", icon: IconMinus, act: () => void flow.zoomOut({ duration: 100 }) },
    { label: "Fit everything in view (f)", icon: IconMaximize, act: fit },
    ...(editable && editor
      ? [{ label: "Tidy the layout (t)", icon: IconLayoutDistributeVertical, act: arrange }]
      : []),
  ];
  return (
    <Panel position="bottom-left" className={classes.tools}>
      {tools.map(({ label, icon: Icon, act }) => (
        <Tooltip key={label} label={label} position="right">
          <ActionIcon aria-label={label} onClick={act}>
            <Icon size={16} />
          </ActionIcon>
        </Tooltip>
      ))}
    </Panel>
  );
}
