/** Operations on files of this machine. */
import { checkFolder, publishedNames } from '#io/publish/check-folder.ts'
import { publishFolder } from '#io/publish/folder.ts'
import type { Connector } from '../connector.ts'
import { listFiles } from './list.ts'
import { openForeignFile } from './open.ts'
import { pathOf } from './spec.ts'

export const fileConnector: Connector = {
  list: (pattern) => listFiles(pathOf(pattern)),
  open: (uri) => openForeignFile(pathOf(uri)),
  check: (target, pipeline) => checkFolder(pathOf(target), pipeline),
  published: (target, pipeline) => publishedNames(pathOf(target), pipeline).catch(() => new Set<string>()),
  publish: (target, files, manifest, run) => publishFolder(pathOf(target), files, manifest, run),
}
