/** Installs a ready-made flow step by step: its name, its connections, its tables, a last look. */
import { Stepper } from "@mantine/core";
import { useState } from "react";
import { useParams } from "react-router";
import { api } from "@/api/client";
import { useFlows, useRefresh, useTemplate, useTenantPath } from "@/api/queries";
import type { Environment, FlowDetail, TemplateDetail } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { ENVIRONMENTS, useCan, useTenant } from "@/app/tenant";
import { useBound } from "@/operate/Bindings";
import { allowedIn } from "@/operate/deployWords";
import { freeName } from "@/operate/flowWords";
import { Page } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { Installed } from "./Installed";
import { ConnectionsStep, NameStep, ReviewStep, TablesStep } from "./InstallSteps";
import { type Plan, type StepName, stepOf } from "./plan";
import { StepFoot } from "./StepFoot";
import classes from "./templates.module.css";

export default function InstallPage() {
  const { template: name = "" } = useParams();
  const { slug } = useTenant();
  const can = useCan();
  const template = useTemplate(name);
  const flows = useFlows();
  const base = `/t/${slug}/templates`;
  const title = template.data?.title ?? "…";
  usePageTitle({ title: "Templates", to: base }, { title, to: `${base}/${name}` }, { title: "Install" });
  if (!can("edit_flows"))
    return <EmptyState title="You may look, not install">Ask somebody who may edit flows.</EmptyState>;
  return (
    <Loaded query={template}>
      {(loaded) => (
        <Loaded query={flows}>
          {(all) => (
            <Page title={`Install “${loaded.title}”`} lead={loaded.summary}>
              <Wizard template={loaded} taken={all.map((flow) => flow.name)} />
            </Page>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function Wizard({ template, taken }: { template: TemplateDetail; taken: string[] }) {
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const allowed = ENVIRONMENTS.filter(({ name }) => allowedIn(name, can));
  const [name, setName] = useState(() => freeName(template.title, taken));
  const [environment, setEnvironment] = useState<Environment>(allowed[0]?.name ?? "sandbox");
  const [at, setAt] = useState(0);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState<"draft" | "start" | null>(null);
  const [sure, setSure] = useState(false);
  const [done, setDone] = useState<FlowDetail | null>(null);
  const bindings = useBound(template.needs, environment, undefined);
  const steps: StepName[] = ["name", ...(template.needs.length > 0 ? ["connections" as const] : [])];
  if (template.table_rows.length > 0) steps.push("tables");
  steps.push("review");
  const step = steps[at] ?? "review";
  const plan: Plan = { template, name: name.trim(), environment, ...bindings };

  async function install(kind: "draft" | "start") {
    setBusy(kind);
    setProblem(null);
    try {
      const start = kind === "start" ? { environment, connections: bindings.bound } : {};
      const flow = await api.post<FlowDetail>(path(`templates/${template.name}/install/`), {
        name: plan.name,
        ...start,
      });
      await refresh("flows/", "lookup-tables/");
      setDone(flow);
    } catch (error) {
      setProblem(error);
      setAt(Math.max(0, steps.indexOf(stepOf(error))));
    } finally {
      setBusy(null);
    }
  }
  if (done) return <Installed flow={done} template={template} />;
  const shown = {
    plan,
    problem,
    allowed,
    onName: setName,
    onEnvironment: setEnvironment,
    onPick: bindings.pick,
    onSure: setSure,
  };
  return (
    <div className={classes.wizard}>
      <Stepper active={at} onStepClick={setAt} allowNextStepsSelect={false} size="sm" iconSize={32}>
        {steps.map((entry) => (
          <Stepper.Step key={entry} label={TITLES[entry]} data-testid={`step-${entry}`} />
        ))}
      </Stepper>
      <section className={classes.step} aria-label={TITLES[step]} aria-live="polite">
        {step === "name" && <NameStep {...shown} />}
        {step === "connections" && <ConnectionsStep {...shown} />}
        {step === "tables" && <TablesStep {...shown} />}
        {step === "review" && <ReviewStep {...shown} />}
      </section>
      <StepFoot
        plan={plan}
        step={step}
        isFirst={at === 0}
        busy={busy}
        mayStart={allowed.length > 0}
        isSure={environment !== "production" || sure}
        onBack={() => setAt(at - 1)}
        onNext={() => setAt(at + 1)}
        onInstall={install}
      />
    </div>
  );
}

const TITLES: Record<StepName, string> = {
  name: "Name",
  connections: "Connections",
  tables: "Tables",
  review: "Review",
};
