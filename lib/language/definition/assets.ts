/** Files that belong to a definition: checked, and replaced in the settings by a reference with their hash. */
import { assetOf, assetReference, assetText, MAX_ASSET_BYTES, MAX_BUNDLE_BYTES } from '#core/assets/assets.ts'
import type { Json, JsonObject } from '#core/json.ts'
import type { AssetUse } from '#steps/kind/assets.ts'
import type { AssetRead, Assets } from './asset-reader.ts'
import { type CheckContext, replaceAt, valueAt } from './check-shape.ts'
import { checkPlain, isOpaque } from './compile-value.ts'
import { type Path, report } from './parse-context.ts'
import type { ProblemText } from './problem.ts'

type Refused = Extract<AssetRead, { refused: string }>['refused']

const REFUSED: { readonly [Why in Exclude<Refused, 'broken'>]: (path: string) => ProblemText } = {
  missing: (path) => ({ what: `the file ${path} does not exist`, hint: 'write a path relative to the definition' }),
  folder: (path) => ({ what: `${path} is a folder`, hint: 'write the path of a file' }),
  unreadable: (path) => ({ what: `the file ${path} cannot be read`, hint: 'check its permissions' }),
  outside: (path) => ({
    what: `${path} is outside of the folder of the definition`,
    hint: 'move the file into that folder, or a folder below it: its files are stored with each run and deployed with the pipeline',
  }),
  'too-large': (path) => ({
    what: `the file ${path} has more than ${MAX_ASSET_BYTES.toLocaleString('en')} bytes`,
    hint: 'files of a pipeline are small; read larger ones as data: a references rule, or a join',
  }),
}

/** Why a file that is no code cannot be used. */
export const refusedFile = (path: string, refused: Refused): ProblemText =>
  refused === 'broken' ? REFUSED.unreadable(path) : REFUSED[refused](path)

const BROKEN = 'fix the file; packages that it imports must be installed beside it'
const tooLong = (path: string): ProblemText => ({
  what: `${path} has more than ${MAX_BUNDLE_BYTES.toLocaleString('en')} bytes with everything that it imports`,
  hint: 'import less, or smaller packages',
})

interface Where {
  /** Where a setting is written. */
  readonly pathOf: (key: string) => Path
  readonly assets: Assets
  readonly context: CheckContext
}

/** The compiled settings of a step with a reference in place of each file; `given` are the settings as written. */
export function withAssetReferences(
  compiled: JsonObject,
  given: JsonObject,
  uses: readonly AssetUse[],
  { pathOf, assets, context }: Where,
): JsonObject {
  return uses.reduce<JsonObject>((all, { path, bundled, check }) => {
    const place = [...pathOf(String(path[0])), ...path]
    return replaceAt(all, path, (value) => {
      const written = valueAt(given, path)
      if (typeof written !== 'string' || isOpaque(place, context)) return value
      const before = context.problems.length
      checkPlain(written, place, 'the path of a file', context)
      if (value !== written || context.problems.length > before) return value
      const refuse = ({ what, hint }: ProblemText) => {
        report(context, 'asset-file', place, { what, hint })
        return value
      }
      const read = assets.read(written, bundled === true ? 'bundle' : 'file')
      if ('why' in read) return refuse({ what: `${written} does not compile: ${read.why}`, hint: BROKEN })
      if ('refused' in read && read.refused === 'too-large' && bundled === true) return refuse(tooLong(written))
      if ('refused' in read) return refuse(REFUSED[read.refused](written))
      const text = assetText(read.content)
      if (text === undefined) return refuse({ what: `the file ${written} is not UTF-8`, hint: 'save it as UTF-8' })
      const problem = check(text)
      if (problem !== null) return refuse({ what: `${written}: ${problem.what}`, hint: problem.hint })
      return assetReference(assetOf(written, read.content)) as unknown as Json
    }) as JsonObject
  }, compiled)
}
