/** The routes. Each page is loaded when it is first opened; the shell comes with the first of them. */
import { createBrowserRouter, type RouteObject } from "react-router";

import { Broken } from "@/parts/Broken";
import { Loading } from "@/parts/Loading";

export const routes: RouteObject[] = [
  {
    errorElement: <Broken />,
    HydrateFallback: Loading,
    children: [
      { path: "/login", lazy: async () => ({ Component: (await import("@/login/LoginPage")).LoginPage }) },
      {
        lazy: async () => ({ Component: (await import("@/shell/Shell")).Shell }),
        children: [
          { index: true, lazy: async () => ({ Component: (await import("@/shell/Home")).Home }) },
          { path: "/board", lazy: async () => ({ Component: (await import("@/board/BoardPage")).BoardPage }) },
          { path: "/desk", lazy: async () => ({ Component: (await import("@/desk/DeskPage")).DeskPage }) },
          { path: "/talk", lazy: async () => ({ Component: (await import("@/talk/TalkPage")).TalkPage }) },
          { path: "/supervise", lazy: async () => ({ Component: (await import("@/supervise/SupervisePage")).SupervisePage }) },
          { path: "/campaigns", lazy: async () => ({ Component: (await import("@/campaigns/CampaignsPage")).CampaignsPage }) },
          { path: "/customers/:id", lazy: async () => ({ Component: (await import("@/customers/CustomerPage")).CustomerPage }) },
          { path: "*", lazy: async () => ({ Component: (await import("@/parts/Broken")).NotFound }) },
        ],
      },
    ],
  },
];

export function makeRouter(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter(routes);
}
