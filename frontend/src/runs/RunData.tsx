/** Data of a run: shown at once, or when asked for where it is over 256 KB. */
import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { type ComponentProps, createContext, useContext, useState } from "react";
import { JsonView } from "@/ui/JsonView";
import { tellError } from "@/ui/notify";
import { isBig } from "./useFacts";

export const LoadValueContext = createContext<(id: string) => Promise<void>>(async () => {});

export function RunData(props: ComponentProps<typeof JsonView>) {
  const load = useContext(LoadValueContext);
  const [isBusy, setBusy] = useState(false);
  const { value } = props;
  if (!isBig(value)) return <JsonView {...props} />;
  const fetch = async () => {
    setBusy(true);
    try {
      await load(value.$value);
    } catch (error) {
      tellError(error, "The value could not be loaded");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={14} />}
      loading={isBusy}
      onClick={fetch}
      data-testid="load-value"
    >
      Load {sizeWords(value.bytes)}
    </Button>
  );
}

function sizeWords(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
