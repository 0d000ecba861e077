/** The frame of one field: its name, its description, what is wrong with it, and its live value. */
import type { ReactNode } from "react";
import type { Evaluated } from "@/preview/usePreview";
import classes from "./fields.module.css";
import { LiveValue } from "./LiveValue";

export function Labelled(props: {
  label: string;
  required?: boolean;
  description?: string;
  problem?: string | null;
  live?: Evaluated;
  aside?: ReactNode;
  path?: string;
  children: ReactNode;
}) {
  return (
    <div className={classes.field} data-field={props.path}>
      <div className={classes.head}>
        <span className={classes.label}>
          {props.label}
          {props.required && (
            <span className={classes.required} title="Required">
              <span aria-hidden>*</span>
              <span className="visually-hidden"> required</span>
            </span>
          )}
        </span>
        {props.aside}
      </div>
      {props.children}
      {!props.problem && <LiveValue live={props.live} label={props.label} />}
      {props.problem && (
        <div className={classes.problem} role="alert">
          {props.problem}
        </div>
      )}
      {props.description && !props.problem && <div className={classes.description}>{props.description}</div>}
    </div>
  );
}
