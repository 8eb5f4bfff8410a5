/** What stays while pages change: top bar, rail, call bar, live connection, phone, keys. */
import { AudioOutlined, BarChartOutlined, CommentOutlined, CustomerServiceOutlined, DashboardOutlined, SearchOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";
import { Suspense, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, NavLink, Outlet, useLocation, useNavigate } from "react-router";

import { send } from "@/api/client";
import type { DeskView, Me, Role } from "@/api/types";
import { CallBar } from "@/desk/CallBar";
import { OwnState } from "@/desk/OwnState";
import type { MessageKey } from "@/i18n";
import { useCommands } from "@/keyboard/hooks";
import { listenToKeys, registry, type Command } from "@/keyboard/registry";
import { LiveProvider } from "@/live/provider";
import { Loading } from "@/parts/Loading";
import { Problem } from "@/parts/Problem";
import { PhoneProvider } from "@/phone/provider";
import { usePreferences } from "@/preferences";
import { MonitoringStrip } from "@/supervise/MonitoringStrip";
import { ResumedListening } from "@/supervise/ResumedListening";
import { may, useMe } from "@/session";

import { LinkDot, StaleStrip } from "./Link";
import { LookAndLang } from "./LookAndLang";
import { Palette } from "./Palette";
import { PhoneStrip } from "./PhoneStrip";
import { KeySheet } from "./KeySheet";

interface Place {
  path: string;
  label: MessageKey;
  icon: ReactNode;
  role: Role | null;
  desk?: boolean;
}

const PLACES: readonly Place[] = [
  { path: "/desk", label: "nav.desk", icon: <CustomerServiceOutlined aria-hidden />, role: null, desk: true },
  { path: "/board", label: "nav.board", icon: <DashboardOutlined aria-hidden />, role: "supervisor" },
  { path: "/supervise", label: "nav.supervise", icon: <AudioOutlined aria-hidden />, role: "supervisor" },
  { path: "/campaigns", label: "nav.campaigns", icon: <BarChartOutlined aria-hidden />, role: "supervisor" },
  { path: "/talk", label: "nav.talk", icon: <CommentOutlined aria-hidden />, role: null },
];

export function Shell() {
  const me = useMe();
  const { pathname, search } = useLocation();
  if (me.isPending) return <Loading />;
  if (me.error) return <Problem error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return <Navigate to={`/login?next=${encodeURIComponent(pathname + search)}`} replace />;
  return (
    <LiveProvider me={me.data}>
      <PhoneProvider me={me.data}>
        <Frame me={me.data} />
      </PhoneProvider>
    </LiveProvider>
  );
}

function Frame({ me }: { me: Me }) {
  const { t } = useTranslation();
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  const places = useMemo(() => PLACES.filter((place) => (place.desk ? me.agent_id !== null : !place.role || may(me, place.role))), [me]);
  useEffect(() => listenToKeys(window, registry), []);
  useCommands(useEverywhere(places, setPalette, setSheet));
  return (
    <div className="shell">
      <header className="topbar">
        <NavLink to="/" className="brand">
          <img src="/icon.svg" alt="" />
          <span translate="no">Jingyin</span>
        </NavLink>
        <span className="soft cut" translate="no">{me.tenant}</span>
        <button type="button" className="search-box" onClick={() => setPalette(true)}>
          <span className="row">
            <SearchOutlined aria-hidden />
            {t("command.palette")}
          </span>
          <kbd>Ctrl K</kbd>
        </button>
        <span className="grow" />
        {me.agent_id ? <OwnState /> : null}
        <LinkDot />
        <LookAndLang />
        <Person me={me} />
      </header>
      <div className="strip-area">
        <StaleStrip />
        {me.agent_id || may(me, "supervisor") ? <PhoneStrip /> : null}
        {may(me, "supervisor") ? <MonitoringStrip me={me} /> : null}
      </div>
      <nav className="rail" aria-label={t("nav.title")}>
        {places.map((place) => (
          <NavLink key={place.path} to={place.path} title={t(place.label)}>
            {place.icon}
            <span>{t(place.label)}</span>
          </NavLink>
        ))}
      </nav>
      <main className="main" id="main">
        {me.agent_id || may(me, "supervisor") ? <CallBar /> : null}
        {may(me, "supervisor") ? <ResumedListening /> : null}
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <Palette open={palette} close={() => setPalette(false)} />
      <KeySheet open={sheet} close={() => setSheet(false)} />
    </div>
  );
}

function useEverywhere(places: readonly Place[], setPalette: (open: boolean) => void, setSheet: (open: boolean) => void): Command[] {
  const navigate = useNavigate();
  const { look, lang, setLook, setLang } = usePreferences();
  return useMemo(
    () => [
      { id: "palette", label: "command.palette", group: "group.everywhere", key: "$mod+KeyK", run: () => setPalette(true) },
      { id: "keys", label: "command.keys", group: "group.everywhere", key: "Shift+Slash", run: () => setSheet(true) },
      ...places.map((place): Command => ({ id: place.path, label: place.label, group: "group.go", run: () => void navigate(place.path) })),
      { id: "look", label: look === "dark" ? "look.light" : "look.dark", group: "group.everywhere", run: () => setLook(look === "dark" ? "light" : "dark") },
      { id: "lang", label: "command.lang", group: "group.everywhere", run: () => setLang(lang === "zh" ? "en" : "zh") },
    ],
    [places, look, lang, navigate, setLook, setLang, setPalette, setSheet],
  );
}

function Person({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    await send("POST", "/api/logout").catch(() => undefined); // an ended session is what was wanted
    queries.clear();
    queries.setQueryData(["me"], null);
    void navigate("/login");
  };
  const askToLeave = (): void => {
    if (queries.getQueryData<DeskView>(["desk"])?.state !== "talking") {
      void leave();
      return;
    }
    void modal.confirm({
      title: t("logout.title"),
      content: t("logout.what"),
      okText: t("logout.anyway"),
      cancelText: t("logout.stay"),
      focusable: { autoFocusButton: "cancel" },
      okButtonProps: { danger: true },
      onOk: leave,
    });
  };
  return (
    <Dropdown trigger={["click"]} menu={{ items: [{ key: "leave", label: t("person.logout"), onClick: askToLeave }] }}>
      <Button type="text" aria-haspopup="menu" translate="no">
        {me.display_name}
      </Button>
    </Dropdown>
  );
}
