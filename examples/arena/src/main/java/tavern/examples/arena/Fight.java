package tavern.examples.arena;

import java.time.Duration;
import tavern.examples.arena.v1.ArenaOut;
import tavern.examples.arena.v1.ArenaState;
import tavern.examples.arena.v1.ArenaStateOrBuilder;
import tavern.examples.arena.v1.Blow;
import tavern.examples.arena.v1.Hit;
import tavern.examples.arena.v1.Judged;
import tavern.examples.arena.v1.Monster;
import tavern.examples.arena.v1.Slain;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Turn;
import tavern.protocol.v1.ErrorCode;

/** One turn of the arena: its next state in the making. Whose blow takes the last hit point of a monster gets the loot. */
final class Fight {
    /** Kinds of monsters. */
    static final int RAT = 1;

    static final int OGRE = 2;

    static final int MONSTERS_MAX = 32;
    static final int PRICE = 15;
    static final int RATS_GOLD = 5;
    static final String GOLD = "gold";
    static final String POTION = "potion";
    static final String TROPHY = "trophy";
    static final String BOARD = "slain";
    static final long BACK_MILLIS = Duration.ofSeconds(10).toMillis();

    /** After which a blow that could not be landed, because its commit was refused, makes room for another. */
    static final long BLOW_MILLIS = Duration.ofSeconds(1).toMillis();

    private static final int POTIONS_MAX = 10;
    private static final int STRENGTH = 1;
    private static final int STRENGTH_OF_POTION = 3;
    private static final int OGRE_AFTER = 4;

    private final ArenaState.Builder arena;
    private final Turn<ArenaOut> turn;

    Fight(ArenaState arena, Turn<ArenaOut> turn) {
        this.arena = arena.toBuilder();
        this.turn = turn;
    }

    ArenaState arena() {
        return arena.build();
    }

    static void addMonster(ArenaState.Builder arena) {
        long number = arena.getLastMonster() + 1;
        boolean isOgre = number % OGRE_AFTER == 0;
        arena.setLastMonster(number)
                .addMonsters(Monster.newBuilder()
                        .setNumber(number)
                        .setKind(isOgre ? OGRE : RAT)
                        .setHitPoints(isOgre ? 9 : 3));
    }

    /** Returns the index of a monster; less than 0 when it does not live. */
    static int find(ArenaStateOrBuilder arena, long monster) {
        int at = arena.getMonstersCount() - 1;
        while (at >= 0 && arena.getMonsters(at).getNumber() != monster) {
            at--;
        }
        return at;
    }

    void strike(Player from, Hit hit) {
        if (find(arena, hit.getMonster()) < 0) {
            throw turn.refuse(ErrorCode.BAD_VALUE, "that monster is not there");
        }
        for (Blow blow : arena.getBlowsList()) {
            if (blow.getPlayer() == from.id().value() && turn.now() < blow.getAtMs() + BLOW_MILLIS) {
                throw turn.refuse(ErrorCode.RATE_LIMITED, "one blow at a time");
            }
        }
        drop(from);
        if (hit.getPotion()) {
            drink(from);
        }
        arena.setLastBlow(arena.getLastBlow() + 1)
                .addBlows(Blow.newBuilder()
                        .setNumber(arena.getLastBlow())
                        .setPlayer(from.id().value())
                        .setName(from.name())
                        .setMonster(hit.getMonster())
                        .setStrength(hit.getPotion() ? STRENGTH_OF_POTION : STRENGTH)
                        .setAtMs(turn.now()));
    }

    private void drink(Player from) {
        if (turn.count(from.id(), POTION) == 0) {
            throw turn.refuse(ErrorCode.TRADE_INSUFFICIENT, "you have no potion");
        }
        turn.take(from.id(), POTION, 1);
    }

    /** Takes back the blow of a player, if there is one. */
    void drop(Player who) {
        for (int at = arena.getBlowsCount() - 1; at >= 0; at--) {
            if (arena.getBlows(at).getPlayer() == who.id().value()) {
                arena.removeBlows(at);
            }
        }
    }

    void land(Judged judged) {
        int blowAt = arena.getBlowsCount() - 1;
        while (blowAt >= 0 && arena.getBlows(blowAt).getNumber() != judged.getBlow()) {
            blowAt--;
        }
        if (blowAt < 0) {
            return; // whose it was has left
        }
        Blow blow = arena.getBlows(blowAt);
        Player fighter = new Player(new PlayerId(blow.getPlayer()), blow.getName());
        arena.removeBlows(blowAt);
        int at = find(arena, blow.getMonster());
        if (!judged.getReached() || at < 0) {
            turn.tell(
                    fighter, ArenaOut.newBuilder().setMissed(blow.getMonster()).build());
        } else if (arena.getMonsters(at).getHitPoints() <= blow.getStrength()) {
            slay(at, fighter);
        } else {
            Monster.Builder monster = arena.getMonstersBuilder(at);
            monster.setHitPoints(monster.getHitPoints() - blow.getStrength());
            turn.tell(fighter, ArenaOut.newBuilder().setLanded(monster).build());
        }
    }

    /** The state is without the monster from this turn on, so nobody else comes this far. */
    private void slay(int at, Player by) {
        Monster monster = arena.getMonsters(at);
        arena.removeMonsters(at);
        Slain.Builder slain = Slain.newBuilder().setMonster(monster.getNumber()).setBy(by.name());
        if (monster.getKind() == OGRE) {
            turn.mint(by.id(), TROPHY);
            slain.setLootKind(TROPHY);
            arena.setOgresSlain(arena.getOgresSlain() + 1);
        } else {
            turn.give(by.id(), GOLD, RATS_GOLD);
            slain.setLootKind(GOLD).setLootCount(RATS_GOLD);
            arena.setRatsSlain(arena.getRatsSlain() + 1);
        }
        turn.score(BOARD, by.id(), 1);
        turn.timer("back:" + monster.getNumber(), turn.now() + BACK_MILLIS);
        turn.tellAll(ArenaOut.newBuilder().setSlain(slain).build());
    }

    void buy(Player from, int potions) {
        if (potions < 1 || potions > POTIONS_MAX) {
            throw turn.refuse(ErrorCode.BAD_VALUE, "from 1 to " + POTIONS_MAX + " potions");
        }
        long price = (long) PRICE * potions;
        if (turn.count(from.id(), GOLD) < price) {
            throw turn.refuse(ErrorCode.TRADE_INSUFFICIENT, "that costs " + price + " gold");
        }
        turn.take(from.id(), GOLD, price);
        turn.give(from.id(), POTION, potions);
    }
}
