/** The members of the tenant and their roles; adding, changing and removing for those who may. */
import {
  ActionIcon,
  Alert,
  Avatar,
  Button,
  Group,
  Modal,
  Select,
  Table,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useMembers, useRefresh, useTenantPath } from "@/api/queries";
import type { Member } from "@/api/types-admin";
import { useCan } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { CopyField } from "@/ui/copy";
import { tellError } from "@/ui/notify";
import { Panel } from "@/ui/page";
import { Loaded } from "@/ui/states";

const ROLES = [
  { value: "admin", label: "Admin: everything" },
  { value: "analyst", label: "Analyst: draws flows" },
  { value: "operator", label: "Operator: runs them" },
  { value: "sales", label: "Sales: shows the sandbox" },
  { value: "viewer", label: "Viewer: looks" },
];

export function Members() {
  const members = useMembers();
  const mayManage = useCan()("manage_members");
  const [adding, setAdding] = useState(false);
  return (
    <Panel
      label="Members"
      bar={
        mayManage && (
          <Button
            leftSection={<IconPlus size={15} />}
            onClick={() => setAdding(true)}
            ml="auto"
            data-testid="add-member"
          >
            Add a person
          </Button>
        )
      }
    >
      <Loaded query={members}>
        {(rows) => (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Person</Table.Th>
                <Table.Th w={280}>Role</Table.Th>
                <Table.Th w={60}>
                  <VisuallyHidden>Actions</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((member) => (
                <Row key={member.id} member={member} mayManage={mayManage} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Loaded>
      <AddMember opened={adding} onClose={() => setAdding(false)} />
    </Panel>
  );
}

function Row({ member, mayManage }: { member: Member; mayManage: boolean }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [removing, setRemoving] = useState(false);
  const name = member.name || member.email;
  async function change(role: string | null) {
    try {
      await api.patch(path(`members/${member.id}/`), { role });
      await refresh("members/");
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={10}>
          <Avatar size={30} radius="xl" color="indigo" name={name} />
          <div>
            <strong>{name}</strong>
            <div className="faint">{member.email}</div>
          </div>
        </Group>
      </Table.Td>
      <Table.Td>
        {mayManage ? (
          <Select
            size="xs"
            aria-label={`Role of ${name}`}
            data={ROLES}
            value={member.role}
            onChange={change}
          />
        ) : (
          member.role
        )}
      </Table.Td>
      <Table.Td>
        {mayManage && (
          <ActionIcon aria-label={`Remove ${name}`} onClick={() => setRemoving(true)}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
        <Confirm
          opened={removing}
          title={`Remove ${name}?`}
          verb="Remove"
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await api.delete(path(`members/${member.id}/`));
            await refresh("members/");
          }}
        >
          They can no longer open this tenant, and their API tokens stop working. What they did stays in the
          audit trail.
        </Confirm>
      </Table.Td>
    </Table.Tr>
  );
}

function AddMember({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState("analyst");
  const [password, setPassword] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const added = await api.post<{ initial_password?: string | null }>(path("members/"), {
        email,
        name,
        role,
      });
      await refresh("members/");
      if (added.initial_password) setPassword(added.initial_password);
      else close();
    } catch (error) {
      tellError(error);
    }
  }
  function close() {
    setPassword(null);
    setEmail("");
    setName("");
    onClose();
  }
  return (
    <Modal opened={opened} onClose={close} title="Add a person">
      {password ? (
        <>
          <Alert color="teal" mb="sm">
            {email} has an account now. This first password is shown only once; they should change it.
          </Alert>
          <CopyField label="Password" value={password} />
          <Group justify="flex-end" mt="lg">
            <Button onClick={close}>Done</Button>
          </Group>
        </>
      ) : (
        <form onSubmit={submit}>
          <TextInput
            label="E-mail"
            type="email"
            required
            data-autofocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <TextInput
            label="Name"
            mt="sm"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select label="Role" mt="sm" data={ROLES} value={role} onChange={(next) => next && setRole(next)} />
          <Group justify="flex-end" gap="xs" mt="lg">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit">Add</Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}
