package tavern.client;

import com.google.protobuf.MessageLite;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Bye;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;

/** Numbers and sends the client's messages, and keeps those that wait for answers. Confined to the client's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class Upstream implements PendingSays.Wire {
    private final ClientSettings settings;
    private final EventLoop loop;
    private final PendingRequests requests;
    private final PendingSays says;
    private @Nullable Channel channel;
    private boolean live;
    private int lastSeq;

    /** Of the Hello that has no Welcome yet; 0 when there is none. */
    private int helloSeq;

    Upstream(ClientSettings settings, EventLoop loop, LongSupplier serverMillis) {
        this.settings = settings;
        this.loop = loop;
        this.requests = new PendingRequests(settings.requestsMax());
        this.says = new PendingSays(settings.requestsMax(), this, serverMillis);
    }

    /** The connection, welcomed or not. */
    @Nullable
    Channel channel() {
        return channel;
    }

    boolean isLive() {
        return live;
    }

    PendingSays says() {
        return says;
    }

    /**
     * P-22: until there is a Welcome, each Hello has the same number. With a higher one, the Welcome's last_client_seq could
     * be the number of a Hello before, and what was lost before that would pass for received.
     */
    void open(Channel opened, Hello.Builder hello) {
        channel = opened;
        if (helloSeq == 0) {
            helloSeq = nextSeq();
        }
        write(opened, ClientMessage.newBuilder().setHello(hello), helloSeq);
    }

    /** P-22: the session goes on, and what the server has not received is sent again. */
    void resumed(int lastHeardSeq, boolean hasMoved) {
        live = true;
        helloSeq = 0;
        requests.resume(lastHeardSeq, hasMoved).forEach(this::sendOrFail);
        says.resumed(lastHeardSeq);
    }

    /** A new session has begun, and the one before is lost, if there was one. */
    void began() {
        live = true;
        helloSeq = 0;
        requests.failAll("the session was not resumed");
        says.hold();
    }

    void closed() {
        channel = null;
        live = false;
    }

    void sessionEnded() {
        requests.failAll("the session ended");
        says.failAll("the session ended");
    }

    /** Ends the session. @return whether there was a connection to say so */
    boolean bye() {
        Channel open = channel;
        if (open == null || !live) {
            return false;
        }
        ClientMessage bye = ClientMessage.newBuilder()
                .setSeq(nextSeq())
                .setBye(Bye.getDefaultInstance())
                .build();
        open.writeAndFlush(ClientFrames.encode(bye)).addListener(ChannelFutureListener.CLOSE);
        return true;
    }

    @Override
    public int send(ClientMessage.Builder message) {
        Channel open = channel;
        if (open == null || !live) {
            return 0;
        }
        int seq = nextSeq();
        write(open, message, seq);
        return seq;
    }

    @Override
    public void later(Runnable task, long millis) {
        loop.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    private static void write(Channel open, ClientMessage.Builder message, int seq) {
        open.writeAndFlush(ClientFrames.encode(message.setSeq(seq).build()), open.voidPromise());
    }

    /** P-10: a seq is never 0. */
    private int nextSeq() {
        lastSeq = lastSeq == -1 ? 1 : lastSeq + 1;
        return lastSeq;
    }

    void request(ClientMessage.Builder message, CompletableFuture<ServerMessage> answer) {
        sendOrFail(new PendingRequests.Pending(message, answer, deadlineNanos(settings.requestMillis())));
    }

    /** Makes a request at the server to which it has led. */
    void again(PendingRequests.Pending pending) {
        sendOrFail(pending);
    }

    private void sendOrFail(PendingRequests.Pending pending) {
        if (!live) {
            pending.answer().completeExceptionally(new ConnectionLostException("there is no connection"));
        } else if (requests.isFull()) {
            pending.answer()
                    .completeExceptionally(new IllegalStateException(
                            settings.requestsMax() + " requests are already waiting for answers"));
        } else {
            requests.add(send(pending.message()), pending);
        }
    }

    void say(String room, MessageLite message, CompletableFuture<Void> answer) {
        says.say(room, message, answer, deadlineNanos(settings.sayMillis()));
    }

    private static long deadlineNanos(int millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Removes the request with this seq, if one waits for its answer. */
    PendingRequests.@Nullable Pending take(int seq) {
        return seq == 0 ? null : requests.take(seq);
    }

    void expire(long nowNanos) {
        requests.expire(nowNanos);
        says.expire(nowNanos);
    }

    /** Whether there is no connection, and nothing waits for an answer all the same. */
    boolean isIdle() {
        return channel == null && requests.isEmpty() && says.isEmpty();
    }
}
