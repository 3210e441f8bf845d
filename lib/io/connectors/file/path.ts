/** What an address of this machine means. */
import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TaskError } from '#core/errors/errors.ts'
import type { BaseFolder } from '../connector.ts'

/** The path an address means. */
export const pathOf = (uri: string) => (/^file:\/\//i.test(uri) ? fileURLToPath(uri) : uri)

/** The whole path of a path below the folder of a run. The folder the process works in plays no part: one process may have several runs. */
export function wholePath(path: string, folder: BaseFolder): string {
  if (isAbsolute(path)) return resolve(path)
  if (folder !== undefined) return resolve(folder, path)
  throw new TaskError('Definition.InvalidSetting', `${path} is a relative path, and this run has no folder it is relative to`, {
    hint: 'write a whole path, or an address such as s3://bucket/key',
  })
}
