/** The form of a new test: its name, and by click the recorded values that may differ; times and new ids are proposed. */
import { Button, Checkbox, Group, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type FormEvent, useMemo, useState } from "react";
import { api } from "@/api/client";
import { testsKey, useRefresh, useRun, useTenantPath } from "@/api/queries";
import type { RunDetail } from "@/api/types";
import { foldAll, type RunState } from "@/runs/fold";
import { titleOfStep } from "@/runs/story";
import { useFacts } from "@/runs/useFacts";
import { tell, tellError } from "@/ui/notify";
import { Loaded, RowsSkeleton } from "@/ui/states";
import { bySteps, playedBack, proposedIgnored, type Recorded, recordedValues, whyOther } from "./ignoring";
import { nameOfSample } from "./names";
import classes from "./trial.module.css";

export default function SaveTestForm(props: { flow: string; run: string; onClose: () => void }) {
  const run = useRun(props.run);
  const { facts, loaded } = useFacts(props.run, true);
  const state = useMemo(() => foldAll(facts), [facts]);
  return (
    <Loaded query={run} loading={<RowsSkeleton rows={4} />}>
      {(whole) => (loaded ? <Form {...props} whole={whole} state={state} /> : <RowsSkeleton rows={4} />)}
    </Loaded>
  );
}

function Form(props: { flow: string; run: string; whole: RunDetail; state: RunState; onClose: () => void }) {
  const { whole, state } = props;
  const values = useMemo(() => recordedValues(state, whole.document), [state, whole.document]);
  const path = useTenantPath();
  const refresh = useRefresh();
  const [name, setName] = useState(() => capital(nameOfSample(whole.event?.body)));
  const [ignored, setIgnored] = useState(
    () => new Set(proposedIgnored(values, playedBack(state, whole.document, whole.event?.body))),
  );
  const [search, setSearch] = useState("");
  const [busy, setBusy] = useState(false);
  const word = search.trim().toLowerCase();
  const shown = word
    ? values.filter(({ field, value }) => `${field} ${value}`.toLowerCase().includes(word))
    : values;
  const toggle = (pointer: string) =>
    setIgnored((before) => {
      const next = new Set(before);
      if (!next.delete(pointer)) next.add(pointer);
      return next;
    });
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      await api.post(path(testsKey(props.flow)), {
        name: name.trim(),
        run: props.run,
        ignored: [...ignored],
      });
      await refresh(testsKey(props.flow));
      tell("Saved. It is run with the flow's other tests from now on.", name.trim());
      props.onClose();
    } catch (error) {
      tellError(error, "The test was not saved");
    } finally {
      setBusy(false);
    }
  }
  return (
    <form onSubmit={submit} className={classes.stack} data-testid="save-test-form">
      <p className={classes.text}>
        The test carries the same event through the draft and compares what every step is given and comes to.
        The systems' answers are played back from this recording; nothing is sent.
      </p>
      <TextInput
        label="Name"
        description="What this case is about, such as “Customer without an address”"
        required
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="test-name"
      />
      <div className={classes.tight}>
        <div className={classes.row}>
          <h3 className={classes.heading}>Compared values</h3>
          <span className={classes.small}>
            {values.length - ignored.size} compared, {ignored.size} may differ
          </span>
          <span className={classes.spread} />
          <TextInput
            size="xs"
            leftSection={<IconSearch size={14} />}
            placeholder="Find a field or value"
            aria-label="Find a field or value"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </div>
        <p className={classes.small}>
          Take the tick away from what may be another one each time. For times and ids made by the flow itself
          that has been done.
        </p>
        {bySteps(shown).map(({ step, values: own }) => (
          <StepValues
            key={step}
            title={titleOfStep(whole.document, step)}
            values={own}
            ignored={ignored}
            open={word !== ""}
            onToggle={toggle}
          />
        ))}
        {shown.length === 0 && <p className={classes.small}>No recorded value is called so.</p>}
      </div>
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={busy} disabled={!name.trim()} data-testid="test-save">
          Save the test
        </Button>
      </Group>
    </form>
  );
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function StepValues(props: {
  title: string;
  values: Recorded[];
  ignored: ReadonlySet<string>;
  open: boolean;
  onToggle: (pointer: string) => void;
}) {
  const { values, ignored } = props;
  const count = values.filter(({ pointer }) => ignored.has(pointer)).length;
  return (
    <details className={classes.fields} open={props.open || undefined}>
      <summary className={classes.groupHead} style={{ cursor: "pointer" }}>
        {props.title}
        <span className={classes.groupCount}>
          {values.length} values{count > 0 && `, ${count} may differ`}
        </span>
      </summary>
      {values.map((recorded) => {
        const isIgnored = ignored.has(recorded.pointer);
        const why = whyOther(recorded);
        return (
          // biome-ignore lint/a11y/noLabelWithoutControl: the control is inside
          <label key={recorded.pointer} className={classes.pick} data-ignored={isIgnored || undefined}>
            <Checkbox
              size="xs"
              checked={!isIgnored}
              onChange={() => props.onToggle(recorded.pointer)}
              aria-label={`Compare ${recorded.side} ${recorded.field}`}
            />
            <span className={classes.fieldName}>
              {recorded.side} · {recorded.field}
            </span>
            <span className={classes.fieldValue}>
              {String(recorded.value)}{" "}
              {isIgnored && why && (
                <span className={classes.fieldReading}>({why === "time" ? "a time" : "a new id"})</span>
              )}
            </span>
          </label>
        );
      })}
    </details>
  );
}
