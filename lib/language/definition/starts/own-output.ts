/** Reports a pipeline whose output would trigger its own next run, if that is known at build time. */
import type { Json } from '#core/json.ts'
import type { CheckContext } from '../check-shape.ts'
import type { InputDeclaration, StartInputs } from '../definition.ts'
import { type Path, report } from '../parse-context.ts'
import { partsOf } from '../template.ts'

/** The target of a step, as written, with its references. */
export interface Output {
  readonly step: string
  readonly to: string
}

interface Watched {
  readonly bucket: string
  readonly prefix: string
  readonly inputs: StartInputs
}

export function reportOwnOutput(
  watched: Watched,
  path: Path,
  outputs: readonly Output[],
  declared: ReadonlyMap<string, InputDeclaration | undefined>,
  context: CheckContext,
): void {
  for (const { step, to } of outputs) {
    const known = knownBeginning(to, (name) => watched.inputs[name] ?? declared.get(name)?.default)
    const [, bucket, folder = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(known.text) ?? []
    if (bucket !== watched.bucket) continue
    const below = known.whole && folder !== '' && !folder.endsWith('/') ? `${folder}/` : folder
    if (!below.startsWith(watched.prefix) && !watched.prefix.startsWith(below)) continue
    report(context, 'trigger-on-output', watched.prefix === '' ? [...path, 'bucket'] : [...path, 'prefix'], {
      what: `\`${step}\` publishes to ${known.text}${known.whole ? '' : '…'}, which would start the next run`,
      hint: 'use a prefix for the trigger that is outside the output, or publish to another bucket',
    })
  }
}

/** The text up to the first reference whose value is unknown before a run. */
function knownBeginning(to: string, given: (name: string) => Json | undefined): { readonly text: string; readonly whole: boolean } {
  let text = ''
  for (const part of partsOf(to)) {
    if ('text' in part) {
      text += part.text
      continue
    }
    const value = given(part.inner.replace(/^inputs\./, ''))
    if (typeof value !== 'string' || value.includes('{{')) return { text, whole: false }
    text += value
  }
  return { text, whole: true }
}
