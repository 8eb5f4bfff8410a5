/** Everything around the routes: theme, language, queries. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { App, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useState } from "react";
import { RouterProvider } from "react-router";

import { Refused } from "@/api/client";
import { silentIcons } from "@/parts/icons";
import { usePreferences } from "@/preferences";
import { makeRouter } from "@/routes";
import { themeOf } from "@/theme";

export function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        // What the server decided stays decided; only silence is worth a second try.
        retry: (failures, problem) => failures < 2 && (!(problem instanceof Refused) || problem.status === 0 || problem.status >= 500),
        refetchOnWindowFocus: false, // the live connection tells
      },
    },
  });
}

export function JingyinApp() {
  const { look, lang } = usePreferences();
  const [queries] = useState(makeQueries);
  const [router] = useState(() => makeRouter());
  return (
    <ConfigProvider theme={themeOf(look)} locale={lang === "zh" ? zhCN : enUS} {...silentIcons}>
      <App component={false} message={{ maxCount: 3 }}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  );
}
