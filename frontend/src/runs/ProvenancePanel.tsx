/** Where a value comes from, link by link back to the event; why its step ran; and what was made of it. */
import { ActionIcon, Button, Loader } from "@mantine/core";
import { IconArrowLeft, IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import type { Connector } from "@/api/types";
import { JsonView } from "@/ui/JsonView";
import { ChainView } from "./ChainView";
import type { Known, Place } from "./places";
import { reasonsOf, traceBack } from "./provenance";
import classes from "./provenance.module.css";
import { placeWords } from "./provenanceWords";
import { ReachView } from "./ReachView";
import type { Reach } from "./reached";
import panel from "./run.module.css";
import { titleOfStep } from "./story";

export interface ProvenanceProps {
  known: Known;
  place: Place;
  reach: Reach | null;
  isReady: boolean;
  run: string;
  flow: string;
  connectors: Connector[];
  onAsk: (place: Place | null) => void;
  onChoose: (step: string | null) => void;
}

export function ProvenancePanel(props: ProvenanceProps) {
  const { known, place, connectors, reach } = props;
  const link = useMemo(() => traceBack(known, place), [known, place]);
  const reasons = useMemo(() => reasonsOf(known, place.step), [known, place.step]);
  const told = placeWords(known, place, connectors);
  const isEvent = place.side === "event";
  return (
    <aside className={panel.panel} aria-label="Where a value comes from" data-testid="provenance">
      <div className={panel.panelHead}>
        <ActionIcon aria-label="Back to the step" onClick={() => props.onAsk(null)}>
          <IconArrowLeft size={16} />
        </ActionIcon>
        <div className={panel.panelWords}>
          <h2 className={panel.panelTitle}>
            {isEvent ? "What was made of it?" : "Where does it come from?"}
          </h2>
          <div className={`${panel.panelLine} truncate`} title={`${told.where}: ${told.field}`}>
            {told.where}
          </div>
        </div>
        <ActionIcon aria-label="Close" onClick={() => props.onChoose(null)}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      {!props.isReady ? (
        <div className={panel.section}>
          <Loader size="sm" /> <span className="faint">Reading what this version reads…</span>
        </div>
      ) : link.value === undefined ? (
        <p className={`${panel.section} faint`}>
          At this moment of the run nothing is known here. Move on in time, or choose another field.
        </p>
      ) : (
        <>
          <section className={panel.section} data-first aria-label="The chain">
            <ChainView {...props} link={link} />
          </section>
          {reasons.length > 0 && !isEvent && (
            <section className={panel.section} data-testid="reasons">
              <h3>Why “{titleOfStep(known.document, place.step)}” ran</h3>
              <ul className={classes.reasons}>
                {reasons.map((reason) => (
                  <li key={`${reason.step}${reason.port}`}>
                    <button
                      type="button"
                      className={classes.step}
                      onClick={() => props.onChoose(reason.step)}
                    >
                      {titleOfStep(known.document, reason.step)}
                    </button>{" "}
                    chose <strong>{reason.port}</strong>
                    {reason.tested.length > 0 && <span className="faint">, because of</span>}
                    {reason.tested.map((tested) => (
                      <Asked
                        key={JSON.stringify(tested.place)}
                        {...props}
                        place={tested.place}
                        value={tested.value}
                      />
                    ))}
                  </li>
                ))}
              </ul>
            </section>
          )}
          {reach && (
            <section className={panel.section} data-testid="reach">
              <h3>{isEvent ? "Where it went" : "What was made of it"}</h3>
              <ReachView {...props} reach={reach} />
            </section>
          )}
          {link.value !== null && typeof link.value === "object" && (
            <section className={panel.section}>
              <h3>Its value</h3>
              <JsonView
                value={link.value}
                label="Value"
                maxHeight={260}
                pickLabel="where it comes from"
                onPick={(path) => props.onAsk({ ...place, path: [...place.path, ...path] })}
              />
            </section>
          )}
        </>
      )}
    </aside>
  );
}

function Asked(props: ProvenanceProps & { value: unknown }) {
  const told = placeWords(props.known, props.place, props.connectors);
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      className={classes.asked}
      onClick={() => props.onAsk(props.place)}
      title={told.where}
    >
      {told.field} = {JSON.stringify(props.value) ?? "nothing"}
    </Button>
  );
}
