/** What two runs of the same pipeline on the same data have in common, wherever they ran: the machine, the ledger, the output. */
import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { siftstep } from './run-program.ts'
import type { Services } from './services.ts'

export interface Result {
  /** SHA-256 of the machine. */
  readonly hash: string
  readonly ledger: unknown
  /** The bytes of every file of the output by its name, the manifest among them. */
  readonly output: ReadonlyMap<string, Buffer>
}

/** A run on this machine, in a folder of its own. */
export async function resultHere(pipeline: string, sources: readonly string[], folder: string): Promise<Result> {
  const [place, out, store] = ['in', 'out', 'store'].map((name) => join(folder, name)) as [string, string, string]
  mkdirSync(place, { recursive: true })
  for (const source of sources) cpSync(source, join(place, basename(source)))
  await siftstep(['run', pipeline, '--input', `source=${place}/*.csv`, '--input', `output_path=${out}`, '--store', store], {})
  const [run = ''] = readdirSync(join(store, 'runs'))
  const at = join(store, 'runs', run)
  return {
    hash: (JSON.parse(readFileSync(join(at, 'run.json'), 'utf8')) as { definition_sha256: string }).definition_sha256,
    ledger: JSON.parse(readFileSync(join(at, 'ledger.json'), 'utf8')),
    output: new Map(
      readdirSync(out)
        .sort()
        .map((name) => [name, readFileSync(join(out, name))]),
    ),
  }
}

export interface Deployment {
  readonly hash: string
  readonly bucket: string
}

export async function resultOnAws(services: Services, deployed: Deployment, run: string, to: { bucket: string; prefix: string }) {
  const read = async (bucket: string, key: string) => Buffer.from(await services.get(bucket, key))
  const keys = (await services.keys(to.bucket, to.prefix)).sort()
  const output = new Map<string, Buffer>()
  for (const key of keys) output.set(key.slice(to.prefix.length), await read(to.bucket, key))
  const ledger: unknown = JSON.parse((await read(deployed.bucket, `runs/${run}/ledger.json`)).toString('utf8'))
  return { hash: deployed.hash, ledger, output }
}

/** Throws at the first of the three that differs, and names it; says what was compared. */
export function assertSame(there: Result, here: Result): string {
  equal(there.hash, here.hash, `the definition hash there is ${there.hash}, here ${here.hash}`)
  deepStrictEqual(there.ledger, here.ledger, 'the ledgers differ')
  deepStrictEqual([...there.output.keys()], [...here.output.keys()], 'the outputs have other files')
  for (const [name, bytes] of here.output) ok(there.output.get(name)?.equals(bytes), `the bytes of ${name} differ`)
  const size = [...here.output.values()].reduce((sum, { length }) => sum + length, 0)
  return `same definition hash (${here.hash.slice(0, 12)}), same ledger, same ${here.output.size} files of the output to the byte (${size} bytes)`
}
