/** The kept output of a step: pin it so that tests answer with it instead of doing the step, edit it, unpin it. */
import { Button } from "@mantine/core";
import { IconPencil, IconPin, IconPinnedOff } from "@tabler/icons-react";
import { useState } from "react";
import type { Sample } from "@/api/trials";
import type { FlowNode } from "@/document/types";
import { Ago } from "@/ui/time";
import { originOf } from "./names";
import { useTrialValue } from "./store";
import { useTaking } from "./taking";
import classes from "./trial.module.css";
import { ValueEditor } from "./ValueEditor";
import { ValueFields } from "./ValueFields";

export function Pinned({ node, sample }: { node: FlowNode; sample: Sample | undefined }) {
  const { flow } = useTrialValue();
  const taking = useTaking(flow.id);
  const [editing, setEditing] = useState(false);
  if (editing)
    return (
      <section className={classes.tight}>
        <h3 className={classes.heading}>{sample ? "Kept output" : "Output to answer with"}</h3>
        <ValueEditor
          value={sample?.value ?? {}}
          label="Kept output"
          verb="Pin this output"
          startAs={sample ? undefined : "json"}
          busy={taking.busy}
          onSave={async (value) => (await taking.keep(node.id, value)) && setEditing(false)}
          onCancel={() => setEditing(false)}
        />
      </section>
    );
  if (!sample)
    return (
      <div className={classes.tight}>
        <p className={classes.small}>
          No output of this step is known yet. Test it, or write one that the steps after it can be tested
          with.
        </p>
        <div>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPencil size={14} />}
            onClick={() => setEditing(true)}
          >
            Write an output by hand
          </Button>
        </div>
      </div>
    );
  return (
    <section className={classes.tight} data-testid="kept-output" data-pinned={sample.pinned || undefined}>
      <div className={classes.row}>
        <h3 className={classes.heading}>{sample.pinned ? "Pinned output" : "Kept output"}</h3>
        <span className={classes.small}>
          {originOf(sample.source)}, <Ago at={sample.at} />
        </span>
      </div>
      <p className={classes.small}>
        {sample.pinned
          ? "Tests answer with this instead of doing the step, until you unpin it."
          : "Steps after this one are shown and tested with it. The next test replaces it, unless you pin it."}
      </p>
      <div className={classes.row}>
        {sample.pinned ? (
          <Button
            variant="default"
            leftSection={<IconPinnedOff size={14} />}
            loading={taking.busy}
            onClick={() => taking.keep(node.id, sample.value, false)}
            data-testid="unpin"
          >
            Unpin
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconPin size={14} />}
            loading={taking.busy}
            onClick={() => taking.keep(node.id, sample.value)}
            data-testid="pin"
          >
            Pin it
          </Button>
        )}
        <Button
          variant="subtle"
          leftSection={<IconPencil size={14} />}
          onClick={() => setEditing(true)}
          data-testid="edit-pinned"
        >
          Edit
        </Button>
      </div>
      <ValueFields value={sample.value} label="Kept output" open={2} maxHeight={260} />
    </section>
  );
}
