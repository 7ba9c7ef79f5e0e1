/**
 * Reads one HOCON file, and the sources that override it, into a tree of records; the records stand beside their users.
 *
 * <pre>
 *   tavern.conf in the jar ← --config FILE ← environment ← -Dkey=value  ──►  TavernConfig
 * </pre>
 *
 * All problems are reported at once. Nothing is read again after the start.
 */
@NullMarked
package tavern.server.config;

import org.jspecify.annotations.NullMarked;
