/** Asks what a drop means: replace or join what fills a field; which of the equally named fields of two groups to map. */
import { Button, Checkbox } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { nameOf } from "./clashes";
import { dropOf } from "./drops";
import { join, map, mapPairs } from "./gestures";
import classes from "./panel.module.css";
import { fieldPath } from "./paths";
import { useMapper } from "./sheet";
import { pathWords, ruleWords, shortWords, valueWords } from "./words";

export function DropChoice({ source, target }: { source: string; target: string }) {
  const mapper = useMapper();
  const { known, wanted, rules, specs, store } = mapper;
  const from = known.get(fieldPath(source));
  const to = wanted.get(fieldPath(target));
  const drop = from && to && dropOf(from, to, rules);
  const pairs = drop?.kind === "group" ? drop.pairs : [];
  const filled = new Set(rules.map((rule) => fieldPath(rule.target)));
  const [kept, setKept] = useState(
    () => new Set(pairs.filter((pair) => !filled.has(pair.target.path)).map((pair) => pair.target.path)),
  );
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>("[data-first]")?.focus(), []);
  if (!drop || !from || !to) return null;
  const close = () => store.getState().set({ ask: null });
  const chosen = pairs.filter((pair) => kept.has(pair.target.path));
  const whole = (
    <Button
      variant="default"
      onClick={() => map(mapper, source, target)}
      data-first={pairs.length === 0 || undefined}
    >
      Copy {from.type === "array" ? "the whole list" : "the whole group"} as it is
    </Button>
  );
  const flip = (path: string) =>
    setKept((old) => {
      const next = new Set(old);
      if (!next.delete(path)) next.add(path);
      return next;
    });
  return (
    <div ref={box} className={classes.ask} data-testid="drop-choice">
      <h3 className={classes.title}>
        {shortWords(source, known)} <IconArrowLeft size={15} className={classes.turned} aria-label="into" />{" "}
        {to.title}
      </h3>
      {drop.kind === "group" ? (
        <>
          <p className={classes.hint}>
            {pairs.length > 0
              ? `These fields are called alike${from.type === "array" ? "; every item of the list is mapped" : ""}. The rest can be drawn by hand.`
              : "No field inside is called alike. Draw them one by one, or copy the whole."}
          </p>
          <div className={classes.pairs}>
            {pairs.map(({ source: own, target: their }) => (
              <Checkbox
                key={their.path}
                size="xs"
                checked={kept.has(their.path)}
                onChange={() => flip(their.path)}
                label={
                  <>
                    {their.title} <span className={classes.from}>from {nameOf(own)}</span>
                    {own.sample !== undefined && <code>{valueWords(own.sample, 24)}</code>}
                    {filled.has(their.path) && <span className={classes.from}> (filled already)</span>}
                  </>
                }
              />
            ))}
          </div>
          <div className={classes.buttons}>
            {pairs.length > 0 && (
              <Button
                data-first
                disabled={chosen.length === 0}
                onClick={() => mapPairs(mapper, chosen)}
                data-testid="map-pairs"
              >
                Map {chosen.length} {chosen.length === 1 ? "field" : "fields"}
              </Button>
            )}
            {whole}
            <Button variant="subtle" onClick={close}>
              Cancel
            </Button>
          </div>
        </>
      ) : (
        <>
          <p className={classes.hint}>
            {to.title} is filled{" "}
            {(mapper.places.get(to.path) ?? []).map((at) => rules[at] && ruleWords(rules[at], known, specs))}.
          </p>
          <div className={classes.buttons}>
            <Button data-first onClick={() => map(mapper, source, target)} data-testid="drop-replace">
              Replace it
            </Button>
            {drop.kind === "filled" && drop.canJoin && (
              <Button variant="default" onClick={() => join(mapper, source, target)} data-testid="drop-join">
                Join both
              </Button>
            )}
            <Button variant="subtle" onClick={close}>
              Cancel
            </Button>
          </div>
          <p className={classes.hint}>{pathWords(source, known)}</p>
        </>
      )}
    </div>
  );
}
