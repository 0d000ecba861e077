/** Asks before something is destroyed: says what will happen, and what cannot be undone. */
import { Button, Group, Modal, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { tellError } from "./notify";

export function Confirm(props: {
  opened: boolean;
  title: string;
  children: ReactNode;
  verb: string;
  color?: string;
  onConfirm: () => Promise<unknown> | undefined;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  async function confirm() {
    setBusy(true);
    try {
      await props.onConfirm();
      props.onClose();
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size="md">
      <Text component="div" size="sm" c="var(--ink-soft)">
        {props.children}
      </Text>
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={props.onClose}>
          Keep it
        </Button>
        <Button color={props.color ?? "red"} loading={busy} onClick={confirm} data-testid="confirm">
          {props.verb}
        </Button>
      </Group>
    </Modal>
  );
}
