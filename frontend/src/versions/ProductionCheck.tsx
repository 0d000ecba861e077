/** What must be typed before something changes in production. */
import { Alert, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";

const WORD = "production";

export function ProductionCheck({ onSure }: { onSure: (sure: boolean) => void }) {
  const [text, setText] = useState("");
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title="This is production">
      Events from now on are carried for real, in the real systems.
      <TextInput
        mt="xs"
        label={`Type “${WORD}” to go on`}
        value={text}
        autoComplete="off"
        onChange={(event) => {
          setText(event.currentTarget.value);
          onSure(event.currentTarget.value.trim().toLowerCase() === WORD);
        }}
        data-testid="production-check"
      />
    </Alert>
  );
}
