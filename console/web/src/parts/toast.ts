/** A line over the page that goes by itself, or is taken back when it is no longer true. */
import { App } from "antd";
import { useMemo } from "react";

import { icons } from "./icons";

export interface Toast {
  /** `name`: another of that name takes its place, and `takeBack` ends it. */
  tell: (type: keyof typeof icons, content: string, options?: { seconds?: number; name?: string }) => void;
  takeBack: (name: string) => void;
}

export function useToast(): Toast {
  const { message } = App.useApp();
  return useMemo(
    () => ({
      tell: (type, content, { seconds, name } = {}) =>
        void message.open({ type, content, icon: icons[type], ...(seconds === undefined ? {} : { duration: seconds }), ...(name === undefined ? {} : { key: name }) }),
      takeBack: (name) => message.destroy(name),
    }),
    [message],
  );
}
