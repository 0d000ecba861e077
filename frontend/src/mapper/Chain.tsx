/** The transforms of a rule in their order, each opened to its parameters, with the value after it. */
import { ActionIcon, Popover, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconChevronRight, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import type { Rule, Transform } from "@/document/types";
import type { PreviewRow } from "@/preview/usePreview";
import { Catalogue } from "./Catalogue";
import { ParamsForm } from "./ParamsForm";
import classes from "./panel.module.css";
import { withChain } from "./rules";
import { useMapper } from "./sheet";
import { exampleOf, transformWords, unsaid } from "./shelves";
import type { TargetField } from "./targets";
import { useChainValues } from "./trial";
import type { WayProps } from "./Way";
import { valueWords } from "./words";

export function Chain(props: { rule: Rule; target: TargetField; onChange: WayProps["onChange"] }) {
  const { rule } = props;
  const { node, specs } = useMapper();
  const chain = rule.transforms ?? [];
  const values = useChainValues(node.id, rule);
  const [opened, setOpened] = useState<number | null>(null);
  const [isChoosing, setChoosing] = useState(false);
  const write = (next: Transform[], label: string, about?: string) =>
    props.onChange(withChain(rule, next), label, about);
  const add = (fn: string) => {
    const made: Transform = { fn };
    write([...chain, made], "add a transform");
    setChoosing(false);
    const spec = specs.find((candidate) => candidate.fn === fn);
    const hasParams = Object.keys(spec?.params_schema.properties ?? {}).length > 0;
    setOpened(hasParams ? chain.length : null);
  };
  const swap = (at: number, by: -1 | 1) => {
    const next = [...chain];
    const moved = next.splice(at, 1);
    next.splice(at + by, 0, ...moved);
    write(next, "reorder transforms");
    setOpened(opened === at ? at + by : opened);
  };
  return (
    <section className={classes.section} aria-label="Changed on the way">
      <span className={classes.label}>Changed on the way</span>
      <ol className={classes.chain}>
        {chain.map((transform, at) => (
          <Step
            key={`${at} ${transform.fn}`}
            transform={transform}
            row={values[at + 1]}
            isOpen={opened === at}
            isFirst={at === 0}
            isLast={at === chain.length - 1}
            onFold={() => setOpened(opened === at ? null : at)}
            onChange={(next) =>
              write(
                chain.map((old, index) => (index === at ? next : old)),
                "edit a transform",
                `transform ${at}`,
              )
            }
            onMove={(by) => swap(at, by)}
            onRemove={() =>
              write(
                chain.filter((_, index) => index !== at),
                "remove a transform",
              )
            }
          />
        ))}
      </ol>
      <Popover opened={isChoosing} onChange={setChoosing} position="left" width={400} trapFocus withinPortal>
        <Popover.Target>
          <UnstyledButton
            className={classes.addStep}
            aria-expanded={isChoosing}
            onClick={() => setChoosing(!isChoosing)}
            data-testid="add-transform"
          >
            <IconPlus size={14} aria-hidden /> Change the value
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown p={0} aria-label="Transforms">
          <Catalogue onChoose={add} />
        </Popover.Dropdown>
      </Popover>
    </section>
  );
}

interface StepProps {
  transform: Transform;
  row?: PreviewRow;
  isOpen: boolean;
  isFirst: boolean;
  isLast: boolean;
  onFold: () => void;
  onChange: (transform: Transform) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

function Step(props: StepProps) {
  const { transform, row, isOpen } = props;
  const { specs } = useMapper();
  const spec = specs.find(({ fn }) => fn === transform.fn);
  const title = spec?.title ?? transform.fn;
  const isIncomplete = unsaid(transform, spec).length > 0;
  const example = spec && exampleOf(spec);
  return (
    <li
      className={classes.step}
      data-incomplete={isIncomplete || undefined}
      data-testid={`transform-${transform.fn}`}
    >
      <div className={classes.stepHead}>
        <button type="button" className={classes.stepName} aria-expanded={isOpen} onClick={props.onFold}>
          <IconChevronRight size={14} className={isOpen ? classes.opened : undefined} aria-hidden />
          <span className="truncate">{transformWords(transform, spec)}</span>
        </button>
        {!props.isFirst && (
          <ActionIcon size="sm" aria-label={`${title} earlier`} onClick={() => props.onMove(-1)}>
            <IconArrowUp size={14} />
          </ActionIcon>
        )}
        {!props.isLast && (
          <ActionIcon size="sm" aria-label={`${title} later`} onClick={() => props.onMove(1)}>
            <IconArrowDown size={14} />
          </ActionIcon>
        )}
        <ActionIcon size="sm" aria-label={`Remove ${title}`} onClick={props.onRemove}>
          <IconTrash size={14} />
        </ActionIcon>
      </div>
      {isOpen && (
        <div className={classes.stepBody}>
          <p className={classes.hint}>
            {spec?.description}
            {example && (
              <>
                {" "}
                <span className={classes.example}>
                  {example.before} → {example.after}
                </span>
              </>
            )}
          </p>
          {spec && <ParamsForm transform={transform} spec={spec} onChange={props.onChange} />}
        </div>
      )}
      {row && (
        <div className={classes.after} data-wrong={row.error ? true : undefined}>
          {row.error ? row.error.message.replace(/^after_\d+[^:]*: /, "") : `→ ${valueWords(row.value, 80)}`}
        </div>
      )}
    </li>
  );
}
