/** Says calmly that the server does not answer, tries again by itself, and goes when it does. */

import { IconCloudOff } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { watchRequests } from "@/api/client";
import classes from "./shell.module.css";

const AGAIN_MS = 2000;
/** A proxy's own words for a server that is not there. */
const GONE = new Set([0, 502, 503, 504]);

export function LostServer() {
  const client = useQueryClient();
  const [lost, setLost] = useState(false);
  useEffect(() => watchRequests(({ status }) => setLost(GONE.has(status))), []);
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(async () => {
      const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
      if (!answer?.ok) return;
      setLost(false);
      void client.invalidateQueries();
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [lost, client]);
  return (
    <div role="status" className={classes.lost} data-lost={lost || undefined} data-testid="lost-server">
      {lost && (
        <>
          <IconCloudOff size={16} aria-hidden />
          No connection to the server, trying again. Nothing you typed is lost.
        </>
      )}
    </div>
  );
}
