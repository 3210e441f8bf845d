/** Reads what was published once more, and compares it with what was written. */
import { join } from 'node:path'
import { rm, writeFile } from 'node:fs/promises'
import { TaskError } from '#core/errors/errors.ts'
import { digestOf } from '#io/bytes/digest.ts'
import { blocksOf } from '#io/bytes/copy.ts'
import type { FileConnector } from '#io/connectors/connector.ts'
import { writerByName } from '#io/formats/writers/index.ts'
import { connectorKindOf, fileConnectorOf } from '#io/connectors/index.ts'
import { fileIn, type Manifest, type ManifestFile } from '#io/publish/manifest.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import type { Destination } from '#data/pass/pass.ts'
import { countWritten } from '#data/pass/written.ts'

/** Output.Unwritable for the first file that is not as it was written. Tables were checked before their rows became visible. */
export async function verifyOutput(destination: Destination, manifest: Manifest, context: TaskContext): Promise<void> {
  const { to, verify, file, parts, partitions, by_name } = destination
  if (verify.length === 0 || connectorKindOf(to).target?.accepts !== 'files') return
  const connector = await fileConnectorOf(to, context.run.folder)
  const form = file ?? partitions?.form ?? parts
  for (const one of manifest.files) {
    const uri = file === null ? fileIn(to, one.name) : `${to.slice(0, to.lastIndexOf('/') + 1)}${one.name}`
    const path = join(context.scratch, 'published')
    await fetchTo(path, uri, connector)
    if (verify.includes('checksum')) assertSame(uri, one, digestOf(path))
    if (verify.includes('row_count')) {
      const session = await context.openSession([context.scratch])
      const named = by_name === true ? writerByName(one.name) : undefined
      const own = named === undefined ? form : { format: named.writer.name, compression: named.compression ?? named.writer.compressions[0] }
      const { rows } = await countWritten(session, path, own)
      if (rows !== one.rows) throw differs(uri, `${rows} rows`, `${one.rows}`)
    }
    await rm(path)
  }
}

async function fetchTo(path: string, uri: string, connector: FileConnector): Promise<void> {
  await writeFile(path, blocksOf(await connector.open(uri)))
}

function assertSame(uri: string, { bytes, sha256 }: ManifestFile, found: { readonly bytes: number; readonly sha256: string }): void {
  if (found.bytes !== bytes) throw differs(uri, `${found.bytes} bytes`, `${bytes}`)
  if (found.sha256 !== sha256) throw differs(uri, `the checksum ${found.sha256.slice(0, 12)}…`, `${sha256.slice(0, 12)}…`)
}

const differs = (uri: string, found: string, written: string) =>
  new TaskError('Output.Unwritable', `${uri} has ${found} after it was published, and ${written} were written`, {
    hint: 'look for another program that writes there, then run again',
  })
