/** Patterns of the forms an expression can ask for, as RE2 patterns of the whole text. */

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

/** An e-mail address: a dot-atom, an @ and a domain of two or more labels (RFC 5321 and 1035; no quoted local parts, no address literals). */
export const EMAIL = `${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}`

const DAY = '\\d{4}-\\d{1,2}-\\d{1,2}'
const CLOCK = '[T ](?:[01]?\\d|2[0-3]):\\d{2}'
const SECONDS = ':\\d{2}(?:\\.\\d{1,9})?'

/** A date or timestamp of ISO 8601, without an offset or in UTC. */
export const ISO_PLAIN = `\\s*${DAY}(?:${CLOCK}(?:${SECONDS}Z?)?)?\\s*`

/** A timestamp of ISO 8601 with an offset from UTC. */
export const ISO_OFFSET = `\\s*${DAY}${CLOCK}${SECONDS}[+-]\\d{2}(?::?\\d{2})?\\s*`
