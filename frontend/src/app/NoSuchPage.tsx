/** An address that names no page, with the way to those that are there. */
import { Button } from "@mantine/core";
import { IconMapPinOff } from "@tabler/icons-react";
import { Link } from "react-router";
import { EmptyState } from "@/ui/states";
import { usePageTitle } from "./crumbs";
import { useTenant } from "./tenant";

export function NoSuchPage() {
  usePageTitle({ title: "No such page" });
  const { slug } = useTenant();
  return (
    <EmptyState
      icon={<IconMapPinOff size={24} />}
      title="There is no such page"
      action={
        <Button component={Link} to={`/t/${slug}/flows`} variant="light" data-testid="way-back">
          To the flows
        </Button>
      }
    >
      The address may be mistyped, or what it showed is gone. Ctrl K finds every page, flow and run.
    </EmptyState>
  );
}
