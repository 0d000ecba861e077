/** Opens the mapper of the map step that the view names, as a sheet over the editor; its code loads when it is opened. */
import { Modal, Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useDocument, useEditor, useView } from "@/canvas/editor";
import { titleOf } from "@/canvas/kinds";
import classes from "./host.module.css";

const Sheet = lazy(() => import("./Sheet"));

export function Mapper() {
  const { view } = useEditor();
  const id = useView((state) => state.mapping);
  const document = useDocument();
  const node = document.nodes.find((candidate) => candidate.id === id && candidate.kind === "map");
  const close = () => view.getState().openMapper(null);
  return (
    <Modal
      opened={node !== undefined}
      onClose={close}
      closeOnEscape={false}
      withCloseButton={false}
      padding={0}
      size="calc(100vw - 48px)"
      yOffset={24}
      xOffset={24}
      classNames={{ body: classes.body, content: classes.content, inner: classes.inner }}
      attributes={{ content: { "aria-label": node ? `Mapper of ${titleOf(node)}` : "Mapper" } }}
    >
      {node && (
        <Suspense fallback={<Skeleton m={24} height={320} />}>
          <Sheet key={node.id} node={node} onClose={close} />
        </Suspense>
      )}
    </Modal>
  );
}
