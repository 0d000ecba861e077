/** API tokens: made with a name, shown once, revoked when they are no longer wanted. */
import { Alert, Button, Group, Modal, Table, TextInput, VisuallyHidden } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useRefresh, useTenantPath, useTokens } from "@/api/queries";
import type { ApiToken } from "@/api/types-admin";
import { Confirm } from "@/ui/Confirm";
import { CopyField } from "@/ui/copy";
import { tellError } from "@/ui/notify";
import { Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";
import { Tag } from "@/ui/status";
import { Ago } from "@/ui/time";

export function Tokens() {
  const tokens = useTokens();
  const path = useTenantPath();
  const refresh = useRefresh();
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const create = (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)} data-testid="new-token">
      New token
    </Button>
  );
  return (
    <Panel label="API tokens" bar={<div style={{ marginLeft: "auto" }}>{create}</div>}>
      <Loaded query={tokens}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon={<IconKey size={24} />} title="No tokens" action={create}>
              A program sends its token as <code className="mono">Authorization: Bearer …</code> and may do
              what you may.
            </EmptyState>
          ) : (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th w={180}>Begins with</Table.Th>
                  <Table.Th w={150}>Made</Table.Th>
                  <Table.Th w={150}>Last used</Table.Th>
                  <Table.Th w={120}>
                    <VisuallyHidden>Actions</VisuallyHidden>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((token) => (
                  <Table.Tr key={token.id}>
                    <Table.Td>
                      <strong>{token.name}</strong>
                    </Table.Td>
                    <Table.Td className="mono">{token.prefix}…</Table.Td>
                    <Table.Td className="faint">
                      <Ago at={token.created_at} />
                    </Table.Td>
                    <Table.Td className="faint">
                      <Ago at={token.last_used_at} />
                    </Table.Td>
                    <Table.Td ta="right">
                      {token.revoked_at ? (
                        <Tag>revoked</Tag>
                      ) : (
                        <Button variant="default" onClick={() => setRevoking(token)}>
                          Revoke
                        </Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
      <NewToken opened={creating} onClose={() => setCreating(false)} />
      <Confirm
        opened={revoking !== null}
        title={`Revoke “${revoking?.name}”?`}
        verb="Revoke"
        onClose={() => setRevoking(null)}
        onConfirm={async () => {
          await api.delete(path(`tokens/${revoking?.id}/`));
          await refresh("tokens/");
        }}
      >
        Programs that use it are refused from now on. It cannot be brought back.
      </Confirm>
    </Panel>
  );
}

function NewToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [name, setName] = useState("");
  const [text, setText] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const made = await api.post<{ token: string }>(path("tokens/"), { name });
      setText(made.token);
      await refresh("tokens/");
    } catch (error) {
      tellError(error);
    }
  }
  function close() {
    setText(null);
    setName("");
    onClose();
  }
  return (
    <Modal opened={opened} onClose={close} title="New API token" size="lg">
      {text ? (
        <>
          <Alert color="teal" mb="sm">
            Copy it now: it is shown only this once.
          </Alert>
          <CopyField label="Token" value={text} testId="token-text" />
          <Group justify="flex-end" mt="lg">
            <Button onClick={close}>I have copied it</Button>
          </Group>
        </>
      ) : (
        <form onSubmit={submit}>
          <TextInput
            label="Name"
            description="Which program uses it"
            required
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs" mt="lg">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" disabled={!name.trim()}>
              Make it
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
