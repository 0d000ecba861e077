/** Who is signed in. Signing in and out go through here; a session that ends asks again without leaving the page. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { create } from "zustand";
import { api, setCsrfToken, whenSessionEnds } from "@/api/client";
import type { Session } from "@/api/types";

const PATH = "/api/v1/session/";

export const useSessionEnd = create<{ ended: boolean; setEnded: (ended: boolean) => void }>((set) => ({
  ended: false,
  setEnded: (ended) => set({ ended }),
}));

async function readSession(): Promise<Session> {
  const session = await api.get<Session>(PATH, { quiet: true });
  setCsrfToken(session.csrf_token);
  return session;
}

export function useSession() {
  const setEnded = useSessionEnd((state) => state.setEnded);
  useEffect(() => whenSessionEnds(() => setEnded(true)), [setEnded]);
  return useQuery<Session>({
    queryKey: ["session"],
    queryFn: readSession,
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  });
}

export function useSignIn(): (email: string, password: string) => Promise<Session> {
  const client = useQueryClient();
  const setEnded = useSessionEnd((state) => state.setEnded);
  return async (email, password) => {
    const before = client.getQueryData<Session>(["session"])?.user?.id;
    await api.post(PATH, { email, password }, { quiet: true });
    const session = await readSession();
    if (before && before !== session.user?.id) window.location.assign("/");
    client.setQueryData(["session"], session);
    setEnded(false);
    await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
    return session;
  };
}

export function useSignOut(): () => Promise<void> {
  return async () => {
    await api.delete(PATH, { quiet: true });
    window.location.assign("/");
  };
}
