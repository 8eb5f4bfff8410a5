/** Every command by its name. Those that cannot run now stay in the list and say why. */
import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAllCommands } from "@/keyboard/hooks";
import { keyName, type Command } from "@/keyboard/registry";

export function Palette({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={close} footer={null} closable={false} destroyOnHidden width={560} style={{ top: 96 }} title={<span className="hidden-text">{t("command.palette")}</span>}>
      <Search close={close} />
    </Modal>
  );
}

const LIST = "palette-list";

function Search({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const found = useAllCommands().filter(
    (command) => command.id !== "palette" && fits(`${t(command.label)} ${t(command.group)}`, wanted),
  );
  const chosen = Math.min(at, found.length - 1);
  const run = (command: Command | undefined): void => {
    if (!command || command.refusal !== undefined) return;
    close();
    command.run();
  };
  return (
    <>
      <Input
        autoFocus
        variant="borderless"
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.placeholder")}
        role="combobox"
        aria-expanded
        aria-controls={LIST}
        aria-activedescendant={found[chosen] ? `palette-${found[chosen].id}` : undefined}
        value={wanted}
        onChange={(change) => {
          setWanted(change.target.value);
          setAt(0);
        }}
        onKeyDown={(key) => {
          if (key.nativeEvent.isComposing) return;
          if (key.code === "ArrowDown") setAt(Math.min(chosen + 1, found.length - 1));
          else if (key.code === "ArrowUp") setAt(Math.max(chosen - 1, 0));
          else if (key.code === "Enter") run(found[chosen]);
          else return;
          key.preventDefault();
        }}
      />
      <div className="palette-list" id={LIST} role="listbox" aria-label={t("command.palette")}>
        {found.map((command, index) => (
          <div
            key={command.id}
            id={`palette-${command.id}`}
            role="option"
            className="palette-item"
            aria-selected={index === chosen}
            aria-disabled={command.refusal !== undefined}
            onMouseMove={() => setAt(index)}
            onClick={() => run(command)}
          >
            <span>
              {t(command.label)} <span className="soft dense">{command.refusal ?? t(command.group)}</span>
            </span>
            {command.key ? <kbd>{keyName(command.key)}</kbd> : null}
          </div>
        ))}
      </div>
    </>
  );
}

function fits(words: string, wanted: string): boolean {
  const text = words.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((part) => text.includes(part));
}
