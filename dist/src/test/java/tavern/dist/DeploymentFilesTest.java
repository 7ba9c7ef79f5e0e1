package tavern.dist;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files for systemd and Kubernetes: that they are well-formed, and agree with each other and with the server. */
final class DeploymentFilesTest {
    private static final Path CONFIG = Path.of("..", "config");

    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    /** TavernServer's bound, in seconds. */
    private static final int STOP_SECONDS_MAX = 30;

    private static final Config DEFAULTS =
            ConfigFactory.parseFile(CONFIG.resolve("tavern.conf").toFile());

    @Test
    void theServiceSelectsThePodsOfTheSetAndItsPortsExist() throws IOException {
        List<Node> objects = objects("tavern.yaml");
        Node set = kind(objects, "StatefulSet");
        Node pod = set.at("spec", "template");
        assertThat(set.at("spec", "selector", "matchLabels").value())
                .isEqualTo(pod.at("metadata", "labels").value());
        assertThat(kind(objects, "PodDisruptionBudget")
                        .at("spec", "selector", "matchLabels")
                        .value())
                .isEqualTo(pod.at("metadata", "labels").value());

        Set<String> ports = names(container(pod).at("ports"));
        List<Node> services = objects.stream()
                .filter(object -> object.at("kind").value().equals("Service"))
                .toList();
        assertThat(services).hasSize(2);
        for (Node service : services) {
            assertThat(service.at("spec", "selector").value())
                    .isEqualTo(pod.at("metadata", "labels").value());
            for (Node port : service.at("spec", "ports").list()) {
                assertThat(ports).contains(port.at("targetPort").text());
            }
        }
        assertThat(services)
                .anyMatch(service -> service.at("metadata", "name")
                        .value()
                        .equals(set.at("spec", "serviceName").value()));
    }

    @Test
    void thePortsAreTheServers() throws IOException {
        Node container = container(kind(objects("tavern.yaml"), "StatefulSet").at("spec", "template"));
        for (Node port : container.at("ports").list()) {
            String key = port.at("name").text().equals("players") ? "net.port" : "ops.port";
            assertThat(port.at("containerPort").value()).isEqualTo(DEFAULTS.getInt(key));
        }
    }

