/** The hash of a key as SQL. */

/**
 * A hash of the cells that is never 0: 0 says that a row has no key, and DuckDB hashes the values 0, FALSE and 1970-01-01 to it. One
 * that is changed to 1 may meet another key; the second hash of keys tells them apart.
 */
export const hashOfKey = (cells: readonly string[]) => `greatest(hash(${cells.join(', ')}), 1::UBIGINT)`
