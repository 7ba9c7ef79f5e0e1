/** Feeds parts of Tavern with bytes that anybody may send or write, and checks that each keeps its promises: {@code bin/fuzz}. */
@NullMarked
package tavern.fuzz;

import org.jspecify.annotations.NullMarked;
