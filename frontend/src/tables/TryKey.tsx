/** “Try a key”: what a flow would get for it from the rows on screen. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { LookupTable } from "@/api/types";
import type { Row } from "./sheet";
import classes from "./table.module.css";

export function TryKey({ table, rows }: { table: LookupTable; rows: Row[] }) {
  const [key, setKey] = useState("");
  const found = key === "" ? undefined : rows.find((row) => row.key === key);
  const close =
    key && !found ? rows.find((row) => row.key.toLowerCase() === key.trim().toLowerCase()) : undefined;
  return (
    <section className={classes.box}>
      <h2 className={classes.boxTitle}>Try a key</h2>
      <TextInput
        size="xs"
        aria-label={`Try a key: ${table.key_title}`}
        placeholder={table.key_title}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        data-testid="try-key"
      />
      <output className={classes.tried} data-testid="tried">
        {key === "" && <span className="faint">What would a flow find? Type a key.</span>}
        {found && (
          <>
            <span className="faint">{table.value_title}</span>
            <code className="mono">{found.value || "(empty)"}</code>
          </>
        )}
        {key !== "" && !found && (
          <span className={classes.missing}>
            Not in the table.
            {close && ` There is “${close.key}”: capitals and spaces count.`}
          </span>
        )}
      </output>
    </section>
  );
}
