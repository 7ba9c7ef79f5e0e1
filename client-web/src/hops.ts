const HOPS_MAX = 5;
const HOPS_MS = 10_000;

/** P-106: how often a client was sent elsewhere just now, asked or not. */
export class Hops {
  #at: number[] = [];

  add(now: number): void {
    this.#at.push(now);
  }

  /** How long the client waits before it may be sent on again; 0 when it need not. */
  waitMs(now: number): number {
    this.#at = this.#at.filter((at) => now - at < HOPS_MS);
    const [first] = this.#at;
    return first === undefined || this.#at.length < HOPS_MAX ? 0 : first + HOPS_MS - now;
  }

  /**
   * How long there is no connection after one that is given up, because the client was sent on too often. After that it may
   * be sent on once more.
   *
   * @param resumeMs how long the session waits; 0 when there is none to lose
   */
  restMs(now: number, resumeMs: number): number {
    const waitMs = this.waitMs(now);
    this.#at.shift();
    return resumeMs > 0 ? Math.min(waitMs, resumeMs / 2) : waitMs;
  }
}

/** P-106: the client is not sent on for now. Its session stays where it is. */
export class SentOnTooOftenError extends Error {
  readonly waitMs: number;

  constructor(waitMs: number) {
    super(`sent on ${HOPS_MAX} times within ${HOPS_MS / 1_000} s`);
    this.waitMs = waitMs;
  }
}
