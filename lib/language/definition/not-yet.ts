/** Values that a definition may name and that this version cannot carry out: a run that asks for one is refused before it starts. */
import type { InputDeclaration, Unavailable } from './definition.ts'
import type { StepEntry } from './entries.ts'
import { partsOf, soleReference } from './template.ts'

type Inputs = ReadonlyMap<string, InputDeclaration | undefined>
type Refused = NonNullable<InputDeclaration['refused']>[number]

/** Settings that are such values as they are written, and inputs with the values that a run cannot be given. */
interface NotYet {
  readonly unavailable: readonly Unavailable[]
  readonly inputs: Inputs
}

/**
 * `mode` is the input of that name if no step reads it: it then says how a run reads. `streams`: the definition has `stream`. `remembers`: a step
 * keeps what earlier runs read.
 */
export function notYet(
  steps: readonly StepEntry[],
  inputs: Inputs,
  mode: { readonly isFree: boolean; readonly streams: boolean; readonly remembers: boolean },
): NotYet {
  const unavailable: Unavailable[] = []
  const refused = new Map<string, Refused[]>()
  const refuse = (input: string, one: Refused) => refused.set(input, [...(refused.get(input) ?? []), one])
  for (const { id = '', kind, settings } of steps)
    for (const [setting, values] of Object.entries(kind?.notYet ?? {})) {
      const given = settings?.[setting]
      if (typeof given !== 'string') continue
      for (const [value, { what, hint }] of Object.entries(values)) {
        if (given === value) unavailable.push({ step: id, setting, what, hint })
        const read = soleReference(partsOf(given))?.inner.replace(/^inputs\./, '')
        if (read !== undefined && inputs.has(read)) refuse(read, { value, what: `is '${value}': ${what}`, hint })
      }
    }
  for (const one of modes(inputs.get('mode'), mode)) refuse('mode', one)
  const withRefused = new Map(
    [...inputs].map(([name, declared]) => {
      const own = refused.get(name)
      return [name, declared === undefined || own === undefined ? declared : { ...declared, refused: own }] as const
    }),
  )
  return { unavailable, inputs: withRefused }
}

/** Whether an input says how a run reads: all data, what is new, or events as they come. */
export const isRunMode = (declared: InputDeclaration | undefined): boolean =>
  declared?.enum?.some((value) => value === 'streaming' || value === 'incremental') === true

function modes(
  declared: InputDeclaration | undefined,
  { isFree, streams, remembers }: { readonly isFree: boolean; readonly streams: boolean; readonly remembers: boolean },
): readonly Refused[] {
  if (!isRunMode(declared)) return []
  const streaming: Refused = {
    value: 'streaming',
    what: "is 'streaming', which this version does not support",
    hint: 'use batch or incremental, and start runs by a schedule or a trigger',
  }
  if (!isFree) return streams ? [streaming] : []
  const other: Refused = remembers
    ? { value: 'batch', what: "is 'batch', but a step of the pipeline reads only what is new", hint: 'use incremental' }
    : {
        value: 'incremental',
        what: "is 'incremental', but no step of the pipeline keeps what earlier runs read",
        hint: 'add a detect_changes step, or `skip_unchanged: true` to the discover step',
      }
  return [streaming, other]
}
