/** Distinguishes data files from other files by their path. */

/**
 * Excludes files siftstep writes beside data, and files operating systems leave behind. The path is relative to the folder the user gave.
 */
export function isData(path: string): boolean {
  const parts = path.split(/[\\/]/)
  return !parts.some((part) => part.startsWith('.')) && parts.at(-1)?.startsWith('_') !== true
}
