/**
 * What games call outside of the server: other programs, over HTTP.
 *
 * <pre>
 *   room ──ServiceCalls──► HttpServices ──► CalledService: waiting, tries ──► HTTP
 *                               ◄── Reply, on a thread of this package
 * </pre>
 *
 * <p>One thread, {@code services}, owns who waits and when is tried again; two others do the HTTP client's work. Knows of rooms
 * only what calls are, and must not import the store: that calls are kept is the engine's matter.
 */
@NullMarked
package tavern.server.services;

import org.jspecify.annotations.NullMarked;
