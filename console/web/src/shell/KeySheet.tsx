/** `?`: all keys that work here, by what they belong to. */
import { Modal } from "antd";
import { useTranslation } from "react-i18next";

import { useAllCommands } from "@/keyboard/hooks";
import { keyName } from "@/keyboard/registry";

export function KeySheet({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const withKeys = useAllCommands().filter((command) => command.key);
  const groups = [...new Set(withKeys.map((command) => command.group))];
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("command.keys")} width={640}>
      <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 24 }}>
        {groups.map((group) => (
          <section key={group}>
            <h2>{t(group)}</h2>
            <ul className="dense">
              {withKeys.filter((command) => command.group === group).map((command) => (
                <li key={command.id} className="row" style={{ justifyContent: "space-between", padding: "3px 0" }}>
                  <span>
                    {t(command.label)}
                    {command.holdMs ? <span className="soft"> ({t("command.held")})</span> : null}
                  </span>
                  <kbd>{command.key ? keyName(command.key) : ""}</kbd>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Modal>
  );
}
