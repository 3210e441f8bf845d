/** Paths of this machine. */
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TaskError } from '#core/errors/errors.ts'
import type { BaseFolder } from '../connector.ts'

/** The path of an address. */
export const pathOf = (uri: string) => (/^file:\/\//i.test(uri) ? fileURLToPath(uri) : uri)

/** Resolves a path against the base folder of a run. The current folder of the process is not used, because a process may have several runs. */
export function wholePath(path: string, folder: BaseFolder): string {
  if (isAbsolute(path)) return resolve(path)
  if (folder !== undefined) return resolve(folder, path)
  throw new TaskError('Definition.InvalidSetting', `${path} is a relative path, but this run has no base folder`, {
    hint: 'write an absolute path, or an address such as s3://bucket/key',
  })
}
