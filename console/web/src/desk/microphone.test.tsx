import { screen, waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import { phoneOff } from "@/phone/softphone";
import { draw, setStage } from "@/testing/draw";
import { scenes } from "@/testing/scenes";

const phone = vi.hoisted(() => ({ microphone: "", speak: vi.fn(() => Promise.resolve()), mute: vi.fn() }));
vi.mock(import("@/phone/provider"), async (original) => {
  const real = await original();
  return {
    ...real,
    usePhone: () => ({ ...real.usePhone(), speak: phone.speak, mute: phone.mute, view: { ...phoneOff, state: "up" as const, microphone: phone.microphone } }),
  };
});

setStage();

describe("in a call the microphone", () => {
  test("is opened for who only listened before", async () => {
    phone.microphone = "";
    draw(scenes.live);
    await waitFor(() => expect(phone.speak).toHaveBeenCalledWith(true));
  });

  test("that is open is left alone", async () => {
    phone.microphone = "Headset";
    phone.speak.mockClear();
    draw(scenes.live);
    await screen.findByRole("button", { name: /Mute/ });
    await waitFor(() => expect(phone.mute).toHaveBeenCalledWith(false));
    expect(phone.speak).not.toHaveBeenCalled();
  });

  test("stays shut between calls", async () => {
    phone.microphone = "";
    phone.speak.mockClear();
    draw(scenes.ready);
    await screen.findAllByText(/Ready/);
    expect(phone.speak).not.toHaveBeenCalled();
  });
});
