/** Brings a CSV file in: says how it was read, lets the columns be chosen, and shows what it would do before it does. */
import { Alert, Button, Checkbox, FileButton, Group, Modal, Select, SimpleGrid } from "@mantine/core";
import { IconFileImport, IconUpload } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { LookupTable } from "@/api/types";
import { tell } from "@/ui/notify";
import { EmptyState } from "@/ui/states";
import { ImportPreview } from "./ImportPreview";
import { guessColumns, type ImportChoice, looksLikeHeading, planImport } from "./importing";
import { merge, type Row, removeRows } from "./sheet";
import classes from "./table.module.css";
import { ENCODINGS, type Encoding, encodingOf, SEPARATORS, separatorOf, split } from "./texts";

interface Read {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
  encoding: Encoding;
  separator: string;
}

interface Props {
  table: LookupTable;
  rows: Row[];
  opened: boolean;
  onClose: () => void;
  onRows: (rows: Row[], imported: boolean) => void;
}

const decode = (bytes: Uint8Array<ArrayBuffer>, encoding: Encoding) =>
  new TextDecoder(encoding).decode(bytes);

export function ImportDialog(props: Props) {
  const [read, setRead] = useState<Read | null>(null);
  const close = () => {
    setRead(null);
    props.onClose();
  };
  async function take(file: File | null) {
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const encoding = encodingOf(bytes);
    setRead({ name: file.name, bytes, encoding, separator: separatorOf(decode(bytes, encoding)) });
  }
  const choose = (
    <FileButton accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={(file) => void take(file)}>
      {(button) => (
        <Button
          variant="default"
          leftSection={<IconUpload size={15} />}
          {...button}
          data-testid="choose-file"
        >
          {read ? "Another file" : "Choose a file"}
        </Button>
      )}
    </FileButton>
  );
  return (
    <Modal opened={props.opened} onClose={close} title={`Import into ${props.table.title}`} size={760}>
      {read ? (
        <Chosen
          key={`${read.name} ${read.encoding} ${read.separator}`}
          {...props}
          read={read}
          onRead={setRead}
          onClose={close}
          choose={choose}
        />
      ) : (
        <EmptyState icon={<IconFileImport size={24} />} title="Choose a CSV file" action={choose}>
          Commas, semicolons, tabs or bars between the columns, in UTF-8 or as a spreadsheet writes it. You
          see what would change before anything does.
        </EmptyState>
      )}
    </Modal>
  );
}

function Chosen(props: Props & { read: Read; onRead: (read: Read) => void; choose: React.ReactNode }) {
  const { read, table, rows } = props;
  const lines = useMemo(() => split(decode(read.bytes, read.encoding), read.separator), [read]);
  const titles: [string, string] = [table.key_title, table.value_title];
  const [choice, setChoice] = useState<ImportChoice>(() => {
    const [keyColumn, valueColumn] = guessColumns(lines, titles);
    return { heading: looksLikeHeading(lines, titles), keyColumn, valueColumn, replace: false };
  });
  const plan = useMemo(() => planImport(lines, rows, choice), [lines, rows, choice]);
  const put = (part: Partial<ImportChoice>) => setChoice((before) => ({ ...before, ...part }));
  const width = Math.max(0, ...lines.slice(0, 50).map(({ cells }) => cells.length));
  const columns = Array.from({ length: width }, (_, at) => ({
    value: String(at),
    label: (choice.heading && lines[0]?.cells[at]?.trim()) || `Column ${at + 1}`,
  }));
  const count = plan.added.length + plan.changed.length + plan.removed.length;
  function bring() {
    const gone = new Set(plan.removed.map(({ key }) => key));
    const kept = removeRows(rows, new Set(rows.filter(({ key }) => gone.has(key)).map(({ id }) => id)));
    props.onRows(merge(kept, [...plan.changed, ...plan.added]), true);
    tell(`${count.toLocaleString()} rows from ${read.name}. Save to keep them, or undo.`);
    props.onClose();
  }
  return (
    <div className={classes.form}>
      <Group justify="space-between">
        <strong className="truncate">{read.name}</strong>
        {props.choose}
      </Group>
      <SimpleGrid cols={4}>
        <Select
          label="Separator"
          data={SEPARATORS.map(({ value, title }) => ({ value, label: title }))}
          value={read.separator}
          onChange={(separator) => separator && props.onRead({ ...read, separator })}
        />
        <Select
          label="Encoding"
          data={ENCODINGS.map(({ value, title }) => ({ value, label: title }))}
          value={read.encoding}
          onChange={(encoding) => encoding && props.onRead({ ...read, encoding: encoding as Encoding })}
        />
        <Select
          label={table.key_title}
          data={columns}
          value={String(choice.keyColumn)}
          onChange={(value) => put({ keyColumn: Number(value) })}
          data-testid="import-key-column"
        />
        <Select
          label={table.value_title}
          data={columns}
          value={String(choice.valueColumn)}
          onChange={(value) => put({ valueColumn: Number(value) })}
          data-testid="import-value-column"
        />
      </SimpleGrid>
      <Checkbox
        label="The first line names the columns"
        checked={choice.heading}
        onChange={(event) => put({ heading: event.currentTarget.checked })}
      />
      <Checkbox
        label="Remove rows that the file does not hold"
        description="For a file that is the whole table; else rows are only added and changed."
        checked={choice.replace}
        onChange={(event) => put({ replace: event.currentTarget.checked })}
        data-testid="import-replace"
      />
      <ImportPreview plan={plan} />
      {width < 2 && (
        <Alert color="orange">
          The file has one column only. If that looks wrong, choose another separator.
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button disabled={count === 0 || width < 2} onClick={bring} data-testid="import-confirm">
          {plan.refused.length > 0 && count > 0 ? "Bring in all but the refused lines" : "Bring in"}
        </Button>
      </Group>
    </div>
  );
}
