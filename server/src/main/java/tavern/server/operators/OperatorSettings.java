package tavern.server.operators;

/**
 * The roles, and how operators sign in.
 *
 * @param idleMinutes after which a session that sent no request is over
 * @param hoursMax after which a session is over in any case
 * @param passwordIterations of PBKDF2, for new passwords
 */
public record OperatorSettings(Roles roles, int idleMinutes, int hoursMax, int passwordIterations) {}
