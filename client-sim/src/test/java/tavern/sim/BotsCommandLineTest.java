package tavern.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;
import tavern.sim.games.BotJars;

class BotsCommandLineTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void durationsHaveAUnit() {
        Durations durations = new Durations();
        assertThat(durations.convert("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(durations.convert("20s")).isEqualTo(Duration.ofSeconds(20));
        assertThat(durations.convert("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(durations.convert("1h")).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "20", "s", "-1s", "0s", "1.5s", "20 s", "20d", "99999999999s"})
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> new Durations().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @Test
    void addressesHaveAHostAndAPort() {
        Address.Converter addresses = new Address.Converter();
        assertThat(addresses.convert("localhost:7777")).isEqualTo(new Address("localhost", 7777));
        assertThat(addresses.convert("[::1]:1")).isEqualTo(new Address("::1", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7777", "host", "host:", ":7777", "host:0", "host:65536", "::1:7777", "host:x"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> new Address.Converter().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--bots=0",
                "--bots=x",
                "--rooms=0",
                "--rooms=300",
                "--duration=20",
                "--server=nowhere",
                "--move-rate=-1",
                "--churn=2",
                "--threads=-1",
                "--room-prefix=../x",
                "--store=/no/such/file",
                "--store=redis://:secret word@",
                "--realm=a}b",
                "--verify-feed=nowhere",
                "--verify-feed=http://127.0.0.1:5672",
                "--report=/no/such/folder/r.json",
                "--nonsense"
            })
    void wrongUsageExitsWith2AndSaysWhy(String argument) {
        assertThat(execute(argument)).isEqualTo(2);
        assertThat(err.toString()).contains(argument.substring(0, argument.contains("=") ? argument.indexOf('=') : 10));
    }

    @Test
    void aPasswordInAWrongUriIsNotRepeated() {
        assertThat(execute("--verify-feed=amqp://ann:secret word@x")).isEqualTo(2);
        assertThat(err.toString()).contains("--verify-feed").doesNotContain("secret word");
    }

    @Test
    void aGamesBotsNeedAJarATypeAndNothingThatBelongsToOtherBots() throws IOException {
        Path jar = BotJars.counting(folder);
        assertThat(execute("--game=" + jar)).isEqualTo(2);
        assertThat(err.toString()).contains("--type");
        assertThat(execute("--type=cards")).isEqualTo(2);
        assertThat(err.toString()).contains("--game");
        assertThat(execute("--game=/no/such/file", "--type=cards")).isEqualTo(2);
        assertThat(err.toString()).contains("cannot read /no/such/file");
        assertThat(execute("--game=" + jar, "--type=../x")).isEqualTo(2);
        assertThat(err.toString()).contains("--type must be");
        assertThat(execute("--game=" + jar, "--type=cards", "--html=" + folder.resolve("r.html")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--html");
    }

    @Test
    void aJarWithoutBotsExitsWith3() throws IOException {
        Path jar = folder.resolve("empty.jar");
        new JarOutputStream(Files.newOutputStream(jar), new Manifest()).close();
        assertThat(execute("--game=" + jar, "--type=cards")).isEqualTo(BotsCommand.EXIT_UNREACHABLE);
        assertThat(err.toString()).contains("no bots in " + jar);
    }

    @Test
    void helpAndVersionExitWith0() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString())
                .contains("--server", "--bots", "--rooms", "--duration", "--move-rate", "--chat-rate", "--trade-rate")
                .contains("--seed", "--report", "--html", "--game", "--type");
        assertThat(execute("--version")).isZero();
    }

    @Test
    void aTokenNamesThePlayerAndExpires() {
        String[] parts = new BotTokens("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8))
                .apply("ann")
                .split("\\.");
        assertThat(parts).hasSize(3);
        JsonObject claims = JsonParser.parseString(
                        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
                .getAsJsonObject();
        assertThat(claims.get("sub").getAsString()).isEqualTo("ann");
        assertThat(claims.get("exp").getAsLong())
                .isGreaterThan(claims.get("iat").getAsLong());
    }

    private int execute(String... arguments) {
        CommandLine line = BotsMain.commandLine();
        line.setErr(new PrintWriter(err, true));
        line.setOut(new PrintWriter(out, true));
        return line.execute(arguments);
    }
}
