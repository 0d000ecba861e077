/** The pages of the app in the order of the navigation, with the key that goes there. */
import {
  IconFlask,
  IconPlayerPlay,
  IconPlugConnected,
  IconRoute,
  IconSettings,
  IconTable,
  type TablerIcon,
} from "@tabler/icons-react";

export interface PageEntry {
  path: string;
  title: string;
  key: string;
  icon: TablerIcon;
}

export const PAGES: PageEntry[] = [
  { path: "flows", title: "Flows", key: "f", icon: IconRoute },
  { path: "runs", title: "Runs", key: "r", icon: IconPlayerPlay },
  { path: "connections", title: "Connections", key: "c", icon: IconPlugConnected },
  { path: "tables", title: "Tables", key: "t", icon: IconTable },
  { path: "sandbox", title: "Sandbox", key: "s", icon: IconFlask },
  { path: "admin", title: "Admin", key: "a", icon: IconSettings },
];
