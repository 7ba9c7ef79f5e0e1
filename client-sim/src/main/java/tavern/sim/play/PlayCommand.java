package tavern.sim.play;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tavern.client.ClientTransport;
import tavern.sim.Address;

@Command(
        name = "play",
        description =
                "Serves a page on which people play: among guests who walk, talk and trade, or a game of its own.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
final class PlayCommand implements Callable<Integer> {
    @Option(
            names = "--server",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7777",
            converter = Address.Converter.class)
    private Address server = new Address("127.0.0.1", 7777);

    @Option(names = "--page", paramLabel = "DIR", required = true, description = "The built page.")
    private Path page = Path.of("");

    @Option(names = "--room", paramLabel = "ROOM", defaultValue = "table-1", description = "Where the page joins.")
    private String room = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "",
            description = "The type of the room, if it has a game.")
    private String type = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Of the page; 0: any that is free.")
    private int port;

    @Option(
            names = "--guests",
            paramLabel = "N",
            defaultValue = "0",
            description = "0 to " + PlayGuests.COUNT_MAX + ".")
    private int count;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "42", description = "Seed of what the guests do.")
    private long seed;

    /** Set by picocli before {@link #call}. */
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Opened when the process is told to end. */
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (count < 0 || count > PlayGuests.COUNT_MAX || port < 0 || port > 65_535) {
            throw new ParameterException(
                    spec.commandLine(), "--guests takes 0 to " + PlayGuests.COUNT_MAX + ", --port 0 to 65535");
        }
        EventLoopGroup loops = ClientTransport.loops(1);
        PlayGuests guests = new PlayGuests(count, server.host(), server.port(), room, loops.next(), seed);
        InetSocketAddress game = InetSocketAddress.createUnresolved(server.host(), server.port());
        try (PlayPage served = PlayPage.start(page, port, game, room, type)) {
            guests.come();
            PrintWriter out = spec.commandLine().getOut();
            out.println("Play at " + served.address() + " (each tab of a browser is a player; Ctrl-C ends)");
            out.flush();
            Runtime.getRuntime().addShutdownHook(new Thread(end::countDown, "play-end"));
            end.await();
        } finally {
            guests.leave();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
        return 0;
    }
}
