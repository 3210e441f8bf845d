/** Distinguishes data files from other files by their path. */

/**
 * Excludes files siftstep writes beside data, and files operating systems leave behind. The path is relative to the folder the user gave.
 */
export function isData(path: string): boolean {
  const parts = path.split(/[\\/]/)
  return !parts.some((part) => part.startsWith('.')) && parts.at(-1)?.startsWith('_') !== true
}

/** Whether a path has the extension of a data file, such as `out/sales.csv`. A path that ends in a slash is always a folder. */
export const isNamedAsFile = (path: string) => /\.(csv|tsv|txt|json|ndjson|jsonl|parquet)(\.gz|\.zst)?$/i.test(path)
