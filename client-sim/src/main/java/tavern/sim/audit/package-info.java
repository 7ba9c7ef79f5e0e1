/**
 * Checks that all goods are still there: what the players own before and after, and, read by independent code, what the
 * server's store says. Pure, except the implementations of {@link tavern.sim.audit.StoreAudit}, which read the store.
 */
@NullMarked
package tavern.sim.audit;

import org.jspecify.annotations.NullMarked;
