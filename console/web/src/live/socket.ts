/** Acting for link.ts: the socket, its timers, and who listens. One a tab. */
import { closed, heard, nothingYet, passed, subscription, type LinkState, type LiveEvent, type ServerMessage, type Step } from "./link";

const TICK_MS = 250;

export interface LiveListener {
  event: (event: LiveEvent) => void;
  /** Events were lost: whatever was built from them is to be fetched anew. */
  refetch: () => void;
  state: (state: LinkState) => void;
}

export class LiveSocket {
  #state: LinkState = nothingYet;
  #socket: WebSocket | null = null;
  #topics: readonly string[];
  #retry: number | undefined;
  readonly #tick: number;
  #ended = false;

  constructor(
    private readonly url: string,
    topics: readonly string[],
    private readonly listener: LiveListener,
  ) {
    this.#topics = topics;
    this.#tick = window.setInterval(() => this.#apply(passed(this.#state, Date.now())), TICK_MS);
    window.addEventListener("online", this.#online);
    this.#open();
  }

  /** Also follow these topics; the server replays nothing older for them. */
  subscribe(topics: readonly string[]): void {
    this.#topics = topics;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#say(subscription(this.#state, topics));
  }

  end(): void {
    this.#ended = true;
    window.clearInterval(this.#tick);
    window.clearTimeout(this.#retry);
    window.removeEventListener("online", this.#online);
    this.#socket?.close();
  }

  readonly #online = (): void => {
    if (this.#socket?.readyState !== WebSocket.OPEN) this.#open();
  };

  #open(): void {
    if (this.#ended) return;
    window.clearTimeout(this.#retry);
    this.#drop();
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => this.#say(subscription(this.#state, this.#topics));
    socket.onmessage = (message: MessageEvent<string>) => {
      this.#apply(heard(this.#state, JSON.parse(message.data) as ServerMessage, Date.now())); // the server's shapes
    };
    socket.onclose = () => this.#lost();
  }

  #lost(): void {
    this.#drop();
    if (!this.#ended) this.#apply(closed(this.#state, Math.random()));
  }

  /** Forget the socket without hearing of its end again. */
  #drop(): void {
    if (!this.#socket) return;
    this.#socket.onclose = this.#socket.onmessage = this.#socket.onopen = null;
    this.#socket.close();
    this.#socket = null;
  }

  #apply({ state, effects }: Step): void {
    const changed = state.link !== this.#state.link;
    this.#state = state;
    for (const effect of effects) {
      switch (effect.do) {
        case "deliver":
          this.listener.event(effect.event);
          break;
        case "refetch":
          this.listener.refetch();
          break;
        case "pong":
          this.#say({ type: "pong" });
          break;
        case "reconnect":
          window.clearTimeout(this.#retry);
          this.#retry = window.setTimeout(() => this.#open(), effect.inMs);
          break;
        case "close":
          this.#lost();
          break;
      }
    }
    if (changed || state.heardAt !== null) this.listener.state(state);
  }

  #say(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
