/** `${secret.NAME}`: where it may stand, and what it becomes. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { Json, JsonObject } from '#core/json.ts'
import { secretReference } from '#core/secrets/secrets.ts'
import { STEP_KINDS } from '#steps/index.ts'
import { CONNECTION_TYPES } from '#steps/kind/addresses.ts'
import type { CheckContext } from './check-shape.ts'
import { isOpaque } from './compile-value.ts'
import { allSteps, type ListEntry, type StepEntry } from './entries.ts'
import { type Path, pathText, report } from './parse-context.ts'

/** Whatever is set stands in the machine, in the history of a run and among its files; only of some settings it is the name of a secret. */
export function checkSecrets(entries: readonly ListEntry[], { reading, substituted }: CheckContext): void {
  const steps = allSteps(entries)
  for (const [path, name] of substituted.secrets) {
    const step = steps.find((entry) => path.startsWith(`${pathText(entry.path)}.`))
    if (keepsConnectionSecret(path, substituted.tree)) continue
    if (step !== undefined && keepsSecret(step, path.slice(pathText(step.path).length + 1))) continue
    report(reading, 'secret-out-of-place', path.split('.'), {
      what: `the secret ${name} would stand in the machine and among the files of every run`,
      hint: `secrets can be ${SECRET_SETTINGS}; buckets are read with the role of the functions, or with your own credentials`,
    })
  }
}

/** Whether a place is a setting of a connection that is a secret; of a connection whose type is not known, any may be one. */
function keepsConnectionSecret(place: string, tree: JsonObject): boolean {
  const [, name, setting = ''] = /^connections\.([^.]+)\.([^.]+)$/.exec(place) ?? []
  if (name === undefined) return false
  const connection = (tree['connections'] as JsonObject)[name] as JsonObject
  return CONNECTION_TYPES.get(String(connection['type']))?.secrets.includes(setting) ?? true
}

const SECRET_SETTINGS = STEP_KINDS.flatMap(({ kind, secrets = [] }) => secrets.map((key) => `\`${key}\` of a ${kind} step`)).join(', ')

/** Whether a place in a step is a setting that is a secret; of a step whose type is not known, any setting may be one. */
function keepsSecret({ kind }: StepEntry, place: string): boolean {
  const [, setting = ''] = /^(?:with|on_error\.fallback\.\d+)\.([^.]+)$/.exec(place) ?? []
  return kind === undefined ? place.startsWith('with.') : kind.secrets?.includes(setting) === true
}

/** A setting that is a secret, as a reference to it: a value would stand in the machine. */
export function compileSecret(path: Path, checking: CheckContext): Json {
  const name = checking.substituted.secrets.get(pathText(path))
  if (name !== undefined) return secretReference(name)
  if (!isOpaque(path, checking)) {
    const setting = String(path.at(-1))
    report(checking.reading, 'secret-in-the-open', path, {
      what: `\`${setting}\` is a secret, and its value would stand in the machine and among the files of every run`,
      hint: `write ${setting}: "\${secret.NAME}"`,
    })
  }
  return null
}
