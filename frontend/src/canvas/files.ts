/** A flow's document as a file on the person's computer. */
import type { FlowDocument } from "@/document/types";

export function saveAsFile(name: string, flowDocument: FlowDocument): void {
  const text = JSON.stringify(flowDocument, null, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
