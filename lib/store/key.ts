/** What a key may be; the same for every store. */

/** The key itself when it is a good one; anything else is a defect of the caller. */
export function checkKey(key: string): string {
  const bad =
    key === '' ||
    key.split('/').some((part) => part === '' || part === '.' || part === '..' || part.startsWith('.draft-')) ||
    key.includes('\\') ||
    key.includes('\0')
  if (bad) throw new Error(`not a key of a store: ${JSON.stringify(key)}`)
  return key
}
