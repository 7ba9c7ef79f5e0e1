import { ErrorCode } from "./gen/tavern/v1/common_pb.js";
import type { Error as ErrorMessage } from "./gen/tavern/v1/server_pb.js";

/** The server refused something; unless `code` is a 6xx or 7xx, nothing of it happened. */
export class TavernError extends Error {
  override readonly name = "TavernError";
  /** For programs. A later server may have codes that are not in {@link ErrorCode}. */
  readonly code: ErrorCode;
  /** For people; may change. */
  readonly text: string;
  /** With a 6xx code: when to try again. */
  readonly retryAfterMs: number;

  constructor(error: Pick<ErrorMessage, "code" | "text" | "retryAfterMs">) {
    super(`${ErrorCode[error.code] ?? error.code}: ${error.text}`);
    this.code = error.code;
    this.text = error.text;
    this.retryAfterMs = error.retryAfterMs;
  }

  /** P-40: the same may be tried again after {@link retryAfterMs}. */
  get isNotNow(): boolean {
    return family(this.code) === 6;
  }

  /** P-40: the server closes the connection after this. */
  get closesConnection(): boolean {
    return family(this.code) >= 1 && family(this.code) <= 3;
  }

  /** P-40: the session is over too. */
  get endsSession(): boolean {
    return family(this.code) === 1 || family(this.code) === 2;
  }
}

function family(code: number): number {
  return Math.floor(code / 100);
}

/** The answer is lost, or there was no connection: nobody can say whether it was carried out. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}
