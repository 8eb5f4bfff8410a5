/** Draw a scene: the real routes and providers over a scripted server and a scripted live socket. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { App, ConfigProvider } from "antd";
import { delay, http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterAll, afterEach, beforeAll, vi } from "vitest";

import { silentIcons } from "@/parts/icons";
import { routes } from "@/routes";
import { themeOf, type Look } from "@/theme";
import type { LiveEvent } from "@/live/link";

import type { Answer, Scene } from "./scenes";

export interface Request {
  method: string;
  path: string;
  body: unknown;
  key: string | null;
  csrf: string | null;
  deskSession: string | null;
}

/** Commands the page sent, in order. */
export const sent: Request[] = [];

let answers: Record<string, Answer> = {};
const server = setupServer(
  http.all("*/api/*", async ({ request }) => {
    const { pathname } = new URL(request.url);
    const text = await request.text();
    if (request.method !== "GET") {
      sent.push({
        method: request.method,
        path: pathname,
        body: text ? (JSON.parse(text) as unknown) : null,
        key: request.headers.get("idempotency-key"),
        csrf: request.headers.get("x-csrf-token"),
        deskSession: request.headers.get("x-desk-session"),
      });
    }
    const answer = answers[request.method === "GET" ? pathname : `${request.method} ${pathname}`] ?? (request.method === "GET" ? null : { body: {} });
    if (!answer) return HttpResponse.json({ code: "console.not_found", message: `no ${pathname}`, remedy: "", request_id: "r" }, { status: 404 });
    if (answer.delayMs) await delay(answer.delayMs);
    return HttpResponse.json(answer.body as object, { status: answer.status ?? 200 });
  }),
);

/** The server's side of the live socket, of the page that is drawn. */
export class FakeLive {
  static latest: FakeLive | null = null;
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  said: { type: string; topics?: string[] }[] = [];
  static script: LiveEvent[] = [];

  constructor(readonly url: string) {
    FakeLive.latest = this;
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(text: string): void {
    const message = JSON.parse(text) as { type: string; topics?: string[] };
    this.said.push(message);
    if (message.type !== "subscribe") return;
    queueMicrotask(() => {
      this.tell({ type: "hello", epoch: "e1", seq: 100 });
      for (const event of FakeLive.script) if (message.topics?.includes(event.topic)) this.tell(event);
    });
  }

  tell(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  close(): void {
    this.readyState = 3;
  }
}

/** Call once in a test file that draws. */
export function setStage(): void {
  beforeAll(() => {
    server.listen({ onUnhandledRequest: "error" });
    vi.stubGlobal("WebSocket", FakeLive); // after msw's own
  });
  afterEach(() => {
    sent.length = 0;
    FakeLive.script = [];
  });
  afterAll(() => server.close());
}

export function draw(scene: Scene, look: Look = "light") {
  answers = { ...scene.answers };
  FakeLive.script = scene.events ?? [];
  document.documentElement.dataset.look = look;
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const router = createMemoryRouter(routes, { initialEntries: [scene.path] });
  const drawn = render(
    <ConfigProvider theme={{ ...themeOf(look), token: { ...themeOf(look).token, motion: false } }} {...silentIcons}>
      <App component={false}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>,
  );
  return {
    ...drawn,
    router,
    /** From now on the server says this. */
    serve: (more: Record<string, Answer>) => void (answers = { ...answers, ...more }),
  };
}
