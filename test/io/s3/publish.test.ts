/** Runs that publish below one prefix at the same time: nobody takes away what another is bringing. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { targetAt } from '#io/connectors/index.ts'
import { type Manifest, manifestText } from '#io/publish/manifest.ts'
import type { Bucket } from '#io/s3/call.ts'
import { sharedClient } from '#io/s3/client.ts'
import { objectFacts } from '#io/s3/get.ts'
import { listObjects } from '#io/s3/list.ts'
import { putBytes, putIf } from '#io/s3/put.ts'
import { openS3Place } from '../../kit/s3-place.ts'

let place: Awaited<ReturnType<typeof openS3Place>>
const scratch = mkdtempSync(join(tmpdir(), 'siftstep-s3-publish-'))
beforeAll(async () => {
  place = await openS3Place({ own: true })
})
afterAll(async () => {
  await place.close()
  rmSync(scratch, { recursive: true, force: true })
})

const bucket = (): Bucket => ({ client: sharedClient(), name: place.bucket, role: 'output' })
const names = async () => (await listObjects(bucket(), 'out/')).objects.map(({ key }) => key.slice('out/'.length)).sort()

function edition(content: string) {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const path = join(scratch, sha256)
  writeFileSync(path, content)
  const file = { name: `part-${sha256.slice(0, 12)}.csv`, rows: 1, bytes: content.length, sha256 }
  const manifest: Manifest = { siftstep: 1, pipeline: 'sales', format: 'csv', rows: 1, bytes: content.length, columns: [], files: [file] }
  return { manifest, file: { ...file, uri: null, open: async () => ({ path, release: async () => {} }) } }
}

async function publish(content: string, run: string): Promise<void> {
  const uri = `s3://${place.bucket}/out`
  const { file, manifest } = edition(content)
  const target = await targetAt(uri, undefined)
  const openSession = () => Promise.reject(new Error('files are published as they are'))
  await target.publish(uri, { files: [file], manifest, run, step: 'publish', pipeline: 'sales', mode: 'replace', keys: [], openSession })
}

describe('publishing below a prefix', () => {
  it('leaves what a run at the same moment is bringing for as long as that can still put its manifest', async () => {
    await publish('one', 'r-1')
    const before = await objectFacts(bucket(), 'out/_manifest.json')
    // another run has said what it brings, and has brought it
    const other = edition('other')
    await putBytes(
      bucket(),
      'out/.siftstep-publishing/r-other.json',
      Buffer.from(JSON.stringify({ pipeline: 'sales', names: [other.file.name, edition('one').file.name] })),
    )
    await putBytes(bucket(), `out/${other.file.name}`, Buffer.from('other'))
    await publish('one', 'r-2')
    const { done } = await putIf(bucket(), 'out/_manifest.json', Buffer.from(manifestText(other.manifest)), { IfMatch: before?.etag ?? '' })
    expect(done).toBe(true)
    expect(await names()).toContain(other.file.name)

    // whose manifest is another takes all away that was said, as nobody else can put one by now
    await publish('two', 'r-3')
    expect(await names()).toEqual(['_manifest.json', edition('two').file.name])
  })

  it('is refused when something of the output is gone by its end', async () => {
    await publish('two', 'r-4')
    const { file } = edition('three')
    place.server?.fail({
      when: ({ name, key }) => {
        if (name === 'PutObject' && key === 'out/_manifest.json') place.server?.objects.remove(place.bucket, `out/${file.name}`)
        return false
      },
      how: 'reset',
    })
    await expect(publish('three', 'r-5')).rejects.toMatchObject({ name: 'Output.Conflict' })
  })
})
