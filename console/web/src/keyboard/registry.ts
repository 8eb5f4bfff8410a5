/**
 * One registry of commands: it feeds the keys, the palette, the `?` sheet and the tooltips, so they cannot disagree.
 *
 * Keys are matched by `event.code` (where the key lies), because layouts and IMEs change `event.key`. While an IME composes,
 * only F-keys work. Plain keys (no F-key, no modifier) are left to whatever text field has the focus.
 * Not to be used: Alt+A, Ctrl+Alt+A, Ctrl+Shift+A, Ctrl+Space (screenshots, IMEs) and F1 F3 F5 F6 F7 F10-F12 (browsers).
 */
import { createKeybindingsHandler } from "tinykeys";

import type { MessageKey } from "@/i18n";

export interface Command {
  id: string;
  label: MessageKey;
  group: MessageKey;
  /** tinykeys' syntax, in codes: `F2`, `$mod+Enter`, `Shift+Slash`. */
  key?: string;
  /** The key must be held this long; a slip of the finger must not end a call. */
  holdMs?: number;
  /** Why it cannot run now; undefined when it can. */
  refusal?: string | undefined;
  run: () => void;
}

const F_KEY = /^F\d+$/;

export class Registry {
  #commands = new Map<string, Command>();
  #all: readonly Command[] = [];
  #listeners = new Set<() => void>();

  /** The commands now, in the order of their registration; the same array until something changes. */
  all = (): readonly Command[] => this.#all;

  add(commands: readonly Command[]): () => void {
    for (const command of commands) this.#commands.set(command.id, command);
    this.#changed();
    return () => {
      for (const command of commands) if (this.#commands.get(command.id) === command) this.#commands.delete(command.id);
      this.#changed();
    };
  }

  listen = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  #changed(): void {
    this.#all = [...this.#commands.values()];
    for (const one of this.#listeners) one();
  }
}

export const registry = new Registry();

/** Handle key events of `target` by the registry's commands, until the returned function is called. */
export function listenToKeys(target: Window, from: Registry): () => void {
  let holding: { command: Command; code: string; timer: number } | null = null;
  const release = (): void => {
    if (holding) target.clearTimeout(holding.timer);
    holding = null;
  };
  const down = (event: KeyboardEvent): void => {
    if (!mayRun(event)) return;
    const bindings: Record<string, (event: KeyboardEvent) => void> = {};
    for (const command of from.all()) {
      if (!command.key || (typesText(event) && !worksInText(command.key))) continue;
      bindings[command.key] = (pressed) => {
        pressed.preventDefault();
        if (pressed.repeat || command.refusal !== undefined) return;
        if (command.holdMs === undefined) { command.run(); return; }
        release();
        holding = {
          command,
          code: pressed.code,
          timer: target.setTimeout(() => {
            holding = null;
            command.run();
          }, command.holdMs),
        };
      };
    }
    createKeybindingsHandler(bindings)(event);
  };
  const up = (event: KeyboardEvent): void => {
    if (holding && (event.code === holding.code || event.key === "Shift")) release();
  };
  target.addEventListener("keydown", down);
  target.addEventListener("keyup", up);
  target.addEventListener("blur", release);
  return () => {
    release();
    target.removeEventListener("keydown", down);
    target.removeEventListener("keyup", up);
    target.removeEventListener("blur", release);
  };
}

function mayRun(event: KeyboardEvent): boolean {
  const composing = event.isComposing || event.keyCode === 229; // eslint-disable-line @typescript-eslint/no-deprecated -- Safari says a composing key by 229 alone
  return !composing || F_KEY.test(event.code);
}

function typesText(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=radio],[type=checkbox],[type=button]), textarea, select");
}

function worksInText(key: string): boolean {
  return key.split("+").some((part) => F_KEY.test(part) || part === "$mod" || part === "Control" || part === "Meta" || part === "Alt");
}

const NAMES: Record<string, string> = { $mod: "Ctrl", Control: "Ctrl", Slash: "/", Escape: "Esc" };

/** How a key is written for a person: `Ctrl K`, `?`. */
export function keyName(key: string): string {
  if (key === "Shift+Slash") return "?";
  return key
    .split("+")
    .map((part) => NAMES[part] ?? part.replace(/^(Key|Digit)/, ""))
    .join(" ");
}
