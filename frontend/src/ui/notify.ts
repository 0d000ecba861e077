/** Short messages at the edge of the screen, in one manner for success and failure. */
import { notifications } from "@mantine/notifications";
import { explain } from "@/api/client";

export function tell(message: string, title?: string): void {
  notifications.show({ message, title, color: "teal", autoClose: 4000, withBorder: true });
}

export function tellError(error: unknown, what?: string): void {
  const { title, detail, hint } = explain(error);
  const message = [detail, hint].filter(Boolean).join(" ");
  notifications.show({
    title: what ?? title,
    message: message || title,
    color: "red",
    autoClose: 9000,
    withBorder: true,
  });
}
