/** Who is logged in. The server's session cookie is the truth; this is what /api/me said of it. */
import { useQuery } from "@tanstack/react-query";

import { get, Refused, takeCsrf } from "@/api/client";
import type { Me, Role } from "@/api/types";

export async function fetchMe(): Promise<Me | null> {
  try {
    const me = await get<Me>("/api/me");
    takeCsrf(me.csrf);
    return me;
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 401) return null;
    throw problem;
  }
}

export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: fetchMe, staleTime: Infinity });
}

const RANK: Partial<Record<Role, number>> = { agent: 1, supervisor: 2, admin: 3 };

/** May `me` do what `role` may? Only for what is shown: the server checks every request by its own table. */
export function may(me: Me, role: Role): boolean {
  if (me.roles.includes(role)) return true;
  const wanted = RANK[role];
  return wanted !== undefined && me.roles.some((own) => (RANK[own] ?? 0) >= wanted);
}

/** Where `me` begins. */
export function home(me: Me): string {
  if (me.agent_id && !may(me, "supervisor")) return "/desk";
  return may(me, "supervisor") ? "/board" : "/talk";
}
