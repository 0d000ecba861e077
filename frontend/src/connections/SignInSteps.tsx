/** How a sign-in in another window stands, in words, with what can be done now. */
import { Alert, Button, Group, Loader } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconExternalLink } from "@tabler/icons-react";
import type { SignInStage } from "./signIn";

export function SignInSteps(props: {
  state: SignInStage;
  system: string;
  onAgain: () => void;
  onOpened: () => void;
}) {
  const { state, system } = props;
  const again = (
    <Group mt="xs">
      <Button variant="default" onClick={props.onAgain} data-testid="sign-in-again">
        Open the window again
      </Button>
    </Group>
  );
  const shown = { "data-testid": "sign-in-state", "data-stage": state.stage } as const;
  switch (state.stage) {
    case "idle":
      return null;
    case "waiting":
      return (
        <Alert
          {...shown}
          color="indigo"
          icon={<Loader size={18} />}
          title={`Sign in at ${system}`}
          role="status"
        >
          A window of {system} is open. Sign in there and allow the access; this page goes on by itself.
          {again}
        </Alert>
      );
    case "blocked":
      return (
        <Alert
          {...shown}
          color="orange"
          icon={<IconAlertTriangle size={18} />}
          title="The browser blocked the window"
          role="alert"
        >
          Allow pop-up windows for this address, or open {system} by this button.
          <Group mt="xs">
            <Button
              component="a"
              href={state.url}
              target="_blank"
              leftSection={<IconExternalLink size={15} />}
              onClick={props.onOpened}
              data-testid="sign-in-link"
            >
              Sign in at {system}
            </Button>
          </Group>
        </Alert>
      );
    case "closed":
      return (
        <Alert
          {...shown}
          color="orange"
          icon={<IconAlertTriangle size={18} />}
          title="The window was closed before you signed in"
          role="alert"
        >
          Nothing is lost: the connection is kept and waits for the sign-in.
          {again}
        </Alert>
      );
    case "refused":
      return (
        <Alert
          {...shown}
          color="red"
          icon={<IconAlertTriangle size={18} />}
          title={state.unknown ? "That sign-in did not begin here" : `${system} did not let you in`}
          role="alert"
        >
          {state.message}
          {again}
        </Alert>
      );
    case "done":
      return (
        <Alert
          {...shown}
          color="teal"
          icon={<IconCircleCheck size={18} />}
          title="You are signed in"
          role="status"
        >
          {system} gave its permission. The connection is used from now on.
        </Alert>
      );
  }
}
