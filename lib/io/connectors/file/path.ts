/** What an address of this machine means. */
import { fileURLToPath } from 'node:url'

/** The path an address means. */
export const pathOf = (uri: string) => (/^file:\/\//i.test(uri) ? fileURLToPath(uri) : uri)
