/** What can be done to a flow as a whole: name, pause, roll back, export, delete. */
import { ActionIcon, Button, Group, Menu, Modal, Textarea, TextInput } from "@mantine/core";
import {
  IconDots,
  IconDownload,
  IconGitCompare,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
  IconWorld,
} from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { api } from "@/api/client";
import { useRefresh, useTenantPath } from "@/api/queries";
import type { Deployment, FlowDetail } from "@/api/types";
import { useCan, useEnvironment, useTenant } from "@/app/tenant";
import { Confirm } from "@/ui/Confirm";
import { tell, tellError } from "@/ui/notify";
import { useEditor } from "./editor";
import { saveAsFile } from "./files";

export function FlowMenu({ flow, deployment }: { flow: FlowDetail; deployment: Deployment | null }) {
  const { editable, store } = useEditor();
  const { slug } = useTenant();
  const can = useCan();
  const path = useTenantPath();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const [environment] = useEnvironment();
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  const mayDeploy = can("deploy") || (can("deploy_sandbox") && environment === "sandbox");

  async function act(rest: string, body: unknown, done: string) {
    try {
      await api.post(path(`flows/${flow.id}/${rest}`), body);
      await refresh(`flows/${flow.id}/`, "flows/");
      tell(done);
    } catch (error) {
      tellError(error);
    }
  }
  const pause = () => {
    const verb = deployment?.paused ? "resume" : "pause";
    const done =
      verb === "pause" ? "Paused. What arrives is kept, and carried when you resume." : "At work again.";
    return act(`deployments/${environment}/${verb}/`, {}, done);
  };
  const save = () => saveAsFile(flow.name, store.getState().document);
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon aria-label="More about this flow" data-testid="flow-menu">
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {editable && (
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog("rename")}>
              Name and description
            </Menu.Item>
          )}
          <Menu.Item
            component={Link}
            to={`/t/${slug}/flows/${flow.id}/versions`}
            leftSection={<IconGitCompare size={16} />}
            data-testid="versions"
          >
            Versions and changes
          </Menu.Item>
          <Menu.Item
            component={Link}
            to={`/t/${slug}/flows/${flow.id}/versions?view=work`}
            leftSection={<IconWorld size={16} />}
            data-testid="where-it-works"
          >
            Where it works, roll back
          </Menu.Item>
          {deployment && mayDeploy && (
            <Menu.Item
              leftSection={deployment.paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
              onClick={pause}
              data-testid="pause"
            >
              {deployment.paused ? "Resume" : "Pause"} in {environment}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconDownload size={16} />} onClick={save}>
            Save the document as a file
          </Menu.Item>
          {editable && (
            <>
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={16} />}
                onClick={() => setDialog("delete")}
              >
                Delete the flow
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={dialog === "delete"}
        title={`Delete “${flow.name}”?`}
        verb="Delete the flow"
        onClose={() => setDialog(null)}
        onConfirm={async () => {
          await api.delete(path(`flows/${flow.id}/`));
          navigate(`/t/${slug}/flows`);
          setTimeout(() => void refresh("flows/"), 0);
        }}
      >
        It stops in every environment and its webhook addresses stop answering. Runs that have begun are kept
        with their journals.
      </Confirm>
      <Rename flow={flow} opened={dialog === "rename"} onClose={() => setDialog(null)} />
    </>
  );
}

function Rename({ flow, opened, onClose }: { flow: FlowDetail; opened: boolean; onClose: () => void }) {
  const path = useTenantPath();
  const refresh = useRefresh();
  const [name, setName] = useState(flow.name);
  const [description, setDescription] = useState(flow.description);
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      await api.patch(path(`flows/${flow.id}/`), { name: name.trim(), description: description.trim() });
      await refresh("flows/");
      onClose();
    } catch (error) {
      tellError(error);
    }
  }
  return (
    <Modal opened={opened} onClose={onClose} title="Name and description">
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          mt="sm"
          autosize
          minRows={2}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!name.trim()}>
            Save
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
