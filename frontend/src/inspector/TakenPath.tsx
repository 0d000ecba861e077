/** A way to a value as people know it: the step by its title, then the names of the fields. */
import { Fragment } from "react";
import type { Field } from "@/document/scope";
import classes from "./fields.module.css";

export function TakenPath({ fields, path, empty }: { fields: Field[]; path: string; empty: string }) {
  const names = path ? wayTo(fields, path) : [];
  return (
    <span className={classes.taken} data-empty={path === "" || undefined} data-testid="taken" title={path}>
      {path === "" && empty}
      {names.map((name, at) => (
        <Fragment key={`${at}${name}`}>
          {at > 0 && <span className="faint"> › </span>}
          <span className={at === names.length - 1 ? classes.takenName : "faint"}>{name}</span>
        </Fragment>
      ))}
    </span>
  );
}

export function wayTo(fields: Field[], path: string): string[] {
  const parts = path.replace(/\[(\d*)\]/g, "").split(".");
  const isStep = parts[0] === "steps" && parts.length > 1;
  const from = isStep ? 2 : 1;
  const root = parts.slice(0, from).join(".");
  const label = fields.find((field) => field.path === root)?.label ?? parts[from - 1] ?? "";
  const isBody = parts[0] === "trigger" && parts[1] === "body" && parts.length > 2;
  return [label, ...parts.slice(isBody ? 2 : from)];
}
