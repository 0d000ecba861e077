/** The versions of a flow: its history, any two compared on the canvas, and where each is at work. */
import { Button, SegmentedControl } from "@mantine/core";
import { IconArrowLeft, IconTag } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { Link, useParams } from "react-router";
import { useConnectors, useFlow, useNodeKinds, useVersion } from "@/api/queries";
import type { Connector, Environment, FlowDetail, NodeKinds } from "@/api/types";
import { useAddress } from "@/app/address";
import { usePageTitle } from "@/app/crumbs";
import { useTenant } from "@/app/tenant";
import { difference, isEmpty } from "@/document/differences";
import { DeployDialog } from "@/operate/DeployDialog";
import { EmptyState, Loaded, RowsSkeleton } from "@/ui/states";
import { AtWorkPanel } from "./AtWorkPanel";
import { History } from "./History";
import { RestoreDialog } from "./RestoreDialog";
import { useSides, whole } from "./sides";
import classes from "./versions.module.css";
import { summaryOf } from "./words";

const Comparison = lazy(() => import("./Comparison"));

export default function VersionsPage() {
  const { flow: id = "" } = useParams();
  const { slug } = useTenant();
  const flow = useFlow(id);
  const kinds = useNodeKinds();
  const connectors = useConnectors();
  const to = `/t/${slug}/flows/${id}`;
  usePageTitle(
    { title: "Flows", to: `/t/${slug}/flows` },
    { title: flow.data?.name ?? "…", to },
    { title: "Versions" },
  );
  return (
    <Loaded query={flow}>
      {(loaded) => (
        <Loaded query={kinds}>
          {(knownKinds) => (
            <Loaded query={connectors}>
              {(known) => <Versions key={id} flow={loaded} kinds={knownKinds} connectors={known} />}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

interface Props {
  flow: FlowDetail;
  kinds: NodeKinds;
  connectors: Connector[];
}

function Versions({ flow, kinds, connectors }: Props) {
  const { slug } = useTenant();
  const [search, change] = useAddress();
  const [sides, compare] = useSides(flow);
  const [restoring, setRestoring] = useState<number | null>(null);
  const [deploying, setDeploying] = useState<{ version?: number; environment?: Environment } | null>(null);
  const draft = useDraftChange(flow);
  const view = search.get("view") === "work" ? "work" : "history";
  const show = (next: string | null) => change({ view: next === "work" ? next : null });
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.title}>{flow.name}</h1>
        <SegmentedControl
          aria-label="What to see"
          value={view}
          onChange={show}
          data={[
            { value: "history", label: "History and changes" },
            { value: "work", label: "Where it works" },
          ]}
          data-testid="versions-view"
        />
        <Button
          component={Link}
          to={`/t/${slug}/flows/${flow.id}`}
          variant="default"
          leftSection={<IconArrowLeft size={16} />}
        >
          Open the canvas
        </Button>
      </header>
      {view === "work" ? (
        <AtWorkPanel flow={flow} onDeploy={(environment) => setDeploying({ environment })} />
      ) : flow.latest_version === null ? (
        <EmptyState icon={<IconTag size={26} />} title="Nothing is published yet">
          A version is the draft as it was when somebody published it. It never changes, so you can compare,
          go back, and know what runs where. Open the canvas and choose Publish.
        </EmptyState>
      ) : (
        <div className={classes.body}>
          <History
            flow={flow}
            sides={sides}
            draft={draft}
            onCompare={compare}
            onRestore={setRestoring}
            onDeploy={(version) => setDeploying({ version })}
          />
          <Suspense fallback={<RowsSkeleton rows={8} />}>
            <Comparison
              flow={flow}
              kinds={kinds}
              connectors={connectors}
              sides={sides}
              onCompare={compare}
              onRestore={setRestoring}
            />
          </Suspense>
        </div>
      )}
      <RestoreDialog flow={flow} number={restoring} onClose={() => setRestoring(null)} />
      <DeployDialog
        flow={flow}
        version={deploying?.version}
        environment={deploying?.environment}
        opened={deploying !== null}
        onClose={() => setDeploying(null)}
      />
    </div>
  );
}

/** What the draft changes since the newest version; empty when it is the same, null while that is not known. */
export function useDraftChange(flow: FlowDetail): string | null {
  const latest = useVersion(flow.id, flow.latest_version).data;
  if (!latest) return null;
  const found = difference(whole(latest.document), whole(flow.document));
  return isEmpty(found) ? "" : summaryOf(found);
}
