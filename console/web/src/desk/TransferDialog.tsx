/** Put the customer through to a colleague or back into a queue. */
import { Button, Form, Input, Modal, Radio } from "antd";
import { useTranslation } from "react-i18next";

import { useCommand } from "@/parts/command";

interface Target {
  kind: "agent" | "queue";
  name: string;
}

export function TransferDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  const transfer = useCommand("desk");
  const put = ({ kind, name }: Target): void =>
    transfer.mutate({ path: "/api/desk/call/transfer", body: kind === "agent" ? { to_agent: name } : { to_queue: name } }, { onSuccess: close });
  return (
    <Modal open={open} onCancel={close} footer={null} destroyOnHidden title={t("transfer.title")} width={420}>
      <Form<Target> layout="vertical" requiredMark={false} initialValues={{ kind: "queue", name: "default" }} onFinish={put}>
        <Form.Item name="kind" label={t("transfer.to")}>
          <Radio.Group
            options={[
              { value: "queue", label: t("transfer.queue") },
              { value: "agent", label: t("transfer.agent") },
            ]}
          />
        </Form.Item>
        <Form.Item name="name" label={t("transfer.name")} rules={[{ required: true, message: t("login.needed") }]}>
          <Input />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={transfer.isPending}>
          {t("call.transfer")}
        </Button>
      </Form>
    </Modal>
  );
}
