/** Titles of suites over a registry. */

/** A title; of what cannot be tried on this machine with the reason, which begins with `skipped:`. */
export const titleOf = (title: string, skipped: string | undefined) => (skipped === undefined ? title : `${title}, ${skipped}`)
