/**
 * The phone of the person at this browser: an agent's lasts a shift, a supervisor's as long as they listen.
 *
 * `phone_id` and `desk_session` lie in localStorage, so that a reload, or the tab that takes over, resumes the same call.
 */
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import { newKey, readDeskSession, Refused, send } from "@/api/client";
import type { DeskView, Me } from "@/api/types";
import { useTopic } from "@/live/provider";

import { phoneOff, Softphone, type PhoneView } from "./softphone";

interface Kept {
  phone_id: string;
  desk_session: string;
}

export interface PersonsPhone {
  view: PhoneView;
  /** Begin with the session the desk gave (agents), or one of its own (supervisors). Call it from a click. */
  start: (deskSession?: string | null) => Promise<void>;
  /** Have the phone here, after a newer session took it elsewhere: a shift begins here. Call it from a click. */
  take: () => Promise<void>;
  /** This browser has had the phone, and can go on with it. */
  resumable: () => boolean;
  /** Go on after a reload; false when there is nothing to go on with. */
  resume: () => boolean;
  end: () => void;
  mute: (muted: boolean) => void;
  speak: (on: boolean) => Promise<void>;
  unblock: () => void;
}

const Context = createContext<PersonsPhone | null>(null);

export function PhoneProvider({ me, children }: { me: Me; children: ReactNode }) {
  const speaks = me.agent_id !== null;
  const place = `jingyin.phone.${me.user_id}`;
  const [{ phone, begin, keepSession, session }] = useState(() => makePhone(place, speaks));
  useEffect(() => () => phone.end(), [phone]);
  useEffect(() => {
    readDeskSession(session);
    return () => readDeskSession(() => null);
  }, [session]);
  useTopic("desk", ({ type, data }) => {
    if (type === "fenced" && data.desk_session !== session()) phone.fence();
  });
  const view = useSyncExternalStore(phone.listen, phone.view);
  const calls = useMemo(
    () => ({
      start: (deskSession: string | null = null) => {
        keepSession(deskSession ?? session() ?? newKey());
        return phone.start();
      },
      take: async () => {
        keepSession(speaks ? ((await send<DeskView>("POST", "/api/desk/start-shift")).desk_session ?? newKey()) : newKey());
        await phone.start();
      },
      resumable: () => localStorage.getItem(place) !== null,
      resume: begin,
      end: () => {
        localStorage.removeItem(place);
        if (phone.phoneId) void send("DELETE", "/api/phone").catch(() => undefined); // the server also notices by itself
        phone.end();
      },
      mute: (muted: boolean) => phone.mute(muted),
      speak: (on: boolean) => phone.speak(on),
      unblock: () => phone.unblock(),
    }),
    [phone, begin, keepSession, session, place, speaks],
  );
  const value = useMemo(() => ({ view, ...calls }), [view, calls]);
  return <Context value={value}>{children}</Context>;
}

export function usePhone(): PersonsPhone {
  return useContext(Context) ?? NONE;
}

const NONE: PersonsPhone = {
  view: phoneOff,
  start: () => Promise.resolve(),
  take: () => Promise.resolve(),
  resumable: () => false,
  resume: () => false,
  end: () => undefined,
  mute: () => undefined,
  speak: () => Promise.resolve(),
  unblock: () => undefined,
};

function makePhone(place: string, speaks: boolean) {
  // Always from the store: another tab of this browser may have begun the shift.
  const session = (): string | null => kept(place)?.desk_session ?? null;
  const store = (value: Kept): void => localStorage.setItem(place, JSON.stringify(value));
  const keep = (answer: { sdp: string; phone_id: string }): { sdp: string; phoneId: string } => {
    store({ phone_id: answer.phone_id, desk_session: session() ?? "" });
    return { sdp: answer.sdp, phoneId: answer.phone_id };
  };
  const offer = async (sdp: string) =>
    keep(await send<{ sdp: string; phone_id: string }>("POST", "/api/phone/offer", { sdp, desk_session: session(), codec: "pcma" }));
  const resume = async (sdp: string, phoneId: string) => {
    try {
      return keep(await send<{ sdp: string; phone_id: string }>("POST", "/api/phone/resume", { sdp, phone_id: phoneId, desk_session: session() }));
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 404) return await offer(sdp); // the server forgot it, as after its own restart
      throw refused;
    }
  };
  const phone = new Softphone({ offer, resume }, place, speaks);
  return {
    phone,
    session,
    keepSession: (deskSession: string) => store({ phone_id: "", desk_session: deskSession }),
    begin: () => {
      const last = kept(place);
      if (!last) return false;
      void phone.start(last.phone_id || null);
      return true;
    },
  };
}

function kept(place: string): Kept | null {
  const stored = localStorage.getItem(place);
  return stored === null ? null : (JSON.parse(stored) as Kept); // written above, by this browser
}
