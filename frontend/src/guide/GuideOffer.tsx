/** Offers the guide to somebody who has not met it yet, within the page, never over it. */
import { Button } from "@mantine/core";
import { IconFlag } from "@tabler/icons-react";
import { useCan } from "@/app/tenant";
import classes from "./guide.module.css";
import { useGuide } from "./store";

export function GuideOffer() {
  const can = useCan();
  const { state, owner, start, putAway } = useGuide();
  if (state !== "offered" || !owner || !can("edit_flows")) return null;
  return (
    <section className={classes.offer} aria-label="Your first flow" data-testid="guide-offer">
      <IconFlag size={20} className={classes.flag} aria-hidden />
      <p>
        <strong>New here?</strong> Draw a real flow in the sandbox in eight small steps, from an empty canvas
        to its first run. The guide watches along and never stands in the way.
      </p>
      <Button onClick={start} data-testid="guide-start">
        Start
      </Button>
      <Button variant="subtle" color="gray" onClick={putAway} data-testid="guide-not-now">
        Not now
      </Button>
    </section>
  );
}
