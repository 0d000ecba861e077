/** The frame of a drawer below the canvas: a title, what may be done, and a way to close it. */
import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useEditor } from "@/canvas/editor";
import classes from "./trial.module.css";

export function Drawer(props: { title: string; head?: ReactNode; children: ReactNode; testId: string }) {
  const { view } = useEditor();
  return (
    <section className={classes.drawer} aria-label={props.title} data-testid={props.testId}>
      <header className={classes.drawerHead}>
        <h2 className={classes.drawerTitle}>{props.title}</h2>
        {props.head ?? <span className={classes.spread} />}
        <ActionIcon aria-label={`Close: ${props.title}`} onClick={() => view.getState().show("none")}>
          <IconX size={16} />
        </ActionIcon>
      </header>
      {props.children}
    </section>
  );
}
