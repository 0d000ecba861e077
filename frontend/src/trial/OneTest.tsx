/** One test: run it, rename or delete it; what differs side by side, with a way to settle each difference. */
import { Button, Menu, TextInput, Tooltip } from "@mantine/core";
import { IconCheck, IconDots, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { api } from "@/api/client";
import { testsKey, useRefresh, useTenantPath } from "@/api/queries";
import type { FlowTest } from "@/api/trials";
import { useTenant } from "@/app/tenant";
import { useDocument, useEditor } from "@/canvas/editor";
import { Confirm } from "@/ui/Confirm";
import { tellError } from "@/ui/notify";
import { StatusBadge } from "@/ui/status";
import { cardOf, type DifferenceRow, differenceRows, valueWords } from "./differences";
import { useTrial, useTrialValue } from "./store";
import { resultOf, useTestRuns, verdictOf } from "./testing";
import classes from "./trial.module.css";

export function OneTest({ test }: { test: FlowTest }) {
  const { flow } = useTrialValue();
  const document = useDocument();
  const path = useTenantPath();
  const refresh = useRefresh();
  const run = useTestRuns();
  const latest = useTrial((state) => state.tests?.results);
  const testing = useTrial((state) => state.testing);
  const result = resultOf(test, latest);
  const rows = differenceRows(result?.differences ?? [], document);
  const address = path(`${testsKey(flow.id)}${test.id}/`);
  const change = async (body: Record<string, unknown>) => {
    try {
      await api.patch(address, body);
      await refresh(testsKey(flow.id));
      await run([test.id]);
    } catch (error) {
      tellError(error, "The test was not changed");
    }
  };
  return (
    <div className={classes.stack} data-testid="one-test">
      <div className={classes.row}>
        <Name key={test.id} test={test} address={address} />
        {result && (
          <StatusBadge status={result.ok ? "succeeded" : "failed"} word={capital(verdictOf(result))} />
        )}
        <span className={classes.spread} />
        {result && !result.ok && !result.error && (
          <Tooltip label="What comes out now becomes what this test expects">
            <Button
              variant="default"
              leftSection={<IconCheck size={14} />}
              onClick={() => change({ accept: true, document })}
              data-testid="accept-result"
            >
              Accept the new values
            </Button>
          </Tooltip>
        )}
        <Button
          variant="default"
          leftSection={<IconPlayerPlay size={14} />}
          loading={testing}
          onClick={() => run([test.id])}
          data-testid="run-test"
        >
          Run this test
        </Button>
        <More test={test} address={address} />
      </div>
      {!result && (
        <p className={classes.text}>
          Not run against this draft yet. It compares what every step is given and comes to
          {test.ignored.length > 0 && `, apart from ${test.ignored.length} values that may differ`}.
        </p>
      )}
      {result?.error && (
        <div className={classes.notice} data-tone="bad" role="alert">
          <div className={classes.noticeWords}>
            <strong>{result.error.message}</strong>
            {result.error.hint && <p>{result.error.hint}</p>}
          </div>
        </div>
      )}
      {result?.ok && (
        <p className={classes.text}>Every step was given and came to what the recording says.</p>
      )}
      {rows.length > 0 && (
        <Differences
          rows={rows}
          onIgnore={(row) => change({ ignored: [...new Set([...test.ignored, row.pointer])] })}
        />
      )}
    </div>
  );
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function Differences(props: { rows: DifferenceRow[]; onIgnore: (row: DifferenceRow) => void }) {
  const { view } = useEditor();
  return (
    <table className={classes.differences} data-testid="differences">
      <thead>
        <tr>
          <th scope="col">Step and field</th>
          <th scope="col">Expected</th>
          <th scope="col">Now</th>
          <th scope="col">
            <span className="visually-hidden">What to do</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr key={row.key} data-testid="difference" data-field={row.field}>
            <td>
              <Button
                variant="subtle"
                size="compact-xs"
                px={0}
                disabled={!row.step}
                onClick={() => view.getState().focusField(cardOf(row.step), "")}
              >
                {row.title}
              </Button>
              <div>
                {row.side && <span className="faint">{row.side} · </span>}
                {row.field}
              </div>
            </td>
            <td className={classes.expected}>{valueWords(row.expected)}</td>
            <td className={classes.actual}>{valueWords(row.actual)}</td>
            <td>
              <div className={classes.buttons}>
                <Tooltip label="This value may be another one each time">
                  <Button variant="subtle" size="compact-xs" onClick={() => props.onIgnore(row)}>
                    May differ
                  </Button>
                </Tooltip>
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Name({ test, address }: { test: FlowTest; address: string }) {
  const { flow } = useTrialValue();
  const refresh = useRefresh();
  const [name, setName] = useState(test.name);
  const save = async () => {
    const wanted = name.trim();
    if (!wanted || wanted === test.name) return setName(test.name);
    try {
      await api.patch(address, { name: wanted });
      await refresh(testsKey(flow.id));
    } catch (error) {
      setName(test.name);
      tellError(error, "The name was not changed");
    }
  };
  return (
    <TextInput
      size="xs"
      aria-label="Name of the test"
      value={name}
      w={260}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

function More({ test, address }: { test: FlowTest; address: string }) {
  const { slug } = useTenant();
  const { flow, store } = useTrialValue();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="subtle" px={8} aria-label={`More about ${test.name}`}>
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {test.run && (
            <Menu.Item component={Link} to={`/t/${slug}/runs/${test.run}`}>
              Open the recorded run
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking(true)}>
            Delete the test
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asking}
        title={`Delete “${test.name}”?`}
        verb="Delete the test"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await api.delete(address);
          store.getState().show(null);
          await refresh(testsKey(flow.id));
        }}
      >
        What it expects is forgotten. The run it was made of is kept.
      </Confirm>
    </>
  );
}
