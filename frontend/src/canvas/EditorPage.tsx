/** The page of one flow: loads it and its surroundings, then hands them to the editor. */
import "@xyflow/react/dist/style.css";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { useConnectors, useFlow, useNodeKinds } from "@/api/queries";
import type { Connector, FlowDetail, NodeKinds } from "@/api/types";
import { usePageTitle } from "@/app/crumbs";
import { useCan, useTenant } from "@/app/tenant";
import { createDocumentStore } from "@/document/store";
import { TrialProvider } from "@/trial/TrialProvider";
import { Loaded } from "@/ui/states";
import { catalogueOf } from "./catalogue";
import { useDraft } from "./draft";
import { EditorLayout } from "./EditorLayout";
import { EditorSkeleton } from "./EditorSkeleton";
import { createViewStore, EditorContext, knowledgeOf, type ViewStore } from "./editor";

export default function EditorPage() {
  const { flow: id = "" } = useParams();
  const { slug } = useTenant();
  const flow = useFlow(id);
  const kinds = useNodeKinds();
  const connectors = useConnectors();
  usePageTitle({ title: "Flows", to: `/t/${slug}/flows` }, { title: flow.data?.name ?? "…" });
  return (
    <Loaded query={flow} loading={<EditorSkeleton />}>
      {(loaded) => (
        <Loaded query={kinds} loading={<EditorSkeleton />}>
          {(knownKinds) => (
            <Loaded query={connectors} loading={<EditorSkeleton />}>
              {(known) => <Editor key={id} flow={loaded} kinds={knownKinds} connectors={known} />}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

function Editor({
  flow,
  kinds,
  connectors,
}: {
  flow: FlowDetail;
  kinds: NodeKinds;
  connectors: Connector[];
}) {
  const mayEdit = useCan()("edit_flows");
  const [store] = useState(() => createDocumentStore(whole(flow)));
  const [view] = useState(createViewStore);
  useAskedField(view);
  const draft = useDraft(flow, store, mayEdit);
  const editable = mayEdit && draft.state !== "refused";
  const value = useMemo(
    () => ({
      store,
      view,
      kinds,
      connectors,
      entries: catalogueOf(kinds, connectors),
      knowledge: knowledgeOf(connectors),
      problems: draft.problems,
      editable,
    }),
    [store, view, kinds, connectors, draft.problems, editable],
  );
  return (
    <EditorContext.Provider value={value}>
      <TrialProvider flow={flow}>
        <ReactFlowProvider>
          <EditorLayout flow={flow} draft={draft} />
        </ReactFlowProvider>
      </TrialProvider>
    </EditorContext.Provider>
  );
}

/** A link may name a step and its field: `?node=order&field=params/rules/3`. */
function useAskedField(view: ViewStore): void {
  const [search] = useSearchParams();
  const [node, field] = [search.get("node"), search.get("field")];
  useEffect(() => {
    if (node) view.getState().focusField(node, field ?? "");
  }, [view, node, field]);
}

/** The document with the parts that a hand-written one may leave out. */
function whole({ document }: FlowDetail): FlowDetail["document"] {
  return {
    ...document,
    connections: document.connections ?? {},
    nodes: (document.nodes ?? []).map((node) => ({ ...node, params: node.params ?? {} })),
    edges: document.edges ?? [],
  };
}
