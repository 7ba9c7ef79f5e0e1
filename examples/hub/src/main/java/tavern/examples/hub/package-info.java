/** A place to meet: locked or open, watched, with market stalls, and in touch with other rooms. */
@NullMarked
package tavern.examples.hub;

import org.jspecify.annotations.NullMarked;
