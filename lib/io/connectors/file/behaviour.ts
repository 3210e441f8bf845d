/** What can be done with files of this machine. */
import { rm } from 'node:fs/promises'
import { systemError } from '#core/errors/system-error.ts'
import { checkFile, checkFolder, publishedNames } from '#io/publish/check-folder.ts'
import { publishFile, publishFolder } from '#io/publish/folder.ts'
import type { BaseFolder, FileConnector } from '../connector.ts'
import { seenFiles } from '../seen-files.ts'
import { listFiles } from './list.ts'
import { openForeignFile } from './open.ts'
import { pathOf, wholePath } from './path.ts'

/** Files of this machine, relative paths below the folder. Messages show paths as they were given. */
export function fileConnector(folder: BaseFolder): FileConnector {
  const whole = (uri: string) => wholePath(pathOf(uri), folder)
  return {
    holds: 'files',
    list: (pattern) => listFiles(pathOf(pattern), folder),
    look: async (pattern) => seenFiles(await listFiles(pathOf(pattern), folder)),
    open: async (uri) => openForeignFile(whole(uri)),
    published: async (target, pipeline) => publishedNames(whole(target), pipeline).catch(() => new Set<string>()),
    checkFile: async (uri) => checkFile(whole(uri), pathOf(uri)),
    writeFile: async (uri, file) => publishFile(whole(uri), file, pathOf(uri)),
    remove: async (uri) => {
      await rm(whole(uri), { force: true }).catch((error: unknown) => {
        throw systemError(error, `removing ${pathOf(uri)}`)
      })
    },
    target: {
      check: async (target, { pipeline }) => checkFolder(whole(target), pipeline, pathOf(target)),
      publish: async (target, { files, manifest, ...about }) => {
        await publishFolder(whole(target), files, manifest, about, pathOf(target))
        return undefined
      },
    },
  }
}
