/** A body of a request or an answer: as its fields, or as the text that went over the wire. */
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { JsonView } from "@/ui/JsonView";
import type { JsonPath } from "@/ui/jsonRows";
import { readBody } from "./places";
import classes from "./run.module.css";

export function BodyView(props: {
  body: unknown;
  label: string;
  maxHeight: number;
  onPick?: (path: JsonPath) => void;
  picked?: JsonPath | null;
}) {
  const [as, setAs] = useState("fields");
  const fields = readBody(props.body);
  const isText = typeof fields === "string";
  return (
    <div>
      <div className={classes.bodyHead}>
        <h4>{props.label}</h4>
        {!isText && (
          <SegmentedControl
            size="xs"
            aria-label={`How the ${props.label.toLowerCase()} is shown`}
            data={[
              { value: "fields", label: "Fields" },
              { value: "text", label: "JSON" },
            ]}
            value={as}
            onChange={setAs}
          />
        )}
      </div>
      {as === "fields" || isText ? (
        <JsonView
          value={fields}
          label={props.label}
          depth={4}
          maxHeight={props.maxHeight}
          onPick={props.onPick}
          pickLabel="where it comes from"
          picked={props.picked}
        />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <pre className={`${classes.text} mono`} style={{ maxHeight: props.maxHeight }} tabIndex={0}>
          {JSON.stringify(fields, null, 2)}
        </pre>
      )}
    </div>
  );
}
