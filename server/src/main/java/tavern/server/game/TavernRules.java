package tavern.server.game;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;

/** The built-in rules: players move, chat and trade. */
public final class TavernRules implements RoomRules {
    private final Roster roster = new Roster();
    private final Movement movement;
    private final ChatRules chat;
    private final TradeDesk desk;

    /** @param seed seeds all random choices, which are the places where players appear */
    public TavernRules(GameSettings settings, WordFilter filter, long seed) {
        this.movement = new Movement(settings, seed);
        this.chat = new ChatRules(settings.chatCharactersMax(), filter);
        this.desk = new TradeDesk(settings, roster);
    }

    /** Rooms with the same name have the same seed, so that a room's recorded actions can be replayed. */
    public static RoomRules.Factory factory(GameSettings settings, WordFilter filter) {
        return room -> new TavernRules(settings, filter, room.name().hashCode());
    }

    @Override
    public void apply(Action action, long nowMillis, Effects effects) {
        if (action instanceof Action.Join join) {
            join(join, nowMillis, effects);
        } else if (action instanceof Action.Leave leave) {
            leave(leave.player(), effects);
        } else if (action instanceof Action.Chat said) {
            MemberState member = member(said.player(), said.seq(), effects);
            if (member != null) {
                chat.say(member, said, effects);
            }
        } else if (action instanceof Action.OfferTrade offer) {
            MemberState member = member(offer.player(), offer.seq(), effects);
            if (member != null) {
                desk.offer(member, offer, nowMillis, effects);
            }
        } else if (action instanceof Action.AcceptTrade accept) {
            act(accept.player(), accept.seq(), TradeVerb.ACCEPT, accept.trade(), nowMillis, effects);
        } else if (action instanceof Action.DeclineTrade decline) {
            act(decline.player(), decline.seq(), TradeVerb.DECLINE, decline.trade(), nowMillis, effects);
        } else if (action instanceof Action.CancelTrade cancel) {
            act(cancel.player(), cancel.seq(), TradeVerb.CANCEL, cancel.trade(), nowMillis, effects);
        } else if (action instanceof Action.Custom custom) {
            if (member(custom.player(), custom.seq(), effects) != null) {
                effects.refuse(custom.player(), custom.seq(), ErrorCode.UNSUPPORTED, "no custom messages here");
            }
        } else {
            applyFromServer(action, nowMillis, effects);
        }
    }

    /** Handles actions from the store and from operators rather than from players. */
    private void applyFromServer(Action action, long nowMillis, Effects effects) {
        if (action instanceof Action.TradeLookedUp answer) {
            desk.lookedUp(answer.trade(), answer.found(), nowMillis, effects);
        } else if (action instanceof Action.TradeLookUpFailed failure) {
            desk.lookUpFailed(failure.trade(), effects);
        } else if (action instanceof Action.TradeSettled answer) {
            desk.settled(answer.trade(), answer.settled(), effects);
        } else if (action instanceof Action.TradeSettleFailed failure) {
            desk.settleFailed(failure.trade(), nowMillis, effects);
        } else if (action instanceof Action.GoodsChanged changed) {
            MemberState member = roster.find(changed.player());
            if (member != null) {
                member.take(changed.change(), effects);
                desk.inventoryChanged(member, effects);
            }
        } else if (action instanceof Action.InventoryRead read) {
            MemberState member = roster.find(read.player());
            if (member != null) {
                takeInventory(member, read.inventory(), effects);
            }
        } else if (action instanceof Action.Muted muted) {
            MemberState member = roster.find(muted.player());
            if (member != null) {
                member.mute(muted.untilMillis());
            }
        } else {
            throw new IllegalArgumentException(
                    "no rule for " + action.getClass().getName());
        }
    }

    @Override
    public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
        movement.move(entity, seq, x, y, nowMillis, effects);
    }

    @Override
    public void checkMoves(MoveCheck check) {
        movement.check(check);
    }

    @Override
    public void place(int entity, int x, int y, Effects effects) {
        movement.place(entity, x, y, effects);
    }

    @Override
    public void passTime(int permille, long nowMillis) {
        movement.passTime(permille, nowMillis);
    }

    @Override
    public void tick(long nowMillis, Effects effects) {
        desk.tick(nowMillis, effects);
    }

    /** Nothing moves by itself: time alone only ends offers and triggers retries of requests to the store. */
    @Override
    public long restsUntil(long nowMillis) {
        return desk.dueMillis();
    }

    @Override
    public List<Entity> entities() {
        return movement.entities();
    }

    @Override
    public boolean isSettling() {
        return desk.isSettling();
    }

    @Override
    public @Nullable Inventory inventory(PlayerId player) {
        MemberState member = roster.find(player);
        return member == null ? null : member.inventory();
    }

    @Override
    public List<OpenOffer> offers() {
        return desk.offers();
    }

    @Override
    public boolean isMovable() {
        return true;
    }

    @Override
    public void restore(Entity as, Inventory inventory, long mutedUntilMillis, long nowMillis) {
        movement.restore(as, nowMillis);
        roster.add(new MemberState(as.player(), as.id(), inventory, mutedUntilMillis));
    }

    @Override
    public void restore(OpenOffer offer) {
        desk.restore(offer);
    }

    private void join(Action.Join join, long nowMillis, Effects effects) {
        MemberState member = roster.find(join.player().id());
        if (member != null) {
            member.mute(join.mutedUntilMillis());
            movement.restartSeq(member.entity());
            takeInventory(member, join.inventory(), effects);
            return;
        }
        Entity entity = movement.enter(join.player(), join.at(), nowMillis);
        roster.add(new MemberState(join.player(), entity.id(), join.inventory(), join.mutedUntilMillis()));
        effects.toRoom(new RoomEvent.Joined(entity));
    }

    private void leave(PlayerId player, Effects effects) {
        MemberState member = roster.find(player);
        if (member == null) {
            return;
        }
        roster.remove(member);
        movement.leave(member.entity());
        effects.toRoom(new RoomEvent.Left(member.entity(), member.player()));
        desk.left(player, effects);
    }

    private void takeInventory(MemberState member, Inventory inventory, Effects effects) {
        member.take(inventory);
        desk.inventoryChanged(member, effects);
    }

    private void act(PlayerId player, int seq, TradeVerb verb, TradeId trade, long nowMillis, Effects effects) {
        if (member(player, seq, effects) != null) {
            desk.act(new PendingRequest(player, seq), verb, trade, nowMillis, effects);
        }
    }

    private @Nullable MemberState member(PlayerId player, int seq, Effects effects) {
        MemberState member = roster.find(player);
        if (member == null) {
            effects.refuse(player, seq, ErrorCode.NOT_IN_ROOM, "not in this room");
        }
        return member;
    }
}
