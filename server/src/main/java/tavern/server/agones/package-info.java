/**
 * Tells Agones, which runs fleets of game servers on Kubernetes, how this server is: through the HTTP port of the sidecar
 * that runs in the same pod.
 */
@NullMarked
package tavern.server.agones;

import org.jspecify.annotations.NullMarked;
