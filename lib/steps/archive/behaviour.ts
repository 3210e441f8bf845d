/** What archive does: copy, verify, note, remove, one file after another, so that it can go on after a stop at any moment. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { TaskError, unless } from '#core/errors/errors.ts'
import { bytes as shown, count } from '#core/text/numbers.ts'
import { type Content, contentOf, copyToFile } from '#io/bytes/copy-to-file.ts'
import { connectorKindOf, fileConnectorOf } from '#io/connectors/index.ts'
import { addressFor, folderOf, namesSource } from '#io/publish/file-addresses.ts'
import { conflict, fileIn } from '#io/publish/manifest.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { findJson, writeJson } from '#io/workspace/json-store.ts'
import type { ControlBehaviour } from '#steps/kind/behaviour.ts'
import { config } from './config.ts'

interface Wanted {
  readonly uri: string
  readonly version?: string | undefined
  readonly to: string
}

export const archiveBehaviour: ControlBehaviour = {
  run: async (settings, context) => {
    const { files, to, mode } = config.parse(settings)
    if (!Array.isArray(files))
      throw new TaskError('Definition.InvalidSetting', 'the list of files is missing', {
        step: context.step,
        hint: 'an export passes its inputs on if there are at most about 400; give the addresses, or archive in smaller runs',
      })
    const wanted = targetsOf(files as readonly (string | Wanted)[], to, context)
    let bytes = 0
    for (const file of wanted) {
      const copied = await archiveOne(file, mode === 'move', context)
      bytes += copied.bytes
      context.log(`${file.uri} → ${file.to} (${copied.sha256})`)
    }
    const verb = mode === 'move' ? 'Archived' : 'Copied'
    const message = `${verb} ${count(wanted.length, 'file')} (${shown(bytes)}) to ${namesSource(to) ? folderOf(to) : to}`
    return { result: { files: wanted.length, bytes }, report: { level: 'ok', message, lines: [] } }
  },
}

const nameOf = (uri: string) => uri.slice(Math.max(uri.lastIndexOf('/'), uri.lastIndexOf('\\')) + 1)

/** The target of each file. Output.Conflict if two files would have the same, before any is moved. */
function targetsOf(files: readonly (string | Wanted)[], to: string, { run }: TaskContext): readonly Wanted[] {
  const taken = new Map<string, string>()
  return files.map((file) => {
    const { uri, version } = typeof file === 'string' ? { uri: file, version: undefined } : file
    const target = namesSource(to) ? addressFor(to, nameOf(uri)) : fileIn(to, nameOf(uri))
    const [at, from] = [target, uri].map((address) => connectorKindOf(address).dataset(address, run.folder).name)
    if (at === from) throw conflict(target, 'the file is there already: it would be archived to itself')
    const other = taken.get(target)
    if (other !== undefined) throw conflict(target, `it would be the archive of both ${other} and ${uri}`)
    taken.set(target, uri)
    return { uri, version, to: target }
  })
}

async function archiveOne({ uri, version, to }: Wanted, removes: boolean, context: TaskContext): Promise<Content> {
  const { run, step, store, workspace } = context
  const [from, target] = [await fileConnectorOf(uri, run.folder), await fileConnectorOf(to, run.folder)]
  const note = workspace.archived(step, createHash('sha256').update(to).digest('hex'))
  const noted = await findJson<Content>(store, note)
  const source = await unless('Data.NoSources', from.open(uri))
  const there = await unless('Data.NoSources', target.open(to))
  if (source === undefined) {
    // an earlier attempt has removed it
    if (noted !== undefined && there !== undefined && (await contentOf(there)).sha256 === noted.sha256) return noted
    throw new TaskError('Data.NoSources', `${uri} is gone before it was archived`, {
      step,
      hint: 'another program has moved or removed it',
    })
  }
  const [listed] = version === undefined ? [] : await from.list(uri)
  if (version !== undefined && listed?.version !== version)
    throw new TaskError('Data.SourceChanged', `${uri} was written again after it was read, and is not archived`, {
      step,
      hint: 'run the pipeline again: it reads the new content',
    })
  const scratch = join(context.scratch, 'archive')
  const copied = await copyToFile(source, scratch)
  if (there === undefined) {
    const content = { name: nameOf(to), rows: 0, ...copied, uri: null, open: async () => ({ path: scratch, release: async () => {} }) }
    await target.writeFile(to, content)
    const written = await contentOf(await target.open(to))
    if (written.sha256 !== copied.sha256)
      throw new TaskError('Output.Conflict', `the copy ${to} has another content than ${uri}`, {
        step,
        hint: 'check the disk, and run again',
      })
  } else if ((await contentOf(there)).sha256 !== copied.sha256) throw conflict(to, 'a file with other content has this name in the archive')
  await writeJson(store, note, copied)
  if (removes) await from.remove(uri)
  return copied
}
