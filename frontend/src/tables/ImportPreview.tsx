/** What an import adds, changes and removes, and which lines of the file cannot be read. */
import { Tabs } from "@mantine/core";
import type { ImportPlan } from "./importing";
import classes from "./table.module.css";

const SHOWN = 100;

export function ImportPreview({ plan }: { plan: ImportPlan }) {
  const pages = [
    { name: "added", title: "New", count: plan.added.length },
    { name: "changed", title: "Changed", count: plan.changed.length },
    { name: "removed", title: "Removed", count: plan.removed.length },
    { name: "refused", title: "Refused lines", count: plan.refused.length },
  ];
  const first = pages.find(({ count }) => count > 0)?.name ?? "added";
  return (
    <Tabs defaultValue={first} key={first} data-testid="import-preview" keepMounted={false}>
      <Tabs.List>
        {pages.map(({ name, title, count }) => (
          <Tabs.Tab key={name} value={name} disabled={count === 0} data-testid={`import-${name}`}>
            {title} <strong className="tabular">{count.toLocaleString()}</strong>
          </Tabs.Tab>
        ))}
        <span className={classes.same}>{plan.same.toLocaleString()} as they are</span>
      </Tabs.List>
      <Tabs.Panel value="added">
        <Lines rows={plan.added.map(({ key, value }) => [key, "–", value])} />
      </Tabs.Panel>
      <Tabs.Panel value="changed">
        <Lines rows={plan.changed.map(({ key, before, value }) => [key, before, value])} />
      </Tabs.Panel>
      <Tabs.Panel value="removed">
        <Lines rows={plan.removed.map(({ key, before }) => [key, before, "–"])} />
      </Tabs.Panel>
      <Tabs.Panel value="refused">
        <ul className={classes.refused}>
          {plan.refused.slice(0, SHOWN).map(({ line, message }) => (
            <li key={line}>
              Line {line} {message}
            </li>
          ))}
        </ul>
        {plan.refused.length > SHOWN && (
          <p className={classes.quiet}>And {plan.refused.length - SHOWN} more.</p>
        )}
      </Tabs.Panel>
    </Tabs>
  );
}

function Lines({ rows }: { rows: string[][] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling part must be reachable by keyboard
    <section className={classes.preview} tabIndex={0} aria-label="Rows of the file">
      <table className={classes.diff}>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map(([key, before, after]) => (
            <tr key={key}>
              <td>{key}</td>
              <td className={before === "–" ? undefined : classes.gone}>{before}</td>
              <td className={after === "–" ? undefined : classes.come}>{after}</td>
            </tr>
          ))}
        </tbody>
        {rows.length > SHOWN && (
          <caption>
            The first {SHOWN} of {rows.length.toLocaleString()} rows
          </caption>
        )}
      </table>
    </section>
  );
}
