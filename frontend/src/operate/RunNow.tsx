/** Starts a run by hand with a body of one's own, prefilled with the trigger's sample. */
import { Button, Group, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { api } from "@/api/client";
import { useConnectors, useRefresh, useTenantPath } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useEnvironment, useTenant } from "@/app/tenant";
import { eventsOf } from "@/document/scope";
import { CodeEditor } from "@/ui/CodeEditor";
import { tellError } from "@/ui/notify";

export function RunNow({
  flow,
  opened,
  onClose,
}: {
  flow: FlowDetail;
  opened: boolean;
  onClose: () => void;
}) {
  const { slug } = useTenant();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [environment] = useEnvironment();
  const connectors = useConnectors().data;
  const [text, setText] = useState("{}");
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    if (!opened) return;
    const trigger = flow.document.nodes.find(({ kind }) => kind === "trigger");
    const name = flow.document.connections[String(trigger?.params.connection ?? "")]?.connector;
    const events = connectors
      ?.find((connector) => connector.name === name)
      ?.triggers.flatMap((spec) => spec.events);
    const sample = trigger && events?.find((event) => event.name === eventsOf(trigger)[0])?.sample;
    setText(JSON.stringify(sample ?? {}, null, 2));
  }, [opened, flow.document, connectors]);

  const body = parse(text);
  async function start() {
    setBusy(true);
    try {
      const { run } = await api.post<{ run: string }>(path(`flows/${flow.id}/run/`), {
        environment,
        body: body.value,
      });
      void refresh("runs/");
      navigate(`/t/${slug}/runs/${run}`);
    } catch (error) {
      tellError(error, "The run was not started");
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title={`Run “${flow.name}” in ${environment}`} size="lg">
      <p className="faint" style={{ marginTop: 0 }}>
        This body takes the place of an event. The version at work in {environment} carries it, with its real
        connections.
      </p>
      <CodeEditor
        language="json"
        label="Body of the event"
        value={text}
        invalid={!body.ok}
        height={320}
        onChange={setText}
      />
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={busy} disabled={!body.ok} onClick={start} data-testid="run-confirm">
          Start the run
        </Button>
      </Group>
    </Modal>
  );
}

function parse(text: string): { ok: boolean; value: unknown } {
  try {
    return { ok: true, value: text.trim() === "" ? null : JSON.parse(text) };
  } catch {
    return { ok: false, value: null };
  }
}
