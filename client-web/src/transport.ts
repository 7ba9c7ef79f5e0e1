/** Where a redirected player goes on (P-16). */
export interface Address {
  host: string;
  port: number;
}

/** One connection: a stream of bytes each way. */
export interface Transport {
  /** Bytes that were sent and have not left yet. */
  readonly buffered: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** Closes after what was sent has left. `closed` follows, unless it was called already. */
  close(): void;
}

/**
 * What a transport tells, never before its connector has returned: `opened` first, `closed` last and once, also when the
 * connection never opened.
 */
export interface TransportListener {
  opened(): void;
  received(bytes: Uint8Array): void;
  /** @param cause what went wrong, when anything did */
  closed(cause?: Error): void;
}

/**
 * Opens a connection.
 *
 * @param to a server of the same cluster; by default the one that the connector was made for
 */
export type Connector = (listener: TransportListener, to?: Address) => Transport;
