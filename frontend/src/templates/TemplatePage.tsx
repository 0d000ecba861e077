/** One ready-made flow in full: its canvas, what happens step by step, what it reads and writes, sample data. */
import { Button } from "@mantine/core";
import { IconArrowRight, IconEye, IconPencil } from "@tabler/icons-react";
import { useMemo } from "react";
import { Link, useParams } from "react-router";
import { useConnectors, useNodeKinds, useTemplate } from "@/api/queries";
import type { Connector, Json, NodeKind, TemplateDetail } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { useCan, useTenant } from "@/app/tenant";
import { connectorOf } from "@/canvas/kinds";
import { difference } from "@/document/differences";
import { eventsOf } from "@/document/scope";
import type { FlowDocument } from "@/document/types";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { Page } from "@/ui/page";
import { Loaded } from "@/ui/states";
import { DiffCanvas } from "@/versions/DiffCanvas";
import { pictureOf } from "@/versions/marks";
import { BroughtTables } from "./BroughtTables";
import classes from "./templates.module.css";

export default function TemplatePage() {
  const { template: name = "" } = useParams();
  const { slug } = useTenant();
  const can = useCan();
  const template = useTemplate(name);
  const kinds = useNodeKinds();
  const connectors = useConnectors();
  usePageTitle(
    { title: "Flows", to: `/t/${slug}/flows` },
    { title: "Templates", to: `/t/${slug}/templates` },
    { title: template.data?.title ?? "…" },
  );
  return (
    <Loaded query={template}>
      {(loaded) => (
        <Page
          title={loaded.title}
          lead={loaded.summary}
          actions={
            can("edit_flows") && (
              <Button
                component={Link}
                to={`/t/${slug}/templates/${name}/install`}
                rightSection={<IconArrowRight size={16} />}
                data-testid={`install-${name}`}
              >
                Install
              </Button>
            )
          }
        >
          <Whole template={loaded} connectors={connectors.data ?? []} kinds={kinds.data?.items ?? []} />
        </Page>
      )}
    </Loaded>
  );
}

interface Props {
  template: TemplateDetail;
  connectors: Connector[];
  kinds: NodeKind[];
}

function Whole({ template, connectors, kinds }: Props) {
  const { document } = template;
  const picture = useMemo(() => pictureOf(document, document, difference(document, document)), [document]);
  const [reads, writes] = useMemo(() => touched(document, connectors), [document, connectors]);
  const sample = sampleOf(document, connectors);
  return (
    <>
      <div className={classes.canvas}>
        <DiffCanvas
          picture={picture}
          connectors={connectors}
          kinds={kinds}
          chosen={null}
          first={null}
          label="The flow as it will be installed"
          onChoose={() => {}}
        />
      </div>
      <div className={classes.columns}>
        <div>
          <section className={classes.section}>
            <h2>What happens</h2>
            <p className="soft">{template.description}</p>
            <ol className={classes.steps}>
              {template.explanation.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ol>
          </section>
          {template.table_rows.length > 0 && (
            <section className={classes.section}>
              <h2>Tables it brings</h2>
              <BroughtTables tables={template.table_rows} />
            </section>
          )}
          {sample !== undefined && (
            <section className={classes.section}>
              <h2>A sample of what starts it</h2>
              <section className={classes.sample} aria-label="The sample as JSON">
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
                <pre tabIndex={0}>{JSON.stringify(sample, null, 2)}</pre>
              </section>
            </section>
          )}
        </div>
        <aside className={classes.box} aria-label="What it reads and writes">
          <Touched title="It reads" icon={<IconEye size={16} aria-hidden />} entries={reads} />
          <Touched title="It writes" icon={<IconPencil size={16} aria-hidden />} entries={writes} />
        </aside>
      </div>
    </>
  );
}

interface Entry {
  key: string;
  connector: Connector;
  title: string;
}

function Touched({ title, icon, entries }: { title: string; icon: React.ReactNode; entries: Entry[] }) {
  return (
    <section className={classes.section}>
      <h2>
        {icon} {title}
      </h2>
      {entries.length === 0 ? (
        <span className="faint">nothing</span>
      ) : (
        <ul className={classes.facts}>
          {entries.map(({ key, connector, title: what }) => (
            <li key={key}>
              <ConnectorIcon name={connector.title} url={connector.icon_url} size={22} />
              <span>
                {connector.title}: {what}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Operations that only read, and those that change something outside; each once. */
function touched(document: FlowDocument, connectors: Connector[]): [Entry[], Entry[]] {
  const found = new Map<string, Entry & { effect: string }>();
  for (const node of document.nodes) {
    if (node.kind !== "call") continue;
    const connector = connectorOf(document, node, connectors);
    const operation = connector?.operations.find(({ name }) => name === node.params.operation);
    if (!connector || !operation) continue;
    const key = `${connector.name}:${operation.name}`;
    found.set(key, { key, connector, title: operation.title, effect: operation.effect });
  }
  const all = [...found.values()];
  return [all.filter(({ effect }) => effect === "read"), all.filter(({ effect }) => effect !== "read")];
}

function sampleOf(document: FlowDocument, connectors: Connector[]): Json | undefined {
  const trigger = document.nodes.find(({ kind }) => kind === "trigger");
  if (!trigger) return undefined;
  const events = connectorOf(document, trigger, connectors)?.triggers.flatMap((spec) => spec.events) ?? [];
  return events.find(({ name }) => name === eventsOf(trigger)[0])?.sample;
}
