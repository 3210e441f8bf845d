/** Which paths are of data. */

/** What we write beside data, and what systems leave behind, is no data. The path is relative to the folder that was named. */
export function isData(path: string): boolean {
  const parts = path.split(/[\\/]/)
  return !parts.some((part) => part.startsWith('.')) && parts.at(-1)?.startsWith('_') !== true
}

/** Whether a path has the name of a data file, as `out/sales.csv` has; one that ends in a slash is a folder in any case. */
export const isNamedAsFile = (path: string) => /\.(csv|tsv|txt|json|ndjson|jsonl|parquet)(\.gz|\.zst)?$/i.test(path)
