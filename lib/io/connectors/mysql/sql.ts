/** Quoting for statements to MySQL: the only way for names and values to enter them. */

/** An identifier, quoted: in every sql_mode. */
export const quoted = (identifier: string) => `\`${identifier.replaceAll('`', '``')}\``

/** A text literal; in the sql_mode of our sessions a backslash escapes, so it is doubled too. */
export const text = (value: string) => `'${value.replace(/['\\]/g, (sign) => sign + sign)}'`
