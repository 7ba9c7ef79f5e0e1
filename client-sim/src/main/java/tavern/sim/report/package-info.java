/** A run's result for machines (JSON), for people (a table), and to look at (one HTML file). */
@NullMarked
package tavern.sim.report;

import org.jspecify.annotations.NullMarked;
