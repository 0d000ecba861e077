/** Which sample the values come from, and another one instead: a past event, or the connector's own. */
import { Button, Menu } from "@mantine/core";
import { IconCheck, IconFlask } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import { api } from "@/api/client";
import { tenantPath, useSamplesOf } from "@/api/queries";
import type { FlowEvent } from "@/api/trials";
import { useTenant } from "@/app/tenant";
import { useDocument } from "@/canvas/editor";
import { useTaking } from "@/trial/taking";
import { exactTime } from "@/ui/time";
import classes from "./mapper.module.css";
import { useMapper } from "./sheet";

const WORDS: Record<string, string> = {
  event: "a past event",
  run: "a run",
  trial: "a trial",
  pinned: "pinned values",
  connector: "the connector's sample",
};

export function SamplePicker() {
  const { slug } = useTenant();
  const { flow = "" } = useParams();
  const { say } = useMapper();
  const [opened, setOpened] = useState(false);
  const path = (rest: string) => tenantPath(slug, `flows/${flow}/${rest}`);
  const samples = useSamplesOf(flow);
  const taking = useTaking(flow);
  const events = useQuery({
    queryKey: [slug, `flows/${flow}/events/`, 8],
    queryFn: ({ signal }) => api.get<{ items: FlowEvent[] }>(path("events/?limit=8"), { signal }),
    enabled: opened && samples.isSuccess,
    retry: false,
  });
  const trigger = useDocument().nodes.find(({ kind }) => kind === "trigger")?.id ?? "";
  const take = async (taken: Promise<boolean>, words: string) => {
    if (await taken) say(`The values are now those of ${words}.`);
  };
  if (!samples.isSuccess) return null;
  const used = samples.data.find(({ event, source }) => event || source === "event") ?? samples.data[0];
  const source = used?.source ?? "connector";
  return (
    <Menu opened={opened} onChange={setOpened} width={340} position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconFlask size={14} />} data-testid="choose-sample">
          Sample: {WORDS[source] ?? source}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Values from</Menu.Label>
        <Menu.Item
          leftSection={<Chosen is={source === "connector"} />}
          onClick={() => take(taking.fromConnector(trigger), "the connector's sample")}
        >
          The connector's sample
        </Menu.Item>
        {(events.data?.items ?? []).map((event) => (
          <Menu.Item
            key={event.id}
            leftSection={<Chosen is={used?.event === event.id} />}
            onClick={() =>
              take(taking.fromEvent(event, trigger), `the event of ${exactTime(event.received_at)}`)
            }
          >
            <span className={classes.event}>
              {exactTime(event.received_at)}
              <span className="truncate faint">{event.summary || event.business_key}</span>
            </span>
          </Menu.Item>
        ))}
        {events.isSuccess && events.data.items.length === 0 && (
          <Menu.Label>No event has arrived yet; the next one can be taken here.</Menu.Label>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Chosen({ is }: { is: boolean }) {
  return is ? <IconCheck size={14} aria-label="in use" /> : <span className={classes.gap} />;
}
