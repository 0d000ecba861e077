/** The tenant and environment of the page: from the address, else what was chosen last. */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { create } from "zustand";
import type { Environment, TenantMembership } from "@/api/types";
import { useAddress } from "./address";

const TenantContext = createContext<TenantMembership | null>(null);

export function TenantProvider({ tenant, children }: { tenant: TenantMembership; children: ReactNode }) {
  return <TenantContext.Provider value={tenant}>{children}</TenantContext.Provider>;
}

export function useTenant(): TenantMembership {
  const tenant = useContext(TenantContext);
  if (!tenant) throw new Error("This part of the app needs a tenant around it.");
  return tenant;
}

export function useCan(): (permission: string) => boolean {
  const { permissions } = useTenant();
  return useMemo(() => {
    const held = new Set(permissions);
    return (permission: string) => held.has(permission);
  }, [permissions]);
}

export const ENVIRONMENTS: { name: Environment; title: string }[] = [
  { name: "sandbox", title: "Sandbox" },
  { name: "development", title: "Development" },
  { name: "qa", title: "QA" },
  { name: "production", title: "Production" },
];

const KEY = "ipaas.environment";

function remembered(): Environment {
  const stored = localStorage.getItem(KEY);
  return ENVIRONMENTS.find(({ name }) => name === stored)?.name ?? "sandbox";
}

const useChosen = create<{ environment: Environment; choose: (environment: Environment) => void }>((set) => ({
  environment: remembered(),
  choose: (environment) => {
    localStorage.setItem(KEY, environment);
    set({ environment });
  },
}));

/** The environment that everything on the page is about; the address wins over what was chosen before. */
export function useEnvironment(): [Environment, (environment: Environment) => void] {
  const [search, setAddress] = useAddress();
  const { environment, choose } = useChosen();
  const named = ENVIRONMENTS.find(({ name }) => name === search.get("environment"))?.name;
  const change = (next: Environment) => {
    choose(next);
    setAddress({ environment: next });
  };
  return [named ?? environment, change];
}
