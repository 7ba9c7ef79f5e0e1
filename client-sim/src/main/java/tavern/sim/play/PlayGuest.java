package tavern.sim.play;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientListener;
import tavern.client.ClientRoom;
import tavern.client.ClientSettings;
import tavern.client.TavernClient;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;
import tavern.sim.bots.Walk;

/** A simulated player for people to play with: strolls, answers, accepts fair offers and makes some. */
@SuppressWarnings("FutureReturnValueIgnored") // what is refused is simply not done
final class PlayGuest implements ClientListener {
    static final int MOVES_PER_SECOND = 10;

    private static final int RETURN_MILLIS = 1_000;
    private static final double STROLL_ENDS = 0.02;
    private static final double STROLL_BEGINS = 0.005;
    private static final List<String> ANSWERS = List.of(
            "Good evening!",
            "What brings you here?",
            "I trade in potions, if you have gold.",
            "Have you tried the stew?",
            "Make me an offer, I am in a good mood.");

    /** What the guest thinks a piece is worth, in gold. An item's kind is not told with an offer. */
    private static final long POTION_WORTH = 8;

    private static final long ITEM_WORTH = 60;

    private final String name;
    private final PlayGuests guests;
    private final RandomGenerator random;
    private final TavernClient client;
    private final Walk walk;
    private boolean strolls;

    PlayGuest(String name, PlayGuests guests, ClientSettings settings, RandomGenerator random) {
        this.name = name;
        this.guests = guests;
        this.random = random;
        this.client = new TavernClient(settings, guests.loop(), this);
        this.walk = new Walk(MOVES_PER_SECOND, random);
    }

    /** Comes in, or comes back. */
    void enter() {
        client.connect().whenComplete((welcome, failure) -> {
            if (failure != null) {
                later(RETURN_MILLIS, this::enter);
            } else if (client.room() == null) {
                client.join(guests.room());
            }
        });
    }

    void leave() {
        client.bye();
    }

    boolean isHere() {
        return client.isLive() && client.room() != null;
    }

    /** The room's members that are people. */
    List<String> people() {
        ClientRoom room = client.room();
        return room == null
                ? List.of()
                : room.entities().stream()
                        .map(ClientRoom.Entity::player)
                        .filter(player -> !guests.isGuest(player))
                        .toList();
    }

    /** Moves on, if the guest is on a stroll. */
    void stroll() {
        strolls = random.nextDouble() < (strolls ? 1 - STROLL_ENDS : STROLL_BEGINS);
        ClientRoom room = client.room();
        if (strolls && isHere() && room != null) {
            walk.advance(room.timeRate());
            client.move(walk.x(), walk.y());
        }
    }

    /** Offers a potion. */
    void offer(String person) {
        client.tradeOffer(TradeOffer.newBuilder()
                .setTradeId(client.newTradeId())
                .setTo(person)
                .setGive(Goods.newBuilder()
                        .addStacks(Stack.newBuilder().setKind("potion").setCount(1)))
                .setWant(Goods.newBuilder()
                        .addStacks(Stack.newBuilder().setKind("gold").setCount(5 + random.nextInt(6))))
                .build());
    }

    @Override
    public void onRoomFilled(ClientRoom room) {
        ClientRoom.Entity self = room.self();
        Joined map = room.joined();
        if (self != null) {
            walk.begin(self.x(), self.y(), map.getMapWidth(), map.getMapHeight(), map.getMaxSpeed());
        }
    }

    @Override
    public void onMoveRejected(int seq, int x, int y) {
        walk.moveTo(x, y);
    }

    @Override
    public void onChat(ChatMessage chat, long roomSeq) {
        boolean isMeant = chat.getText().toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT));
        if (!guests.isGuest(chat.getPlayer()) && (isMeant || random.nextInt(guests.count()) == 0)) {
            later(800, () -> client.chat(chat.getPlayer() + ": " + ANSWERS.get(random.nextInt(ANSWERS.size()))));
        }
    }

    @Override
    public void onTradeOffered(TradeOffered offered) {
        boolean isFair = worth(offered.getGive()) >= worth(offered.getWant());
        later(1_000, () -> {
            if (isFair) {
                client.tradeAccept(offered.getFrom(), offered.getTradeId());
            } else {
                client.tradeDecline(offered.getFrom(), offered.getTradeId());
                client.chat(offered.getFrom() + ": that is too little for it.");
            }
        });
    }

    private static long worth(Goods goods) {
        long worth = Math.multiplyExact(ITEM_WORTH, goods.getItemIdsCount());
        for (Stack stack : goods.getStacksList()) {
            long piece = stack.getKind().equals("gold") ? 1 : POTION_WORTH;
            // Counts may be as large as a number can be.
            worth += piece * Math.min(stack.getCount(), 1_000_000);
        }
        return worth;
    }

    @Override
    public void onTradeResult(TradeResult result) {
        String other = result.getFrom().equals(name) ? result.getTo() : result.getFrom();
        if (result.getOutcome() == TradeOutcome.COMMITTED) {
            client.chat(other + ": a pleasure.");
        }
        guests.answered(other);
    }

    @Override
    public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
        // P-9: somebody who logs in with a guest's name is that guest now.
        if (guests.isOpen() && (error == null || !Protocol.endsSession(error.getCode()))) {
            later(RETURN_MILLIS, this::enter);
        }
    }

    private void later(int millis, Runnable task) {
        guests.loop().schedule(task, millis + random.nextInt(millis), TimeUnit.MILLISECONDS);
    }
}
