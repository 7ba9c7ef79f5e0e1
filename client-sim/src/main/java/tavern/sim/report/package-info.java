/** A run's result as JSON for programs, as a table for the terminal, and as one HTML file with charts. */
@NullMarked
package tavern.sim.report;

import org.jspecify.annotations.NullMarked;
