/** The frame of a page's content: heading, what it is for, actions, and the panel that lists stand in. */
import type { ReactNode } from "react";
import classes from "./page.module.css";

export function Page(props: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  return (
    <div className={classes.page} data-wide={props.wide || undefined}>
      <header className={classes.head}>
        <div>
          <h1 className={classes.title}>{props.title}</h1>
          {props.lead && <p className={classes.lead}>{props.lead}</p>}
        </div>
        <div className={classes.actions}>{props.actions}</div>
      </header>
      {props.children}
    </div>
  );
}

export function Panel(props: { children: ReactNode; bar?: ReactNode; label?: string }) {
  return (
    <section className={classes.panel} aria-label={props.label}>
      {props.bar && <div className={classes.bar}>{props.bar}</div>}
      {props.children}
    </section>
  );
}
