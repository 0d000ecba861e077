/** Things to copy: a short id, an address, a key. Copying answers visibly and to screen readers. */
import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import classes from "./copy.module.css";

export function CopyIcon({ value, label }: { value: string; label: string }) {
  return (
    <CopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : label}>
          <ActionIcon size="sm" aria-label={copied ? "Copied" : label} onClick={copy}>
            {copied ? <IconCheck size={14} color="var(--good)" /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

export function shortId(id: string): string {
  const [prefix, rest] = id.split("_", 2);
  return rest && rest.length > 10 ? `${prefix}_…${rest.slice(-6)}` : id;
}

export function IdChip({ id }: { id: string }) {
  return (
    <CopyButton value={id} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `${id} (click to copy)`}>
          <button type="button" className={classes.chip} onClick={copy}>
            {copied ? "copied" : shortId(id)}
          </button>
        </Tooltip>
      )}
    </CopyButton>
  );
}

export function CopyField({ label, value, testId }: { label: string; value: string; testId?: string }) {
  return (
    <div className={classes.field}>
      <span className={classes.label}>{label}</span>
      <code className={classes.value} data-testid={testId}>
        {value}
      </code>
      <CopyIcon value={value} label={`Copy ${label}`} />
    </div>
  );
}
