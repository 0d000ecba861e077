/** A field that no schema asks for, named by the analyst; it becomes a rule once something fills it. */
import { Button, Popover, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { fieldPath, isTargetPath } from "./paths";
import { useMapper } from "./sheet";
import { focusPanel } from "./TargetPane";
import classes from "./tree.module.css";

export function AddField() {
  const { store, wanted, editable, say } = useMapper();
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const [isTried, setTried] = useState(false);
  const path = name.trim();
  const problem = !path
    ? "Give it a name."
    : !isTargetPath(path)
      ? "Use letters and digits, a dot for a field inside another, [] after a list: lines[].price"
      : wanted.has(fieldPath(path))
        ? "There is a field of that name already."
        : null;
  const add = () => {
    setTried(true);
    if (problem) return;
    store.getState().set({ added: [...store.getState().added, path], chosen: fieldPath(path), ask: null });
    say(`The field ${path} is added. Choose where its value comes from.`);
    setOpened(false);
    setName("");
    setTried(false);
    focusPanel();
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          disabled={!editable}
          onClick={() => setOpened(!opened)}
          data-testid="add-rule"
        >
          Add a field
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add a field">
        <form
          className={classes.adding}
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <TextInput
            label="Name of the field"
            description="As the next step reads it, such as customer or address.city"
            value={name}
            error={isTried ? problem : null}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="add-rule-name"
          />
          <Button type="submit">Add</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
