/**
 * Who the realm's operators are, and what they may do.
 *
 * <pre>
 *   name, password, code ──► SignIn ──► SignInThrottle, Passwords, Totp ──► OperatorStore
 *   key of a request ──► OperatorDirectory (a copy of all accounts and keys, read again when they change) ──► rights
 *   commands ──► OperatorAccounts ──► OperatorStore
 * </pre>
 *
 * Owns the threads {@code ops-passwords-*}, the only ones that compute hashes of passwords. Knows nothing of HTTP.
 */
@NullMarked
package tavern.server.operators;

import org.jspecify.annotations.NullMarked;
