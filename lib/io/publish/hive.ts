/**
 * Folders as Hive names them, such as `region=East/year=2024`: DuckDB, Spark and Athena read the values of these columns from the names.
 * Source: https://github.com/apache/hive/blob/master/common/src/java/org/apache/hadoop/hive/common/FileUtils.java (charToEscape)
 */

/** The value of a missing cell in the name of a folder. */
const MISSING = '__HIVE_DEFAULT_PARTITION__'

const ESCAPED = new Set(`"#%'*/:=?\\{[]^\u007f`)
const escapeCharacter = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
const isEscaped = (character: string) => character < ' ' || ESCAPED.has(character)

/** Whether a name can stand before the `=` of a folder: readers take it as it is. */
export const isHiveKey = (key: string) => key !== '' && !key.startsWith('.') && ![...key].some(isEscaped)

/** The name of the folder of a value; null is a missing cell. An empty text has no name. */
export function hiveFolder(key: string, value: string | null): string {
  if (value === null) return `${key}=${MISSING}`
  const escaped = [...value].map((character) => (isEscaped(character) ? escapeCharacter(character) : character)).join('')
  // a text that reads like the mark of a missing cell
  return `${key}=${escaped === MISSING ? escaped.replace('_', escapeCharacter('_')) : escaped}`
}

/** Whether a folder has a name of this form. */
export const isHiveFolder = (name: string) => /^[^=]+=/.test(name)

/** The keys and values of the folders in front of the name of a file, in order; the opposite of `hiveFolder`. */
export function valuesOfFolders(name: string): readonly { readonly key: string; readonly value: string | null }[] {
  return name
    .split('/')
    .slice(0, -1)
    .map((folder) => {
      const at = folder.indexOf('=')
      const [key, escaped] = [folder.slice(0, at), folder.slice(at + 1)]
      const value = escaped.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      return { key, value: escaped === MISSING ? null : value }
    })
}
