/** The frame of one field: its name, its description, what is wrong with it, and its live sample value. */
import type { ReactNode } from "react";
import type { Value } from "@/document/types";
import classes from "./fields.module.css";
import { short } from "./scope";

export function Labelled(props: {
  label: string;
  required?: boolean;
  description?: string;
  problem?: string | null;
  sample?: Value;
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
      {props.sample !== undefined && (
        <div className={`${classes.sample} truncate`} title="Value in the sample event">
          = {short(props.sample)}
        </div>
      )}
      {props.problem && (
        <div className={classes.problem} role="alert">
          {props.problem}
        </div>
      )}
      {props.description && !props.problem && <div className={classes.description}>{props.description}</div>}
    </div>
  );
}
