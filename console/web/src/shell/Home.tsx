import { Navigate } from "react-router";

import { home, useMe } from "@/session";

export function Home() {
  const me = useMe();
  return me.data ? <Navigate to={home(me.data)} replace /> : null;
}
