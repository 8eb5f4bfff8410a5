/** Commands of a component live as long as it is on screen. */
import { useEffect, useSyncExternalStore } from "react";

import { registry, type Command } from "./registry";

/** `commands` must be memoised: a new array registers anew. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => registry.add(commands), [commands]);
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(registry.listen, registry.all);
}
