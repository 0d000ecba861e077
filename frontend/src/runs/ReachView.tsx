/** What was made of a value: the request fields it reached, the choices it decided, the replies it stood in. */

import type { ProvenanceProps } from "./ProvenancePanel";
import { keyOf } from "./places";
import classes from "./provenance.module.css";
import { placeWords, shortValue } from "./provenanceWords";
import type { Reach, Reached } from "./reached";
import { titleOfStep } from "./story";

const MOST = 40;

export function ReachView({ reach, ...props }: ProvenanceProps & { reach: Reach }) {
  const { known } = props;
  const inputs = reach.places.filter(({ place }) => place.side === "input");
  const sent = reach.requests.length > 0 ? reach.requests : inputs;
  const steps = [...new Set(sent.map(({ place }) => place.step))];
  if (sent.length === 0 && reach.decisions.length === 0 && reach.replies.length === 0)
    return (
      <p className="faint">
        {reach.places.length > 0
          ? "It stands in results of later steps, and was sent nowhere."
          : "No step has read it."}
      </p>
    );
  return (
    <div>
      {steps.map((step) => (
        <div key={step} className={classes.group}>
          <button type="button" className={classes.step} onClick={() => props.onChoose(step)}>
            {titleOfStep(known.document, step)}
          </button>
          <Fields {...props} found={once(sent.filter(({ place }) => place.step === step))} />
        </div>
      ))}
      {reach.decisions.map(({ step, port }) => (
        <p key={step} className={classes.sentence}>
          It was looked at by{" "}
          <button type="button" className={classes.step} onClick={() => props.onChoose(step)}>
            {titleOfStep(known.document, step)}
          </button>
          , which chose <strong>{port}</strong>.
        </p>
      ))}
      {reach.replies.map(({ step, pointer }) => (
        <p key={pointer} className={classes.sentence}>
          It stands in what{" "}
          <button type="button" className={classes.step} onClick={() => props.onChoose(step)}>
            {titleOfStep(known.document, step)}
          </button>{" "}
          said.
        </p>
      ))}
      {reach.more > 0 && <p className="faint">{reach.more} more items of for-eaches read it as well.</p>}
    </div>
  );
}

/** The same field in several requests of one step is told once, in the last of them. */
function once(found: Reached[]): Reached[] {
  const byField = new Map(
    found.map((one) => [`${JSON.stringify(one.from.path)}${JSON.stringify(one.place.path)}`, one]),
  );
  return [...byField.values()].slice(0, MOST);
}

function Fields({ found, ...props }: Omit<ProvenanceProps, "reach"> & { found: Reached[] }) {
  return (
    <ul className={classes.fields}>
      {found.map(({ place, value, perhaps }) => {
        const told = placeWords(props.known, place, props.connectors);
        return (
          <li key={keyOf(place)}>
            <button
              type="button"
              className={classes.other}
              onClick={() => props.onAsk(place)}
              title={told.where}
            >
              <span className="mono">{told.field}</span>
              <span className={classes.otherValue}>{shortValue(value)}</span>
              {perhaps && <span className={classes.perhaps}>perhaps</span>}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
