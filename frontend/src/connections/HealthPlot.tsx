/** The calls of the last 24 hours as small bars, failures on top; the same in words for who cannot see it. */
import { Tooltip } from "@mantine/core";
import type { ConnectionHealth } from "@/api/types";
import classes from "./connections.module.css";

const HEIGHT = 56;

export function HealthPlot({ health }: { health: ConnectionHealth }) {
  const most = Math.max(1, ...health.hours.map(({ calls }) => calls));
  const words =
    health.calls === 0
      ? "No calls in the last 24 hours."
      : `${health.calls.toLocaleString()} calls in the last 24 hours, ${health.failed.toLocaleString()} failed, ` +
        `${health.refused.toLocaleString()} refused by the system for what was in them.`;
  return (
    <figure className={classes.plot} data-testid="health-plot">
      <div className={classes.bars} role="img" aria-label={words}>
        {health.hours.map((hour) => (
          <Tooltip
            key={hour.at}
            label={`${new Date(hour.at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })}: ${hour.calls} calls, ${hour.failed} failed, ${hour.refused} refused`}
          >
            <span className={classes.bar}>
              <span className={classes.failed} style={{ height: (hour.failed / most) * HEIGHT }} />
              <span className={classes.refused} style={{ height: (hour.refused / most) * HEIGHT }} />
              <span
                className={classes.well}
                style={{ height: Math.max(1, ((hour.calls - hour.failed - hour.refused) / most) * HEIGHT) }}
              />
            </span>
          </Tooltip>
        ))}
      </div>
      <figcaption className={classes.caption}>
        <span>24 hours ago</span>
        <span>now</span>
      </figcaption>
      <p className={classes.figures}>{words}</p>
    </figure>
  );
}
