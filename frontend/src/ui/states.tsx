/** What a screen shows when it has no data: loading, nothing yet, or an error with what, why and what now. */
import { Button, Skeleton } from "@mantine/core";
import { IconAlertCircle, IconLock, IconMapPinOff, IconRefresh } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useLocation } from "react-router";
import { ApiProblem, explain } from "@/api/client";
import classes from "./states.module.css";

export function EmptyState(props: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={classes.empty} data-testid="empty-state">
      {props.icon && <div className={classes.emblem}>{props.icon}</div>}
      <h2 className={classes.title}>{props.title}</h2>
      {props.children && <div className={classes.text}>{props.children}</div>}
      {props.action && <div className={classes.action}>{props.action}</div>}
    </div>
  );
}

export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, detail, hint, code } = explain(error);
  const status = error instanceof ApiProblem ? error.status : 0;
  const Icon = status === 403 ? IconLock : status === 404 ? IconMapPinOff : IconAlertCircle;
  return (
    <div className={classes.error} role="alert" data-testid="error-state" data-status={status || undefined}>
      <Icon size={20} aria-hidden className={classes.errorIcon} />
      <div>
        <h2 className={classes.title}>{title}</h2>
        {detail && detail !== title && <p className={classes.line}>{detail}</p>}
        {hint && <p className={classes.line}>{hint}</p>}
        <div className={classes.errorFoot}>
          {onRetry && (
            <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
              Try again
            </Button>
          )}
          {(status === 403 || status === 404) && <WayBack />}
          <code className="mono faint">{code}</code>
        </div>
      </div>
    </div>
  );
}

/** From a page that is not there, or not for this person, to the list it would stand in. */
function WayBack() {
  const { pathname } = useLocation();
  const [, tenant, area] = /^\/t\/([^/]+)\/([^/]+)/.exec(pathname) ?? [];
  const isBelow = area !== undefined && pathname.split("/").filter(Boolean).length > 3;
  const to = isBelow ? `/t/${tenant}/${area}` : tenant ? `/t/${tenant}/flows` : "/";
  const name = isBelow ? area : "flows";
  return (
    <Button component={Link} to={to} variant="light" data-testid="way-back">
      To the {name}
    </Button>
  );
}

export function RowsSkeleton({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  return (
    <output className={classes.rows} aria-label="Loading" data-testid="loading">
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((name, row) => (
        <div key={name} className={classes.row} style={{ height }}>
          <Skeleton height={12} width={`${18 + ((row * 7) % 12)}%`} radius={4} />
          <Skeleton height={12} width={`${30 + ((row * 11) % 20)}%`} radius={4} />
          <Skeleton height={12} width="10%" radius={4} />
        </div>
      ))}
    </output>
  );
}

/** Shows a query's data, or its loading, or its error with a way to try again; never jumps once data was there. */
export function Loaded<T>(props: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  loading?: ReactNode;
}) {
  const { query } = props;
  if (query.data !== undefined) return <>{props.children(query.data)}</>;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => query.refetch()} />;
  return <>{props.loading ?? <RowsSkeleton />}</>;
}
