/** The steps of a guided installation: what each asks, and the error that belongs to it. */
import { Alert, Select, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconInfoCircle } from "@tabler/icons-react";
import { explain } from "@/api/client";
import { useConnectors } from "@/api/queries";
import type { Environment } from "@/api/types";
import { Bindings } from "@/operate/Bindings";
import { deployWords } from "@/operate/deployWords";
import { environmentTitle } from "@/versions/EnvironmentTag";
import { ProductionCheck } from "@/versions/ProductionCheck";
import { BroughtTables } from "./BroughtTables";
import { type Plan, type StepName, stepOf } from "./plan";
import classes from "./templates.module.css";

interface Props {
  plan: Plan;
  problem: unknown;
  allowed: { name: Environment; title: string }[];
  onName: (name: string) => void;
  onEnvironment: (environment: Environment) => void;
  onPick: (alias: string, id: string) => void;
  onSure: (sure: boolean) => void;
}

function Trouble({ problem, step }: { problem: unknown; step: StepName }) {
  if (problem === null || stepOf(problem) !== step) return null;
  const { title, detail, hint } = explain(problem);
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle size={18} />}
      title={title}
      role="alert"
      data-testid="install-problem"
    >
      {detail} {hint} Nothing was installed.
    </Alert>
  );
}

export function NameStep({ plan, problem, allowed, onName, onEnvironment }: Props) {
  return (
    <>
      <Trouble problem={problem} step="name" />
      <TextInput
        label="Name of the flow"
        description="What your colleagues will look for"
        required
        maxLength={200}
        defaultValue={plan.name}
        onChange={(event) => onName(event.currentTarget.value)}
        data-testid="install-name"
      />
      {allowed.length > 0 && (
        <Select
          label="Where it is to work first"
          description="Begin in the sandbox: its systems are simulated and nothing leaves this server."
          data={allowed.map(({ name, title }) => ({ value: name, label: title }))}
          value={plan.environment}
          allowDeselect={false}
          onChange={(name) => name && onEnvironment(name as Environment)}
          data-testid="install-environment"
        />
      )}
    </>
  );
}

export function ConnectionsStep({ plan, problem, onPick }: Props) {
  return (
    <>
      <Trouble problem={problem} step="connections" />
      <p className="soft">
        Which connections it uses in {environmentTitle(plan.environment)}. A test asks the system itself.
      </p>
      <Bindings
        aliases={plan.template.needs}
        environment={plan.environment}
        bound={plan.bound}
        here={plan.here}
        onPick={onPick}
      />
      {!plan.isComplete && (
        <Alert color="yellow" icon={<IconInfoCircle size={18} />}>
          Without a connection for each system the flow can be installed as a draft; it is started later, by
          publishing and deploying it.
        </Alert>
      )}
    </>
  );
}

export function TablesStep({ plan }: Props) {
  return (
    <>
      <p className="soft">
        The flow looks values up in these tables. They are yours: edit them under Tables at any time, without
        touching the flow.
      </p>
      <BroughtTables tables={plan.template.table_rows} />
    </>
  );
}

export function ReviewStep({ plan, problem, onSure }: Props) {
  const connectors = useConnectors().data ?? [];
  const { template } = plan;
  const title = environmentTitle(plan.environment);
  const bound = plan.here.filter(({ id }) => Object.values(plan.bound).includes(id));
  const words = deployWords({
    document: template.document,
    number: 1,
    environment: title,
    now: undefined,
    bound,
    connectors,
  });
  return (
    <>
      <Trouble problem={problem} step="review" />
      <dl className={`${classes.review} ${classes.box}`} data-testid="install-review">
        <dt>Name</dt>
        <dd>
          <strong>{plan.name}</strong>
        </dd>
        <dt>Steps</dt>
        <dd>{template.document.nodes.length}</dd>
        <dt>Connections</dt>
        <dd>
          {template.needs.map(({ alias }) => {
            const row = plan.here.find(({ id }) => id === plan.bound[alias]);
            return (
              <div key={alias}>
                {alias}: {row ? row.name : <span className="faint">chosen when it is deployed</span>}
              </div>
            );
          })}
        </dd>
        {template.table_rows.length > 0 && (
          <>
            <dt>Tables</dt>
            <dd>{template.table_rows.map(({ title: name }) => name).join(", ")}</dd>
          </>
        )}
      </dl>
      {plan.isComplete && (
        <section className={classes.box} aria-label={`When you start it in ${title}`}>
          <strong>When you start it in {title}</strong>
          <ul className={classes.lines}>
            <li>The draft is published as version 1 and put to work.</li>
            {words.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      )}
      {plan.isComplete && plan.environment === "production" && <ProductionCheck onSure={onSure} />}
    </>
  );
}
