/** Names of the indexes that are created for a table. */

/** The name for an index on these columns: the same in every run, with at most `longest` bytes. */
export function indexName(table: string, names: readonly string[], longest: number): string {
  const name = `siftstep_${table}_${names.join('_')}`
  if (Buffer.byteLength(name) <= longest) return name
  return `siftstep_${encodeURIComponent(table).replaceAll('.', '%2E').slice(0, 20)}_${hashOf(name)}`
}

/** FNV-1a. */
const hashOf = (text: string) =>
  [...Buffer.from(text)].reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, 2_166_136_261).toString(16)
