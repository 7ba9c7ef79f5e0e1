package tavern.bench.reference;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import tavern.bench.wire.Varints;

/** Sends to members on several event loops: encodes once, one task for each other loop, one flush for each member. */
final class ReferenceRoom {
    private static final int ENTRY_BYTES_MAX = 5 + 3 + 3 + 5;

    /** The members on one event loop. The array is never modified. */
    private record Group(EventLoop loop, ReferenceConnection[] members) {}

    private final EventLoop loop;
    private final boolean atOnce;
    private List<Group> groups = List.of();
    private byte[] entries = new byte[64 * ENTRY_BYTES_MAX];
    private int tick;

    /** @param atOnce whether to send each move when it arrives, not together with all others at the next tick */
    ReferenceRoom(EventLoop loop, boolean atOnce) {
        this.loop = loop;
        this.atOnce = atOnce;
    }

    void add(ReferenceConnection member) {
        loop.execute(() -> {
            List<ReferenceConnection> all = members();
            all.add(member);
            regroup(all);
        });
    }

    void remove(ReferenceConnection member) {
        if (loop.isShuttingDown()) {
            return;
        }
        loop.execute(() -> {
            List<ReferenceConnection> all = members();
            all.remove(member);
            regroup(all);
        });
    }

    private List<ReferenceConnection> members() {
        List<ReferenceConnection> all = new ArrayList<>();
        groups.forEach(group -> all.addAll(Arrays.asList(group.members())));
        return all;
    }

    private void regroup(List<ReferenceConnection> all) {
        List<Group> changed = new ArrayList<>();
        all.stream().map(ReferenceConnection::loop).distinct().forEach(each -> {
            ReferenceConnection[] members =
                    all.stream().filter(member -> member.loop() == each).toArray(ReferenceConnection[]::new);
            changed.add(new Group(each, members));
        });
        groups = changed;
    }

    /** Sends a frame to all members at once and takes ownership of it. Safe on any thread. */
    void event(ByteBuf frame) {
        if (loop.inEventLoop()) {
            send(frame, false);
        } else {
            loop.execute(() -> send(frame, false));
        }
    }

    /** Called when a member has a move to be taken. Safe on any thread. */
    void moved() {
        if (atOnce && loop.inEventLoop()) {
            tick();
        } else if (atOnce) {
            loop.execute(this::tick);
        }
    }

    /** Sends the players who moved since the last tick to all members. Called on the loop. */
    void tick() {
        tick++;
        int length = 0;
        for (int i = 0; i < groups.size(); i++) {
            for (ReferenceConnection member : groups.get(i).members()) {
                long move = member.takeMove();
                if (move != ReferenceConnection.NO_MOVE) {
                    length = append(length, member.id(), move);
                }
            }
        }
        if (length > 0) {
            send(positions(length), true);
        }
    }

    private int append(int at, int id, long move) {
        if (entries.length - at < ENTRY_BYTES_MAX) {
            entries = Arrays.copyOf(entries, entries.length * 2);
        }
        int next = Varints.write(entries, at, id);
        next = Varints.write(entries, next, ReferenceConnection.x(move));
        next = Varints.write(entries, next, ReferenceConnection.y(move));
        return Varints.write(entries, next, ReferenceConnection.seq(move));
    }

    private ByteBuf positions(int length) {
        int body = 1 + Varints.bytes(tick) + 1 + Varints.bytes(length) + length;
        int message = 1 + Varints.bytes(body) + body;
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(Varints.bytes(message) + message);
        Varints.write(out, message);
        out.writeByte(ReferenceMessages.POSITIONS);
        Varints.write(out, body);
        out.writeByte(ReferenceMessages.NUMBER_1);
        Varints.write(out, tick);
        out.writeByte(ReferenceMessages.BYTES_2);
        Varints.write(out, length);
        return out.writeBytes(entries, 0, length);
    }

    private void send(ByteBuf frame, boolean positions) {
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (group.loop() == loop) {
                write(group.members(), frame, positions);
            } else {
                frame.retain();
                hand(group, frame, positions);
            }
        }
        frame.release();
    }

    private static void hand(Group group, ByteBuf frame, boolean positions) {
        try {
            group.loop().execute(() -> {
                write(group.members(), frame, positions);
                frame.release();
            });
        } catch (RejectedExecutionException e) {
            frame.release();
        }
    }

    private static void write(ReferenceConnection[] members, ByteBuf frame, boolean positions) {
        for (ReferenceConnection member : members) {
            if (positions) {
                member.writePositions(frame);
            } else {
                member.write(frame.retainedDuplicate());
            }
            member.flush();
        }
    }
}
