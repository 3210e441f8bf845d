/** What can be done with files of this machine. */
import { checkFile, checkFolder, publishedNames } from '#io/publish/check-folder.ts'
import { publishFile, publishFolder } from '#io/publish/folder.ts'
import type { FileConnector } from '../connector.ts'
import { listFiles } from './list.ts'
import { openForeignFile } from './open.ts'
import { pathOf } from './path.ts'

export const fileConnector: FileConnector = {
  holds: 'files',
  list: (pattern) => listFiles(pathOf(pattern)),
  open: (uri) => openForeignFile(pathOf(uri)),
  published: (target, pipeline) => publishedNames(pathOf(target), pipeline).catch(() => new Set<string>()),
  checkFile: (uri) => checkFile(pathOf(uri)),
  writeFile: (uri, file) => publishFile(pathOf(uri), file),
  target: {
    check: (target, { pipeline }) => checkFolder(pathOf(target), pipeline),
    publish: (target, { files, manifest, run }) => publishFolder(pathOf(target), files, manifest, run),
  },
}
