package tavern.bench.reference;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import tavern.bench.wire.Varints;

/** Members on event loops, and what they are told: encoded once, one task for each other loop, one flush for each. */
final class Room {
    private static final int ENTRY_BYTES_MAX = 5 + 3 + 3 + 5;

    /** The members of one event loop; the array is never changed. */
    private record Group(EventLoop loop, Connection[] members) {}

    private final EventLoop loop;
    private final boolean atOnce;
    private List<Group> groups = List.of();
    private byte[] entries = new byte[64 * ENTRY_BYTES_MAX];
    private int tick;

    /** @param atOnce each move is told when it comes, and not at the next tick with all others */
    Room(EventLoop loop, boolean atOnce) {
        this.loop = loop;
        this.atOnce = atOnce;
    }

    void add(Connection member) {
        loop.execute(() -> {
            List<Connection> all = members();
            all.add(member);
            regroup(all);
        });
    }

    void remove(Connection member) {
        if (loop.isShuttingDown()) {
            return;
        }
        loop.execute(() -> {
            List<Connection> all = members();
            all.remove(member);
            regroup(all);
        });
    }

    private List<Connection> members() {
        List<Connection> all = new ArrayList<>();
        groups.forEach(group -> all.addAll(Arrays.asList(group.members())));
        return all;
    }

    private void regroup(List<Connection> all) {
        List<Group> changed = new ArrayList<>();
        all.stream().map(Connection::loop).distinct().forEach(each -> {
            Connection[] members =
                    all.stream().filter(member -> member.loop() == each).toArray(Connection[]::new);
            changed.add(new Group(each, members));
        });
        groups = changed;
    }

    /** To all, at once. Any thread; the frame becomes the room's. */
    void event(ByteBuf frame) {
        if (loop.inEventLoop()) {
            send(frame, false);
        } else {
            loop.execute(() -> send(frame, false));
        }
    }

    /** A member has left a move to be taken. Any thread. */
    void moved() {
        if (atOnce && loop.inEventLoop()) {
            tick();
        } else if (atOnce) {
            loop.execute(this::tick);
        }
    }

    /** Who moved since the last tick, to all. On the loop. */
    void tick() {
        tick++;
        int length = 0;
        for (int i = 0; i < groups.size(); i++) {
            for (Connection member : groups.get(i).members()) {
                long move = member.takeMove();
                if (move != Connection.NO_MOVE) {
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
        next = Varints.write(entries, next, Connection.x(move));
        next = Varints.write(entries, next, Connection.y(move));
        return Varints.write(entries, next, Connection.seq(move));
    }

    private ByteBuf positions(int length) {
        int body = 1 + Varints.bytes(tick) + 1 + Varints.bytes(length) + length;
        int message = 1 + Varints.bytes(body) + body;
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(Varints.bytes(message) + message);
        Varints.write(out, message);
        out.writeByte(Messages.POSITIONS);
        Varints.write(out, body);
        out.writeByte(Messages.NUMBER_1);
        Varints.write(out, tick);
        out.writeByte(Messages.BYTES_2);
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

    private static void write(Connection[] members, ByteBuf frame, boolean positions) {
        for (Connection member : members) {
            if (positions) {
                member.writePositions(frame);
            } else {
                member.write(frame.retainedDuplicate());
            }
            member.flush();
        }
    }
}
