/**
 * Recorded sessions, with which client libraries are tested: {@code docs/recordings}, described in docs/CONFORMANCE.md.
 *
 * <pre>
 *   RecordingsIT ─► SessionRecorder ─► a real server
 *        │                └─► RecordedView: what a client must know by now
 *        └─► RecordedSession ◄─► docs/recordings/*.jsonl ─► the conformance test of each client library
 * </pre>
 */
@NullMarked
package tavern.server.recordings;

import org.jspecify.annotations.NullMarked;
