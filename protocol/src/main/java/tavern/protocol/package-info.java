/**
 * What goes over the wire: the generated messages ({@code tavern.protocol.v1}) and two things that the schema cannot
 * express: the protocol's version and what an error does to a connection.
 *
 * <pre>
 *   varint32 length | ClientMessage   →   server
 *   varint32 length | ServerMessage   ←   server
 * </pre>
 */
@NullMarked
package tavern.protocol;

import org.jspecify.annotations.NullMarked;
