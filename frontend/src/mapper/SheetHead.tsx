/** The head of the mapper: what is mapped into what, what is missing, suggestions, the sample, undo and redo. */
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCheck,
  IconX,
} from "@tabler/icons-react";
import { useStore } from "zustand";
import { useEditor } from "@/canvas/editor";
import { titleOf } from "@/canvas/kinds";
import { nextMissing } from "./gestures";
import classes from "./mapper.module.css";
import { OffersBar } from "./Offers";
import { SamplePicker } from "./SamplePicker";
import { useMapper } from "./sheet";

export function SheetHead({ onClose }: { onClose: () => void }) {
  const mapper = useMapper();
  const { node, consumer, rules, editable } = mapper;
  return (
    <header className={classes.head}>
      <div className={classes.words}>
        <h2 className={`${classes.title} truncate`}>{titleOf(node)}</h2>
        <p className={`${classes.sub} truncate`}>
          {consumer ? `Fills “${consumer.title}”` : "Builds the fields you add"} · {rules.length}{" "}
          {rules.length === 1 ? "field" : "fields"} mapped
        </p>
      </div>
      <MissingCount />
      <OffersBar />
      <SamplePicker />
      {editable && <UndoRedo />}
      <ActionIcon size="lg" className={classes.close} aria-label="Close the mapper" onClick={onClose}>
        <IconX size={18} />
      </ActionIcon>
    </header>
  );
}

function MissingCount() {
  const mapper = useMapper();
  const { missing, consumer } = mapper;
  if (!consumer) return null;
  if (missing.length === 0)
    return (
      <span className={classes.complete} data-testid="required-missing" data-count={0}>
        <IconCheck size={15} aria-hidden /> All required fields are mapped
      </span>
    );
  return (
    <Tooltip
      label={`${missing.map(({ words }) => words).join(", ")} · n goes to the next`}
      multiline
      maw={320}
    >
      <Button
        className={classes.missing}
        leftSection={<IconAlertTriangle size={14} />}
        onClick={() => {
          nextMissing(mapper);
          document.querySelector<HTMLElement>('[data-tree="target"]')?.focus();
        }}
        data-testid="required-missing"
        data-count={missing.length}
      >
        {missing.length} required not mapped
      </Button>
    </Tooltip>
  );
}

function UndoRedo() {
  const { store } = useEditor();
  const canUndo = useStore(store, (state) => state.past.length > 0);
  const canRedo = useStore(store, (state) => state.future.length > 0);
  return (
    <span className={classes.history}>
      <Tooltip label="Undo (Ctrl Z)">
        <ActionIcon aria-label="Undo" disabled={!canUndo} onClick={() => store.getState().undo()}>
          <IconArrowBackUp size={17} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (Shift Ctrl Z)">
        <ActionIcon aria-label="Redo" disabled={!canRedo} onClick={() => store.getState().redo()}>
          <IconArrowForwardUp size={17} />
        </ActionIcon>
      </Tooltip>
    </span>
  );
}
