/** Two runs side by side: what went differently on one canvas, in words, and field by field. */
import "@xyflow/react/dist/style.css";
import { Button, SegmentedControl } from "@mantine/core";
import { IconArrowsLeftRight, IconEqual } from "@tabler/icons-react";
import { useMemo } from "react";
import { Link, useParams } from "react-router";
import { useConnectors, useNodeKinds, useRun } from "@/api/queries";
import type { RunDetail } from "@/api/types";
import { useAddress } from "@/app/address";
import { usePageTitle } from "@/app/crumbs";
import { useTenant } from "@/app/tenant";
import { EmptyState, Loaded, RowsSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status";
import { Ago, duration } from "@/ui/time";
import { CompareChoice } from "./CompareChoice";
import { CompareFields } from "./CompareFields";
import { compareRuns, type StepDifference } from "./compare";
import classes from "./compare.module.css";
import { foldAll, nodeViews, parsePath } from "./fold";
import { RunCanvas } from "./RunCanvas";
import { titleOfStep } from "./story";
import { useFacts } from "./useFacts";

const isOver = (status: string) => ["succeeded", "failed", "cancelled"].includes(status);

export default function ComparePage() {
  const { run: id = "", other = "" } = useParams();
  const { slug } = useTenant();
  const first = useRun(id);
  const second = useRun(other || id);
  usePageTitle(
    { title: "Runs", to: `/t/${slug}/runs` },
    { title: first.data?.business_key || id, to: `/t/${slug}/runs/${id}` },
    { title: "Compare" },
  );
  const waiting = <RowsSkeleton rows={4} height={64} />;
  return (
    <Loaded query={first} loading={waiting}>
      {(left) =>
        other ? (
          <Loaded query={second} loading={waiting}>
            {(right) => <Compared key={`${id}${other}`} left={left} right={right} />}
          </Loaded>
        ) : (
          <CompareChoice run={left} />
        )
      }
    </Loaded>
  );
}

function Compared({ left, right }: { left: RunDetail; right: RunDetail }) {
  const connectors = useConnectors().data ?? [];
  const kinds = useNodeKinds().data?.items ?? [];
  const leftFacts = useFacts(left.id, isOver(left.status), left.last_seq);
  const rightFacts = useFacts(right.id, isOver(right.status), right.last_seq);
  const [search, change] = useAddress();
  const set = (name: string, value: string | null) => change({ [name]: value });
  const a = useMemo(
    () => ({ state: foldAll(leftFacts.facts), document: left.document }),
    [leftFacts.facts, left],
  );
  const b = useMemo(
    () => ({ state: foldAll(rightFacts.facts), document: right.document }),
    [rightFacts.facts, right],
  );
  const steps = useMemo(() => compareRuns(a, b), [a, b]);
  const differing = steps.filter(({ words }) => words.length > 0);
  const shownSide = search.get("show") === "first" ? a : b;
  const chosen = search.get("step");
  const views = useMemo(() => nodeViews(shownSide.document, shownSide.state), [shownSide]);
  const { marks, lines } = useMemo(() => marked(differing), [differing]);
  const isLoaded = leftFacts.loaded && rightFacts.loaded;
  const own = steps.find(({ path }) => path === chosen) ?? differing[0];
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <RunCard run={left} word="First" />
        <IconArrowsLeftRight size={18} aria-hidden className={classes.between} />
        <RunCard run={right} word="Second" />
      </header>
      <Verdict left={left} right={right} differing={differing} isLoaded={isLoaded} />
      <div className={classes.middle}>
        <div className={classes.canvas}>
          <div className={classes.side}>
            <SegmentedControl
              size="xs"
              aria-label="Whose states the canvas shows"
              data={[
                { value: "first", label: "First run" },
                { value: "second", label: "Second run" },
              ]}
              value={search.get("show") === "first" ? "first" : "second"}
              onChange={(value) => set("show", value === "first" ? value : null)}
            />
          </div>
          <RunCanvas
            document={shownSide.document}
            connectors={connectors}
            kinds={kinds}
            state={shownSide.state}
            views={views}
            chosen={own?.path ?? null}
            onChoose={(step) => set("step", step)}
            marks={differing.length > 0 ? marks : null}
            lines={lines}
          />
        </div>
        <aside className={classes.panel} aria-label="What went differently" data-testid="differences">
          {isLoaded && differing.length === 0 && (
            <EmptyState icon={<IconEqual size={24} />} title="Both went the same way">
              Every step ended alike, with the same input, output and requests.
            </EmptyState>
          )}
          <ul className={classes.list}>
            {differing.map((step) => (
              <li key={step.path}>
                <button
                  type="button"
                  className={classes.step}
                  aria-current={step.path === own?.path}
                  onClick={() => set("step", step.path)}
                  data-testid={`difference-${step.path}`}
                >
                  <strong>
                    {titleOfStep(step.left === "pending" ? right.document : left.document, step.path)}
                  </strong>
                  <span>{step.words.join("; ")}</span>
                </button>
              </li>
            ))}
          </ul>
          {own && <CompareFields step={own} left={left} right={right} />}
        </aside>
      </div>
    </div>
  );
}

function marked(differing: StepDifference[]) {
  const lines = new Map<string, string>();
  for (const { node, words } of differing) {
    const more = differing.filter((step) => step.node === node).length - 1;
    if (!lines.has(node)) lines.set(node, more > 0 ? `${more + 1} items differ` : (words[0] ?? ""));
  }
  return { lines, marks: { nodes: new Set(lines.keys()), edges: new Set<string>() } };
}

function RunCard({ run, word }: { run: RunDetail; word: string }) {
  const { slug } = useTenant();
  return (
    <div className={classes.run}>
      <div className={classes.runTop}>
        <span className="faint">{word}</span>
        <StatusBadge status={run.status} plain />
        <Link to={`/t/${slug}/runs/${run.id}`} className={`${classes.key} mono truncate`}>
          {run.business_key || run.id}
        </Link>
        {run.replay_of && <span className="faint">a replay</span>}
      </div>
      <div className={classes.runFacts}>
        <span>version {run.version}</span>
        <span>{run.environment}</span>
        <Ago at={run.created_at} />
        <span>took {duration(run.duration_ms)}</span>
        <span className="truncate" title={run.summary}>
          {run.summary}
        </span>
      </div>
    </div>
  );
}

function Verdict(props: {
  left: RunDetail;
  right: RunDetail;
  differing: StepDifference[];
  isLoaded: boolean;
}) {
  const { left, right, differing } = props;
  const { slug } = useTenant();
  const count = differing.length;
  const isSameVersion = left.version === right.version;
  const steps = new Set(differing.map(({ path }) => parsePath(path).node)).size;
  return (
    <div className={classes.verdict} role="status" data-testid="verdict">
      <span>
        {!props.isLoaded
          ? "Reading both runs…"
          : count === 0
            ? "No step went differently."
            : `${steps} ${steps === 1 ? "step" : "steps"} went differently.`}{" "}
        {isSameVersion
          ? `Both ran version ${left.version}.`
          : `The first ran version ${left.version}, the second version ${right.version}.`}
      </span>
      {!isSameVersion && (
        <Link to={`/t/${slug}/flows/${left.flow.id}/versions?from=${left.version}&to=${right.version}`}>
          See what changed in the flow
        </Link>
      )}
      <Button
        component={Link}
        to={`/t/${slug}/runs/${left.id}/compare`}
        variant="default"
        size="compact-sm"
        className={classes.another}
      >
        Choose another run
      </Button>
    </div>
  );
}
