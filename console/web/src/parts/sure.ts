/** Ask before what cannot be taken back. A key pressed without looking cancels: the dangerous button is not the one in focus. */
import { App } from "antd";
import { useTranslation } from "react-i18next";

interface Deed {
  title: string;
  content: string;
  /** What the button that does it says. */
  act: string;
  onOk: () => unknown;
}

export function useSure(): (deed: Deed) => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  return ({ title, content, act, onOk }) =>
    void modal.confirm({ title, content, okText: act, cancelText: t("cancel"), okButtonProps: { danger: true }, focusable: { autoFocusButton: "cancel" }, onOk });
}
