// A demo in which no simulated agent works, and browser windows of its users: who takes the customers is a browser.
import { mkdirSync } from "node:fs";

import { chromium } from "playwright-core";

import { openDemo, shots, windowOf } from "./demo.mjs";

const FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

const keepPeers = () => {
  window.peers = [];
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      window.peers.push(this);
    }
  };
};

/** Twelve calls. A window's `heard` tells how much sound its phone has got. */
export async function openPlatform() {
  mkdirSync(shots, { recursive: true });
  const demo = await openDemo("--calls", "12");
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  return {
    base: demo.base,
    windowOf: async (name) => {
      const opened = await windowOf(browser, demo, name, { prepare: keepPeers });
      const heard = () =>
        opened.page.evaluate(async () => {
          const report = [...((await window.peers.at(-1)?.getStats()) ?? new Map()).values()];
          return report.find((one) => one.type === "inbound-rtp")?.totalAudioEnergy ?? 0;
        });
      return { ...opened, heard };
    },
    close: async () => {
      await browser.close();
      await demo.close();
    },
  };
}
