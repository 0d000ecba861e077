/** One entry of the effect ledger: what was to be made, under which key, and what became of it. */
import type { Effect } from "@/api/types";
import { EFFECTS } from "@/inspector/CallForm";
import { CopyIcon } from "@/ui/copy";
import { StatusBadge } from "@/ui/status";
import { Ago } from "@/ui/time";
import classes from "./run.module.css";

export function EffectView({ effect }: { effect: Effect }) {
  return (
    <div className={classes.call} style={{ padding: "8px 10px" }}>
      <dl className={classes.pairs}>
        <dt>State</dt>
        <dd>
          <StatusBadge status={effect.status} plain />{" "}
          {effect.found && <span className="faint">found, not made again</span>}
        </dd>
        <dt>Key</dt>
        <dd className="mono">
          {effect.key} <CopyIcon value={effect.key} label="Copy the key" />
        </dd>
        {effect.idempotency_key && (
          <>
            <dt>Sent as</dt>
            <dd className="mono">{effect.idempotency_key}</dd>
          </>
        )}
        <dt>Repeatable</dt>
        <dd>{EFFECTS[effect.effect_class]?.meaning ?? effect.effect_class}</dd>
        <dt>Intended</dt>
        <dd>
          <Ago at={effect.created_at} />
          {effect.settled_at && (
            <>
              , settled <Ago at={effect.settled_at} />
            </>
          )}
        </dd>
      </dl>
    </div>
  );
}
