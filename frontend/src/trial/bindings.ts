/** Which connection of the sandbox each system of a flow is tested with, and what a step would make there. */
import { useConnections, useConnectors } from "@/api/queries";
import type { Connection, Connector, Deployment, OperationSpec } from "@/api/types";
import { connectorOf } from "@/canvas/kinds";
import type { FlowDocument, FlowNode } from "@/document/types";
import { useTrial, useTrialValue } from "./store";

export interface Binding {
  alias: string;
  connector: string;
  fitting: Connection[];
  chosen: Connection | undefined;
}

/** In the order of the document: as a person chose, as the flow is at work there, else the first that fits. */
export function bindingsOf(
  document: FlowDocument,
  connections: Connection[],
  choices: Record<string, string>,
  deployments: Deployment[] = [],
): Binding[] {
  const atWork = deployments.find((one) => one.active && one.environment === "sandbox")?.connections ?? {};
  const here = connections.filter(({ environment }) => environment === "sandbox");
  return Object.entries(document.connections).map(([alias, { connector }]) => {
    const fitting = here.filter((connection) => connection.connector === connector);
    return {
      alias,
      connector,
      fitting,
      chosen: fitting.find(({ id }) => id === (choices[alias] ?? atWork[alias])) ?? fitting[0],
    };
  });
}

export function useBindings(document: FlowDocument): Binding[] {
  const connections = useConnections().data ?? [];
  const choices = useTrial((state) => state.connections);
  const { flow } = useTrialValue();
  return bindingsOf(document, connections, choices, flow.deployments);
}

export interface Writing {
  node: FlowNode;
  connector: Connector;
  operation: OperationSpec;
  connection: Connection | undefined;
}

/** The steps that make or change something in another system. */
export function writesOf(document: FlowDocument, connectors: Connector[], bindings: Binding[]): Writing[] {
  return document.nodes.flatMap((node) => {
    if (node.kind !== "call") return [];
    const connector = connectorOf(document, node, connectors);
    const operation = connector?.operations.find(({ name }) => name === node.params.operation);
    if (!connector || !operation || operation.effect === "read") return [];
    const connection = bindings.find(({ alias }) => alias === node.params.connection)?.chosen;
    return [{ node, connector, operation, connection }];
  });
}

export function useWrites(document: FlowDocument): Writing[] {
  const connectors = useConnectors().data ?? [];
  return writesOf(document, connectors, useBindings(document));
}

export const isReal = ({ connection }: Pick<Writing, "connection">) => connection?.simulated === false;

/** The connections as they are told to a person: a test that was agreed to is sent through these and no others. */
export function chosenOf(bindings: Binding[]): Record<string, string> {
  return Object.fromEntries(bindings.flatMap(({ alias, chosen }) => (chosen ? [[alias, chosen.id]] : [])));
}

/** "the simulated Epicor Kinetic", or the connection's own name where it is a real system. */
export function systemWords({ connector, connection }: Pick<Writing, "connector" | "connection">): string {
  if (!connection || !isReal({ connection })) return `the simulated ${connector.title}`;
  return `“${connection.name}”, a real ${connector.title}`;
}
