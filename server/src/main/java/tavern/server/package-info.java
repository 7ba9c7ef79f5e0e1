/**
 * Wiring only: builds all parts in order and closes them in reverse order. No part receives the server as an argument.
 *
 * <pre>
 *   Main ──► TavernConfig ──► TavernServer: store → cache → rooms → sessions → net
 * </pre>
 */
@NullMarked
package tavern.server;

import org.jspecify.annotations.NullMarked;
