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
        name = "demo --play",
        description = "Guests on a server, and a page on which people walk, talk and trade among them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
final class PlayCommand implements Callable<Integer> {
    private static final String ROOM = "tavern";

    @Option(names = "--server", paramLabel = "HOST:PORT", required = true, converter = Address.Converter.class)
    private Address server = new Address("127.0.0.1", 7777);

    @Option(names = "--page", paramLabel = "DIR", required = true, description = "The built page.")
    private Path page = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Of the page; 0: any that is free.")
    private int port;

    @Option(
            names = "--guests",
            paramLabel = "N",
            defaultValue = "16",
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
        PlayGuests guests = new PlayGuests(count, server.host(), server.port(), ROOM, loops.next(), seed);
        InetSocketAddress game = InetSocketAddress.createUnresolved(server.host(), server.port());
        try (PlayPage served = PlayPage.start(page, port, game, ROOM)) {
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
