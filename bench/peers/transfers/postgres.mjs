// Accounts in PostgreSQL, over 64 connections: what they commit at the same time shares a flush.
import pg from 'pg';

const CONNECTIONS = 64;

export async function open(folder, accounts) {
  const pool = new pg.Pool({ host: `${folder}/postgres`, user: 'bench', database: 'postgres', max: CONNECTIONS });
  await pool.query('CREATE TABLE account (id integer PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0)) WITH (fillfactor = 50)');
  await pool.query('CREATE TABLE ledger (id bigserial PRIMARY KEY, source integer NOT NULL, target integer NOT NULL)');
  await pool.query('INSERT INTO account SELECT n, 1000000000 FROM generate_series(0, $1::integer - 1) AS n', [accounts]);
  // Rows are locked in the order of their numbers, so that no two transfers wait for each other.
  await pool.query(`
    CREATE FUNCTION transfer(giver integer, taker integer) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      IF giver < taker THEN
        UPDATE account SET balance = balance - 1 WHERE id = giver;
        UPDATE account SET balance = balance + 1 WHERE id = taker;
      ELSE
        UPDATE account SET balance = balance + 1 WHERE id = taker;
        UPDATE account SET balance = balance - 1 WHERE id = giver;
      END IF;
      INSERT INTO ledger (source, target) VALUES (giver, taker);
    END $$`);
  await pool.query('VACUUM ANALYZE account');

  const all = `
    WITH transfers AS (SELECT * FROM unnest($1::integer[], $2::integer[]) AS t(source, target)),
      changes AS (
        SELECT id, sum(by) AS by
        FROM (SELECT source AS id, -1 AS by FROM transfers UNION ALL SELECT target, 1 FROM transfers) AS each
        GROUP BY id),
      changed AS (UPDATE account SET balance = balance + by FROM changes WHERE account.id = changes.id)
    INSERT INTO ledger (source, target) SELECT source, target FROM transfers`;
  return {
    alone: (from, to) => pool.query({ name: 'transfer', text: 'SELECT transfer($1, $2)', values: [from, to] }),
    together: (requests) =>
      pool.query({ name: 'all', text: all, values: [requests.map((r) => r.from), requests.map((r) => r.to)] }),
  };
}
