/** An environment as a small coloured tag, the same wherever it is named; production has a red edge. */
import type { Environment } from "@/api/types";
import { ENVIRONMENTS } from "@/app/tenant";
import classes from "./environment.module.css";

export function environmentTitle(name: string): string {
  return ENVIRONMENTS.find((environment) => environment.name === name)?.title ?? name;
}

export function EnvironmentTag(props: { name: Environment; version?: number; paused?: boolean }) {
  return (
    <span className={classes.tag} data-environment={props.name} data-paused={props.paused || undefined}>
      {environmentTitle(props.name)}
      {props.version !== undefined && ` · v${props.version}`}
      {props.paused && " · paused"}
    </span>
  );
}
