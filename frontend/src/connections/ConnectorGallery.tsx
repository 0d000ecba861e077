/** Every system that can be connected, as a searchable gallery. */
import { Modal, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { Connector } from "@/api/types";
import { ConnectorIcon } from "@/ui/ConnectorIcon";
import { EmptyState } from "@/ui/states";
import classes from "./connections.module.css";

export function ConnectorGallery(props: {
  opened: boolean;
  connectors: Connector[];
  onChoose: (name: string) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState("");
  const shown = props.connectors.filter(({ title, description, category }) =>
    `${title} ${description} ${category}`.toLowerCase().includes(text.toLowerCase()),
  );
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Connect a system" size="xl">
      <TextInput
        data-autofocus
        leftSection={<IconSearch size={16} />}
        placeholder="Search systems"
        aria-label="Search systems"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.gallery}>
        {shown.map((connector) => (
          <UnstyledButton
            key={connector.name}
            className={classes.connector}
            onClick={() => props.onChoose(connector.name)}
            data-testid={`connector-${connector.name}`}
          >
            <ConnectorIcon name={connector.title} url={connector.icon_url} size={36} />
            <span>
              <strong>{connector.title}</strong>
              <small>{connector.description}</small>
            </span>
          </UnstyledButton>
        ))}
      </div>
      {shown.length === 0 && (
        <EmptyState title="No system is called that">
          A new connector is one folder on the server; see the handbook under “Writing a connector”.
        </EmptyState>
      )}
    </Modal>
  );
}
