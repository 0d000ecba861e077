/** The flows of the tenant: what starts each, where it is at work, how its last run went, and the ways to begin one. */
import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconFileImport, IconPlus, IconTemplate } from "@tabler/icons-react";
import { Link, Navigate } from "react-router";
import { useConnectors, useFlows } from "@/api/queries";
import { useAddress } from "@/app/address";
import { usePageTitle } from "@/app/crumbs";
import { useCan, useTenant } from "@/app/tenant";
import { GuideOffer } from "@/guide/GuideOffer";
import { Page, Panel } from "@/ui/page";
import { Loaded, RowsSkeleton } from "@/ui/states";
import { FirstFlow } from "./FirstFlow";
import { FlowsTable } from "./FlowsTable";
import { ImportFlow } from "./ImportFlow";
import { NewFlow } from "./NewFlow";

export function FlowsPage() {
  usePageTitle({ title: "Flows" });
  const { slug } = useTenant();
  const can = useCan();
  const flows = useFlows();
  // Asked beside the flows, whose rows need them: no request waits for another.
  useConnectors();
  const [search, change] = useAddress();
  const set = (name: string, value: string | null) => change({ [name]: value });
  if (search.get("templates") === "1") return <Navigate to={`/t/${slug}/templates`} replace />;
  const mayEdit = can("edit_flows");
  const names = flows.data?.map(({ name }) => name) ?? [];
  return (
    <Page
      title="Flows"
      lead="What you have drawn, and where it is at work."
      actions={mayEdit && <Beginnings onNew={() => set("new", "1")} onImport={() => set("import", "1")} />}
    >
      <GuideOffer />
      <Loaded
        query={flows}
        loading={
          <Panel>
            <RowsSkeleton />
          </Panel>
        }
      >
        {(all) =>
          all.length === 0 ? (
            <FirstFlow mayEdit={mayEdit} onNew={() => set("new", "1")} />
          ) : (
            <FlowsTable flows={all} search={search} onSet={set} />
          )
        }
      </Loaded>
      <NewFlow opened={search.get("new") === "1"} taken={names} onClose={() => set("new", null)} />
      <ImportFlow opened={search.get("import") === "1"} taken={names} onClose={() => set("import", null)} />
    </Page>
  );
}

function Beginnings({ onNew, onImport }: { onNew: () => void; onImport: () => void }) {
  const { slug } = useTenant();
  return (
    <>
      <Button
        component={Link}
        to={`/t/${slug}/templates`}
        variant="default"
        leftSection={<IconTemplate size={16} />}
        data-testid="open-templates"
      >
        From a template
      </Button>
      <Button.Group>
        <Button leftSection={<IconPlus size={16} />} onClick={onNew} data-testid="new-flow">
          New flow
        </Button>
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <Button px={8} aria-label="Other ways to begin a flow" data-testid="more-beginnings">
              <IconChevronDown size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconFileImport size={16} />}
              onClick={onImport}
              data-testid="import-flow"
            >
              From a file…
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </>
  );
}
