-- Schema 3: nothing.
SELECT 1;
