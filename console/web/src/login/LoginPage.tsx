/** Log in; in a demo, whom to be is one click. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useSearchParams } from "react-router";

import { get, Refused, send, takeCsrf } from "@/api/client";
import type { DemoUser, Me } from "@/api/types";
import { LookAndLang } from "@/shell/LookAndLang";
import { home, useMe } from "@/session";
import { Problem } from "@/parts/Problem";
import { roleName } from "@/words";

interface Credentials {
  tenant: string;
  name: string;
  password: string;
}

async function demoUsers(): Promise<DemoUser[]> {
  try {
    return await get<DemoUser[]>("/api/demo-users");
  } catch (problem) {
    if (problem instanceof Refused && problem.status === 404) return []; // no demo runs
    throw problem;
  }
}

export function LoginPage() {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const next = search.get("next");
  const demo = useQuery({ queryKey: ["demo-users"], queryFn: demoUsers, staleTime: Infinity });
  const login = useMutation({
    mutationFn: (who: Credentials) => send<Me>("POST", "/api/login", who),
    onSuccess: (found) => {
      takeCsrf(found.csrf);
      queries.clear();
      queries.setQueryData(["me"], found);
      void navigate(next?.startsWith("/") && !next.startsWith("//") ? next : home(found), { replace: true });
    },
  });
  if (me.data && !login.isPending) return <Navigate to={home(me.data)} replace />;
  const users = demo.data ?? [];
  return (
    <main className="login">
      <div className="stack" style={{ gap: 16 }}>
        <div className="row">
          <img src="/icon.svg" alt="" width={36} height={36} />
          <h1 className="grow" translate="no">Jingyin</h1>
          <LookAndLang />
        </div>
        <p className="soft">{t("login.what")}</p>
        <section className="panel">
          <Form<Credentials> layout="vertical" requiredMark={false} initialValues={{ tenant: users[0]?.tenant ?? "demo" }} onFinish={(who) => login.mutate(who)}>
            <Form.Item name="tenant" label={t("login.tenant")} rules={[{ required: true, message: t("login.needed") }]}>
              <Input autoComplete="organization" />
            </Form.Item>
            <Form.Item name="name" label={t("login.name")} rules={[{ required: true, message: t("login.needed") }]}>
              <Input autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item name="password" label={t("login.password")} rules={[{ required: true, message: t("login.needed") }]}>
              <Input.Password autoComplete="current-password" />
            </Form.Item>
            <div className="stack">
              <Problem error={login.error} />
              <Button type="primary" htmlType="submit" block loading={login.isPending}>
                {t("login.do")}
              </Button>
            </div>
          </Form>
        </section>
      </div>
      {users.length ? (
        <section className="stack" aria-labelledby="demo-title">
          <h2 id="demo-title">{t("login.demo")}</h2>
          <p className="soft dense">{t("login.demo_what")}</p>
          {users.map((user) => (
            <button key={`${user.tenant} ${user.name}`} type="button" className="plain demo-user" onClick={() => login.mutate(user)} disabled={login.isPending}>
              <span className="avatar" aria-hidden>
                {user.display_name.slice(0, 1)}
              </span>
              <span className="grow">
                <span translate="no">{user.display_name}</span>
                <span className="soft dense"> · {user.roles.map((role) => roleName(t, role)).join(", ")}</span>
              </span>
              <code className="soft dense">
                {user.name} / {user.password}
              </code>
            </button>
          ))}
        </section>
      ) : null}
    </main>
  );
}
