/** The variables and secrets that a definition needs: whether they are there, and where. Never their values. */
import type { Json } from '#core/json.ts'
import { entryOf } from '#core/text/record.ts'
import { secretsIn } from '#core/secrets/secrets.ts'
import type { Compiled } from '#language/compiler/compile.ts'
import { markersOf } from '#language/definition/interpolation.ts'
import { readYaml } from '#language/definition/yaml.ts'
import { type Check, found, missing, warning } from './check.ts'

type Env = { readonly [name: string]: string | undefined }

/** Where values can come from. */
export interface Origins {
  /** The environment as it was before a file was read into it. */
  readonly own: Env
  /** The environment with the variables of the file. */
  readonly all: Env
  /** The file of --env-file. */
  readonly file: string | undefined
}

const looked = ({ file }: Origins) => `looked in the environment${file === undefined ? '' : ` and in ${file}`}`
const isThere = (env: Env, name: string) => (entryOf(env, name) ?? '') !== ''
const whereOf = (name: string, { own, file }: Origins) => (entryOf(own, name) === undefined ? `in ${file}` : 'in the environment')

/** The names in every `${env.NAME}` of texts that are YAML, and of values. */
export function variablesIn(texts: readonly string[], values: readonly Json[]): readonly string[] {
  const names = new Set<string>()
  const visit = (value: Json | undefined): void => {
    if (typeof value === 'string') {
      for (const { inner } of markersOf(value)) if (inner?.startsWith('env.') === true) names.add(inner.slice('env.'.length))
    } else if (value !== null && typeof value === 'object') for (const one of Object.values(value)) visit(one as Json)
  }
  for (const text of texts) visit(readYaml(text, '').tree)
  for (const value of values) visit(value)
  return [...names].sort()
}

/** `isNeeded`: whether nothing compiles without them; otherwise only what names them is left out. */
export function variableChecks(names: readonly string[], isNeeded: boolean, origins: Origins): readonly Check[] {
  return names.map((name) => {
    const check = `variable ${name}`
    // an empty variable is a value: it is set
    if (entryOf(origins.all, name) !== undefined) return found(check, `set ${whereOf(name, origins)}`)
    const wrong = isNeeded ? missing : warning
    return wrong(check, `not set; ${looked(origins)}`, `set ${name}, or pass a file that sets it with --env-file`)
  })
}

/** The secrets that the tasks of the machine look up here. `shown` are those that the definition itself holds. */
export function secretChecks({ machine }: Pick<Compiled, 'machine'>, shown: ReadonlySet<string>, origins: Origins): readonly Check[] {
  return secretNames({ machine })
    .filter((name) => !shown.has(name))
    .map((name) => {
      const check = `secret ${name}`
      if (isThere(origins.all, name)) return found(check, `set ${whereOf(name, origins)}`)
      const what = entryOf(origins.all, name) === undefined ? 'not set' : 'empty'
      return missing(check, `${what}; ${looked(origins)}`, `set ${name}, or pass a file that sets it with --env-file`)
    })
}

export const secretNames = ({ machine }: Pick<Compiled, 'machine'>): readonly string[] => secretsIn(machine as unknown as Json)
