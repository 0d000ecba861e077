/** Who reads a table: the flows, whether as draft or at work and where, and the step or rule that does it. */
import { Link } from "react-router";
import type { TableUser } from "@/api/types";
import { ENVIRONMENTS, useTenant } from "@/app/tenant";
import classes from "./table.module.css";

const titleOf = (name: string) => ENVIRONMENTS.find((each) => each.name === name)?.title ?? name;

/** Where a reading document stands, in words. */
export function whereOf(user: TableUser): string {
  if (user.version === null) return "draft";
  return `version ${user.version} in ${user.environments.map(titleOf).join(", ")}`;
}

export function byFlow(users: TableUser[]): { flow: TableUser["flow"]; users: TableUser[] }[] {
  const flows = new Map<string, { flow: TableUser["flow"]; users: TableUser[] }>();
  for (const user of users) {
    const known = flows.get(user.flow.id) ?? { flow: user.flow, users: [] };
    known.users.push(user);
    flows.set(user.flow.id, known);
  }
  return [...flows.values()];
}

/** Each step once, whichever documents it stands in. */
function stepsOf(users: TableUser[]): TableUser["steps"] {
  const steps = new Map(
    users.flatMap(({ steps: list }) => list.map((step) => [`${step.id} ${step.target}`, step])),
  );
  return [...steps.values()];
}

export function UsedBy({ users }: { users: TableUser[] }) {
  const { slug } = useTenant();
  const flows = byFlow(users);
  return (
    <section className={classes.box} aria-label="Who uses this table" data-testid="table-used-by">
      <h2 className={classes.boxTitle}>Who uses it</h2>
      {flows.length === 0 && (
        <p className={classes.quiet}>
          No flow reads this table. A “Look up” step or the transform “Look up” of a mapping does.
        </p>
      )}
      <ul className={classes.users}>
        {flows.map(({ flow, users: places }) => (
          <li key={flow.id}>
            <Link className={classes.flow} to={`/t/${slug}/flows/${flow.id}`}>
              {flow.name}
            </Link>
            <span className={classes.quiet}>{places.map(whereOf).join(" · ")}</span>
            <ul className={classes.steps}>
              {stepsOf(places).map((step) => (
                <li key={`${step.id} ${step.target}`}>
                  <Link to={`/t/${slug}/flows/${flow.id}?node=${encodeURIComponent(step.id)}`}>
                    {step.title}
                  </Link>
                  {step.target && (
                    <span className="faint">
                      {" fills "}
                      <code className={classes.target}>{step.target}</code>
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
