// A stage for journeys in a real browser: the built app, a scripted API and live socket, and, as the far end of the phone, a
// second page with a PeerConnection of its own. What needs the platform itself is in tests/e2e.
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";
import { createServer as createVite } from "vite";

const web = fileURLToPath(new URL("..", import.meta.url));
const dist = join(web, "dist");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
// Autoplay stays as browsers have it: the flag that lifts it would hide a phone nobody hears.
const FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream"];
/** As the platform sends it. antd writes its styles at run time. */
const CSP = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/** The scenes of the component tests, which are TypeScript. */
export async function loadScenes() {
  const vite = await createVite({ root: web, configFile: join(web, "vite.config.ts"), server: { middlewareMode: true, hmr: false, ws: false }, appType: "custom", logLevel: "error" });
  try {
    const { scenes } = await vite.ssrLoadModule("/src/testing/scenes.ts");
    const { anOffer } = await vite.ssrLoadModule("/src/testing/fixtures.ts");
    return { scenes, anOffer };
  } finally {
    await vite.close();
  }
}

export async function openStage() {
  const files = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://stage");
    const wanted = join(dist, pathname);
    const file = extname(pathname) && existsSync(wanted) ? wanted : join(dist, "index.html");
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    response.setHeader("content-security-policy", CSP);
    response.end(readFileSync(file));
  });
  await new Promise((resolve) => files.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  const base = `http://localhost:${files.address().port}`;
  return {
    base,
    browser,
    close: async () => {
      await browser.close();
      await new Promise((resolve) => files.close(resolve));
    },
  };
}

/** A browser window of one person. `errors` collects what the page complains of. */
export async function openWindow(stage, scene, { look = "light", lang = "en", microphone = true, viewport = { width: 1440, height: 860 } } = {}) {
  const context = await stage.browser.newContext({ viewport });
  if (microphone) await context.grantPermissions(["microphone"], { origin: stage.base });
  await context.addInitScript(
    ([one, other]) => {
      localStorage.setItem("jingyin.look", one);
      localStorage.setItem("jingyin.lang", other);
    },
    [look, lang],
  );
  const answers = { ...scene.answers };
  const sent = [];
  const handlers = new Map();
  await context.route("**/api/**", async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname;
    const key = request.method() === "GET" ? path : `${request.method()} ${path}`;
    const body = request.postDataJSON();
    if (request.method() !== "GET") sent.push({ key, body });
    const made = handlers.get(key) ? { body: await handlers.get(key)(body) } : answers[key];
    const answer = made ?? (request.method() === "GET" ? { status: 404, body: { code: "console.not_found", message: `no ${path}`, remedy: "", request_id: "r" } } : { body: {} });
    await route.fulfill({ status: answer.status ?? 200, json: answer.body });
  });
  const sockets = [];
  await context.routeWebSocket(/\/api\/live/, (socket) => {
    sockets.push(socket);
    socket.onMessage((text) => {
      const message = JSON.parse(text);
      if (message.type !== "subscribe") return;
      socket.send(JSON.stringify({ type: "hello", epoch: "e1", seq: 100 }));
      for (const event of scene.events ?? []) if (message.topics.includes(event.topic)) socket.send(JSON.stringify(event));
    });
  });
  const errors = [];
  const openPage = async (path = scene.path) => {
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (line) => {
      // An answer of 401 or 403 is part of a scene; so is a ring before the first click.
      if (line.type() === "error" && !/status of 40[134]/.test(line.text())) errors.push(line.text());
    });
    await page.goto(stage.base + path);
    return page;
  };
  return {
    context,
    openPage,
    sent,
    errors,
    serve: (more) => Object.assign(answers, more),
    handle: (key, handler) => handlers.set(key, handler),
    tell: (message) => sockets.at(-1)?.send(JSON.stringify(message)),
    close: () => context.close(),
  };
}

/** The platform's end of a phone: answers offers by a PeerConnection in a page of its own, and counts what it hears. */
export async function farEnd(stage) {
  const context = await stage.browser.newContext();
  const page = await context.newPage();
  await page.goto(`${stage.base}/icon.svg`);
  await page.evaluate(() => {
    window.peers = [];
    window.answer = async (sdp) => {
      const sound = new AudioContext();
      const tone = sound.createOscillator();
      const out = sound.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      const peer = new RTCPeerConnection({ iceServers: [] });
      window.peers.push(peer);
      peer.addTrack(out.stream.getAudioTracks()[0], out.stream);
      await peer.setRemoteDescription({ type: "offer", sdp });
      await peer.setLocalDescription(await peer.createAnswer());
      if (peer.iceGatheringState !== "complete") {
        await new Promise((resolve) => {
          peer.onicegatheringstatechange = () => peer.iceGatheringState === "complete" && resolve();
        });
      }
      return peer.localDescription.sdp;
    };
    window.heard = async () => {
      const report = [...(await window.peers.at(-1).getStats()).values()];
      const inbound = report.find((one) => one.type === "inbound-rtp");
      return { packets: inbound?.packetsReceived ?? 0, codec: report.find((one) => one.id === inbound?.codecId)?.mimeType ?? null };
    };
  });
  return {
    answer: (sdp) => page.evaluate((offer) => window.answer(offer), sdp),
    heard: () => page.evaluate(() => window.heard()),
    cut: () => page.evaluate(() => window.peers.at(-1).close()),
    close: () => context.close(),
  };
}
