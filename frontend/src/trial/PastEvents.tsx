/** What has arrived for the flow: key, time and what became of it; opens to the body, and takes one as the sample. */
import { Button, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { FlowEvent } from "@/api/trials";
import type { FlowNode } from "@/document/types";
import { EmptyState, ErrorState, Loaded, RowsSkeleton } from "@/ui/states";
import { Ago } from "@/ui/time";
import { useFlowEvent, useFlowEvents } from "./queries";
import { useTrialValue } from "./store";
import { useTaking } from "./taking";
import classes from "./trial.module.css";
import { ValueFields } from "./ValueFields";

export function PastEvents({ trigger, onDone }: { trigger: FlowNode; onDone: () => void }) {
  const { flow } = useTrialValue();
  const events = useFlowEvents(flow.id);
  const [opened, setOpened] = useState<string | null>(null);
  if (events.isError) return <ErrorState error={events.error} onRetry={() => events.refetch()} />;
  if (!events.data) return <RowsSkeleton rows={4} />;
  const items = events.data.pages.flatMap((page) => page.items);
  if (items.length === 0)
    return (
      <EmptyState title="Nothing has arrived yet">
        Once the flow is at work, every event it was sent is kept here. Until then, listen for one or take the
        connector's example.
      </EmptyState>
    );
  return (
    <div className={classes.tight}>
      <ul className={classes.events} aria-label="Past events">
        {items.map((event) => (
          <li key={event.id}>
            <UnstyledButton
              className={classes.event}
              aria-expanded={opened === event.id}
              onClick={() => setOpened(opened === event.id ? null : event.id)}
              data-testid={`event-${event.id}`}
            >
              <span className={classes.eventTop}>
                <span className={`${classes.eventKey} truncate`} title={event.business_key}>
                  {event.business_key || "no business key"}
                </span>
                <span className={classes.small}>
                  <Ago at={event.received_at} />
                </span>
              </span>
              <span className={classes.small}>
                {event.environment}
                {event.summary && ` · ${event.summary}`}
              </span>
            </UnstyledButton>
            {opened === event.id && <OneEvent event={event} trigger={trigger} onDone={onDone} />}
          </li>
        ))}
      </ul>
      {events.hasNextPage && (
        <Button variant="default" loading={events.isFetchingNextPage} onClick={() => events.fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </div>
  );
}

function OneEvent(props: { event: FlowEvent; trigger: FlowNode; onDone: () => void }) {
  const { flow } = useTrialValue();
  const taking = useTaking(flow.id);
  const whole = useFlowEvent(flow.id, props.event.id);
  return (
    <div className={classes.eventBody}>
      <div>
        <Button
          loading={taking.busy}
          onClick={async () => (await taking.fromEvent(props.event, props.trigger.id)) && props.onDone()}
          data-testid="take-event"
        >
          Use as the sample
        </Button>
      </div>
      <Loaded query={whole} loading={<RowsSkeleton rows={2} />}>
        {({ body }) => <ValueFields value={body} label="Body of the event" open={3} />}
      </Loaded>
    </div>
  );
}
