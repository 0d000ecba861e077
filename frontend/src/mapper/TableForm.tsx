/** A value found in a lookup table by a field: which table, by which field, and what when it is not there. */
import { Select } from "@mantine/core";
import { useTables } from "@/api/queries";
import type { Transform } from "@/document/types";
import { FieldsForm } from "./FieldsForm";
import classes from "./panel.module.css";
import { sourcesOf, withChain } from "./rules";
import type { WayProps } from "./Way";

export function TableForm(props: WayProps) {
  const { rule, onChange } = props;
  const tables = useTables();
  const chain = rule.transforms ?? [];
  const look = chain.find(({ fn }) => fn === "lookup");
  const data = (tables.data ?? []).map(({ name, title }) => ({ value: name, label: title || name }));
  const choose = (table: string) => {
    const next: Transform = look ? { ...look, table } : { fn: "lookup", table };
    const others = chain.filter((old) => old !== look);
    onChange(withChain(rule, [...others, next]), "look up in a table");
  };
  const hasSource = sourcesOf(rule).length > 0;
  return (
    <div className={classes.fields}>
      <FieldsForm {...props} />
      <Select
        label="Looked up in"
        placeholder={hasSource ? "choose a table" : "choose a field first"}
        disabled={!hasSource}
        searchable
        nothingFoundMessage="No table is called that. Make one under Tables."
        data={data}
        value={typeof look?.table === "string" ? look.table : null}
        onChange={(table) => table && choose(table)}
      />
    </div>
  );
}
