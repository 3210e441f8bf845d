/** Addresses of files that hold the name of a source, for one file of each: `out/{source.name}.csv`, `out/{source.file}`. */
import { stemOf } from '#io/formats/index.ts'

/** `name` is without the extensions of its format and compressions, `file` is the whole. */
const PLACEHOLDER = /\{source\.(name|file)\}/

/** Whether there is a file for each source. */
export const namesSource = (address: string) => PLACEHOLDER.test(address)

/** Whether the name of each file is that of its source, with its extension. */
export const isNamedAsSource = (address: string) => address.endsWith('{source.file}')

/** The address of the file for a source of that name. */
export const addressFor = (address: string, source: string) =>
  // a name can hold anything, such as `$&` or `{source.file}`: each placeholder is replaced once, by exactly the name
  address.replace(new RegExp(PLACEHOLDER, 'g'), (_, part) => (part === 'name' ? stemOf(source) : lastName(source)))

/** The name of a file, without its folders. */
export const lastName = (address: string) => address.slice(address.lastIndexOf('/') + 1)

/** The address of the folder of a file, with the slash at its end. */
export const folderOf = (address: string) => address.slice(0, address.lastIndexOf('/') + 1)
