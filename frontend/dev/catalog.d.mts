export const CONNECTORS: unknown[];
export const NODE_KINDS: unknown;
