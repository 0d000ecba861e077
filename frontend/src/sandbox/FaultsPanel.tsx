/** Breaks things on purpose: which system fails how, how often; and the faults that stand now. */
import { ActionIcon, Button, NumberInput, Popover, Select, Stack } from "@mantine/core";
import { IconBolt, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { api } from "@/api/client";
import { useConnectors, useRefresh, useTenantPath } from "@/api/queries";
import type { SandboxFault, SandboxState } from "@/api/types-admin";
import { tellError } from "@/ui/notify";
import classes from "./sandbox.module.css";

const KINDS: Record<string, string> = {
  unauthorized: "Key has expired",
  rate_limited: "Asks to slow down",
  server_error: "Server error",
  timeout_before_commit: "Time-out, nothing done",
  timeout_after_commit: "Time-out after it was done",
  error_after_commit: "Error after it was done",
  malformed: "Answers nonsense",
  slow: "Answers slowly",
  duplicate_webhook: "Sends webhooks twice",
  reordered_webhook: "Sends webhooks out of order",
};
export const faultTitle = (fault: string) => KINDS[fault] ?? fault.replace(/_/g, " ");

export function FaultsPanel({ state, mayPlay }: { state: SandboxState; mayPlay: boolean }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const connectors = useConnectors().data ?? [];
  const faults = state.faults ?? [];
  const titleOf = (system: string) =>
    state.systems.find((entry) => entry.system === system)?.title ??
    connectors.find(({ name }) => name === system)?.title ??
    system;
  async function remove(fault: SandboxFault) {
    try {
      await api.delete(path(`sandbox/faults/${fault.id}/`));
      await refresh("sandbox/");
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <section className={classes.faults} aria-label="Faults">
      <div className={classes.faultsHead}>
        <h2 className={classes.small}>Faults</h2>
        {mayPlay && <AddFault state={state} titleOf={titleOf} />}
      </div>
      {faults.length === 0 && <p className={classes.quiet}>Everything works. Break something on purpose.</p>}
      {faults.map((fault) => (
        <div key={`${fault.id}`} className={classes.fault} data-testid={`fault-${fault.fault}`}>
          <IconBolt size={15} aria-hidden />
          <span>
            <strong>{titleOf(fault.system)}</strong> {faultTitle(fault.fault).toLowerCase()}
          </span>
          <span className="faint">{fault.times === null ? "always" : `${fault.times}×`}</span>
          {mayPlay && (
            <ActionIcon
              size="sm"
              aria-label={`Remove ${faultTitle(fault.fault)}`}
              onClick={() => remove(fault)}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
    </section>
  );
}

function AddFault({ state, titleOf }: { state: SandboxState; titleOf: (system: string) => string }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [opened, setOpened] = useState(false);
  const [system, setSystem] = useState(state.systems.at(-1)?.system ?? null);
  const [fault, setFault] = useState("timeout_after_commit");
  const [times, setTimes] = useState<number | string>(1);
  const known = state.fault_kinds?.map((kind) => kind.fault) ?? Object.keys(KINDS);
  const description = state.fault_kinds?.find((kind) => kind.fault === fault)?.description;
  async function add() {
    try {
      await api.post(path("sandbox/faults/"), {
        system,
        fault,
        times: typeof times === "number" ? times : null,
      });
      await refresh("sandbox/");
      setOpened(false);
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <Popover opened={opened} onChange={setOpened} width={280} position="right-start" trapFocus>
      <Popover.Target>
        <Button variant="default" onClick={() => setOpened(!opened)} data-testid="add-fault">
          Break something
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={10}>
          <Select
            label="System"
            data={state.systems.map((entry) => ({ value: entry.system, label: titleOf(entry.system) }))}
            value={system}
            onChange={setSystem}
            comboboxProps={{ withinPortal: false }}
          />
          <Select
            label="What goes wrong"
            description={description}
            data={known.map((name) => ({ value: name, label: faultTitle(name) }))}
            value={fault}
            onChange={(next) => next && setFault(next)}
            comboboxProps={{ withinPortal: false }}
          />
          <NumberInput
            label="How many times"
            description="Empty: until it is removed"
            min={1}
            value={times}
            onChange={setTimes}
          />
          <Button onClick={add} disabled={!system} data-testid="save-fault">
            Break it
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
