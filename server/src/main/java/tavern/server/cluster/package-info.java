/**
 * Who owns a room: leases with fencing tokens. One node owns them all until there are more.
 */
@NullMarked
package tavern.server.cluster;

import org.jspecify.annotations.NullMarked;
