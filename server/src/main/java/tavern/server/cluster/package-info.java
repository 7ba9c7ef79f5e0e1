/**
 * Ownership within the realm: leases with fencing tokens, kept in the store.
 */
@NullMarked
package tavern.server.cluster;

import org.jspecify.annotations.NullMarked;
