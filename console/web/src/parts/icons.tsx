/** antd's own icons read out their English names ("close", "search"); here they are as silent as ours: the words beside them say it. */
import { CheckCircleFilled, CloseCircleFilled, CloseOutlined, ExclamationCircleFilled, EyeInvisibleOutlined, EyeOutlined, InfoCircleFilled, LoadingOutlined } from "@ant-design/icons";
import type { ConfigProviderProps } from "antd";

export const icons = {
  success: <CheckCircleFilled aria-hidden />,
  info: <InfoCircleFilled aria-hidden />,
  warning: <ExclamationCircleFilled aria-hidden />,
  error: <CloseCircleFilled aria-hidden />,
} as const;

const ofType = { successIcon: icons.success, infoIcon: icons.info, warningIcon: icons.warning, errorIcon: icons.error };

/** For a ConfigProvider. */
export const silentIcons: Pick<ConfigProviderProps, "alert" | "modal" | "button" | "inputPassword"> = {
  alert: ofType,
  modal: { ...ofType, closeIcon: <CloseOutlined aria-hidden /> },
  inputPassword: { iconRender: (visible) => (visible ? <EyeOutlined aria-hidden /> : <EyeInvisibleOutlined aria-hidden />) },
  button: { autoInsertSpace: false, loadingIcon: <LoadingOutlined aria-hidden /> },
};
