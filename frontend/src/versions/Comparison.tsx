/** Two documents compared: the picture, the list of changes beside it, and the keys that lead through them. */
import { IconEqual } from "@tabler/icons-react";
import { useEffect, useMemo } from "react";
import type { Connector, FlowDetail, NodeKinds } from "@/api/types";
import { useAddress } from "@/app/address";
import { isEmpty } from "@/document/differences";
import { placesOf } from "@/document/layout";
import { EmptyState, ErrorState, RowsSkeleton } from "@/ui/states";
import { ChangeList, ChangeReport } from "./ChangeList";
import { CompareBar, type View } from "./CompareBar";
import { DiffCanvas } from "./DiffCanvas";
import { pictureOf } from "./marks";
import { type Sides, sideTitle, useCompared } from "./sides";
import classes from "./versions.module.css";
import { itemsOf, summaryOf } from "./words";

interface Props {
  flow: FlowDetail;
  kinds: NodeKinds;
  connectors: Connector[];
  sides: Sides;
  onCompare: (sides: Sides) => void;
  onRestore: (number: number) => void;
}

export default function Comparison({ flow, kinds, connectors, sides, onCompare, onRestore }: Props) {
  const [search, change] = useAddress();
  const { documents, error, retry } = useCompared(flow, sides);
  const seen = useMemo(() => {
    if (!documents) return null;
    const { before, after, found } = documents;
    const picture = pictureOf(before, after, found);
    const places = placesOf(picture.document);
    const order = [...picture.document.nodes].sort((a, b) => inReading(places[a.id], places[b.id]));
    const items = itemsOf(
      found,
      { before, after, kinds, connectors },
      order.map(({ id }) => id),
    );
    return { picture, items, isSame: isEmpty(found), summary: summaryOf(found) };
  }, [documents, kinds, connectors]);
  const chosen = search.get("change");
  const view: View = search.get("as") === "list" ? "list" : "canvas";
  const put = (name: string, value: string | null) => change({ [name]: value });
  const items = seen?.items ?? [];
  const at = items.findIndex(({ key }) => key === chosen);
  const step = (by: 1 | -1) => {
    const start = at < 0 ? (by > 0 ? -1 : 0) : at;
    const next = items[(start + by + items.length) % items.length];
    if (next) put("change", next.key);
  };
  useStepKeys(step, items.length > 0);
  if (error) return <ErrorState error={error} onRetry={retry} />;
  return (
    <div className={classes.compared}>
      <CompareBar
        flow={flow}
        sides={sides}
        summary={!seen ? "…" : sides.from === null ? "The first version" : seen.summary}
        at={at}
        count={items.length}
        view={view}
        onCompare={onCompare}
        onStep={step}
        onView={(next) => put("as", next === "list" ? "list" : null)}
        onRestore={onRestore}
      />
      {!seen ? (
        <RowsSkeleton rows={8} />
      ) : (
        <div className={classes.sheet} data-view={view}>
          {view === "canvas" && (
            <div className={classes.canvas}>
              <DiffCanvas
                picture={seen.picture}
                connectors={connectors}
                kinds={kinds.items}
                chosen={chosen}
                first={items.find(({ isStep }) => isStep)?.key ?? null}
                onChoose={(id) => put("change", items.some(({ key }) => key === id) ? id : null)}
              />
            </div>
          )}
          <aside className={classes.changes} aria-label="Changes">
            {seen.isSame ? (
              <EmptyState icon={<IconEqual size={24} />} title="Nothing differs">
                {sides.from === null
                  ? "This is the first version: there is nothing before it to compare with."
                  : `From ${sideTitle(sides.from)} to ${sideTitle(sides.to)} nothing changed but places on the canvas.`}
              </EmptyState>
            ) : view === "list" ? (
              <ChangeReport items={items} />
            ) : (
              <ChangeList items={items} chosen={chosen} onChoose={(key) => put("change", key)} />
            )}
          </aside>
        </div>
      )}
    </div>
  );
}

function inReading(first = { x: 0, y: 0 }, second = { x: 0, y: 0 }): number {
  return first.x - second.x || first.y - second.y;
}

/** `n` and `p` lead through the changes wherever nobody is typing. */
function useStepKeys(step: (by: 1 | -1) => void, isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return;
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, [role=dialog]"))
        return;
      if (event.key === "n") step(1);
      if (event.key === "p") step(-1);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
}
