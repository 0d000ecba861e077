/** Where nobody takes the step's output yet: offers to hand it to the call that follows, so that its fields appear. */
import { Button } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { useDocument, useRunCommand } from "@/canvas/editor";
import { titleOf } from "@/canvas/kinds";
import classes from "./mapper.module.css";
import { useMapper } from "./sheet";
import { openConsumers } from "./targets";

export function Connect() {
  const { node, consumer, editable, say } = useMapper();
  const document = useDocument();
  const run = useRunCommand();
  const [open] = openConsumers(document, node.id);
  if (consumer || !open || !editable) return null;
  const hand = () => {
    const params = { ...open.params, input: `{{ steps.${node.id} }}` };
    run({ type: "replace_node", id: open.id, node: { ...open, params } }, "hand over the output");
    say(`${titleOf(open)} takes the output. Its fields are on the right.`);
  };
  return (
    <div className={classes.connect}>
      <span>
        “{titleOf(open)}” comes next and has no input yet. Hand it the fields mapped here, and see what it
        wants.
      </span>
      <Button size="xs" leftSection={<IconPlugConnected size={14} />} onClick={hand} data-testid="hand-over">
        Fill “{titleOf(open)}”
      </Button>
    </div>
  );
}
