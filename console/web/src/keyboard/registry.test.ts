import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { keyName, listenToKeys, Registry, type Command } from "./registry";

let registry: Registry;
let stop: () => void;
const ran = vi.fn<(id: string) => void>();
const command = (id: string, key: string, more: Partial<Command> = {}): Command => ({
  id,
  key,
  label: "command.palette",
  group: "group.everywhere",
  run: () => ran(id),
  ...more,
});
const press = (init: KeyboardEventInit, target: EventTarget = document.body, type = "keydown") =>
  target.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init }));

beforeEach(() => {
  vi.useFakeTimers();
  ran.mockClear();
  registry = new Registry();
  stop = listenToKeys(window, registry);
});
afterEach(() => {
  stop();
  document.body.replaceChildren();
  vi.useRealTimers();
});

describe("keys", () => {
  test("are matched by where they lie, whatever the layout makes of them", () => {
    registry.add([command("palette", "$mod+KeyK")]);
    press({ code: "KeyK", key: "л", ctrlKey: true });
    expect(ran).toHaveBeenCalledWith("palette");
  });

  test("do nothing while an IME composes, but F-keys do", () => {
    registry.add([command("save", "$mod+Enter"), command("answer", "F2")]);
    press({ code: "Enter", key: "Enter", ctrlKey: true, isComposing: true });
    expect(ran).not.toHaveBeenCalled();
    press({ code: "F2", key: "F2", isComposing: true });
    expect(ran).toHaveBeenCalledExactlyOnceWith("answer");
  });

  test("of one character belong to the text field that has the focus", () => {
    const note = document.body.appendChild(document.createElement("textarea"));
    registry.add([command("outcome-1", "Digit1"), command("answer", "F2")]);
    press({ code: "Digit1", key: "1" }, note);
    expect(ran).not.toHaveBeenCalled();
    press({ code: "F2", key: "F2" }, note);
    press({ code: "Digit1", key: "1" });
    expect(ran.mock.calls).toEqual([["answer"], ["outcome-1"]]);
  });

  test("of a command that is refused now are swallowed and do nothing", () => {
    registry.add([command("answer", "F2", { refusal: "no call is offered" })]);
    expect(press({ code: "F2", key: "F2" })).toBe(false); // default prevented
    expect(ran).not.toHaveBeenCalled();
  });

  test("held too short do nothing; held long enough run once", () => {
    registry.add([command("end", "Shift+F2", { holdMs: 700 })]);
    const down = () => press({ code: "F2", key: "F2", shiftKey: true });
    down();
    vi.advanceTimersByTime(600);
    press({ code: "F2", key: "F2", shiftKey: true }, document.body, "keyup");
    vi.advanceTimersByTime(2000);
    expect(ran).not.toHaveBeenCalled();
    down();
    vi.advanceTimersByTime(700);
    expect(ran).toHaveBeenCalledExactlyOnceWith("end");
  });

  test("are forgotten with the component that registered them", () => {
    const forget = registry.add([command("answer", "F2")]);
    forget();
    press({ code: "F2", key: "F2" });
    expect(ran).not.toHaveBeenCalled();
  });
});

test("keys are written as people know them", () => {
  expect(["$mod+KeyK", "Shift+Slash", "Digit1", "Shift+F2"].map(keyName)).toEqual(["Ctrl K", "?", "1", "Shift F2"]);
});
