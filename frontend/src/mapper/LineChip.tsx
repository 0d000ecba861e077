/** On a line, beside its target: the transform chain as a pill; a fixed value or a formula as a small source. */
import { IconArrowsSplit2, IconMathFunction, IconPin } from "@tabler/icons-react";
import classes from "./lines.module.css";
import { fieldPath } from "./paths";
import { sourceKind } from "./rules";
import { useMapper } from "./sheet";
import { focusPanel } from "./TargetPane";
import { transformTitle, valueWords } from "./words";

export function LineChip({ at, y }: { at: number; y: number }) {
  const { rules, specs, store, places } = useMapper();
  const rule = rules[at];
  if (!rule) return null;
  const kind = sourceKind(rule);
  const chain = rule.transforms ?? [];
  const cases = places.get(fieldPath(rule.target))?.length ?? 1;
  const hasWhen = rule.when !== undefined || cases > 1;
  const open = () => {
    store.getState().set({ chosen: fieldPath(rule.target), ask: null });
    focusPanel();
  };
  const pill = chain.length > 0 && (
    <span className={classes.pill}>
      <span className="truncate">{transformTitle(chain[0]?.fn ?? "", specs)}</span>
      {chain.length > 1 && <b>+{chain.length - 1}</b>}
    </span>
  );
  const own =
    kind === "value" ? (
      <span className={classes.own}>
        <IconPin size={12} aria-hidden />
        <span className="truncate">{valueWords(rule.value, 24)}</span>
      </span>
    ) : kind === "expression" ? (
      <span className={classes.own} data-formula>
        <IconMathFunction size={13} aria-hidden />
        <span className="truncate">{rule.expression?.includes(" if ") ? "condition" : "formula"}</span>
      </span>
    ) : null;
  if (!pill && !own && !hasWhen) return null;
  return (
    <button type="button" tabIndex={-1} className={classes.chip} style={{ top: y - 11 }} onClick={open}>
      {hasWhen && (
        <span className={classes.own} title="Only in some cases">
          <IconArrowsSplit2 size={12} aria-hidden />
          {cases > 1 ? cases : "if"}
        </span>
      )}
      {own}
      {pill}
    </button>
  );
}
