/** What would leave the house: method, address and the body as fields; headers folded away. */

import type { OutgoingRequest } from "@/api/trials";
import { readBody } from "@/runs/places";
import classes from "./trial.module.css";
import { ValueFields } from "./ValueFields";

export function Requests({ requests }: { requests: OutgoingRequest[] }) {
  if (requests.length === 0)
    return <p className={classes.small}>This step sends nothing to another system.</p>;
  return (
    <div className={classes.tight} data-testid="would-send">
      {requests.map((request, at) => (
        <div key={`${request.url}${at}`} className={classes.request}>
          <div className={classes.requestHead}>
            <span className={classes.method}>{request.method}</span>
            <span className={classes.url}>{request.url}</span>
          </div>
          {request.request_body !== undefined && request.request_body !== null && (
            <ValueFields value={readBody(request.request_body)} label="Body of the request" open={3} />
          )}
        </div>
      ))}
    </div>
  );
}
