/** The editor's bar: test the draft at once (Ctrl Enter), or choose the sample, one stretch, or the saved tests. */
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconChevronDown, IconFlask, IconListCheck, IconPlayerPlay, IconRoute } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useEditor, useView } from "@/canvas/editor";
import { useStartTrial } from "./start";
import { useTrial } from "./store";

export function TestButton() {
  const { view, editable } = useEditor();
  const starting = useTrial((state) => state.starting !== null);
  const chosen = useView((state) => (state.nodes.length === 1 ? (state.nodes[0] ?? null) : null));
  const start = useStartTrial();
  const isBusy = useTrial((state) => state.trial !== null && !state.finished) || starting;
  const begin = (step: string | null) => {
    view.getState().show("trial");
    void start(step ? { mode: "up_to", step } : { mode: "whole", step: null });
  };
  const latest = useRef({ begin, isBusy });
  latest.current = { begin, isBusy };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isTest = event.key === "Enter" && (event.ctrlKey || event.metaKey);
      const isElsewhere = (event.target as HTMLElement | null)?.closest?.("[role=dialog]");
      if (!isTest || isElsewhere || event.defaultPrevented) return;
      event.preventDefault();
      if (!latest.current.isBusy) latest.current.begin(null);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  if (!editable) return null;
  return (
    <Button.Group>
      <Tooltip position="bottom" label="Carry the draft once in the sandbox (Ctrl Enter)">
        <Button
          variant="light"
          leftSection={<IconPlayerPlay size={15} />}
          loading={starting}
          onClick={() => begin(null)}
          data-testid="test-flow"
        >
          Test
        </Button>
      </Tooltip>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <ActionIcon
            variant="light"
            color="indigo"
            size={30}
            style={{ borderTopLeftRadius: 0, borderBottomLeftRadius: 0 }}
            aria-label="More ways to test"
            data-testid="test-menu"
          >
            <IconChevronDown size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFlask size={16} />} onClick={() => view.getState().show("sample")}>
            Choose the sample
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRoute size={16} />}
            disabled={chosen === null}
            onClick={() => begin(chosen)}
          >
            Test up to the chosen step
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconListCheck size={16} />}
            onClick={() => view.getState().show("tests")}
            data-testid="open-tests"
          >
            Tests of this flow
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
