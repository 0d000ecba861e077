/** Administration: who belongs to the tenant, which programs may act for them, and what was done. */
import { Tabs } from "@mantine/core";
import { useNavigate, useParams } from "react-router";
import { usePageTitle } from "@/app/crumbs";
import { useCan, useTenant } from "@/app/tenant";
import { Page } from "@/ui/page";
import { AuditList } from "./AuditList";
import { Members } from "./Members";
import { Tokens } from "./Tokens";
import { Variables } from "./Variables";

export default function AdminPage() {
  const { section = "members" } = useParams();
  const { slug } = useTenant();
  const can = useCan();
  const navigate = useNavigate();
  usePageTitle({ title: "Admin" });
  return (
    <Page title="Admin" lead="People, programs, variables, and the record of what was done.">
      <Tabs value={section} onChange={(next) => navigate(`/t/${slug}/admin/${next}`)} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="members">Members</Tabs.Tab>
          <Tabs.Tab value="tokens">API tokens</Tabs.Tab>
          <Tabs.Tab value="variables">Variables</Tabs.Tab>
          {can("manage_members") && <Tabs.Tab value="audit">Audit trail</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="members">
          <Members />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <Tokens />
        </Tabs.Panel>
        <Tabs.Panel value="variables">
          <Variables />
        </Tabs.Panel>
        {can("manage_members") && (
          <Tabs.Panel value="audit">
            <AuditList />
          </Tabs.Panel>
        )}
      </Tabs>
    </Page>
  );
}
