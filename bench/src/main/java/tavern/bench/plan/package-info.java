/**
 * How many machines so many players need, computed from what was measured (docs/SCALING.md).
 *
 * <pre>
 *   PlanCommand ─► ExpectedPlay and Machines ─► ScalePlan, by UnitCosts ─► a table
 * </pre>
 */
@NullMarked
package tavern.bench.plan;

import org.jspecify.annotations.NullMarked;
