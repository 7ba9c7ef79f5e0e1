/**
 * Whether all goods are still there: what the players own before and after, and, by independent code, what the server's
 * own file says. Pure, but for {@link tavern.sim.audit.StoreAudit}, which reads that file.
 */
@NullMarked
package tavern.sim.audit;

import org.jspecify.annotations.NullMarked;
