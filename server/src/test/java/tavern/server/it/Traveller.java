package tavern.server.it;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.ServerMessage;

/**
 * A client that goes where it is sent, with its session (P-106), and makes a request again that was lost on the way (P-22). One
 * thread uses it; that the numbers of events have no gap, {@link RawClient} sees to.
 */
final class Traveller implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 20;

    /** How long a read of {@link RawClient} may take, unless set. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private RawClient client;

    /** Requests without an answer, by their number over the present connection; as first numbered. */
    private final TreeMap<Integer, Request> open = new TreeMap<>();

    private final Map<Integer, ServerMessage> answers = new HashMap<>();
    private final List<ServerMessage> heard = new ArrayList<>();
    private final List<InetSocketAddress> stations = new ArrayList<>();
    private int sessions = 1;

    private record Request(int first, ClientMessage.Builder message) {}

    Traveller(InetSocketAddress server, String player) throws IOException {
        client = new RawClient(server);
        client.login(player);
        stations.add(server);
    }

    RawClient client() {
        return client;
    }

    /** The servers that it has been to, in order. */
    List<InetSocketAddress> stations() {
        return stations;
    }

    /** 1, and one more for each time that a session could not go on. */
    int sessions() {
        return sessions;
    }

    /** All that was heard since the last call, oldest first. */
    List<ServerMessage> heard() {
        List<ServerMessage> all = List.copyOf(heard);
        heard.clear();
        return all;
    }

    /** @return the number by which {@link #answer} knows the request */
    int ask(ClientMessage.Builder message) throws IOException {
        int number = client.send(message);
        open.put(number, new Request(number, message));
        return number;
    }

    /** Sends what is not answered by name. */
    void say(ClientMessage.Builder message) throws IOException {
        client.send(message);
    }

    ServerMessage answer(int first) throws IOException {
        while (!answers.containsKey(first)) {
            read();
        }
        return answers.remove(first);
    }

    /** Reads until something fits; what has been read before does not count. */
    ServerMessage expect(Predicate<ServerMessage> wanted) throws IOException {
        while (true) {
            ServerMessage message = read();
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    ServerMessage read() throws IOException {
        ServerMessage message = client.read();
        heard.add(message);
        Request answered = open.get(message.getReplyTo());
        if (message.getReplyTo() != 0 && answered != null) {
            open.remove(message.getReplyTo());
            answers.put(answered.first(), message);
        }
        if (message.hasRedirect() && message.getReplyTo() == 0) {
            follow(message.getRedirect());
        }
        return message;
    }

    private void follow(Redirect redirect) throws IOException {
        InetSocketAddress to = new InetSocketAddress(redirect.getHost(), redirect.getPort());
        RawClient next = arrive(to, redirect);
        client.close();
        client = next;
        stations.add(to);
        if (!next.welcome().getResumed()) {
            sessions++;
        }
        List<Request> lost = new ArrayList<>();
        open.tailMap(next.welcome().getLastClientSeq(), false).values().forEach(lost::add);
        open.tailMap(next.welcome().getLastClientSeq(), false).clear();
        for (Request request : lost) {
            open.put(next.send(request.message()), request);
        }
    }

    /** A store that is slow, as on a busy machine, is asked again. */
    private RawClient arrive(InetSocketAddress to, Redirect redirect) throws IOException {
        for (int attempt = 1; ; attempt++) {
            RawClient next = client.successor(to);
            try {
                next.hello(
                        client.helloAgain().setResumeToken(redirect.getTicket()).setFollows(true));
                return next;
            } catch (IOException e) {
                next.close();
                if (attempt == ATTEMPTS_MAX || !String.valueOf(e.getMessage()).contains("UNAVAILABLE")) {
                    throw e;
                }
            }
        }
    }

    /** Reads until the connection is silent for so long. */
    void readAll(Duration silence) throws IOException {
        while (true) {
            client.patience(silence);
            try {
                read();
            } catch (SocketTimeoutException e) {
                client.patience(PATIENCE);
                return;
            } catch (EOFException e) {
                throw new AssertionError("the server has closed the connection", e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
