/** How a canvas behaves that is only looked at: of a run, of the differences between two versions. */
import type { FlowDocument } from "@/document/types";

const MANY = 150;

export const readOnly = (document: FlowDocument) => ({
  nodesDraggable: false,
  nodesConnectable: false,
  edgesFocusable: false,
  deleteKeyCode: null,
  panOnScroll: true,
  zoomOnDoubleClick: false,
  minZoom: 0.1,
  maxZoom: 1.6,
  onlyRenderVisibleElements: document.nodes.length > MANY,
  proOptions: { hideAttribution: true },
});
