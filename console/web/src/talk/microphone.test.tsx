import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";

import { phoneOff, type Softphone } from "@/phone/softphone";
import { aDesk, aDeskCall } from "@/testing/fixtures";

import { Microphone } from "./TalkPage";

describe("the microphone of a talk with the robot", () => {
  test("is silent while its person is in a call, and says so", async () => {
    const view = { ...phoneOff, state: "up" as const, microphone: "Headset" };
    const mute = vi.fn();
    const phone = { listen: () => () => undefined, view: () => view, mute } as Partial<Softphone> as Softphone; // what the panel uses of it
    const queries = new QueryClient();
    queries.setQueryData(["desk"], aDesk());
    render(
      <QueryClientProvider client={queries}>
        <Microphone phone={phone} />
      </QueryClientProvider>,
    );
    expect(mute).toHaveBeenLastCalledWith(false);
    queries.setQueryData(["desk"], aDesk({ state: "talking", call: aDeskCall() }));
    await waitFor(() => expect(mute).toHaveBeenLastCalledWith(true));
    expect(screen.getByText(/You are in a call/)).toBeVisible();
    expect(screen.getByRole("button", { name: /Mute/ })).toBeDisabled();
    queries.setQueryData(["desk"], aDesk({ state: "wrap_up" }));
    await waitFor(() => expect(mute).toHaveBeenLastCalledWith(false));
  });
});
