/** What can be done with files of this machine. */
import { checkFolder, publishedNames } from '#io/publish/check-folder.ts'
import { publishFolder } from '#io/publish/folder.ts'
import type { BaseFolder, Connector } from '../connector.ts'
import { listFiles } from './list.ts'
import { openForeignFile } from './open.ts'
import { pathOf, wholePath } from './path.ts'

/** Files of this machine, relative paths below the folder. Messages show paths as they were given. */
export function fileConnector(folder: BaseFolder): Connector {
  const whole = (uri: string) => wholePath(pathOf(uri), folder)
  return {
    list: (pattern) => listFiles(pathOf(pattern), folder),
    open: async (uri) => openForeignFile(whole(uri)),
    check: async (target, pipeline) => checkFolder(whole(target), pipeline, pathOf(target)),
    published: async (target, pipeline) => publishedNames(whole(target), pipeline).catch(() => new Set<string>()),
    publish: async (target, files, manifest, run) => publishFolder(whole(target), files, manifest, run, pathOf(target)),
  }
}
