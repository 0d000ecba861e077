/** Help: the keys, the guide of the first flow, and the pages of the API. */
import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconApi, IconFlag, IconHelp, IconKeyboard } from "@tabler/icons-react";
import { useGuide } from "@/guide/store";
import { useKeysHelp } from "./KeysHelp";
import { useCan } from "./tenant";

export function HelpMenu() {
  const can = useCan();
  const start = useGuide((guide) => guide.start);
  const showKeys = useKeysHelp((help) => help.show);
  return (
    <Menu position="bottom-end" width={210}>
      <Menu.Target>
        <Tooltip position="bottom" label="Help">
          <ActionIcon size="lg" aria-label="Help" data-testid="help-menu">
            <IconHelp size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {can("edit_flows") && (
          <Menu.Item
            leftSection={<IconFlag size={16} aria-hidden />}
            onClick={start}
            data-testid="help-guide"
          >
            Your first flow
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconKeyboard size={16} aria-hidden />}
          onClick={() => showKeys(true)}
          data-testid="help-keys"
        >
          Keys
        </Menu.Item>
        <Menu.Item
          component="a"
          href="/api/docs/"
          target="_blank"
          leftSection={<IconApi size={16} aria-hidden />}
          data-testid="help-api"
        >
          API, described
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
