/** Ctrl or Cmd K: every page, every flow, runs by business key, and the actions. */
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import {
  IconFlag,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconPlugConnected,
  IconPlus,
  IconRoute,
  IconSearch,
  IconServer,
  IconSun,
  IconTable,
} from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useConnections, useFlows, useFoundRuns, useTables } from "@/api/queries";
import { useGuide } from "@/guide/store";
import { tellError } from "@/ui/notify";
import { StatusIcon, stateOf } from "@/ui/status";
import { useKeysHelp } from "./KeysHelp";
import { PAGES } from "./pages";
import { useSignOut } from "./session";
import { ENVIRONMENTS, useCan, useEnvironment, useTenant } from "./tenant";

export function CommandPalette() {
  const [text, setText] = useState("");
  const groups = useGroups(text);
  return (
    <Spotlight
      actions={groups}
      query={text}
      onQueryChange={setText}
      nothingFound="Nothing is called that. Runs are found by the beginning of their business key."
      shortcut={["mod + K"]}
      highlightQuery
      limit={24}
      scrollable
      maxHeight={440}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: "Page, flow, business key of a run, or action",
        "aria-label": "Find or do",
        // @ts-expect-error data attributes pass through to the input
        "data-testid": "palette-input",
      }}
    />
  );
}

function useGroups(text: string): SpotlightActionGroupData[] {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const flows = useFlows().data ?? [];
  const go = (path: string) => () => void navigate(`/t/${slug}/${path}`);
  const pages: SpotlightActionData[] = PAGES.map(({ path, title, icon: Icon }) => ({
    id: `page-${path}`,
    label: title,
    description: "Page",
    leftSection: <Icon size={18} stroke={1.7} />,
    onClick: go(path),
  }));
  const flowActions: SpotlightActionData[] = flows.slice(0, 200).map((flow) => ({
    id: flow.id,
    label: flow.name,
    description: "Flow",
    leftSection: <IconRoute size={18} stroke={1.7} />,
    onClick: go(`flows/${flow.id}`),
  }));
  const isAsked = text.trim().length > 0;
  const connections = useConnections(isAsked).data ?? [];
  const tables = useTables(isAsked).data ?? [];
  const connectionActions: SpotlightActionData[] = connections.slice(0, 100).map((connection) => ({
    id: connection.id,
    label: connection.name,
    description: `Connection · ${connection.environment}`,
    leftSection: <IconPlugConnected size={18} stroke={1.7} />,
    onClick: go(`connections?open=${connection.id}`),
  }));
  const tableActions: SpotlightActionData[] = tables.slice(0, 100).map((table) => ({
    id: table.id,
    label: table.title,
    description: "Lookup table",
    keywords: [table.name],
    leftSection: <IconTable size={18} stroke={1.7} />,
    onClick: go(`tables/${table.name}`),
  }));
  return [
    { group: "Runs", actions: useRunActions(text, go) },
    { group: "Pages", actions: pages },
    { group: "Flows", actions: flowActions },
    ...(isAsked
      ? [
          { group: "Connections", actions: connectionActions },
          { group: "Tables", actions: tableActions },
        ]
      : []),
    { group: "Actions", actions: useActions(go) },
  ].filter(({ actions }) => actions.length > 0);
}

function useRunActions(text: string, go: (path: string) => () => void): SpotlightActionData[] {
  const [wanted] = useDebouncedValue(text.trim(), 250);
  const isSearch = wanted.length >= 3;
  const found = useFoundRuns(isSearch ? wanted : null);
  if (!isSearch || !found.data) return [];
  return found.data.items.map((run) => ({
    id: run.id,
    label: run.business_key || run.id,
    description: `${stateOf(run.status).word} · ${run.flow.name} · ${run.environment}`,
    keywords: [wanted, run.id],
    leftSection: <StatusIcon status={run.status} size={18} />,
    onClick: go(`runs/${run.id}`),
  }));
}

function useActions(go: (path: string) => () => void): SpotlightActionData[] {
  const can = useCan();
  const signOut = useSignOut();
  const [, chooseEnvironment] = useEnvironment();
  const { setColorScheme } = useMantineColorScheme();
  const startGuide = useGuide((guide) => guide.start);
  const showKeys = useKeysHelp((help) => help.show);
  const make = (permission: string, id: string, label: string, path: string): SpotlightActionData[] =>
    can(permission) ? [{ id, label, leftSection: <IconPlus size={18} />, onClick: go(path) }] : [];
  const create: SpotlightActionData[] = [
    ...make("edit_flows", "new-flow", "New flow", "flows?new=1"),
    ...make("manage_connections", "new-connection", "Connect a system", "connections?new=choose"),
    ...make("manage_tables", "new-table", "New table", "tables?new=1"),
    {
      id: "keys",
      label: "Show the keys",
      leftSection: <IconKeyboard size={18} />,
      onClick: () => showKeys(true),
    },
    ...(can("edit_flows")
      ? [{ id: "guide", label: "Your first flow", leftSection: <IconFlag size={18} />, onClick: startGuide }]
      : []),
  ];
  const switches = ENVIRONMENTS.map(({ name, title }) => ({
    id: `to-${name}`,
    label: `Switch to ${title}`,
    leftSection: <IconServer size={18} stroke={1.7} />,
    onClick: () => chooseEnvironment(name),
  }));
  return [
    ...create,
    ...switches,
    {
      id: "light",
      label: "Light theme",
      leftSection: <IconSun size={18} />,
      onClick: () => setColorScheme("light"),
    },
    {
      id: "dark",
      label: "Dark theme",
      leftSection: <IconMoon size={18} />,
      onClick: () => setColorScheme("dark"),
    },
    {
      id: "sign-out",
      label: "Sign out",
      leftSection: <IconLogout size={18} />,
      onClick: () => void signOut().catch(tellError),
    },
  ];
}
