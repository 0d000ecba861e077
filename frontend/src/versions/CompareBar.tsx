/** What is compared with what, how much differs, and the way from one change to the next. */
import { ActionIcon, Button, SegmentedControl, Select, Tooltip } from "@mantine/core";
import { IconArrowRight, IconChevronLeft, IconChevronRight, IconRestore } from "@tabler/icons-react";
import type { FlowDetail } from "@/api/types";
import { useCan } from "@/app/tenant";
import type { Side, Sides } from "./sides";
import classes from "./versions.module.css";

export type View = "canvas" | "list";

interface Props {
  flow: FlowDetail;
  sides: Sides;
  summary: string;
  at: number;
  count: number;
  view: View;
  onCompare: (sides: Sides) => void;
  onStep: (by: 1 | -1) => void;
  onView: (view: View) => void;
  onRestore: (number: number) => void;
}

export function CompareBar(props: Props) {
  const { flow, sides, count } = props;
  const can = useCan();
  const numbers = Array.from(
    { length: flow.latest_version ?? 0 },
    (_, at) => (flow.latest_version ?? 0) - at,
  );
  const sidesToChoose = [
    { value: "draft", label: "Draft" },
    ...numbers.map((number) => ({ value: String(number), label: `Version ${number}` })),
  ];
  const sideOf = (text: string): Side => (text === "draft" ? "draft" : Number(text));
  return (
    <div className={classes.bar}>
      <Select
        size="xs"
        w={118}
        aria-label="Compare from"
        data={sidesToChoose}
        value={sides.from === null ? null : String(sides.from)}
        placeholder="nothing"
        onChange={(text) => text && props.onCompare({ ...sides, from: sideOf(text) })}
        data-testid="compare-from"
      />
      <IconArrowRight size={16} className="faint" aria-label="with" />
      <Select
        size="xs"
        w={118}
        aria-label="Compare to"
        data={sidesToChoose}
        value={String(sides.to)}
        onChange={(text) => text && props.onCompare({ from: sides.from, to: sideOf(text) })}
        data-testid="compare-to"
      />
      <output className={`${classes.summary} truncate`} data-testid="diff-summary" title={props.summary}>
        {props.summary}
      </output>
      {count > 0 && (
        <span className={classes.stepper}>
          <Tooltip label="Change before (p)">
            <ActionIcon
              aria-label="Change before"
              onClick={() => props.onStep(-1)}
              data-testid="change-before"
            >
              <IconChevronLeft size={16} />
            </ActionIcon>
          </Tooltip>
          <span className="faint tabular">
            {props.at >= 0 ? props.at + 1 : "–"} of {count}
          </span>
          <Tooltip label="Next change (n)">
            <ActionIcon aria-label="Next change" onClick={() => props.onStep(1)} data-testid="change-next">
              <IconChevronRight size={16} />
            </ActionIcon>
          </Tooltip>
        </span>
      )}
      <SegmentedControl
        size="xs"
        aria-label="How the differences are shown"
        data={[
          { value: "canvas", label: "Canvas" },
          { value: "list", label: "List" },
        ]}
        value={props.view}
        onChange={(view) => props.onView(view as View)}
      />
      {typeof sides.to === "number" && can("edit_flows") && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRestore size={15} />}
          onClick={() => props.onRestore(sides.to as number)}
          data-testid="restore"
        >
          Restore
        </Button>
      )}
    </div>
  );
}