    @Test
    void theProbesAskWhatTheServerAnswers() throws IOException {
        Node container = container(kind(objects("tavern.yaml"), "StatefulSet").at("spec", "template"));
        Set<String> ports = names(container.at("ports"));
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            Node get = container.at(probe, "httpGet");
            assertThat(get.at("path").text()).isEqualTo(probe.equals("readinessProbe") ? "/readyz" : "/healthz");
            assertThat(ports).contains(get.at("port").text());
            assertThat(get.at("scheme").text()).as("ops.tls is set").isEqualTo("HTTPS");
        }
        assertThat(Files.readString(Path.of("../server/src/main/java/tavern/server/ops/Routes.java")))
                .contains("\"/healthz\"", "\"/readyz\"");
    }

    @Test
    void aStopHasTheTimeItNeeds() throws IOException {
        Node set = kind(objects("tavern.yaml"), "StatefulSet").at("spec", "template");
        int before =
                container(set).at("lifecycle", "preStop", "sleep", "seconds").number();
        assertThat(set.at("spec", "terminationGracePeriodSeconds").number()).isGreaterThan(before + STOP_SECONDS_MAX);
        assertThat(fleetPod().at("spec", "terminationGracePeriodSeconds").number())
                .isGreaterThan(STOP_SECONDS_MAX);
        Matcher stop = Pattern.compile("(?m)^TimeoutStopSec=(\\d+)$")
                .matcher(Files.readString(CONFIG.resolve("systemd/tavern.service")));
        assertThat(stop.find()).isTrue();
        assertThat(Integer.parseInt(stop.group(1))).isGreaterThan(STOP_SECONDS_MAX);
    }

    @Test
    void healthIsReportedToAgonesMoreOftenThanItExpects() throws IOException {
        Node spec = kind(objects("fleet.yaml"), "Fleet").at("spec", "template", "spec");
        assertThat(spec.at("health", "periodSeconds").number()).isGreaterThan(DEFAULTS.getInt("agones.health-seconds"));
        assertThat(spec.at("container").value())
                .isEqualTo(container(fleetPod()).at("name").value());
    }

    @Test
    void settingsExist() throws IOException {
        for (String file : List.of("tavern.yaml", "fleet.yaml")) {
            Node pod = file.equals("fleet.yaml")
                    ? fleetPod()
                    : kind(objects(file), "StatefulSet").at("spec", "template");
            Node container = container(pod);
            for (Node variable : container.at("env").list()) {
                String name = variable.at("name").text();
                assertThat(DEFAULTS.entrySet())
                        .as(name)
                        .anyMatch(entry -> name.equals("TAVERN_"
                                + entry.getKey().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_")));
            }
        }
        String own = kind(objects("tavern.yaml"), "ConfigMap")
                .at("data", "tavern.conf")
                .text();
        ConfigFactory.parseString(own)
                .entrySet()
                .forEach(entry -> assertThat(DEFAULTS.hasPath(entry.getKey()))
                        .as(entry.getKey())
                        .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tavern.yaml", "fleet.yaml"})
    void whatIsMountedIsAVolume(String file) throws IOException {
        List<Node> objects = objects(file);
        boolean fleet = file.equals("fleet.yaml");
        Node pod = fleet ? fleetPod() : kind(objects, "StatefulSet").at("spec", "template");
        Set<String> volumes = names(pod.at("spec", "volumes"));
        if (!fleet) {
            for (Node claim : kind(objects, "StatefulSet")
                    .at("spec", "volumeClaimTemplates")
                    .list()) {
                volumes.add(claim.at("metadata", "name").text());
            }
        }
        assertThat(names(container(pod).at("volumeMounts"))).isEqualTo(volumes);
    }

    @Test
    void systemdTakesTheUnit(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE), "this machine has no systemd");
        String unit = Files.readString(CONFIG.resolve("systemd/tavern.service"));
        assertThat(unit).contains("/opt/tavern/bin/server");
        // It looks for the program, which is not installed here.
        Path file = Files.writeString(
                folder.resolve("tavern.service"), unit.replace("/opt/tavern/bin/server", "/bin/true"));

        Process verify = new ProcessBuilder(ANALYZE.toString(), "verify", file.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(verify.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(verify.waitFor()).isZero();
    }

    private Node fleetPod() throws IOException {
        return kind(objects("fleet.yaml"), "Fleet").at("spec", "template", "spec", "template");
    }

    private static Node container(Node pod) {
        List<Node> containers = pod.at("spec", "containers").list();
        assertThat(containers).hasSize(1);
        return containers.get(0);
    }

    private static Set<String> names(Node list) {
        Set<String> names = new TreeSet<>();
        list.list().forEach(element -> names.add(element.at("name").text()));
        return names;
    }

    private static Node kind(List<Node> objects, String kind) {
        return objects.stream()
                .filter(object -> object.at("kind").value().equals(kind))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind));
    }

    private static List<Node> objects(String file) throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        List<Node> objects = new ArrayList<>();
        new Yaml(new SafeConstructor(strict))
                .loadAll(Files.readString(CONFIG.resolve("kubernetes").resolve(file)))
                .forEach(object -> objects.add(new Node(file, object)));
        return objects;
    }

    /** A part of a YAML document, and the path to it. */
    private record Node(String path, Object value) {
        Node at(String... keys) {
            Node node = this;
            for (String key : keys) {
                String below = node.path + "." + key;
                Object next = node.value instanceof Map<?, ?> map ? map.get(key) : null;
                if (next == null) {
                    throw new AssertionError("there is no " + below);
                }
                node = new Node(below, next);
            }
            return node;
        }

        List<Node> list() {
            return ((List<?>) value)
                    .stream().map(element -> new Node(path + "[]", element)).toList();
        }

        String text() {
            return (String) value;
        }

        int number() {
            return (Integer) value;
        }
    }
}
