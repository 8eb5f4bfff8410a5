/**
 * The phone of the person at this browser: an agent's lasts a shift, a supervisor's as long as they listen.
 *
 * `phone_id` and `desk_session` lie in localStorage, so that a reload, or the tab that takes over, resumes the same call.
 */
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import { newKey, Refused, send } from "@/api/client";
import type { Me } from "@/api/types";

import { phoneOff, Softphone, type PhoneView } from "./softphone";

interface Kept {
  phone_id: string;
  desk_session: string;
}

export interface PersonsPhone {
  view: PhoneView;
  /** Begin with the session the desk gave (agents), or one of its own (supervisors). Call it from a click. */
  start: (deskSession?: string | null) => Promise<void>;
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
  const [{ phone, begin, keepSession }] = useState(() => makePhone(place, speaks));
  useEffect(() => () => phone.end(), [phone]);
  const view = useSyncExternalStore(phone.listen, phone.view);
  const calls = useMemo(
    () => ({
      start: (deskSession: string | null = null) => {
        keepSession(deskSession ?? newKey());
        return phone.start();
      },
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
    [phone, begin, keepSession, place],
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
  resume: () => false,
  end: () => undefined,
  mute: () => undefined,
  speak: () => Promise.resolve(),
  unblock: () => undefined,
};

function makePhone(place: string, speaks: boolean) {
  let session = kept(place)?.desk_session ?? "";
  const keep = (answer: { sdp: string; phone_id: string }): { sdp: string; phoneId: string } => {
    localStorage.setItem(place, JSON.stringify({ phone_id: answer.phone_id, desk_session: session } satisfies Kept));
    return { sdp: answer.sdp, phoneId: answer.phone_id };
  };
  const offer = async (sdp: string) =>
    keep(await send<{ sdp: string; phone_id: string }>("POST", "/api/phone/offer", { sdp, desk_session: session, codec: "pcma" }));
  const resume = async (sdp: string, phoneId: string) => {
    try {
      return keep(await send<{ sdp: string; phone_id: string }>("POST", "/api/phone/resume", { sdp, phone_id: phoneId, desk_session: session }));
    } catch (refused) {
      if (refused instanceof Refused && refused.status === 404) return await offer(sdp); // the server forgot it, as after its own restart
      throw refused;
    }
  };
  const phone = new Softphone({ offer, resume }, place, speaks);
  return {
    phone,
    keepSession: (deskSession: string) => void (session = deskSession),
    begin: () => {
      const last = kept(place);
      if (!last) return false;
      session = last.desk_session;
      void phone.start(last.phone_id);
      return true;
    },
  };
}

function kept(place: string): Kept | null {
  const stored = localStorage.getItem(place);
  return stored === null ? null : (JSON.parse(stored) as Kept); // written above, by this browser
}
