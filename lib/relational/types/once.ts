/** How SQL that uses a value more than once says so, whoever gives the value its name: a lambda, a layer of the query, or nobody. */

/** SQL that uses the value of some SQL more than once, without growing with the length of it. */
export type Once = (sql: string, build: (value: string) => string) => string

/** Without names the value is repeated. */
export const repeat: Once = (sql, build) => build(`(${sql})`)
