/** The choice of the sample as a drawer, for when no form of the trigger is open. */
import { useDocument } from "@/canvas/editor";
import { EmptyState } from "@/ui/states";
import { Drawer } from "./Drawer";
import SamplePanel from "./SamplePanel";
import { triggerOf } from "./start";
import classes from "./trial.module.css";

export default function SampleDrawer() {
  const trigger = triggerOf(useDocument());
  return (
    <Drawer title="Sample" testId="sample-drawer">
      <div className={classes.drawerBody}>
        {trigger ? (
          <div style={{ maxWidth: 720 }}>
            <SamplePanel trigger={trigger} />
          </div>
        ) : (
          <EmptyState title="The flow has no trigger yet">
            Add what starts it from the palette; then choose an example of it here.
          </EmptyState>
        )}
      </div>
    </Drawer>
  );
}
