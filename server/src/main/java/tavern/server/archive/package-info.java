/**
 * The archive: sealed segments of the ledger in files, so that the store need not keep the whole history.
 *
 * <pre>
 *   AccountStore.ledger ──pages──► Archivist ──► SegmentWriter ──► 000000000001.segment
 *                                     │  ▲                              │
 *   SegmentStore ◄── rows, seal ──────┘  └── compared with the store ◄──┤ SegmentReader
 *                                                                       └► ArchiveCheck, ArchiveExport
 * </pre>
 *
 * The archivist has a thread of its own, {@code archive}, on which all work on the archive's disk is done: a disk that hangs
 * keeps nobody else waiting. Knows the store's ports, leases and clocks, nothing of rooms or ops.
 */
@NullMarked
package tavern.server.archive;

import org.jspecify.annotations.NullMarked;
