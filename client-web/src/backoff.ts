/** How long to wait before a new connection, in milliseconds. */
export interface BackoffOptions {
  /** The wait is longer by up to this, by chance, so that not all come back at once. */
  jitterMs: number;
  /** After the first failure; doubles with each. */
  minMs: number;
  maxMs: number;
}

/** P-40: at first 0 to 1 s by chance, then doubling up to 30 s. */
export const BACKOFF: BackoffOptions = { jitterMs: 1_000, minMs: 1_000, maxMs: 30_000 };

export class Backoff {
  #pause = 0;
  readonly #options: BackoffOptions;
  readonly #random: () => number;

  constructor(options: BackoffOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
  }

  failed(atLeastMs = 0): void {
    const { minMs, maxMs } = this.#options;
    this.#pause = Math.max(atLeastMs, Math.min(maxMs, Math.max(minMs, 2 * this.#pause)));
  }

  succeeded(): void {
    this.#pause = 0;
  }

  next(atLeastMs = 0): number {
    return Math.max(atLeastMs, this.#pause) + this.#random() * this.#options.jitterMs;
  }
}
