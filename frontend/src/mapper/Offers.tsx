/** Suggestions: the bar that accepts all above a score, and the card of one field with score and reason. */
import { Button, Popover, Slider } from "@mantine/core";
import { IconCheck, IconSparkles, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { accept } from "./gestures";
import classes from "./panel.module.css";
import { useMapper } from "./sheet";
import { offerKey } from "./suggestions";
import { pathWords, transformTitle } from "./words";

const percent = (score: number) => `${Math.round(score * 100)} %`;

export function OffersBar() {
  const mapper = useMapper();
  const { offers, editable } = mapper;
  const [least, setLeast] = useState(80);
  const [opened, setOpened] = useState(false);
  if (offers.length === 0 || !editable) return null;
  const good = offers.filter(({ score }) => score * 100 >= least);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} trapFocus>
      <Popover.Target>
        <Button
          variant="light"
          leftSection={<IconSparkles size={14} />}
          onClick={() => setOpened(!opened)}
          data-testid="offers"
        >
          {offers.length} {offers.length === 1 ? "suggestion" : "suggestions"}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Suggestions">
        <div className={classes.fields}>
          <span className={classes.label}>Accept all with a score of {least} % or more</span>
          <Slider
            min={50}
            max={100}
            step={5}
            value={least}
            onChange={setLeast}
            label={(value) => `${value} %`}
            thumbLabel="Lowest score to accept"
          />
          <Button
            disabled={good.length === 0}
            onClick={() => {
              accept(mapper, good);
              setOpened(false);
            }}
            data-testid="accept-offers"
          >
            Accept {good.length} of {offers.length}
          </Button>
          <span className={classes.hint}>One undo takes all of them back.</span>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

export function OfferCard({ target }: { target: string }) {
  const mapper = useMapper();
  const { offers, known, specs, store, editable } = mapper;
  const offer = offers.find((candidate) => candidate.target === target);
  if (!offer || !editable) return null;
  const how = offer.transform === "copy" ? "" : `, ${transformTitle(offer.transform, specs).toLowerCase()}`;
  return (
    <div className={classes.offer} data-testid="offer-card">
      <span className={classes.label}>
        <IconSparkles size={14} aria-hidden /> Suggested, {percent(offer.score)}
      </span>
      <span>
        {offer.source.map((path) => pathWords(path, known)).join(" and ")}
        {how}
      </span>
      <span className={classes.hint}>{offer.reason}</span>
      <div className={classes.buttons}>
        <Button
          size="compact-xs"
          leftSection={<IconCheck size={13} />}
          onClick={() => accept(mapper, [offer])}
          data-testid="accept-offer"
        >
          Accept
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconX size={13} />}
          onClick={() => {
            const { rejected, set } = store.getState();
            set({ rejected: new Set([...rejected, offerKey(offer)]) });
          }}
        >
          Reject
        </Button>
      </div>
    </div>
  );
}
