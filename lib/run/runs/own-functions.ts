/**
 * The functions that lambda steps call, on this machine: a file for each, bundled when a run starts. The run keeps the bundles, so a resume
 * calls what the run started with.
 */
import { basename, dirname, resolve } from 'node:path'
import { entryOf } from '#core/text/record.ts'
import type { Store } from '#io/store/store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { ownFunctionsOf } from '#language/compiler/functions.ts'
import { bundle } from './bundle.ts'
import { RunError } from './run-error.ts'

/** Files by the names of functions; a path is relative to `folder`. */
export interface FunctionFiles {
  readonly folder: string
  readonly files: { readonly [name: string]: string }
}

/** Writes the bundles of all functions that the definition calls into the run. `given` comes before the files of the definition. */
export async function keepFunctions(
  { machine, definition }: Pick<Compiled, 'machine' | 'definition'>,
  place: { readonly file: string; readonly folder: string; readonly given?: FunctionFiles | undefined },
  run: string,
  store: Store,
): Promise<void> {
  const names = ownFunctionsOf(machine)
  if (names.length === 0) return
  const own: FunctionFiles = { folder: dirname(resolve(place.folder, place.file)), files: definition.functions }
  const fileOf = (name: string): string | undefined =>
    [place.given, own].flatMap((from) => {
      const path = from === undefined ? undefined : entryOf(from.files, name)
      return from === undefined || path === undefined ? [] : [resolve(from.folder, path)]
    })[0]
  const missing = names.filter((name) => fileOf(name) === undefined)
  if (missing.length > 0) {
    throw new RunError(
      { code: 'function-missing', names: missing },
      `no file for ${missing.length === 1 ? 'the function' : 'the functions'} ${missing.join(', ')}: on this machine a file stands for a Lambda function`,
      `write \`functions: {${missing[0]}: ./${basename(missing[0] ?? '').replace(/\W+/g, '-')}.ts}\` in the definition, or pass --functions FILE with lines \`name: path\``,
    )
  }
  for (const name of names) await store.write(workspace(run).ownFunction(name), await bundle(fileOf(name) ?? '', name))
}

/** The names of the functions a machine calls, with the paths of their bundles below the folder of the store. */
export function functionsIn(folder: string, run: string, { machine }: Pick<Compiled, 'machine'>): ReadonlyMap<string, string> {
  const { ownFunction } = workspace(run)
  return new Map(ownFunctionsOf(machine).map((name) => [name, resolve(folder, ...ownFunction(name).split('/'))]))
}
