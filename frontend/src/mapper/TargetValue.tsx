/** The third column: the value a field gets in the sample, or what is wrong there, with the one click that mends it. */
import { Tooltip } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconWand, IconX } from "@tabler/icons-react";
import { nameOf } from "./clashes";
import { accept, mend } from "./gestures";
import { fieldPath, isInside } from "./paths";
import { useMapper } from "./sheet";
import { offerKey } from "./suggestions";
import type { TargetField } from "./targets";
import classes from "./tree.module.css";
import { valueAt } from "./values";
import { pathWords, valueWords } from "./words";

export function TargetValue({ field, isMissing }: { field: TargetField; isMissing: boolean }) {
  const mapper = useMapper();
  const { outcomes, clashes, rules, answer, offers, editable } = mapper;
  const outcome = outcomes.get(field.path);
  const clash = clashes.get(field.path);
  const row = outcome?.row;
  const trouble = row?.error?.message ?? outcome?.findings[0]?.message;
  const offer = offers.find(({ target }) => target === field.path);
  if (clash && editable) {
    const [fix] = clash.fixes;
    return (
      <>
        {row && !row.error && <Shown value={row.value} />}
        <Tooltip label={clash.message} multiline maw={320}>
          {fix ? (
            <button
              type="button"
              tabIndex={-1}
              className={classes.fix}
              data-testid={`fix-${field.path}`}
              onClick={(event) => {
                event.stopPropagation();
                mend(mapper, field.path, fix);
              }}
            >
              <IconWand size={13} aria-hidden />
              {fix.label}
            </button>
          ) : (
            <span className={classes.trouble} data-soft>
              <IconAlertCircle size={14} aria-hidden />
              <span className="truncate">{clash.message}</span>
            </span>
          )}
        </Tooltip>
      </>
    );
  }
  if (trouble)
    return (
      <Tooltip label={trouble} multiline maw={360}>
        <span className={classes.trouble}>
          <IconAlertCircle size={14} aria-hidden />
          <span className="truncate">{withoutName(trouble, row?.target ?? field.path)}</span>
        </span>
      </Tooltip>
    );
  if (row)
    return row.skipped ? (
      <span className={classes.faint}>not in this case</span>
    ) : (
      <Shown value={row.value} />
    );
  if (offer && editable) return <OfferChip field={field} />;
  if (isMissing) return <span className={classes.wanted}>required</span>;
  const hasParts = field.children.length > 0 && rules.some(({ target }) => isInside(target, field.path));
  const made = hasParts ? valueAt(answer?.output, field.path) : undefined;
  return made === undefined ? null : <span className={classes.faint}>{valueWords(made)}</span>;
}

/** "PONum: there is no value" beside the field PONum says its name twice. */
function withoutName(message: string, path: string): string {
  return message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
}

function Shown({ value }: { value: Parameters<typeof valueWords>[0] }) {
  const isNothing = value === null || value === undefined || value === "";
  return (
    <span
      className={`${classes.value} truncate`}
      data-nothing={isNothing || undefined}
      title={valueWords(value, 400)}
    >
      {isNothing ? "empty" : valueWords(value)}
    </span>
  );
}

function OfferChip({ field }: { field: TargetField }) {
  const mapper = useMapper();
  const offer = mapper.offers.find(({ target }) => target === field.path);
  if (!offer) return null;
  const fieldName = (path: string) => {
    const source = mapper.known.get(fieldPath(path));
    return source ? nameOf(source) : path;
  };
  const name = offer.source.map(fieldName).join(" + ");
  const from = offer.source.map((path) => pathWords(path, mapper.known)).join(" and ");
  const score = `${Math.round(offer.score * 100)} %`;
  const stop = (act: () => void) => (event: React.MouseEvent) => {
    event.stopPropagation();
    act();
  };
  return (
    <Tooltip label={`${from}. ${offer.reason}`} multiline maw={320}>
      <span className={classes.offer} data-testid={`offer-${field.path}`}>
        <span className="truncate">{name}</span>
        <span className={classes.score}>{score}</span>
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Accept ${name} for ${field.title}`}
          onClick={stop(() => accept(mapper, [offer]))}
        >
          <IconCheck size={14} aria-hidden />
        </button>
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Reject ${name} for ${field.title}`}
          onClick={stop(() => {
            const { rejected, set } = mapper.store.getState();
            set({ rejected: new Set([...rejected, offerKey(offer)]) });
            mapper.say(`The suggestion for ${field.title} is gone.`);
          })}
        >
          <IconX size={14} aria-hidden />
        </button>
      </span>
    </Tooltip>
  );
}
