/** Puts a version's document into the draft: never over what somebody saved meanwhile, and with a way back. */
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { useTenantPath } from "@/api/queries";
import type { FlowDetail } from "@/api/types";
import { useTenant } from "@/app/tenant";
import type { FlowDocument } from "@/document/types";
import { tell, tellError } from "@/ui/notify";

export function useRestore(flow: FlowDetail): (number: number, document: FlowDocument) => Promise<void> {
  const path = useTenantPath();
  const client = useQueryClient();
  const { slug } = useTenant();
  const rest = `flows/${flow.id}/`;
  async function put(document: FlowDocument, draft_etag: string): Promise<FlowDetail> {
    const answer = await api.patch<FlowDetail>(path(rest), { document, draft_etag });
    client.setQueryData([slug, rest], answer);
    return answer;
  }
  return async (number, document) => {
    const { document: replaced, draft_etag } = flow;
    const { draft_etag: etag } = await put(document, draft_etag);
    const id = `restored-${flow.id}`;
    const undo = async () => {
      notifications.hide(id);
      try {
        await put(replaced, etag);
        tell("The draft is as it was before.");
      } catch (error) {
        tellError(error, "The draft was not brought back");
      }
    };
    notifications.show({
      id,
      title: `Version ${number} is in the draft`,
      message: (
        <>
          Publish it to make it a new version.{" "}
          <Button size="compact-xs" variant="light" onClick={undo} data-testid="undo-restore">
            Undo
          </Button>
        </>
      ),
      color: "teal",
      autoClose: 20_000,
      withBorder: true,
    });
  };
}
