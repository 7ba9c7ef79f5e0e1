package tavern.server.store;

import tavern.game.PlayerId;
import tavern.server.game.Position;

public record PlayerPosition(PlayerId player, Position position) {}
