/** The sample that tests of a flow begin with: what it is now, and four ways to take another one. */

import { Button, SegmentedControl } from "@mantine/core";
import { IconPencil, IconSparkles } from "@tabler/icons-react";
import { useState } from "react";
import { useSamplesOf } from "@/api/queries";
import type { Sample } from "@/api/trials";
import { useEditor } from "@/canvas/editor";
import { connectorOf } from "@/canvas/kinds";
import type { FlowNode } from "@/document/types";
import { Loaded, RowsSkeleton } from "@/ui/states";
import { Listen } from "./Listen";
import { PastEvents } from "./PastEvents";
import { SampleCard } from "./SampleCard";
import { useTrialValue } from "./store";
import { useTaking } from "./taking";
import classes from "./trial.module.css";
import { ValueEditor } from "./ValueEditor";
import { ValueFields } from "./ValueFields";

const WAYS = [
  { value: "listen", label: "Listen" },
  { value: "past", label: "Past events" },
  { value: "example", label: "Example" },
  { value: "hand", label: "By hand" },
];

export default function SamplePanel({ trigger }: { trigger: FlowNode }) {
  const { flow } = useTrialValue();
  const samples = useSamplesOf(flow.id);
  return (
    <Loaded query={samples} loading={<RowsSkeleton rows={3} />}>
      {(items) => <Chosen trigger={trigger} sample={items.find(({ step }) => step === trigger.id)} />}
    </Loaded>
  );
}

function Chosen({ trigger, sample }: { trigger: FlowNode; sample: Sample | undefined }) {
  const { flow } = useTrialValue();
  const taking = useTaking(flow.id);
  const [way, setWay] = useState<string | null>(null);
  const [editing, setEditing] = useState(false);
  const choosing = way ?? (sample ? null : "listen");
  const done = () => {
    setWay(null);
    setEditing(false);
  };
  return (
    <div className={classes.stack} data-testid="sample-panel">
      {sample && !choosing && (
        <>
          <SampleCard sample={sample} />
          {editing ? (
            <ValueEditor
              key={sample.at}
              value={sample.value}
              label="Values of the sample"
              verb="Save the sample"
              busy={taking.busy}
              onSave={async (value) => (await taking.keep(trigger.id, value, false)) && done()}
              onCancel={() => setEditing(false)}
            />
          ) : (
            <>
              <div className={classes.row}>
                <Button onClick={() => setWay("listen")} variant="light" data-testid="sample-change">
                  Take another
                </Button>
                <Button
                  variant="default"
                  leftSection={<IconPencil size={14} />}
                  onClick={() => setEditing(true)}
                  data-testid="sample-edit"
                >
                  Edit values
                </Button>
              </div>
              <ValueFields value={sample.value} label="Body of the sample" open={3} maxHeight={520} />
            </>
          )}
        </>
      )}
      {choosing && (
        <>
          {!sample && (
            <p className={classes.text}>
              A test begins with one example of what starts this flow. Where shall it come from?
            </p>
          )}
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label="Where the sample comes from"
            value={choosing}
            onChange={setWay}
            data={WAYS}
          />
          <Way way={choosing} trigger={trigger} sample={sample} onDone={done} />
          {sample && (
            <div>
              <Button variant="subtle" size="compact-sm" onClick={done}>
                Keep the present sample
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Way(props: { way: string; trigger: FlowNode; sample: Sample | undefined; onDone: () => void }) {
  const { way, trigger, onDone } = props;
  const { flow } = useTrialValue();
  const { store, connectors } = useEditor();
  const taking = useTaking(flow.id);
  const connector = connectorOf(store.getState().document, trigger, connectors);
  if (way === "listen") return <Listen trigger={trigger} onDone={onDone} />;
  if (way === "past") return <PastEvents trigger={trigger} onDone={onDone} />;
  if (way === "example")
    return (
      <div className={classes.tight}>
        <p className={classes.text}>
          {connector
            ? `An event as ${connector.title} sends it, with every field filled. Nothing is asked of the system.`
            : "Only triggers of a connected system bring an example. Listen for an event, or write one by hand."}
        </p>
        <div>
          <Button
            leftSection={<IconSparkles size={14} />}
            disabled={!connector}
            loading={taking.busy}
            onClick={async () => (await taking.fromConnector(trigger.id)) && onDone()}
            data-testid="sample-example"
          >
            Take the example
          </Button>
        </div>
      </div>
    );
  return (
    <ValueEditor
      value={props.sample?.value ?? {}}
      label="Body of the event"
      verb="Use as the sample"
      startAs="json"
      busy={taking.busy}
      onSave={async (value) => (await taking.keep(trigger.id, value, false)) && onDone()}
    />
  );
}
