/** Field by field: what one step was given, gave and sent in two runs. */
import { Table } from "@mantine/core";
import type { RunDetail } from "@/api/types";
import { StatusBadge } from "@/ui/status";
import { duration } from "@/ui/time";
import type { FieldDifference, StepDifference } from "./compare";
import classes from "./compare.module.css";
import { pathText } from "./places";
import { shortValue } from "./provenanceWords";
import { titleOfStep } from "./story";

const PARTS: Record<FieldDifference["part"], string> = { input: "Input", output: "Output", call: "Requests" };
const MOST = 120;

export function CompareFields({
  step,
  left,
  right,
}: {
  step: StepDifference;
  left: RunDetail;
  right: RunDetail;
}) {
  const document = left.document.nodes.some(({ id }) => id === step.node) ? left.document : right.document;
  return (
    <section className={classes.fields} aria-label="Field by field" data-testid="compare-fields">
      <h2 className={classes.title}>{titleOfStep(document, step.path)}</h2>
      <Table className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>First</Table.Th>
            <Table.Th>Second</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Td className="faint">state</Table.Td>
            <Table.Td>
              <StatusBadge status={step.left} plain />
            </Table.Td>
            <Table.Td>
              <StatusBadge status={step.right} plain />
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Td className="faint">time it took</Table.Td>
            <Table.Td className="tabular">{duration(step.ms[0])}</Table.Td>
            <Table.Td className="tabular">{duration(step.ms[1])}</Table.Td>
          </Table.Tr>
          {(Object.keys(PARTS) as FieldDifference["part"][]).map((part) => (
            <Part key={part} part={part} fields={step.fields.filter((field) => field.part === part)} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Part({ part, fields }: { part: FieldDifference["part"]; fields: FieldDifference[] }) {
  if (fields.length === 0) return null;
  return (
    <>
      <Table.Tr>
        <Table.Th colSpan={3} className={classes.part}>
          {PARTS[part]}
        </Table.Th>
      </Table.Tr>
      {fields.slice(0, MOST).map((field, at) => (
        <Table.Tr key={at}>
          <Table.Td className="mono">
            {field.label && <span className="faint">{field.label} </span>}
            {pathText(field.path) || "all of it"}
          </Table.Td>
          <Table.Td className="mono" data-missing={field.left === undefined || undefined}>
            {shortValue(field.left)}
          </Table.Td>
          <Table.Td className="mono" data-missing={field.right === undefined || undefined}>
            {shortValue(field.right)}
          </Table.Td>
        </Table.Tr>
      ))}
      {fields.length > MOST && (
        <Table.Tr>
          <Table.Td colSpan={3} className="faint">
            {fields.length - MOST} more
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}
