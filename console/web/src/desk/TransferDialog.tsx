/** Put the customer through to a colleague or into a queue, picked from those that are there. */
import { CloseCircleFilled, SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Empty, Input, Modal, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { get } from "@/api/client";
import type { Colleague, QueueLine, TransferTargets } from "@/api/types";
import { Loading } from "@/parts/Loading";
import { Since, StageMark } from "@/parts/Marks";
import { Problem } from "@/parts/Problem";
import { useCommand } from "@/parts/command";
import { queueName, reasonName } from "@/words";

const LOOK_AGAIN_MS = 2_000;

export function TransferDialog({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={close} footer={null} destroyOnHidden title={t("transfer.title")} width={520}>
      <Picker close={close} />
    </Modal>
  );
}

function Picker({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const targets = useQuery({ queryKey: ["transfer-targets"], queryFn: () => get<TransferTargets>("/api/desk/transfer-targets"), refetchInterval: LOOK_AGAIN_MS });
  const [wanted, setWanted] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const transfer = useCommand("desk");
  if (!targets.data) return targets.error ? <Problem error={targets.error} retry={() => void targets.refetch()} /> : <Loading />;
  const matches = (name: string): boolean => name.toLowerCase().includes(wanted.trim().toLowerCase());
  const queues = targets.data.queues.filter(({ name }) => matches(queueName(t, name)) || matches(name));
  const agents = targets.data.agents.filter(({ name }) => matches(name));
  const body = bodyOf(chosen, targets.data);
  return (
    <form
      className="stack"
      onSubmit={(submit) => {
        submit.preventDefault();
        if (body) transfer.mutate({ path: "/api/desk/call/transfer", body }, { onSuccess: close });
      }}
    >
      <Input
        type="search"
        prefix={<SearchOutlined aria-hidden />}
        allowClear={{ clearIcon: <CloseCircleFilled aria-label={t("clear")} /> }}
        autoFocus
        value={wanted}
        placeholder={t("transfer.search")}
        aria-label={t("transfer.search")}
        onChange={(change) => setWanted(change.target.value)}
      />
      <Radio.Group className="targets" value={chosen} onChange={(change) => setChosen(String(change.target.value))} aria-label={t("transfer.to")}>
        {queues.length ? <h3>{t("transfer.queues")}</h3> : null}
        {queues.map((queue) => (
          <Radio key={queue.name} value={`queue ${queue.name}`} disabled={queue.served_by === 0}>
            <Queue queue={queue} />
          </Radio>
        ))}
        {agents.length ? <h3>{t("transfer.agents")}</h3> : null}
        {agents.map((agent) => (
          <Radio key={agent.id} value={`agent ${agent.id}`} disabled={!agent.free}>
            <Agent agent={agent} />
          </Radio>
        ))}
      </Radio.Group>
      {queues.length || agents.length ? null : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t(wanted ? "transfer.no_match" : "transfer.nobody")} />}
      <p className="soft dense">{t("transfer.what")}</p>
      <Button type="primary" htmlType="submit" block disabled={!body} loading={transfer.isPending}>
        {t("call.transfer")}
      </Button>
    </form>
  );
}

/** What is chosen may have gone, or be busy, by now. */
function bodyOf(chosen: string | null, { agents, queues }: TransferTargets): object | null {
  const agent = agents.find(({ id, free }) => free && chosen === `agent ${id}`);
  if (agent) return { to_agent: agent.id };
  const queue = queues.find(({ name, served_by }) => served_by > 0 && chosen === `queue ${name}`);
  return queue ? { to_queue: queue.name } : null;
}

function Agent({ agent }: { agent: Colleague }) {
  const { t } = useTranslation();
  const shown = agent.state === "idle" ? agent.status : agent.state;
  const why = agent.state === "idle" && agent.status === "not_ready" ? reasonName(t, agent.reason) : "";
  return (
    <span className="target">
      <span className="cut grow" translate="no">{agent.name}</span>
      {why ? <span className="soft dense">{why}</span> : null}
      <StageMark stage={shown} />
      <Since at={agent.since} className="soft" />
    </span>
  );
}

function Queue({ queue }: { queue: QueueLine }) {
  const { t } = useTranslation();
  return (
    <span className="target">
      <span className="cut grow" translate="no">{queueName(t, queue.name)}</span>
      <span className="soft dense">{queue.served_by === 0 ? t("transfer.unserved") : t("transfer.queue_facts", { waiting: queue.waiting, free: queue.free })}</span>
    </span>
  );
}
