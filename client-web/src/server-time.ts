/** A smaller step back is not followed, so that ids which are made one after another stay in order. */
const BACK_MS_MAX = 1_000;

/** P-57: the server's date, by what the server last said and the time that has passed since, whatever this device's is. */
export class ServerTime {
  #said: number | undefined;
  #heard = 0;
  #told = 0;
  readonly #clock: () => number;

  /** @param clock measures durations in milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** @param ms since 1970, as the server has just said */
  hear(ms: bigint): void {
    this.#said = Number(ms);
    this.#heard = this.#clock();
  }

  /** In milliseconds since 1970. @throws Error before the first connection */
  now(): number {
    if (this.#said === undefined) {
      throw new Error("the server has not said its time yet: connect first");
    }
    const now = Math.floor(this.#said + this.#clock() - this.#heard);
    if (now > this.#told || this.#told - now > BACK_MS_MAX) {
      this.#told = now;
    }
    return this.#told;
  }
}
