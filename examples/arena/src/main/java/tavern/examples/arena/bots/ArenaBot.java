package tavern.examples.arena.bots;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientInventory;
import tavern.client.ClientRoom;
import tavern.client.ClientRoom.Entity;
import tavern.client.TavernException;
import tavern.client.bots.BotPlayer;
import tavern.client.bots.BotSeat;
import tavern.examples.arena.v1.ArenaIn;
import tavern.examples.arena.v1.ArenaOut;
import tavern.examples.arena.v1.ArenaView;
import tavern.examples.arena.v1.Hit;
import tavern.examples.arena.v1.Slain;

/**
 * Walks to the nearest monster and strikes it, buys potions when it can, and sees to it that no monster is slain twice and that
 * it has the loot of those that it has slain.
 */
final class ArenaBot implements BotPlayer {
    /** Attribute of monsters. */
    private static final int NUMBER = 1;

    /** In 1/16 of a unit: less than a blow reaches, and a little less than a player may go in the time of a tick. */
    private static final int NEAR = 24;

    private static final int STEP = 6;

    private static final String GOLD = "gold";

    private final BotSeat seat;
    private final Set<Long> slain = new HashSet<>();
    private int potionPrice;
    private boolean isJoined;

    /** Whether a blow has not landed yet, as far as was told. */
    private boolean isStriking;

    /** Whether something has been missed that the bot would have to know in order to count. */
    private boolean isUnsure;

    /** What it should have, by what it was told. */
    private long gold;

    private long trophies;

    ArenaBot(BotSeat seat) {
        this.seat = seat;
    }

    @Override
    public void joined(ByteString view) {
        if (isJoined) {
            isUnsure = true;
        } else {
            isJoined = true;
            gold = seat.count(GOLD);
        }
        isStriking = false;
        told(view);
    }

    @Override
    public void told(ByteString what) {
        ArenaOut out;
        try {
            out = ArenaOut.parseFrom(what);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a message of the arena", e);
        }
        switch (out.getSayCase()) {
            case VIEW -> see(out.getView());
            case LANDED, MISSED -> isStriking = false;
            case SLAIN -> see(out.getSlain());
            default -> {}
        }
    }

    private void see(ArenaView view) {
        potionPrice = view.getPotionPrice();
    }

    private void see(Slain one) {
        if (!slain.add(one.getMonster())) {
            seat.fault("monster " + one.getMonster() + " is slain twice");
        }
        if (one.getBy().equals(seat.player())) {
            isStriking = false;
            gold += one.getLootCount();
            trophies += one.getLootCount() == 0 ? 1 : 0;
        }
    }

    @Override
    public void done(MessageLite said) {
        if (!isHit(said)) {
            gold -= potionPrice;
        }
    }

    @Override
    public void refused(MessageLite said, TavernException why) {
        isStriking &= !isHit(said);
    }

    @Override
    public void unanswered(MessageLite said) {
        isUnsure = true;
        isStriking &= !isHit(said);
    }

    private static boolean isHit(MessageLite said) {
        return said instanceof ArenaIn in && in.hasHit();
    }

    @Override
    public void tick(long nowMillis) {
        ClientRoom room = seat.client().room();
        Entity self = room == null ? null : room.self();
        if (room == null || self == null) {
            return;
        }
        Entity monster = nearest(room, self);
        if (monster == null) {
            return;
        }
        if (!isWithin(self, monster, NEAR)) {
            int most = (int) (STEP * room.timeRate());
            seat.client()
                    .move(self.x() + step(monster.x() - self.x(), most), self.y() + step(monster.y() - self.y(), most));
        } else if (!seat.isWaiting() && !isStriking) {
            strike(monster.attribute(NUMBER));
        }
    }

    private void strike(long monster) {
        if (potionPrice > 0 && seat.count(GOLD) >= potionPrice && seat.count("potion") == 0) {
            seat.say(ArenaIn.newBuilder().setBuy(1).build());
            return;
        }
        boolean drinks = seat.count("potion") > 0 && seat.random().nextInt(4) == 0;
        isStriking = true;
        seat.say(ArenaIn.newBuilder()
                .setHit(Hit.newBuilder().setMonster(monster).setPotion(drinks))
                .build());
    }

    private static int step(int distance, int most) {
        return Math.max(-most, Math.min(most, distance));
    }

    private static boolean isWithin(Entity one, Entity other, int distance) {
        return Math.abs(one.x() - other.x()) <= distance && Math.abs(one.y() - other.y()) <= distance;
    }

    private static @Nullable Entity nearest(ClientRoom room, Entity self) {
        Entity nearest = null;
        long best = Long.MAX_VALUE;
        for (Entity entity : room.entities()) {
            long dx = (long) entity.x() - self.x();
            long dy = (long) entity.y() - self.y();
            if (entity.isNpc() && entity.isInView() && dx * dx + dy * dy < best) {
                nearest = entity;
                best = dx * dx + dy * dy;
            }
        }
        return nearest;
    }

    /** Goods are told before what a turn says, so a blow under way may have brought its loot already. */
    @Override
    public void finished() {
        ClientInventory inventory = seat.client().inventory();
        if (isUnsure || !inventory.isComplete()) {
            return;
        }
        long moreGold = seat.count(GOLD) - gold;
        long moreTrophies =
                inventory.items().values().stream().filter("trophy"::equals).count() - trophies;
        boolean isTold = moreGold == 0 && moreTrophies == 0;
        boolean isOneMore = (moreGold > 0 && moreTrophies == 0) || (moreGold == 0 && moreTrophies == 1);
        if (!isTold && !(isStriking && isOneMore)) {
            seat.fault("has " + moreGold + " gold and " + moreTrophies + " trophies more than it was told of");
        }
    }
}
