/** Keeps a process healthy under load: bounded logs, memory budgets, and a watch on its own threads. */
@NullMarked
package tavern.server.guard;

import org.jspecify.annotations.NullMarked;
