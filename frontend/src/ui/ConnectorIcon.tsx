/** A connector's mark on a quiet tile; its first letter when it has no icon or the icon does not load. */
import { useState } from "react";
import classes from "./connector.module.css";

export function ConnectorIcon(props: { name: string; url?: string | null; size?: number }) {
  const [failed, setFailed] = useState<string | null>(null);
  const size = props.size ?? 28;
  const style = { width: size, height: size, fontSize: size * 0.5 };
  if (props.url && failed !== props.url) {
    return (
      <span className={classes.tile} style={style}>
        <img
          src={props.url}
          alt=""
          width={Math.round(size * 0.72)}
          height={Math.round(size * 0.72)}
          onError={() => setFailed(props.url ?? null)}
        />
      </span>
    );
  }
  return (
    <span className={classes.tile} style={style} aria-hidden>
      {props.name.slice(0, 1).toUpperCase()}
    </span>
  );
}
