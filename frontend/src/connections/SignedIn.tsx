/** Where a sign-in at an outside system ends: tells the page that began it, and closes itself. */
import { Button } from "@mantine/core";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { EmptyState } from "@/ui/states";
import { announce } from "./signIn";

export function SignedIn() {
  const [search] = useSearchParams();
  const outcome = search.get("outcome") ?? "";
  const connection = search.get("connection") ?? "";
  const detail = search.get("detail") ?? "";
  useEffect(() => {
    announce({ outcome, connection, detail });
    const timer = setTimeout(() => window.close(), 600);
    return () => clearTimeout(timer);
  }, [outcome, connection, detail]);
  return (
    <main style={{ paddingTop: 80 }} data-testid="signed-in" data-outcome={outcome}>
      <EmptyState
        title={outcome === "done" ? "You are signed in" : "You are not signed in"}
        action={
          <Button variant="default" component="a" href="/">
            To the app
          </Button>
        }
      >
        {outcome === "done"
          ? "The connection works. You can close this window."
          : `${detail} Go back to the app’s own window and try again.`}
      </EmptyState>
    </main>
  );
}
