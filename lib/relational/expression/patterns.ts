/** Patterns of the forms an expression can ask for, as RE2 patterns of the whole text. */

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

/** An e-mail address: a dot-atom, an @ and a domain of two or more labels (RFC 5321 and 1035; no quoted local parts, no address literals). */
export const EMAIL = `${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+${LABEL}`
