/** A command to the server: a button that works knows when it may, what it waits for, and what was refused. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import { send } from "@/api/client";
import { errorWords } from "@/problems";

import { useToast } from "./toast";

interface Order {
  method?: "POST" | "PUT" | "DELETE";
  path: string;
  body?: unknown;
}

/** Send, then fetch anew what `stales` names; a refusal is told where the person looks, until the next that is not refused. */
export function useCommand(...stales: string[]) {
  const queries = useQueryClient();
  const toast = useToast();
  const name = useId();
  const { t } = useTranslation();
  return useMutation({
    mutationFn: ({ method = "POST", path, body }: Order) => send<unknown>(method, path, body),
    onSettled: () => Promise.all(stales.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
    onError: (problem) => toast.tell("error", errorWords(t, problem), { seconds: 6, name }),
    onSuccess: () => toast.takeBack(name),
  });
}
