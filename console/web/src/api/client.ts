/**
 * HTTP to the console: one place that knows about CSRF, idempotency keys and what an error looks like.
 *
 * A command gets one key for its whole life, so a retry after a lost answer runs once on the server.
 */
import type { Problem } from "./types";

let csrf = "";
let deskSession = (): string | null => null;

/** Where the desk's session is kept; commands of the desk name it, so that a machine left behind is refused. */
export function readDeskSession(read: () => string | null): void {
  deskSession = read;
}

/** The token that /api/me gave; every command carries it. */
export function takeCsrf(token: string): void {
  csrf = token;
}

/** What the server refused; `status` 0 when no answer came. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** The version that was saved meanwhile, when the server refused ours for it. */
    readonly other: unknown = null,
  ) {
    super(problem.message);
    this.name = "Refused";
  }
}

/** A version-4 UUID; `crypto.randomUUID` exists in secure contexts only. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

type Query = Record<string, string | number | undefined>;

export async function get<T>(path: string, query: Query = {}): Promise<T> {
  const wanted = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const search = wanted.length ? `?${new URLSearchParams(wanted.map(([k, v]) => [k, String(v)])).toString()}` : "";
  return await call<T>("GET", path + search);
}

export async function send<T = void>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  return await call<T>(method, path, body, newKey());
}

/** A command as the page goes: the browser sees it out, and nobody waits for the answer. */
export function sendLast(path: string): void {
  const headers = { "Idempotency-Key": newKey(), "X-CSRF-Token": csrf };
  void fetch(path, { method: "POST", headers, credentials: "same-origin", keepalive: true }).catch(() => undefined);
}

async function call<T>(method: string, path: string, body?: unknown, key?: string): Promise<T> {
  const headers = new Headers({ Accept: "application/json" });
  if (key) {
    headers.set("Idempotency-Key", key);
    headers.set("X-CSRF-Token", csrf);
    const session = path.startsWith("/api/desk/") ? deskSession() : null;
    if (session) headers.set("X-Desk-Session", session);
  }
  if (body !== undefined) headers.set("Content-Type", "application/json");
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw Object.assign(new Refused(0, noWords("web.no_answer")), { cause });
  }
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return undefined as T; // a command without an answer
  return (await response.json()) as T; // shaped by the server's OpenAPI
}

async function refusal(response: Response): Promise<Refused> {
  const body: unknown = await response.json().catch(() => null);
  if (body !== null && typeof body === "object" && "code" in body) {
    return new Refused(response.status, { ...noWords(""), ...(body as Problem) }, "other" in body ? body.other : null);
  }
  return new Refused(response.status, noWords(`http.${response.status}`, response.headers.get("x-request-id") ?? ""));
}

const noWords = (code: string, request_id = ""): Problem => ({ code, message: "", remedy: "", case: "", params: {}, request_id });
