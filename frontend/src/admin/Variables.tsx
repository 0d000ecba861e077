/** The variables of the chosen environment, which expressions read as `env`. Not for secrets. */
import { ActionIcon, Button, Table, TextInput } from "@mantine/core";
import { IconTrash, IconVariable } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useEnvironments, useRefresh, useTenantPath } from "@/api/queries";
import { ENVIRONMENTS, useCan, useEnvironment } from "@/app/tenant";
import { tellError } from "@/ui/notify";
import { Panel } from "@/ui/page";
import { EmptyState, Loaded } from "@/ui/states";

export function Variables() {
  const [environment] = useEnvironment();
  const environments = useEnvironments();
  const mayEdit = useCan()("manage_connections");
  const path = useTenantPath();
  const refresh = useRefresh();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const title = ENVIRONMENTS.find((entry) => entry.name === environment)?.title;
  async function put(variables: Record<string, string | null>) {
    try {
      await api.patch(path(`environments/${environment}/`), { variables });
      await refresh("environments/");
      setName("");
      setValue("");
    } catch (error) {
      tellError(error);
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void put({ [name.trim()]: value });
  };
  return (
    <Panel
      label="Variables"
      bar={
        mayEdit && (
          <form onSubmit={submit} style={{ display: "flex", gap: 8 }}>
            <TextInput
              size="xs"
              placeholder="name"
              aria-label="Name of the variable"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              size="xs"
              w={300}
              placeholder="value"
              aria-label="Value of the variable"
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={!name.trim()}>
              Set in {title}
            </Button>
          </form>
        )
      }
    >
      <Loaded query={environments}>
        {(all) => {
          const variables = Object.entries(all.find((entry) => entry.name === environment)?.variables ?? {});
          if (variables.length === 0) {
            return (
              <EmptyState icon={<IconVariable size={24} />} title={`No variables in ${title}`}>
                Flows read them as <code className="mono">env.name</code>, so that one document fits every
                environment. Secrets belong into connections.
              </EmptyState>
            );
          }
          return (
            <Table>
              <Table.Tbody>
                {variables.map(([key, text]) => (
                  <Table.Tr key={key}>
                    <Table.Td className="mono" w={260}>
                      env.{key}
                    </Table.Td>
                    <Table.Td className="mono">{text}</Table.Td>
                    <Table.Td w={60}>
                      {mayEdit && (
                        <ActionIcon aria-label={`Remove ${key}`} onClick={() => put({ [key]: null })}>
                          <IconTrash size={15} />
                        </ActionIcon>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          );
        }}
      </Loaded>
    </Panel>
  );
}
