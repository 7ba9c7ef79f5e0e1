package tavern.server.config;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The variables that Kubernetes sets in every pod for each service of its namespace: for a service tavern-net {@code
 * TAVERN_NET_PORT=tcp://10.0.0.1:7777}, {@code TAVERN_NET_SERVICE_HOST} and more. They are not meant as settings of
 * Tavern. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
final class KubernetesLinks {
    private static final String PORT = "_PORT";
    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://[^/]+:[0-9]+");

    /** The services' names as they are spelt in variables. */
    private final Set<String> services = new TreeSet<>();

    KubernetesLinks(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (KnownKeys.isVariable(name)
                    && name.endsWith(PORT)
                    && ADDRESS.matcher(value).matches()) {
                services.add(name.substring(0, name.length() - PORT.length()));
            }
        });
    }

    boolean contain(String name, String value) {
        return services.stream()
                .anyMatch(service -> name.equals(service + PORT)
                        ? ADDRESS.matcher(value).matches()
                        : name.startsWith(service + "_SERVICE_") || name.startsWith(service + PORT + "_"));
    }

    /** One warning for each service. */
    Set<String> warnings(Map<String, String> environment) {
        Set<String> lines = new TreeSet<>();
        for (String service : services) {
            String variable = service + PORT;
            lines.add(
                    "environment variable " + variable + " = " + environment.get(variable)
                            + " is what Kubernetes says of a service named "
                            + service.toLowerCase(Locale.ROOT).replace('_', '-')
                            + ", and is ignored with all others of that service; set enableServiceLinks: false in the pod's spec");
        }
        return lines;
    }
}
