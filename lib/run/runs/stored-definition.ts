/** The definition of a run as it was when the run started: its text and its files are kept in the store. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { AssetReference } from '#core/assets/assets.ts'
import type { StartedRun } from '#data/report/run-record.ts'
import type { Store } from '#io/store/store.ts'
import { findJson, readBytes, readJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { Json } from '#core/json.ts'
import { secretsIn } from '#core/secrets/secrets.ts'
import { entryOf } from '#core/text/record.ts'
import { type CompileResult, compile } from '#language/compiler/compile.ts'
import { compileHere } from '#language/compiler/compile-here.ts'
import { pipelinesIn } from '#language/definition/documents.ts'
import type { ReadOptions } from '#language/definition/read.ts'
import { assetsOf } from './asset-files.ts'
import { type DefinitionPlace, type Overlay, readOptionsIn } from './definition.ts'

export interface StoredDefinition {
  readonly compiled: CompileResult
  /** The environment it was compiled with: the variables of its env file below those that are given. */
  readonly env: { readonly [name: string]: string }
}

/** Compiles it again. RunError if the env file of the run cannot be read any more. */
export async function compileStored(
  { id, file, folder }: Pick<StartedRun, 'id' | 'file' | 'folder'>,
  store: Store,
  env: DefinitionPlace['env'],
): Promise<StoredDefinition> {
  const keys = workspace(id)
  const given = await readOptionsIn(file, await readJson<Overlay>(store, keys.overlay), { folder, env })
  // the files as they were when the run started: finished work used these
  const options = { ...given, readAsset: assetsOf(await storedAssets(store, id)) }
  const compiled = compile(await storedText(store, keys.definition), options)
  return { compiled, env: { ...(await secretsInFile(compiled, options, folder)), ...options.env } }
}

/** The secrets that the file of a run shows, where the environment lacks some: the store has only their names. */
async function secretsInFile(compiled: CompileResult, options: ReadOptions, folder: string): Promise<{ readonly [name: string]: string }> {
  const { file, env = {} } = options
  const needed = compiled.ok ? secretsIn(compiled.machine as unknown as Json) : []
  if (needed.every((name) => entryOf(env, name) !== undefined)) return {}
  // a file that is gone: what is missing is reported by whoever needs it
  const text = await readFile(resolve(folder, file), 'utf8').catch(() => '')
  const shown = pipelinesIn(text).flatMap((one) => [...compileHere(one.text, options).secrets])
  return Object.fromEntries(shown.filter(([name]) => needed.includes(name)))
}

/** A text of the run. */
export const storedText = async (store: Store, key: string) => Buffer.from(await readBytes(store, key)).toString('utf8')

async function storedAssets(store: Store, run: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const keys = workspace(run)
  const listed = (await findJson<readonly AssetReference[]>(store, keys.assets)) ?? []
  return new Map(await Promise.all(listed.map(async ({ path, sha256 }) => [path, await readBytes(store, keys.asset(sha256))] as const)))
}
